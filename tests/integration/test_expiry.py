"""Keys that end: renewed ahead of their end, once when they are refused, and from files that
change, without a restart."""

from __future__ import annotations

import json
import os
import urllib.request
from pathlib import Path

import processes
import pytest
from credential_places import START_URL, accepted_keys, arn_of, build, key_of, write_login
from discovery_process import run
from sim_process import SimProcess
from target_file import wait_for_file
from waiting import wait_until

pytestmark = pytest.mark.sim(*accepted_keys())

REFRESHES = ["-config.scrape-interval=200ms", "-config.scrape-times"]
ONCE = ["-config.scrape-times", "1"]


def write(path: Path, text: str) -> None:
    """Replaces the file at once, as careful tools do."""
    new = path.with_suffix(".new")
    new.write_text(text)
    new.chmod(0o600)
    os.replace(new, path)


def issued(sim: SimProcess) -> int:
    """How many temporary keys the simulator has given out."""
    return sum(key["expiration"] is not None for key in sim.keys().values())


SHORT = {
    "env-web": "AssumeRoleWithWebIdentity",
    "role": "AssumeRole",
    "sso-session": "GetRoleCredentials",
    "container": "ContainerCredentials",
    "pod": "PodIdentityCredentials",
    "metadata": "MetadataCredentials",
}


def test_keys_of_four_seconds_are_renewed_before_they_end(sim, start_daemon, tmp_path):
    sim.set_faults(*(f"{action}:expiring=4s" for action in SHORT.values()))
    daemons = []
    for place in SHORT:
        (tmp_path / place).mkdir()
        args = [*REFRESHES, 50, "-config.write-to", tmp_path / place / "targets.json"]
        daemons.append(start_daemon(args, build(tmp_path / place, sim, [place])))
    for daemon in daemons:
        assert daemon.process.wait(timeout=90) == 0, daemon.stderr
        assert daemon.problems == []
    calls = sim.calls()
    # None, but that a busy machine can let a call be under way when the keys of its place end.
    assert calls.get("_rejected", 0) < len(SHORT)
    # Ten seconds and more of keys that last for four.
    assert {place: calls[action] >= 3 for place, action in SHORT.items()} == dict.fromkeys(
        SHORT, True
    )


@pytest.mark.full
@pytest.mark.parametrize("place", SHORT)
def test_a_minute_of_keys_of_ten_seconds(place, sim, start_daemon, tmp_path, output):
    sim.set_faults(f"{SHORT[place]}:expiring=10s")
    args = [*REFRESHES, 300, "-config.write-to", output]
    daemon = start_daemon(args, build(tmp_path, sim, [place]))
    assert daemon.process.wait(timeout=180) == 0, daemon.stderr
    assert daemon.problems == []
    assert "_rejected" not in sim.calls()
    assert sim.calls()[SHORT[place]] >= 6


@pytest.mark.parametrize("place", SHORT)
def test_keys_that_are_refused_as_expired_are_renewed_once(place, sim, output, tmp_path):
    sim.set_faults("ListClusters:expired:1")
    done = run([*ONCE, "-config.write-to", output], build(tmp_path, sim, [place]))
    assert (done.status, output.exists()) == (0, True), done.stderr
    assert sim.calls()[SHORT[place]] == 2


def test_keys_that_stay_refused_are_not_renewed_again_and_again(sim, output, tmp_path):
    sim.set_faults("ListClusters:expired")
    done = run([*ONCE, "-config.write-to", output], build(tmp_path, sim, ["container"]))
    assert (done.status, output.exists()) == (1, False)
    assert "ExpiredToken" in done.only_problem()
    assert sim.calls()["ContainerCredentials"] == 2


def session_keys(sim: SimProcess) -> tuple[str, str]:
    """The id of new keys of the simulator, and the text of a credentials file with them."""
    with urllib.request.urlopen(sim.url + "/v2/credentials/any", timeout=30) as answer:
        keys = json.load(answer)
    return keys["AccessKeyId"], (
        f"[default]\naws_access_key_id = {keys['AccessKeyId']}\n"
        f"aws_secret_access_key = {keys['SecretAccessKey']}\naws_session_token = {keys['Token']}\n"
    )


def test_keys_rotated_in_the_shared_file_are_used_without_a_restart(sim, start_daemon, output, tmp_path):
    shared = tmp_path / "credentials"
    env = build(tmp_path, sim, [])
    first, text = session_keys(sim)
    write(shared, text)
    daemon = start_daemon([*REFRESHES, 0, "-config.write-to", output], env)
    wait_for_file(output, "the first targets")
    write(shared, session_keys(sim)[1])
    sim.reset()
    sim.expire(first)
    sim.wait_for_calls("ListTasks", sim.count("ListTasks") + 3)
    assert daemon.problems == []
    assert sim.calls()["_rejected"] >= 1


def test_keys_that_end_early_are_renewed_at_the_first_refusal(sim, start_daemon, output, tmp_path):
    env = build(tmp_path, sim, ["metadata"])
    daemon = start_daemon([*REFRESHES, 0, "-config.write-to", output], env)
    wait_for_file(output, "the first targets")
    [first] = [key for key, facts in sim.keys().items() if facts["expiration"]]
    sim.expire(first)
    sim.wait_for_calls("MetadataCredentials", 2)
    sim.wait_for_calls("ListTasks", sim.count("ListTasks") + 3)
    assert sim.count("MetadataCredentials") == 2
    assert daemon.problems == []


@pytest.mark.parametrize(
    "place, file, kind",
    [("env-web", "env-token", "web-identity"), ("pod", "pod-token", "pod-identity")],
)
def test_a_rotated_token_file_is_read_for_the_next_renewal(
    place, file, kind, sim, start_daemon, output, tmp_path
):
    sim.set_faults(f"{SHORT[place]}:expiring=4s")
    env = build(tmp_path, sim, [place])
    sim.set_token(kind, (tmp_path / file).read_text())
    daemon = start_daemon([*REFRESHES, 0, "-config.write-to", output], env)
    wait_for_file(output, "the first targets")
    write(tmp_path / file, "ey.rotated")
    sim.set_token(kind, "ey.rotated")
    before = issued(sim)
    wait_until(
        lambda: issued(sim) >= before + 2, "two renewals with the new token", seen=sim.calls
    )
    assert daemon.process.poll() is None


def test_a_new_login_of_sso_is_found_without_a_restart(sim, start_daemon, output, tmp_path):
    env = build(tmp_path, sim, [], broken=["sso-legacy"])  # the login has expired
    daemon = start_daemon([*REFRESHES, 0, "-config.write-to", output], env)
    daemon.wait_for("aws sso login")
    write_login(Path(env["HOME"]), START_URL)
    wait_for_file(output, "targets after the login")


def test_keys_that_cannot_be_renewed_are_used_while_they_last(sim, start_daemon, tmp_path, output):
    sim.set_faults("ContainerCredentials:expiring=60s:1", "ContainerCredentials:500")
    args = [*REFRESHES, 10, "-config.write-to", output]
    daemon = start_daemon(args, build(tmp_path, sim, ["container"]))
    assert daemon.process.wait(timeout=60) == 0, daemon.stderr
    assert "_rejected" not in sim.calls()


# --- a machine without a metadata service -------------------------------------------------------


def test_the_metadata_service_is_not_asked_where_keys_and_region_are_known(sim, discover, output):
    env = sim.environment() | {
        "AWS_EC2_METADATA_DISABLED": "false",
        "AWS_EC2_METADATA_SERVICE_ENDPOINT": sim.url,
        "AWS_ACCESS_KEY_ID": key_of("env")[0],
        "AWS_SECRET_ACCESS_KEY": key_of("env")[1],
    }
    done = discover(["-config.write-to", output], env)
    assert (done.status, done.problems) == (0, [])
    assert not [action for action in sim.calls() if action.startswith("Metadata")]


@pytest.mark.parametrize("region", [{"AWS_REGION": "us-east-1"}, {}], ids=["region", "no-region"])
@pytest.mark.parametrize("fault", ["MetadataToken:hang", "MetadataToken:slow=30s"])
def test_a_metadata_service_that_does_not_answer_costs_seconds(fault, region, sim, environment, output):
    sim.set_faults(fault)
    env = environment({"AWS_EC2_METADATA_SERVICE_ENDPOINT": sim.url} | region)
    done = run([*ONCE, "-config.write-to", output], env)
    assert done.status == (1 if region else 4)
    assert "EC2 instance metadata" in done.only_problem()
    assert done.seconds < processes.SOON  # two tries of a second each


def test_the_metadata_service_is_left_out_where_it_is_switched_off(sim, environment, output):
    env = {"AWS_EC2_METADATA_SERVICE_ENDPOINT": sim.url, "AWS_REGION": "us-east-1"}
    switched_off = environment(env | {"AWS_EC2_METADATA_DISABLED": "TRUE"})
    done = run([*ONCE, "-config.write-to", output], switched_off)
    assert (done.status, sim.calls()) == (1, {})
    assert "AWS_EC2_METADATA_DISABLED" in done.only_problem()


@pytest.mark.parametrize(
    "fault, said",
    [
        ("MetadataToken:403", "403"),
        ("MetadataRole:404", "the instance has no role"),
        ("MetadataCredentials:denied", "AssumeRoleUnauthorizedAccess"),
        ("MetadataCredentials:html", "EC2 instance metadata"),
        ("MetadataCredentials:garbage", "EC2 instance metadata"),
    ],
)
def test_what_is_wrong_with_the_metadata_service_is_said(fault, said, sim, output, tmp_path):
    sim.set_faults(fault)
    done = run([*ONCE, "-config.write-to", output], build(tmp_path, sim, ["metadata"]))
    assert (done.status, output.exists()) == (1, False)
    assert said in done.only_problem()


@pytest.mark.parametrize("fault", ["500", "garbage", "html", "empty-body", "wrong-type", "reset"])
def test_what_is_wrong_with_the_endpoint_of_a_container_is_said(fault, sim, output, tmp_path):
    sim.set_faults(f"ContainerCredentials:{fault}")
    done = run([*ONCE, "-config.write-to", output], build(tmp_path, sim, ["container"]))
    assert (done.status, output.exists()) == (1, False)
    assert "AWS_CONTAINER_CREDENTIALS_FULL_URI" in done.only_problem()


@pytest.mark.parametrize("place", SHORT)
def test_a_passing_failure_of_an_endpoint_is_tried_again(place, sim, output, tmp_path):
    sim.set_faults(f"{SHORT[place]}:503:1")
    done = run([*ONCE, "-config.write-to", output], build(tmp_path, sim, [place]))
    assert (done.status, output.exists()) == (0, True), done.stderr


@pytest.mark.parametrize(
    "place, kind", [("env-web", "web-identity"), ("container", "container"), ("sso-legacy", "sso")]
)
def test_a_token_that_is_not_taken_is_an_error_without_the_token(place, kind, sim, output, tmp_path):
    sim.set_token(kind, "another")
    args = ["-log.level=debug", *ONCE, "-config.write-to", output]
    done = run(args, build(tmp_path, sim, [place]))
    assert (done.status, output.exists()) == (1, False)
    assert done.only_problem()
    assert "sso-token" not in done.stderr and "ey.env" not in done.stderr


def test_a_role_is_assumed_with_its_external_id_and_session_name(start_sim, data, output, tmp_path):
    role = arn_of("role")
    account = ["--account", data / "account-plain.json", *accepted_keys()]
    sim = start_sim(*account, "--external-id", f"{role}=ours")
    env = build(tmp_path, sim, ["role"])
    config = Path(env["AWS_CONFIG_FILE"])
    without = run([*ONCE, "-config.write-to", output], env)
    assert (without.status, output.exists()) == (1, False)
    assert role in without.only_problem()
    write(config, config.read_text() + "external_id = ours\nrole_session_name = scout\n")
    done = run([*ONCE, "-config.write-to", output], env)
    assert (done.status, done.problems) == (0, [])
    assert "arn:aws:sts::123456789012:assumed-role/role/scout" in [
        key["arn"] for key in sim.keys().values()
    ]
