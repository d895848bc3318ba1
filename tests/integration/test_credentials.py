"""Where keys, region and endpoints come from, and sessions of a role."""

from __future__ import annotations

import os

import processes
import pytest
from discovery_process import run
from sim_process import ACCESS_KEY, SECRET_KEY
from target_file import as_multiset, read_groups

ROLE = "arn:aws:iam::123456789012:role/reader"


def test_keys_of_the_shared_files(sim, discover, output, tmp_path, plain_targets):
    keys = f"aws_access_key_id = {ACCESS_KEY}\naws_secret_access_key = {SECRET_KEY}\n"
    (tmp_path / "credentials").write_text(f"[other]\naws_access_key_id = X\n\n[mine]\n{keys}")
    (tmp_path / "credentials").chmod(0o600)
    (tmp_path / "config").write_text("[profile mine]\nregion = us-east-1\n")
    env = {
        "AWS_ENDPOINT_URL": sim.url,
        "AWS_PROFILE": "mine",
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "credentials"),
        "AWS_CONFIG_FILE": str(tmp_path / "config"),
    }
    done = discover(["-config.write-to", output], env)
    assert (done.status, done.problems) == (0, [])
    assert as_multiset(read_groups(output)) == plain_targets


def test_keys_of_the_default_profile_in_the_home_directory(
    sim, environment, output, plain_targets
):
    env = environment({"AWS_ENDPOINT_URL": sim.url})
    home = os.path.join(env["HOME"], ".aws")
    os.mkdir(home)
    with open(os.path.join(home, "credentials"), "w") as file:
        file.write(f"[default]\naws_access_key_id={ACCESS_KEY}\n")
        file.write(f"aws_secret_access_key={SECRET_KEY}\nregion=us-east-1\n")
        os.fchmod(file.fileno(), 0o600)
    done = run(["-config.scrape-times=1", f"-config.write-to={output}"], env)
    assert (done.status, done.problems) == (0, [])
    assert as_multiset(read_groups(output)) == plain_targets


def test_keys_that_others_can_read_are_warned_of_once(sim, environment, output, tmp_path):
    file = tmp_path / "credentials"
    file.write_text(f"[default]\naws_access_key_id={ACCESS_KEY}\naws_secret_access_key={SECRET_KEY}\n")
    file.chmod(0o640)
    env = sim.environment() | {"AWS_SHARED_CREDENTIALS_FILE": str(file)}
    del env["AWS_ACCESS_KEY_ID"], env["AWS_SECRET_ACCESS_KEY"]
    args = ["-config.scrape-times=2", "-config.scrape-interval=10ms", "-config.write-to", output]
    done = run(args, environment(env))
    assert done.status == 0
    assert "chmod 600" in done.only_problem()
    assert str(file) in done.only_problem()


@pytest.mark.parametrize("name", ["AWS_REGION", "AWS_DEFAULT_REGION"])
def test_region_of_the_environment(name, sim, discover, output):
    env = sim.environment()
    del env["AWS_REGION"], env["AWS_DEFAULT_REGION"]
    env[name] = "us-east-1"
    assert discover(["-config.write-to", output], env).status == 0


def test_endpoints_by_service_come_before_the_general_one(sim, discover, output, plain_targets):
    env = sim.environment() | {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{processes.free_port()}"}
    env |= {f"AWS_ENDPOINT_URL_{service}": sim.url for service in ("ECS", "EC2", "STS")}
    done = discover(["-config.write-to", output, "-config.role-arn", ROLE], env)
    assert (done.status, done.problems) == (0, [])
    assert as_multiset(read_groups(output)) == plain_targets


def test_a_session_of_a_role_is_used_for_all_calls(sim, environment, output, plain_targets):
    args = ["-config.scrape-times=3", "-config.scrape-interval=100ms", "-config.role-arn", ROLE]
    done = run([*args, "-config.write-to", output], environment(sim.environment()))
    assert (done.status, done.problems) == (0, [])
    assert as_multiset(read_groups(output)) == plain_targets
    assert sim.calls()["AssumeRole"] == 1


def test_credentials_that_expire_once_are_renewed(sim, discover, output, plain_targets):
    sim.set_faults("ListClusters:expired:1")
    done = discover(["-config.role-arn", ROLE, "-config.write-to", output], sim.environment())
    assert done.status == 0, done.stderr
    assert sim.calls()["AssumeRole"] == 2
    assert as_multiset(read_groups(output)) == plain_targets


def test_no_secret_is_ever_logged(sim, discover, output):
    args = ["-log.level=debug", "-config.role-arn", ROLE, "-config.write-to", output]
    done = discover(args, sim.environment())
    assert SECRET_KEY not in done.stderr
    assert "Authorization" not in done.stderr
    assert "Signature=" not in done.stderr
