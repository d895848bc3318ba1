"""The command line has the rules of Go's flag package, and every flag takes effect."""

from __future__ import annotations

import json
import re
import socket
import time
import urllib.parse
from pathlib import Path

import processes
import pytest
import small_account
from discovery_process import run
from front_door import FrontDoor
from target_file import read_groups

pytestmark = [pytest.mark.sim(of="account"), pytest.mark.output("targets.json")]

SPELLINGS = {
    "-f v": lambda name, value: [f"-{name}", value],
    "-f=v": lambda name, value: [f"-{name}={value}"],
    "--f v": lambda name, value: [f"--{name}", value],
    "--f=v": lambda name, value: [f"--{name}={value}"],
}
CONTRACT = {
    "config.cluster": "",
    "config.scrape-interval": "1m0s",
    "config.scrape-times": "0",
    "config.write-to": "ecs_file_sd.yml",
    "config.role-arn": "",
    "config.port-label": "PROMETHEUS_EXPORTER_PORT",
    "config.path-label": "PROMETHEUS_EXPORTER_PATH",
    "config.scheme-label": "PROMETHEUS_EXPORTER_SCHEME",
    "config.server-name-label": "PROMETHEUS_EXPORTER_SERVER_NAME",
    "config.job-name-label": "PROMETHEUS_EXPORTER_JOB_NAME",
    "config.filter-label": "",
    "config.dynamic-port-detection": "false",
    "aws.profile": "",
    "aws.region": "",
    "aws.endpoint-url": "",
    "aws.external-id": "",
    "aws.role-session-name": "",
    "aws.connect-timeout": "5s",
    "aws.call-timeout": "30s",
    "refresh-timeout": "5m0s",
    "rediscover-within": "10m0s",
    "startup-grace": "5m0s",
    "guard.max-drop-percent": "50",
    "state.path": "",
    "log.level": "info",
    "log.format": "logfmt",
}
STANDARD_LABELS = {
    "PROMETHEUS_EXPORTER_PORT": "9100",
    "PROMETHEUS_EXPORTER_PATH": "/standard",
    "PROMETHEUS_EXPORTER_SCHEME": "http",
    "PROMETHEUS_EXPORTER_SERVER_NAME": "standard.example",
    "PROMETHEUS_EXPORTER_JOB_NAME": "standard",
}
OWN_LABELS = {
    "MY_PORT": "9200",
    "MY_PATH": "/mine",
    "MY_SCHEME": "https",
    "MY_NAME": "mine.example",
    "MY_JOB": "mine",
}
# The label that each flag is given, and what then changes: a label of the target, or its address.
LABEL_FLAGS = {
    "config.port-label": ("MY_PORT", "targets", ["standard.example:9200"]),
    "config.path-label": ("MY_PATH", "__metrics_path__", "/mine"),
    "config.scheme-label": ("MY_SCHEME", "__scheme__", "https"),
    "config.server-name-label": ("MY_NAME", "targets", ["mine.example:9100"]),
    "config.job-name-label": ("MY_JOB", "job", "mine"),
}
BRIDGED_LABELS = {"PROMETHEUS_DYNAMIC_EXPORT": "1"}

DYNAMIC = ["-config.dynamic-port-detection", "--config.dynamic-port-detection"]

spelled = pytest.mark.parametrize("spelling", SPELLINGS)


@pytest.fixture(scope="module")
def account(tmp_path_factory) -> Path:
    """A small one with one container of either kind of label."""
    path = tmp_path_factory.mktemp("small") / "account.json"
    return small_account.write(path, {**STANDARD_LABELS, **OWN_LABELS}, BRIDGED_LABELS)


@pytest.fixture
def discovered(shared_sim, environment, output):
    """discovered(args) -> the groups that one run with these arguments writes."""

    def run_once(args):
        common = ["-config.scrape-times=1", f"-config.write-to={output}"]
        done = run([*common, *args], environment(shared_sim.environment()))
        assert (done.status, done.problems) == (0, []), done.stderr
        return read_groups(output)

    return run_once


def value_of(group, name):
    return group["targets"] if name == "targets" else group["labels"].get(name)


def test_without_flags_the_standard_labels_count(discovered):
    (group,) = discovered([])
    assert group["targets"] == ["standard.example:9100"]
    assert group["labels"]["job"] == "standard"
    assert group["labels"]["__metrics_path__"] == "/standard"
    assert group["labels"]["__scheme__"] == "http"


@spelled
@pytest.mark.parametrize("flag", LABEL_FLAGS)
def test_label_flags(flag, spelling, discovered):
    label, where, expected = LABEL_FLAGS[flag]
    (group,) = discovered(SPELLINGS[spelling](flag, label))
    assert value_of(group, where) == expected


@spelled
@pytest.mark.parametrize(
    ("value", "count"),
    [("MY_JOB", 1), ("MY_JOB=mine", 1), ("MY_JOB=other", 0), ("MY_NOTHING", 0), ("MY_JOB=", 0)],
)
def test_filter_label(value, count, spelling, discovered):
    assert len(discovered(SPELLINGS[spelling]("config.filter-label", value))) == count


@spelled
def test_cluster(spelling, shared_sim, discovered):
    shared_sim.reset()
    assert len(discovered(SPELLINGS[spelling]("config.cluster", "small"))) == 1
    assert shared_sim.count("ListClusters") == 0


@spelled
def test_role_arn(spelling, shared_sim, discovered):
    shared_sim.reset()
    discovered(SPELLINGS[spelling]("config.role-arn", "arn:aws:iam::123456789012:role/reader"))
    assert shared_sim.calls()["AssumeRole"] == 1


@pytest.fixture
def checked(shared_sim, environment, output):
    """checked(args, env) -> what `doctor --json` says with these, by the name of the check."""

    def run_once(args, env):
        done = run(["doctor", "--json", f"-config.write-to={output}", *args], environment(env))
        return {check["name"]: check for check in json.loads(done.stdout)}

    return run_once


@spelled
def test_aws_profile_comes_before_the_environment(spelling, shared_sim, checked, tmp_path):
    (tmp_path / "keys").write_text("[mine]\naws_access_key_id=AKIAMINE\naws_secret_access_key=s\n")
    env = shared_sim.environment() | {"AWS_PROFILE": "other"}
    env |= {"AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "keys")}
    found = checked(SPELLINGS[spelling]("aws.profile", "mine"), env)["credentials"]
    assert found["access_key_id"] == "AKIAMINE"
    assert "mine" in found["source"]


@spelled
def test_aws_region_comes_before_the_environment(spelling, shared_sim, checked):
    found = checked(SPELLINGS[spelling]("aws.region", "eu-north-1"), shared_sim.environment())["region"]
    assert (found["region"], found["source"]) == ("eu-north-1", "-aws.region")


@spelled
def test_aws_endpoint_url_comes_before_the_environment(spelling, shared_sim, discovered, checked):
    env = shared_sim.environment()
    env |= {"AWS_ENDPOINT_URL": "http://127.0.0.1:1", "AWS_ENDPOINT_URL_ECS": "http://x"}
    args = SPELLINGS[spelling]("aws.endpoint-url", shared_sim.url)
    found = checked(args, env)
    for service in ("ECS", "EC2", "SSM", "STS"):
        check = found[f"endpoint {service}"]
        assert (check["endpoint"], check["source"]) == (f"{shared_sim.url}/", "-aws.endpoint-url")
    assert found["identity"]["state"] == "ok"


@spelled
def test_external_id_and_session_name_reach_sts(spelling, shared_sim, environment, output):
    with FrontDoor(shared_sim.url) as door:
        args = [
            *["-config.scrape-times=1", f"-config.write-to={output}"],
            *["-config.role-arn", "arn:aws:iam::123456789012:role/reader"],
            *SPELLINGS[spelling]("aws.external-id", "outside/1"),
            *SPELLINGS[spelling]("aws.role-session-name", "me@host"),
        ]
        done = run(args, environment(shared_sim.environment() | {"AWS_ENDPOINT_URL": door.url}))
    assert done.status == 0, done.stderr
    (asked,) = [form for form in map(urllib.parse.parse_qs, door.forms) if "RoleArn" in form]
    assert (asked["ExternalId"], asked["RoleSessionName"]) == (["outside/1"], ["me@host"])


@spelled
def test_write_to(spelling, discovered, output, tmp_path):
    other = tmp_path / "other.json"
    discovered_args = SPELLINGS[spelling]("config.write-to", str(other))
    output.write_text("[]")  # what `discovered` itself reads: the first -config.write-to loses
    assert discovered(discovered_args) == []
    assert len(read_groups(other)) == 1


@spelled
def test_scrape_times_and_interval(spelling, shared_sim, environment, output):
    shared_sim.reset()
    args = [
        *SPELLINGS[spelling]("config.scrape-times", "3"),
        *SPELLINGS[spelling]("config.scrape-interval", "300ms"),
    ]
    done = run([*args, f"-config.write-to={output}"], environment(shared_sim.environment()))
    assert done.status == 0
    assert shared_sim.calls()["ListClusters"] == 3
    assert 0.55 < done.seconds < processes.SOON


@pytest.mark.parametrize("flag", DYNAMIC)
@pytest.mark.parametrize("value", ["", "=true", "=TRUE", "=True", "=t", "=T", "=1"])
def test_dynamic_port_detection_on(flag, value, discovered):
    (group,) = discovered([flag + value])
    assert group["targets"] == [f"{small_account.INSTANCE_ADDRESS}:32768"]


@pytest.mark.parametrize("flag", DYNAMIC)
@pytest.mark.parametrize("value", ["=false", "=FALSE", "=False", "=f", "=F", "=0"])
def test_dynamic_port_detection_off(flag, value, discovered):
    (group,) = discovered([flag + value])
    assert group["targets"] == ["standard.example:9100"]


@spelled
def test_log_level(spelling, shared_sim, environment, output):
    common = ["-config.scrape-times=1", f"-config.write-to={output}"]
    quiet = run([*common, *SPELLINGS[spelling]("log.level", "error")], environment(shared_sim.environment()))
    loud = run([*common, *SPELLINGS[spelling]("log.level", "debug")], environment(shared_sim.environment()))
    assert quiet.stderr == ""
    assert {line["level"] for line in loud.log} >= {"debug", "info"}


@spelled
def test_log_format(spelling, shared_sim, environment, output):
    common = ["-config.scrape-times=1", f"-config.write-to={output}"]
    done = run([*common, *SPELLINGS[spelling]("log.format", "json")], environment(shared_sim.environment()))
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert lines
    assert all({"ts", "level", "msg"} <= set(line) for line in lines)


@spelled
@pytest.mark.parametrize("flag", ["aws.call-timeout", "refresh-timeout"])
def test_call_and_refresh_timeout(flag, spelling, start_sim, environment, output, data):
    hanging = start_sim("--account", data / "account-plain.json", "--fault", "ListClusters:hang")
    # The other limit stays at its default of half a minute or more.
    args = [*SPELLINGS[spelling](flag, "300ms"), "-config.scrape-times=1"]
    if flag == "aws.call-timeout":
        args += ["-refresh-timeout=1s"]  # bounds the retries
    done = run([*args, f"-config.write-to={output}"], environment(hanging.environment()))
    assert done.status == 1
    assert done.seconds < processes.SOON
    assert "ListClusters" in done.only_problem()


@spelled
def test_connect_timeout(spelling, environment, output):
    """No packet comes back from a listener whose queue is full: a connection attempt hangs."""
    with socket.socket() as listener, socket.socket() as first, socket.socket() as second:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for filler in (first, second):
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
        env = {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{listener.getsockname()[1]}",
            "AWS_ACCESS_KEY_ID": "AKIA",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_REGION": "us-east-1",
        }
        args = [*SPELLINGS[spelling]("aws.connect-timeout", "200ms")]
        args += ["-config.scrape-times=1", f"-config.write-to={output}"]
        done = run(args, environment(env))
    assert done.status == 1
    assert done.seconds < processes.SOON
    line = done.only_problem()
    assert "127.0.0.1" in line
    assert "connect" in line.lower()


# Go's corner cases.


def test_the_last_of_a_repeated_flag_wins(discovered):
    (group,) = discovered(["-config.job-name-label=MY_JOB", "--config.job-name-label", "MY_PATH"])
    assert group["labels"]["job"] == "/mine"


def test_an_empty_value_is_the_empty_string(discovered):
    (group,) = discovered(["-config.job-name-label=", "-config.server-name-label="])
    assert "job" not in group["labels"]
    assert group["targets"] == [f"{small_account.ADDRESS}:9100"]


def test_an_empty_argument_is_a_value_too(discovered):
    (group,) = discovered(["-config.job-name-label", ""])
    assert "job" not in group["labels"]


def test_a_value_may_look_like_a_flag(discovered):
    (group,) = discovered(["-config.job-name-label", "-config.cluster"])
    assert "job" not in group["labels"]


def test_a_value_may_hold_equals_signs(discovered):
    assert discovered(["--config.filter-label=MY_JOB=mi=ne"]) == []


def test_two_dashes_end_the_flags(discovered):
    assert len(discovered(["--"])) == 1


@pytest.mark.parametrize("times", ["2", "+2", "0x2", "0X2", "0b10", "0o2", "02", "0x0_2"])
def test_integers_in_the_bases_of_go(times, shared_sim, environment, output):
    shared_sim.reset()
    args = ["-config.scrape-times", times, "-config.scrape-interval=10ms"]
    done = run([*args, f"-config.write-to={output}"], environment(shared_sim.environment()))
    assert (done.status, done.problems) == (0, [])
    assert shared_sim.calls()["ListClusters"] == 2


@pytest.mark.parametrize(
    ("interval", "seconds"),
    [("500ms", 0.5), ("0.4s", 0.4), (".4s", 0.4), ("300000us", 0.3), ("0h0m0.3s", 0.3)]
    + [("+400ms", 0.4), ("300000\N{MICRO SIGN}s", 0.3), ("0.0001h", 0.36), ("400000000ns", 0.4)],
)
def test_durations_in_the_syntax_of_go(interval, seconds, shared_sim, environment, output):
    args = ["-config.scrape-interval", interval, "-config.scrape-times=2"]
    started = time.monotonic()
    done = run([*args, f"-config.write-to={output}"], environment(shared_sim.environment()))
    took = time.monotonic() - started
    assert (done.status, done.problems) == (0, [])
    assert seconds * 0.94 < took < seconds + processes.SOON


@pytest.mark.parametrize("interval", ["1.5h", "1h30m", "1m0s", "90s", "2540400h10m10s"])
def test_long_durations_are_understood(interval, discovered):
    assert len(discovered([f"-config.scrape-interval={interval}"])) == 1


@pytest.mark.parametrize("spelling", ["-h", "-help", "--h", "--help"])
def test_help_shows_every_flag_with_its_default_on_stdout(spelling, environment):
    done = run([spelling], environment())
    assert (done.status, done.stderr) == (0, "")
    for flag, default in CONTRACT.items():
        entry = rf"^ *--?{re.escape(flag)}\b(.*(?:\n[ \t]+[^-\s].*)*)"
        (described,) = re.findall(entry, done.stdout, re.MULTILINE)
        if default:
            assert re.search(rf'\(default "?{re.escape(default)}"?\)', described), flag


@pytest.mark.parametrize("spelling", ["-version", "--version"])
def test_version_is_that_of_the_build(spelling, environment):
    version = (processes.REPOSITORY / "VERSION").read_text("utf-8").strip()
    done = run([spelling], environment())
    assert (done.status, done.stderr) == (0, "")
    assert done.stdout.startswith("prometheus-ecs-discovery")
    assert done.stdout.split()[-1] == version


BAD_COMMAND_LINES = {
    "unknown flag": (["-config.clustre", "x"], "config.clustre"),
    "unknown flag with a value": (["--nonsense=1"], "nonsense"),
    "abbreviated flag": (["-config.clu=x"], "config.clu"),
    "stray argument": (["stray"], "stray"),
    "stray argument after flags": (["-config.cluster", "a", "stray"], "stray"),
    "stray argument after two dashes": (["--", "stray"], "stray"),
    "flag after two dashes": (["--", "-config.cluster=a"], "-config.cluster=a"),
    "single dash": (["-"], "-"),
    "value after a boolean": (["-config.dynamic-port-detection", "false"], "false"),
    "bad boolean": (["-config.dynamic-port-detection=maybe"], "config.dynamic-port-detection"),
    "yes is no boolean": (["-config.dynamic-port-detection=yes"], "yes"),
    "three dashes": (["---config.cluster=a"], "---config.cluster=a"),
    "no name": (["-=a"], "-=a"),
    "value missing at the end": (["-config.cluster"], "config.cluster"),
    "duration without unit": (["-config.scrape-interval=60"], "config.scrape-interval"),
    "duration in days": (["-config.scrape-interval=1d"], "1d"),
    "empty duration": (["-config.scrape-interval="], "config.scrape-interval"),
    "two points": (["-config.scrape-interval=1.5.5h"], "1.5.5h"),
    "too long a duration": (["-config.scrape-interval=9999999999h"], "9999999999h"),
    "interval of zero": (["-config.scrape-interval=0"], "config.scrape-interval"),
    "interval of zero seconds": (["-config.scrape-interval=0s"], "config.scrape-interval"),
    "negative interval": (["-config.scrape-interval=-5s"], "config.scrape-interval"),
    "integer with a fraction": (["-config.scrape-times=1.5"], "config.scrape-times"),
    "word for an integer": (["-config.scrape-times=one"], "one"),
    "too large an integer": (["-config.scrape-times=9223372036854775808"], "config.scrape-times"),
    "empty integer": (["-config.scrape-times="], "config.scrape-times"),
    "unknown log level": (["-log.level=loud"], "loud"),
    "unknown log format": (["-log.format=xml"], "xml"),
    "connect timeout of zero": (["-aws.connect-timeout=0s"], "aws.connect-timeout"),
    "negative call timeout": (["-aws.call-timeout=-1s"], "aws.call-timeout"),
    "refresh timeout of zero": (["-refresh-timeout=0"], "refresh-timeout"),
    "no port label": (["-config.port-label="], "config.port-label"),
    "filter without a name": (["-config.filter-label==x"], "config.filter-label"),
    "external id without a role": (["-aws.external-id=abc"], "config.role-arn"),
    "session name without a role": (["-aws.role-session-name=abc"], "config.role-arn"),
    "bad session name": (["-config.role-arn=r", "-aws.role-session-name=a b"], "a b"),
    "bad external id": (["-config.role-arn=r", "-aws.external-id=a"], "aws.external-id"),
    "bad region": (["-aws.region=eu west"], "aws.region"),
    "bad endpoint": (["-aws.endpoint-url=ftp://x"], "aws.endpoint-url"),
    "unknown profile": (["-aws.profile=nobody"], "aws.profile"),
    "no output file": (["-config.write-to="], "config.write-to"),
    "line break in a value": (["-config.scrape-interval=1s\nlevel=info"], "config.scrape-interval"),
}


@pytest.mark.parametrize("case", BAD_COMMAND_LINES)
def test_a_bad_command_line_is_one_line_and_status_2(case, shared_sim, environment, output):
    args, named = BAD_COMMAND_LINES[case]
    shared_sim.reset()
    output.write_text("untouched")

    done = run([f"-config.write-to={output}", *args], environment(shared_sim.environment()), timeout=60)

    assert done.status == 2
    assert done.stdout == ""
    assert named in done.only_problem()
    assert len(done.stderr.splitlines()) == 1
    assert output.read_text() == "untouched"
    assert shared_sim.count("ListClusters") == 0
