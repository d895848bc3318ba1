"""Whatever is wrong outside: one clear line, the right exit status, the old file untouched."""

from __future__ import annotations

import signal

import bad_network
import processes
import pytest
from discovery_process import run
from old_file import OldFile


@pytest.fixture
def old_file(tmp_path):
    (tmp_path / "out").mkdir()
    return OldFile(tmp_path / "out" / "targets.yml")


@pytest.fixture
def failing(old_file, discover):
    """failing(args, env) -> a finished run that failed with status 1 and changed nothing."""

    def run_once(args, env, **options):
        done = discover(["-config.write-to", old_file.path, *args], env, **options)
        assert done.status == 1, done.stderr
        assert done.stdout == ""
        old_file.assert_untouched()
        return done

    return run_once


# Found before any call: status 2.


def refused(sim, environment, old_file, env, args=()):
    sim.reset()
    done = run(
        ["-config.scrape-times=1", f"-config.write-to={old_file.path}", *args], environment(env)
    )
    assert done.status == 2, done.stderr
    assert len(done.stderr.splitlines()) == 1
    old_file.assert_untouched()
    assert {name: count for name, count in sim.calls().items() if count} == {}
    return done.only_problem()


def test_missing_directory(plain_sim, environment, old_file, tmp_path):
    missing = tmp_path / "nowhere" / "targets.yml"
    args = [f"-config.write-to={missing}"]
    line = refused(plain_sim, environment, old_file, plain_sim.environment(), args)
    assert str(missing.parent) in line


def test_output_path_is_a_directory(plain_sim, environment, old_file):
    directory = old_file.path.parent
    args = [f"-config.write-to={directory}"]
    line = refused(plain_sim, environment, old_file, plain_sim.environment(), args)
    assert str(directory) in line
    assert "directory" in line


def test_no_region(plain_sim, environment, old_file):
    env = plain_sim.environment()
    del env["AWS_REGION"], env["AWS_DEFAULT_REGION"]
    line = refused(plain_sim, environment, old_file, env)
    assert "region" in line
    assert "AWS_REGION" in line


def test_a_region_that_is_no_region(plain_sim, environment, old_file):
    env = plain_sim.environment() | {"AWS_REGION": "evil.example/"}
    assert "evil.example/" in refused(plain_sim, environment, old_file, env)


def test_missing_profile(plain_sim, environment, old_file, tmp_path):
    env = plain_sim.environment() | {"AWS_PROFILE": "absent"}
    del env["AWS_ACCESS_KEY_ID"], env["AWS_SECRET_ACCESS_KEY"]
    line = refused(plain_sim, environment, old_file, env)
    assert "absent" in line
    assert "profile" in line


def test_broken_profile_file(plain_sim, environment, old_file, tmp_path):
    broken = tmp_path / "config"
    broken.write_text("[default\nregion = us-east-1\n")
    env = plain_sim.environment() | {"AWS_CONFIG_FILE": str(broken)}
    assert str(broken) in refused(plain_sim, environment, old_file, env)


@pytest.mark.parametrize("left_out", ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"])
def test_half_set_keys(left_out, plain_sim, environment, old_file):
    env = plain_sim.environment()
    del env[left_out]
    line = refused(plain_sim, environment, old_file, env)
    assert left_out in line
    assert plain_sim.environment()["AWS_SECRET_ACCESS_KEY"] not in line


def test_endpoint_that_is_no_url(plain_sim, environment, old_file):
    env = plain_sim.environment() | {"AWS_ENDPOINT_URL": "localhost"}
    line = refused(plain_sim, environment, old_file, env)
    assert "AWS_ENDPOINT_URL" in line


# What AWS or the network answers: status 1.


def test_no_credentials(plain_sim, failing):
    env = plain_sim.environment()
    del env["AWS_ACCESS_KEY_ID"], env["AWS_SECRET_ACCESS_KEY"]
    line = failing([], env).only_problem()
    assert "credentials" in line
    assert "AWS_ACCESS_KEY_ID" in line


def test_wrong_secret(plain_sim, failing):
    env = plain_sim.environment() | {"AWS_SECRET_ACCESS_KEY": "not-the-right-one"}
    done = failing([], env)
    line = done.only_problem()
    assert "ListClusters" in line
    assert "secret" in line.lower()
    assert "not-the-right-one" not in done.stderr


def test_unknown_access_key(plain_sim, failing):
    env = plain_sim.environment() | {"AWS_ACCESS_KEY_ID": "AKIAUNKNOWN000000000"}
    assert "ListClusters" in failing([], env).only_problem()


def test_unknown_cluster(plain_sim, failing):
    line = failing(["-config.cluster", "nowhere"], plain_sim.environment()).only_problem()
    assert "nowhere" in line


# One cluster is asked for, so that a failure is met once.
ONE_CLUSTER = ["-config.cluster", "cluster-000"]
ACTIONS = [
    "ListTasks",
    "DescribeTasks",
    "DescribeTaskDefinition",
    "DescribeContainerInstances",
    "DescribeInstances",
]
PERMISSIONS = {name: f"ecs:{name}" for name in ACTIONS} | {
    "DescribeInstances": "ec2:DescribeInstances"
}


@pytest.fixture
def faulty_sim(start_sim, data):
    def start(*faults):
        flags = [flag for fault in faults for flag in ("--fault", fault)]
        return start_sim("--account", data / "account-plain.json", *flags)

    return start


@pytest.mark.parametrize("action", ACTIONS)
def test_access_denied_names_the_permission(action, faulty_sim, failing):
    sim = faulty_sim(f"{action}:denied")
    done = failing(ONE_CLUSTER, sim.environment())
    assert PERMISSIONS[action] in done.only_problem()


def test_denied_at_the_first_call(faulty_sim, failing):
    sim = faulty_sim("ListClusters:denied")
    assert "ecs:ListClusters" in failing([], sim.environment()).only_problem()


UNREADABLE = [
    (action, kind)
    for action in ["ListClusters", *ACTIONS]
    for kind in ["garbage", "truncated", "html", "empty-body", "wrong-type"]
    # An instance that EC2 does not show yet looks the same.
    if (action, kind) != ("DescribeInstances", "wrong-type")
]


@pytest.mark.parametrize(("action", "kind"), UNREADABLE)
def test_an_answer_that_cannot_be_read(action, kind, faulty_sim, failing):
    sim = faulty_sim(f"{action}:{kind}")
    args = []
    if action != "ListClusters":
        args += ONE_CLUSTER
    done = failing(args, sim.environment())
    assert action in done.only_problem()


@pytest.mark.parametrize("kind", ["reset", "500", "503"])
def test_a_server_that_fails_for_ever(kind, faulty_sim, failing):
    sim = faulty_sim(f"ListClusters:{kind}")
    done = failing([], sim.environment())
    assert "ListClusters" in done.only_problem()
    assert sim.calls()["ListClusters"] > 1
    assert done.seconds < processes.SOON


def test_a_listing_that_never_ends(faulty_sim, failing):
    sim = faulty_sim("ListTasks:repeated-token")
    done = failing(["-refresh-timeout", "2s", *ONE_CLUSTER], sim.environment())
    assert "ListTasks" in done.only_problem()
    assert done.seconds < processes.SOON


def test_throttled_for_ever(faulty_sim, failing):
    sim = faulty_sim("ListClusters:throttle")
    done = failing(["-refresh-timeout", "2s"], sim.environment())
    warning, error = done.problems  # each once: that calls are slower, and what came of it
    assert "level=warn" in warning
    assert "AWS throttles calls" in warning
    assert "account=" not in warning
    assert "level=error" in error
    assert "ListClusters" in error
    assert "thrott" in error.lower()
    assert done.seconds < processes.SOON


def test_a_call_that_hangs(faulty_sim, failing):
    sim = faulty_sim("ListTasks:hang")
    limits = ["-aws.call-timeout", "500ms", "-refresh-timeout", "2s"]
    done = failing([*limits, *ONE_CLUSTER], sim.environment())
    line = done.only_problem()
    assert "ListTasks" in line
    assert "cluster-000" in line
    assert done.seconds < processes.SOON


def test_a_response_that_stalls_is_retried(faulty_sim, discover, tmp_path):
    """It used to hold up the first file for the 30 s of -aws.call-timeout."""
    sim = faulty_sim("ListTasks:hang:1")
    output = ["-config.write-to", tmp_path / "targets.yml"]
    done = discover([*output, "-log.level=debug"], sim.environment())
    assert done.status == 0, done.stderr
    assert "ECS ListTasks" in done.stderr
    assert "the response stalled: no byte for 10 s" in done.stderr


def test_expired_credentials(faulty_sim, failing):
    sim = faulty_sim("ListClusters:expired")
    line = failing([], sim.environment()).only_problem()
    assert "expired" in line.lower()


HTML = b"<html><head><title>Sign in</title></head><body>Welcome to the guest network</body></html>"
NOT_AWS = {
    "a captive portal": (HTML, "text/html", 200),
    "a proxy's error page": (HTML, "text/html", 403),
    "text": (b"hello\nworld\n", "text/plain", 200),
    "a list for an object": (b"[]", "application/x-amz-json-1.1", 200),
    "a number for a list": (b'{"clusterArns": 7}', "application/x-amz-json-1.1", 200),
    "bytes": (bytes(range(256)), "application/octet-stream", 200),
}


@pytest.mark.parametrize("answer", NOT_AWS)
def test_something_else_than_aws_answers(answer, failing):
    with bad_network.answering(*NOT_AWS[answer]) as url:
        done = failing([], keys_for(url))
    line = done.only_problem()
    assert "ListClusters" in line
    assert "Welcome to the guest network" not in line or len(line) < 1000
    assert line.isascii()


@pytest.mark.parametrize("body", [HTML, b"<?xml version='1.0'?><Other/>", b"{}", b""])
def test_ec2_answers_something_else(body, plain_sim, failing):
    with bad_network.answering(body, "text/html") as url:
        env = plain_sim.environment() | {"AWS_ENDPOINT_URL_EC2": url}
        done = failing(ONE_CLUSTER, env)
    assert "DescribeInstances" in done.only_problem()


def test_sts_answers_something_else(plain_sim, failing):
    role = "arn:aws:iam::123456789012:role/reader"
    with bad_network.answering(HTML, "text/html") as url:
        env = plain_sim.environment() | {"AWS_ENDPOINT_URL_STS": url}
        done = failing(["-config.role-arn", role], env)
    line = done.only_problem()
    assert "AssumeRole" in line
    assert role in line


def test_unreachable_endpoint(failing):
    url = f"http://127.0.0.1:{processes.free_port()}"
    done = failing([], keys_for(url))
    assert url.removeprefix("http://") in done.only_problem()
    assert done.seconds < processes.SOON


def test_an_endpoint_name_that_does_not_exist(failing):
    done = failing(["-refresh-timeout", "2s"], keys_for("http://no-such-host.invalid:1234"))
    assert "no-such-host.invalid" in done.only_problem()
    assert done.seconds < processes.SOON


@pytest.mark.skipif(
    bool(bad_network.black_hole_is_impossible()), reason=bad_network.black_hole_is_impossible()
)
class TestBlackHoledNameServer:
    """Neither a run nor a signal waits for the 30 seconds of a name server that never answers."""

    def test_a_run_ends_with_its_timeouts(self, failing, tmp_path):
        with bad_network.black_holed_names(tmp_path) as hole:
            limits = ["-aws.connect-timeout", "500ms", "-aws.call-timeout", "1s"]
            done = failing(limits, keys_for(""), prefix=hole.prefix)
        assert "ecs.us-east-1.amazonaws.com" in done.only_problem()
        assert done.seconds < processes.SOON

    def test_a_signal_ends_it_at_once(self, start_daemon, old_file, tmp_path):
        with bad_network.black_holed_names(tmp_path) as hole:
            args = ["-config.write-to", old_file.path]
            daemon = start_daemon(args, keys_for(""), prefix=hole.prefix)
            hole.wait_for_a_question()
            assert daemon.seconds_to_stop(signal.SIGTERM) < processes.AT_ONCE
        assert daemon.process.returncode == 0
        old_file.assert_untouched()


def keys_for(url: str) -> dict[str, str]:
    named = {
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE000000000",
        "AWS_SECRET_ACCESS_KEY": "example-secret",
        "AWS_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    return {name: value for name, value in named.items() if value}
