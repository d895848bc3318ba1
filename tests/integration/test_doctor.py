"""doctor: a line for each thing that is needed, with a fix for what is wrong, and nothing changed."""

from __future__ import annotations

import fcntl
import json
import os
import re
import shlex
import socket
import sqlite3

import processes
import pytest
from discovery_process import Finished, run
from modes_account import CLUSTER_NAME, Account, Container, bind, interface
from sim_process import SECRET_KEY
from target_file import wait_for_file
from test_web_server import HASH
from web_certificates import Authority

pytestmark = pytest.mark.sim(of="account")

NEEDED = {
    "ListClusters": "ecs:ListClusters",
    "ListTasks": "ecs:ListTasks",
    "DescribeTasks": "ecs:DescribeTasks",
    "DescribeTaskDefinition": "ecs:DescribeTaskDefinition",
    "DescribeContainerInstances": "ecs:DescribeContainerInstances",
    "DescribeInstances": "ec2:DescribeInstances",
}
LINE = re.compile(r"^(ok|warn|FAIL|skip) +(endpoint \S+|\S+) +(.*)$")
SUMMARY = re.compile(
    r"^(\d+) checks? passed(?:, (\d+) with a warning)?, (\d+) failed(?:, (\d+) not checked)?$"
)
INVENTED = "prometheus-ecs-discovery-doctor"  # what it asked for when it did not ask for real things


def checks(done: Finished) -> dict[str, tuple[str, str]]:
    """What doctor printed: state and text by the name of the check; the summary must be right."""
    found = {}
    *lines, summary = done.stdout.splitlines()
    for line in lines:
        state, name, text = LINE.match(line).groups()
        assert name not in found, f"{name} twice in:\n{done.stdout}"
        found[name] = (state, text)
        assert state != "FAIL" or "; fix: " in text, f"no fix: {line}"
    counts = [int(count or 0) for count in SUMMARY.match(summary).groups()]
    states = [state for state, _ in found.values()]
    assert counts == [states.count(state) for state in ("ok", "warn", "FAIL", "skip")]
    return found


def states_of(done: Finished, state: str) -> set[str]:
    return {name for name, (found, _) in checks(done).items() if found == state}


@pytest.fixture(scope="module")
def account() -> Account:
    """A cluster with a task on Fargate, on EC2 and on ECS Anywhere."""
    built = Account()
    built.add("fargate", [Container("10.0.0.1:9102", interfaces=[interface("10.0.0.1")])])
    bound = [bind(9102, 32768)]
    host = built.add_instance("10.0.1.7")
    built.add("bridge", [Container("10.0.1.7:32768", bindings=bound)], "bridge", host)
    machine = built.add_instance("10.0.1.8", "mi-00000000000000001")
    built.add("anywhere", [Container("10.0.1.8:32768", bindings=bound)], "bridge", machine)
    return built


@pytest.fixture
def examine(shared_sim, environment, tmp_path):
    """examine(flags, variables) -> the finished doctor; the simulator has no faults afterwards."""

    def start(flags=(), variables=None) -> Finished:
        output = tmp_path / "targets.yml"
        return run(
            ["doctor", "-config.write-to", output, *flags],
            environment(shared_sim.environment(), variables or {}),
        )

    yield start
    shared_sim.set_faults()


def let_others_search(path):
    """Opens the directories above `path`, which pytest makes for their owner alone."""
    for directory in [path, *path.parents]:
        if not directory.stat().st_mode & 0o011:
            directory.chmod(0o711)


def test_everything_is_good_and_nothing_is_changed(examine, tmp_path):
    let_others_search(tmp_path)
    done = examine()
    found = checks(done)
    assert done.status == 0
    assert {state for state, _ in found.values()} == {"ok"}
    assert {"credentials", "identity", "region", "clock", "output"} <= set(found)
    assert {*NEEDED.values(), "ecs:DescribeClusters", "ssm:DescribeInstanceInformation"} <= set(
        found
    )
    assert "arn:aws:" in found["identity"][1]
    assert "us-east-1" in found["region"][1]
    assert found["output"][1] == str(tmp_path / "targets.yml")
    assert "environment" in found["credentials"][1]
    assert "targets.yml" not in os.listdir(tmp_path)
    assert SECRET_KEY not in done.stdout + done.stderr


@pytest.mark.parametrize("action", sorted(NEEDED))
def test_a_needed_permission_that_is_missing_fails_with_its_name(action, shared_sim, examine):
    shared_sim.set_faults(f"{action}:denied")
    done = examine()
    permission = NEEDED[action]
    assert done.status == 1
    assert states_of(done, "FAIL") == {permission}
    assert f"fix: allow {permission}" in done.stdout
    # What needs its result cannot be asked for.
    order = [*NEEDED.values(), "ssm:DescribeInstanceInformation"]
    needs_tasks = ["ecs:DescribeTaskDefinition", "ec2:DescribeInstances"]
    later = order[order.index(permission) + 1 :] if permission not in needs_tasks else []
    if permission == "ecs:DescribeContainerInstances":
        later = ["ec2:DescribeInstances", "ssm:DescribeInstanceInformation"]
    assert states_of(done, "skip") - {"ecs:DescribeClusters"} == set(later)


def test_an_optional_permission_says_what_is_lost_without_it(shared_sim, examine):
    shared_sim.set_faults("DescribeInstanceInformation:denied")
    done = examine()
    state, text = checks(done)["ssm:DescribeInstanceInformation"]
    assert (done.status, state) == (0, "warn")
    assert "ECS Anywhere" in text


def test_a_named_cluster_needs_describe_clusters_instead_of_list_clusters(shared_sim, examine):
    shared_sim.set_faults("ListClusters:denied")
    assert examine(["-config.cluster", CLUSTER_NAME]).status == 0
    shared_sim.set_faults("DescribeClusters:denied")
    done = examine(["-config.cluster", CLUSTER_NAME])
    assert (done.status, states_of(done, "FAIL")) == (1, {"ecs:DescribeClusters"})
    assert checks(done)["cluster"][0] == "skip"


def test_a_named_cluster_that_does_not_exist_fails(examine):
    done = examine(["-config.cluster", "nowhere"])
    found = checks(done)
    assert (done.status, found["cluster"][0]) == (1, "FAIL")
    assert "nowhere: MISSING" in found["cluster"][1]
    assert found["ecs:ListTasks"] == ("skip", "not checked: cluster nowhere cannot be read")


# An invented cluster, task or definition used to be asked for.


@pytest.mark.parametrize(
    "action",
    ["ListTasks", "DescribeTasks", "DescribeTaskDefinition", "DescribeContainerInstances"],
)
def test_a_policy_that_allows_what_is_there_only_passes(action, shared_sim, examine):
    shared_sim.set_faults(f"{action}@{INVENTED}:denied")
    done = examine()
    assert (done.status, states_of(done, "FAIL")) == (0, set())
    assert states_of(done, "skip") == set()


@pytest.mark.parametrize("flags", [[], ["-config.cluster", CLUSTER_NAME]])
def test_a_real_cluster_that_is_denied_is_seen(flags, shared_sim, examine):
    shared_sim.set_faults(f"ListTasks@{CLUSTER_NAME}:denied")
    done = examine(flags)
    assert (done.status, states_of(done, "FAIL")) == (1, {"ecs:ListTasks"})
    why = f"not checked: the tasks of cluster {CLUSTER_NAME} are not known"
    assert checks(done)["ecs:DescribeTasks"] == ("skip", why)


def test_an_account_without_clusters_is_said(serve, environment, tmp_path):
    empty = serve(Account())
    empty.remove_cluster(CLUSTER_NAME)
    done = run(["doctor", "-config.write-to", tmp_path / "t.yml"], environment(empty.environment()))
    found = checks(done)
    assert done.status == 0
    where = "region us-east-1, account 123456789012"
    assert found["clusters"][0] == "warn"
    assert f"there is no ECS cluster in {where}" in found["clusters"][1]
    assert found["ecs:ListTasks"] == ("skip", f"not checked: no cluster in {where}")


def test_a_cluster_without_tasks_is_neither_good_nor_bad(serve, environment, tmp_path):
    empty = serve(Account())
    done = run(["doctor", "-config.write-to", tmp_path / "t.yml"], environment(empty.environment()))
    found = checks(done)
    assert (done.status, found["ecs:ListTasks"][0]) == (0, "ok")
    assert found["ecs:DescribeTasks"] == ("skip", f"not checked: no tasks in cluster {CLUSTER_NAME}")


def test_a_large_account_is_not_listed(start_sim, environment, tmp_path):
    flags = ["--seed", 5, "--clusters", 300, "--tasks", 10_000]
    for more, most in (([], 9), (["--empty-pages"], 17)):
        large = start_sim(*flags, *more)
        args = ["doctor", "-config.write-to", tmp_path / "t.yml"]
        done = run(args, environment(large.environment()))
        assert (done.status, states_of(done, "FAIL")) == (0, set())
        calls = large.calls()
        assert sum(calls.values()) <= most, calls
        large.stop()


def test_an_identity_that_is_not_known_is_no_failure_where_calls_work(shared_sim, examine):
    """A VPC needs no endpoint of STS."""
    shared_sim.set_faults("GetCallerIdentity:denied")
    done = examine()
    assert (done.status, checks(done)["identity"][0]) == (0, "warn")


def test_without_credentials_it_says_where_to_put_them(examine):
    done = examine(variables={"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""})
    state, text = checks(done)["credentials"]
    assert (done.status, state) == (1, "FAIL")
    assert "AWS_ACCESS_KEY_ID" in text
    assert checks(done)["ecs:ListTasks"] == ("skip", "not checked: no credentials")


def test_a_wrong_secret_fails_the_identity(examine):
    done = examine(variables={"AWS_SECRET_ACCESS_KEY": "not-the-secret"})
    assert (done.status, checks(done)["identity"][0]) == (1, "FAIL")
    assert "not-the-secret" not in done.stdout + done.stderr


def test_an_endpoint_that_does_not_answer_fails_every_call(examine):
    done = examine(variables={"AWS_ENDPOINT_URL": "http://127.0.0.1:1"})
    found = checks(done)
    assert done.status == 1
    assert found["identity"][0] == found["ecs:ListClusters"][0] == "FAIL"
    assert found["ecs:ListTasks"][0] == "skip"
    assert "127.0.0.1:1" in found["identity"][1]


def test_a_directory_that_only_its_owner_may_search_gets_a_warning(shared_sim, environment, tmp_path):
    let_others_search(tmp_path)
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    done = run(
        ["doctor", "-config.write-to", closed / "targets.yml"], environment(shared_sim.environment())
    )
    state, text = checks(done)["output"]
    assert (done.status, state) == (0, "warn")
    assert f"only its owner may search directory {closed}" in text


def test_an_output_directory_that_is_missing_fails(shared_sim, environment, tmp_path):
    done = run(
        ["doctor", "-config.write-to", tmp_path / "nowhere" / "targets.yml"],
        environment(shared_sim.environment()),
    )
    state, text = checks(done)["output"]
    assert (done.status, state) == (1, "FAIL")
    assert "nowhere" in text


def test_a_wrong_configuration_is_json_too(examine):
    done = examine(["--json"], {"AWS_PROFILE": "nobody"})
    problem = 'AWS profile "nobody" is in neither '
    check, output, summary = json.loads(done.stdout)
    assert (done.status, check["state"], check["name"]) == (2, "fail", "configuration")
    assert check["text"].startswith(problem)
    assert check["text"] in done.only_problem().replace('\\"', '"')
    assert (output["name"], summary["state"]) == ("output", "fail")
    found = checks(examine(variables={"AWS_PROFILE": "nobody"}))
    assert found["configuration"][0] == "FAIL"
    assert problem in found["configuration"][1]


def test_the_summary_is_json_too(examine, tmp_path):
    let_others_search(tmp_path)
    *found, summary = json.loads(examine(["--json"]).stdout)
    assert {check["state"] for check in found} == {"ok"}
    assert summary == {
        "state": "ok",
        "name": "summary",
        "text": f"{len(found)} checks passed, 0 failed",
        "fix": "",
        "passed": str(len(found)),
        "warnings": "0",
        "failed": "0",
        "not_checked": "0",
    }


# What the program would meet at its start.


@pytest.fixture
def place(tmp_path):
    """A directory with what wrong settings name."""
    (tmp_path / "bad.yml").write_text("no_such_key: 1\n")
    (tmp_path / "tls.yml").write_text("tls_server_config: {cert_file: no.pem, key_file: no.pem}\n")
    (tmp_path / "notes.txt").write_text("my notes\n")
    return tmp_path


@pytest.fixture
def busy():
    """The port of a listener."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


WRONG = [
    ("web-config", "--web.listen-address 127.0.0.1:0 --web.config.file {place}/none.yml"),
    ("web-config", "--web.listen-address 127.0.0.1:0 --web.config.file {place}/bad.yml"),
    ("web-config", "--web.listen-address 127.0.0.1:0 --web.config.file {place}/tls.yml"),
    ("allowed-hosts", "--web.listen-address 127.0.0.1:0 --web.allowed-hosts *.example.org"),
    ("listen-address", "--web.listen-address 127.0.0.1"),
    ("listen-address", "--web.listen-address 192.0.2.1:8080"),
    ("listen-address", "--web.listen-address 127.0.0.1:{busy}"),
    ("state", "--state.path {place}/none/state.db"),
    ("state", "--state.path {place}"),
    ("state", "--state.path {place}/notes.txt"),
    ("state", "--state.path {place}/held.db"),
    ("output", "-config.write-to {place}/none/t.yml"),
    ("output", "-config.write-to {place}"),
    ("configuration", "--state.path {place}/t.yml"),
    ("configuration", "-config.cluster arn:aws:ecs:eu-west-1:123456789012:cluster/prod"),
    ("configuration", "-aws.profile nobody"),
    ("configuration", "-aws.region us-east-1a"),
]


@pytest.mark.parametrize(("name", "flags"), WRONG, ids=[f"{name} {text}" for name, text in WRONG])
def test_doctor_fails_where_the_program_does_not_start(
    name, flags, shared_sim, environment, place, busy
):
    """It used to be fine where the program ended with status 2."""
    args = ["-config.write-to", place / "t.yml"]
    args += shlex.split(flags.format(place=place, busy=busy))
    env = environment(shared_sim.environment())
    with (place / "held.db.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        before = sorted(os.listdir(place))
        started = run([*args, "-config.scrape-times=1"], env)
        examined = run(["doctor", "--json", *args], env)
        assert sorted(os.listdir(place)) == before
    assert started.status in (2, 4)
    *found, _ = json.loads(examined.stdout)
    (failed,) = [check for check in found if check["state"] == "fail"]
    assert (examined.status != 0, failed["name"]) == (True, name)
    assert failed["fix"]
    (problem,) = [line for line in started.log if line["level"] == "error"]
    cause = problem["msg"].removeprefix(f"{place}/none/t.yml: ")
    assert cause in failed["text"] or failed["text"] in cause


def test_doctor_is_fine_where_the_program_starts(shared_sim, environment, place):
    let_others_search(place)
    (place / "good.yml").write_text("http_server_config: {http2: false}\n")
    args = shlex.split(
        f"-config.write-to {place}/t.yml --state.path {place}/state.db --web.config.file "
        f"{place}/good.yml --web.listen-address 127.0.0.1:0 --web.allowed-hosts example.org"
    )
    env = environment(shared_sim.environment())
    for expected in ("it is made at the start", "tasks in it: 3"):
        before = {path: path.read_bytes() for path in place.iterdir() if path.is_file()}
        done = run(["doctor", *args], env)
        assert (done.status, states_of(done, "ok")) == (0, set(checks(done)))
        assert expected in checks(done)["state"][1]
        assert {"web-config", "allowed-hosts", "listen-address", "paths"} <= set(checks(done))
        after = {path: path.read_bytes() for path in place.iterdir() if path.is_file()}
        assert after == before
        assert run([*args, "-config.scrape-times=1"], env).status == 0


def test_what_a_program_with_the_same_flags_has_in_use_is_good(
    shared_sim, environment, start_daemon, place
):
    """Doctor is asked when something is wrong with the program that runs; both used to fail then."""
    let_others_search(place)
    listen = ["--web.listen-address", f"127.0.0.1:{processes.free_port()}"]
    args = ["--state.path", place / "state.db", "-config.write-to", place / "t.yml", *listen]
    before = run(["doctor", *args], environment(shared_sim.environment()))
    assert "no program runs there" in checks(before)["listen-address"][1]
    start_daemon(args, shared_sim.environment())
    wait_for_file(place / "t.yml", "a refresh")
    done = run(["doctor", *args], environment(shared_sim.environment()))
    found = checks(done)
    assert (done.status, states_of(done, "ok")) == (0, set(found))
    assert "the program runs there, and is healthy" in found["listen-address"][1]
    assert "in use by the program that runs" in found["state"][1]


def test_a_program_without_a_web_server_is_known_by_its_lock(shared_sim, environment, start_daemon, place):
    """There is nobody to ask then, and it used to be taken for another program."""
    let_others_search(place)
    args = ["--state.path", place / "state.db", "-config.write-to", place / "t.yml"]
    daemon = start_daemon(args, shared_sim.environment())
    wait_for_file(place / "t.yml", "a refresh")
    done = run(["doctor", *args], environment(shared_sim.environment()))
    assert (done.status, states_of(done, "ok")) == (0, set(checks(done)))
    said = f"is in use by prometheus-ecs-discovery, process {daemon.process.pid}"
    assert checks(done)["state"][1].endswith(said)


def test_it_tells_which_of_several_clusters_it_has_looked_at(start_sim, environment):
    sim = start_sim("--seed", 3, "--clusters", 3, "--tasks", 12)
    sim.set_faults("ListTasks@cluster-001:denied")
    done = run(["doctor"], environment(sim.environment()))
    assert "3 clusters; the checks below are of cluster-000" in checks(done)["ecs:ListClusters"][1]
    named = run(["doctor", "-config.cluster", "cluster-001"], environment(sim.environment()))
    assert named.status == 1


HIDDEN = [
    (
        f"basic_auth_users: {{ann: {HASH}}}\n",
        [],
        "a web server that asks for a login runs there; fix: set HEALTHCHECK_LOGIN=USER:PASSWORD",
    ),
    ("", ["--web.allowed-hosts", "example.org"], "give doctor the --web.allowed-hosts"),
    (
        "tls_server_config: {cert_file: server.crt, key_file: server.key, client_ca_file: ca.crt, "
        "client_auth_type: RequireAndVerifyClientCert}\n",
        [],
        "something listens there and was not asked whether it is this program: healthcheck: the "
        "client_auth_type of --web.config.file requires a client certificate",
    ),
]


@pytest.mark.parametrize(
    ("config", "flags", "said"), HIDDEN, ids=["login", "host", "client-certificate"]
)
def test_a_program_that_does_not_say_what_it_is_gets_a_warning(
    config, flags, said, shared_sim, environment, start_daemon, place
):
    """Doctor used to advise to stop the program that runs."""
    Authority(place, "ca").for_server()
    (place / "web.yml").write_text(config)
    listen = ["--web.listen-address", f"127.0.0.1:{processes.free_port()}"]
    args = ["--state.path", place / "state.db", "-config.write-to", place / "t.yml", *listen]
    args += ["--web.config.file", place / "web.yml"]
    start_daemon([*args, *flags], shared_sim.environment())
    wait_for_file(place / "t.yml", "a refresh")
    done = run(["doctor", *args], environment(shared_sim.environment()))
    found = checks(done)
    assert (done.status, states_of(done, "FAIL")) == (0, set())
    assert (found["listen-address"][0], found["state"][0]) == ("warn", "ok")
    assert said in found["listen-address"][1]


def test_a_login_shows_that_the_program_runs(shared_sim, environment, start_daemon, place):
    (place / "web.yml").write_text(f"basic_auth_users: {{ann: {HASH}}}\n")
    args = ["--web.listen-address", f"127.0.0.1:{processes.free_port()}", "--web.config.file"]
    args += [place / "web.yml", "-config.write-to", place / "t.yml"]
    start_daemon(args, shared_sim.environment())
    wait_for_file(place / "t.yml", "a refresh")
    for login, state in (("ann:s3cret", "ok"), ("ann:wrong", "warn")):
        env = environment(shared_sim.environment(), {"HEALTHCHECK_LOGIN": login})
        assert checks(run(["doctor", *args], env))["listen-address"][0] == state


def test_another_program_is_named_as_what_holds_its_things(shared_sim, environment, place, busy):
    env = environment(shared_sim.environment())
    args = ["--state.path", place / "state.db", "-config.write-to", place / "t.yml"]
    with (place / "state.db.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = run(["doctor", *args, "--web.listen-address", f"127.0.0.1:{busy}"], env)
    found = checks(done)
    assert done.status == 1
    assert "another process is using it" in found["state"][1]
    assert f"fuser -v {place}/state.db.lock" in found["state"][1]
    assert "Address already in use" in found["listen-address"][1]
    assert f"ss -ltnp sport = :{busy}" in found["listen-address"][1]


def test_a_state_file_of_another_region_gets_a_warning(shared_sim, environment, place):
    args = ["--state.path", place / "state.db", "-config.write-to", place / "t.yml"]
    env = environment(shared_sim.environment())
    assert run([*args, "-config.scrape-times=1"], env).status == 0
    with sqlite3.connect(place / "state.db") as database:
        found = database.execute("UPDATE identity SET value = 'eu-west-1' WHERE name = ?", [b"region"])
        assert found.rowcount == 1
    database.close()
    done = run(["doctor", *args], env)
    state, text = checks(done)["state"]
    assert (done.status, state) == (0, "warn")
    assert "it is of region 'eu-west-1', and this is region 'us-east-1'" in text
