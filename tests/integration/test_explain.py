"""explain says for every container what it is and why; --dry-run shows the file and changes
nothing."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import termios
import threading
from collections import Counter

import pytest
from discovery_process import Finished, binary, explain, run
from modes_account import Account, Container, bind
from processes import clean_environment, die_with_parent
from sim_process import DATA, SimProcess

DEMO = ["--seed", "7", "--clusters", "3", "--tasks", "60", "--external", "6"]
REASONS = {
    "task_not_running",
    "container_stopped",
    "definition_unavailable",
    "no_definition",
    "no_port_label",
    "filtered",
    "invalid_port",
    "no_network",
    "no_address",
    "no_instance_address",
    "no_binding",
}
COLUMNS = ["CLUSTER", "SERVICE", "FAMILY", "TASK", "CONTAINER", "RESULT"]


class Seen:
    """A simulator, and what the program says of its account."""

    def __init__(self, sim: SimProcess, directory) -> None:
        self.sim = sim
        self.environment = clean_environment(directory, sim.environment())
        self.directory = directory
        self.account = sim.account()
        self.rows = self.explain_json()

    def explain_json(self, *args: str) -> list[dict]:
        done = explain(["--json", *args], self.environment)
        assert (done.status, done.problems) == (0, [])
        return json.loads(done.stdout)

    def file(self, suffix: str, *args: str) -> bytes:
        """The bytes that a run writes."""
        path = self.directory / f"targets.{suffix}"
        path.unlink(missing_ok=True)
        flags = ["-config.scrape-times=1", "-config.write-to", path, *args]
        done = run(flags, self.environment)
        assert (done.status, done.problems) == (0, [])
        return path.read_bytes()


def see(directory, flags):
    with SimProcess.start([str(flag) for flag in flags]) as sim:
        yield Seen(sim, directory)


@pytest.fixture(scope="module", params=["demo", "edge"])
def seen(request, tmp_path_factory):
    """The seeded account of the demo, and the edge account."""
    flags = DEMO if request.param == "demo" else ["--account", DATA / "account-edge.json"]
    yield from see(tmp_path_factory.mktemp(request.param), flags)


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    yield from see(tmp_path_factory.mktemp("demo"), DEMO)


def short(arn: str) -> str:
    return arn.rsplit("/", 1)[1]


def containers_of(account: dict) -> Counter:
    """(cluster, service, family, task, container) of every container of the account."""
    return Counter(
        (
            short(cluster["clusterArn"]),
            task["group"].removeprefix("service:") if task["group"].startswith("service:") else "",
            short(task["taskDefinitionArn"]),
            short(task["taskArn"]),
            container["name"],
        )
        for cluster in account["clusters"]
        for task in cluster["tasks"]
        for container in task["containers"]
    )


def key_of(row: dict) -> tuple:
    return tuple(row[name] for name in ("cluster", "service", "family", "task", "container"))


# Everything, once.


def test_every_container_is_there_exactly_once(seen):
    assert Counter(map(key_of, seen.rows)) == containers_of(seen.account)


def test_each_is_a_target_or_has_exactly_one_reason(seen):
    facts = {"network_mode", "label", "bindings", "port_mappings", "address"}
    names = {"cluster", "service", "family", "task", "container"}
    for row in seen.rows:
        outcome = {"target"} if "target" in row else {"reason", "detail", "change"}
        assert set(row) == names | facts | outcome, row
        assert all(isinstance(value, str) for value in row.values()), row
        assert row.get("reason", "no_binding") in REASONS, row
        assert all(row[name] for name in outcome), row
    assert {"target" in row for row in seen.rows} == {True, False}


def test_the_targets_are_those_of_the_file(seen):
    groups = json.loads(seen.file("json"))
    in_file = Counter(
        (
            short(group["labels"]["task_arn"]),
            group["labels"]["container_name"],
            group["targets"][0],
        )
        for group in groups
    )
    said = Counter(
        (row["task"], row["container"], row["target"]) for row in seen.rows if "target" in row
    )
    assert said == in_file


def test_rows_are_sorted(seen):
    assert [key_of(row) for row in seen.rows] == sorted(key_of(row) for row in seen.rows)


def test_two_readings_say_the_same(seen):
    assert seen.explain_json() == seen.rows


def test_flags_of_the_selection_are_followed(seen):
    rows = seen.explain_json("-config.filter-label", "com.example.nobody")
    assert Counter(map(key_of, rows)) == containers_of(seen.account)
    assert not any("target" in row for row in rows)
    before = {key_of(row): row.get("reason", "filtered") for row in seen.rows}
    late = {"invalid_port", "no_network", "no_address", "no_instance_address", "no_binding"}
    expected = Counter("filtered" if why in late else why for why in before.values())
    assert Counter(row["reason"] for row in rows) == expected


# The table.


def table_of(text: str) -> tuple[list[list[str]], list[list[tuple[str, str]]]]:
    """The rows of the table, and below each its (name, text) lines."""
    lines = text.splitlines()
    assert lines[0].split() == COLUMNS
    starts = [lines[0].index(column) for column in COLUMNS]
    ends = [*starts[1:], None]
    rows: list[list[str]] = []
    details: list[list[tuple[str, str]]] = []
    for line in lines[1:]:
        if line.startswith("    "):
            name, _, fact = line.strip().partition(": ")
            details[-1].append((name, fact))
        else:
            rows.append([line[a:b].strip() for a, b in zip(starts, ends, strict=True)])
            details.append([])
    return rows, details


def test_the_table_says_what_the_json_says(seen):
    done = explain(["--all"], seen.environment)
    assert (done.status, done.problems) == (0, [])
    rows, details = table_of(done.stdout)
    assert len(rows) == len(seen.rows)
    for cells, lines, row in zip(rows, details, seen.rows, strict=True):
        result = "target " + row["target"] if "target" in row else row["reason"]
        assert cells == [value or "-" for value in key_of(row)] + [result]
        found = dict(lines)
        assert len(found) == len(lines)
        assert set(found) == ({"facts"} if "target" in row else {"why", "facts", "change"}), cells
        for fact in ("label", "bindings", "address"):
            assert not row[fact] or f"{fact}: " in found["facts"], (cells, fact)


def outcome_of(row: dict) -> str:
    return "target" if "target" in row else row["reason"]


def shared_name(row: dict) -> str:
    """Containers that AWS added have a name each, and share a row all the same."""
    return "" if row.get("reason") == "no_definition" else row["container"]


def test_equal_outcomes_of_a_family_share_a_row(seen):
    done = explain([], seen.environment)
    assert (done.status, done.problems) == (0, [])
    rows, details = table_of(done.stdout)
    groups = Counter(
        (*key_of(row)[:3], shared_name(row), outcome_of(row), bool(row.get("warning")))
        for row in seen.rows
    )
    assert len(rows) == len(groups) < len(seen.rows)
    found = Counter()
    for (cluster, service, family, task, container, result), lines in zip(
        rows, details, strict=True
    ):
        names = [("" if cell == "-" else cell) for cell in (cluster, service, family)]
        outcome = result.split(" ")[0]
        count = re.fullmatch(r"(\d+) tasks", task)
        container = re.sub(r" and [\d,]+ more$", "", container)
        shared = shared_name({"reason": outcome, "container": container})
        key = (*names, shared, outcome, "warning" in dict(lines))
        found[key] = int(count.group(1)) if count else 1
        assert (found[key] > 1) == ("example" in dict(lines))
        one = dict(lines).get("example", task)
        (row,) = [row for row in seen.rows if (row["task"], row["container"]) == (one, container)]
        assert outcome_of(row) == outcome
        if outcome == "target":
            more = f" and {found[key] - 1} more" if found[key] > 1 else ""
            assert result == f"target {row['target']}{more}"
    assert found == groups


def test_hundreds_of_tasks_with_one_reason_are_one_row(serve, environment):
    account = Account()
    for _ in range(1200):
        account.add("web", [Container("no_port_label", label=None)])
    done = explain([], environment(serve(account).environment()))
    rows, (lines,) = table_of(done.stdout)
    assert rows == [["modes", "web", "web:1", "1,200 tasks", "app", "no_port_label"]]
    assert [name for name, _ in lines] == ["example", "why", "facts", "change"]


@pytest.mark.parametrize("args", [[], ["--all"]])
def test_only_skipped_containers_are_there_on_demand(args, seen):
    skipped = [row for row in seen.rows if "reason" in row]
    assert seen.explain_json("--skipped") == skipped
    done = explain(["--skipped", *args], seen.environment)
    assert (done.status, done.problems) == (0, [])
    rows, _ = table_of(done.stdout)
    assert 0 < len(rows) <= len(skipped)
    assert {row[-1] for row in rows} == {row["reason"] for row in skipped}
    if args:
        assert len(rows) == len(skipped)


def test_where_nothing_is_skipped_it_says_so(serve, environment):
    account = Account()
    bound = [bind(9102, 32768)]
    host = account.add_instance("10.0.1.7")
    account.add("web", [Container("10.0.1.7:32768", bindings=bound)], "bridge", host)
    env = environment(serve(account).environment())
    done = explain(["--skipped"], env)
    assert (done.status, done.stdout) == (0, "no container is skipped\n")
    assert explain(["--skipped", "--json"], env).stdout == "[\n]\n"


@pytest.mark.parametrize("flag", ["--all", "--skipped"])
@pytest.mark.parametrize("command", [["doctor"], ["--dry-run"]])
def test_its_flags_are_for_nothing_else(flag, command, demo):
    done = run([*command, flag], demo.environment)
    assert done.status == 2
    assert "is for explain only" in done.stderr


def test_a_host_port_in_the_label_is_said_in_words(serve, environment):
    account = Account()
    host = account.add_instance("10.0.1.7")
    mappings = [{"containerPort": 8080, "hostPort": 0, "protocol": "tcp"}]
    mistaken = Container("", label="32768", bindings=[bind(8080, 32768)], mappings=mappings)
    account.add("web", [mistaken], "bridge", host)

    done = explain([], environment(serve(account).environment()))

    assert done.status == 0
    rows, ((why, facts, change),) = table_of(done.stdout)
    assert rows == [["modes", "web", "web:1", f"{1:032x}", "app", "no_binding"]]
    assert why[0] == "why"
    assert "32768, which is a host port; it must be the container port: 8080" in why[1]
    assert facts == (
        "facts",
        "network mode: bridge; label: PROMETHEUS_EXPORTER_PORT=32768; "
        "bindings: 8080->32768/tcp on 0.0.0.0; port mappings: 8080/tcp",
    )
    assert change[0] == "change"
    assert "8080" in change[1]


def test_no_label_can_forge_a_row_or_a_terminal_command(serve, environment):
    account = Account()
    evil = "1\x1b[2J\r\ncluster  service  family:1  task  app  target 10.0.0.1:80\x9b31m\x07"
    account.add("web", [Container("invalid_port", label=evil, interfaces=[])])
    env = environment(serve(account).environment())

    done = explain([], env)
    as_json = explain(["--json"], env)

    rows, _ = table_of(done.stdout)
    assert rows == [["modes", "web", "web:1", f"{1:032x}", "app", "invalid_port"]]
    assert [char for char in done.stdout if char != "\n" and not char.isprintable()] == []
    (row,) = json.loads(as_json.stdout)
    assert row["label"] == f"PROMETHEUS_EXPORTER_PORT={evil}"


# Names.


def family_without_revision(row: dict) -> str:
    return row["family"].rsplit(":", 1)[0]


@pytest.mark.parametrize(
    "value_of",
    [
        lambda row: row["cluster"],
        lambda row: row["service"],
        lambda row: row["family"],
        family_without_revision,
        lambda row: row["task"],
        lambda row: row["container"],
    ],
    ids=["cluster", "service", "family:revision", "family", "task", "container"],
)
def test_a_name_narrows_to_what_has_it(value_of, demo):
    name = next(value_of(row) for row in demo.rows if value_of(row))

    def has_it(row):
        return name in (*key_of(row), family_without_revision(row))

    expected = [row for row in demo.rows if has_it(row)]
    assert 0 < len(expected) < len(demo.rows)
    assert demo.explain_json(name) == expected


@pytest.mark.parametrize(
    "name_of",
    [
        lambda account: ["cluster-001"],
        lambda account: [account["clusters"][1]["clusterArn"]],
        lambda account: [account["clusters"][1]["tasks"][0]["taskArn"]],
        lambda account: ["cluster-001", "cluster-001"],
    ],
    ids=["name", "ARN", "task", "twice"],
)
def test_a_name_with_a_cluster_in_it_reads_that_cluster_only(name_of, demo):
    names = name_of(demo.account)
    demo.sim.reset()
    rows = demo.explain_json(*names)
    calls = demo.sim.calls()
    assert rows
    assert {row["cluster"] for row in rows} == {"cluster-001"}
    assert (calls["ListTasks"], "ListClusters" in calls) == (1, False)


def test_several_clusters_are_read_and_no_other(demo):
    demo.sim.reset()
    rows = demo.explain_json("cluster-002", "cluster-000")
    assert rows == [row for row in demo.rows if row["cluster"] != "cluster-001"]
    assert demo.sim.calls()["ListTasks"] == 2


@pytest.mark.parametrize("fault", ["", "DescribeClusters:denied"])
def test_names_that_are_not_all_of_clusters_read_everything(fault, demo):
    (service, *_) = [
        row["service"] for row in demo.rows if row["cluster"] == "cluster-000" and row["service"]
    ]
    try:
        demo.sim.set_faults(*[fault] if fault else [])
        demo.sim.reset()
        rows = demo.explain_json("cluster-001", service)
        assert {row["cluster"] for row in rows} == {"cluster-000", "cluster-001"}
        assert demo.sim.calls()["ListTasks"] == 3
        if fault:
            assert {row["cluster"] for row in demo.explain_json("cluster-001")} == {"cluster-001"}
    finally:
        demo.sim.set_faults()


def test_a_large_account_gets_a_hint(start_sim, environment, demo):
    large = start_sim("--seed", 3, "--clusters", 3, "--tasks", 2500)
    env = environment(large.environment())
    hint = "every cluster was read"
    assert hint in explain(["--json"], env).stderr
    assert hint not in explain(["--json", "cluster-000"], env).stderr
    assert hint not in explain(["--json"], demo.environment).stderr


# On a terminal.


class Terminal:
    """What a program showed on a terminal of its own as standard error."""

    def __init__(self, args: list, env: dict[str, str], columns: int = 80) -> None:
        main, end = pty.openpty()
        fcntl.ioctl(end, termios.TIOCSWINSZ, struct.pack("HHHH", 25, columns, 0, 0))
        self._pieces: list[bytes] = []
        process = subprocess.Popen(
            [binary(), *map(str, args)],
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=end,
            text=True,
            preexec_fn=die_with_parent,
        )
        os.close(end)
        reader = threading.Thread(target=self._read, args=(main,))
        reader.start()
        self.stdout, _ = process.communicate(timeout=300)
        self.status = process.returncode
        reader.join()
        os.close(main)
        self.bytes = b"".join(self._pieces).decode()

    def _read(self, main: int) -> None:
        while True:
            try:
                piece = os.read(main, 65536)
            except OSError:  # EIO: the other end is closed
                return
            self._pieces.append(piece)

    @property
    def left(self) -> list[str]:
        """The lines that stay there. A line is overwritten after a carriage return."""
        lines = self.bytes.replace("\r\n", "\n").split("\n")
        return [line for line in (each.rsplit("\r\x1b[K", 1)[-1] for each in lines) if line]


def test_progress_is_shown_on_a_terminal_and_removed(start_sim, environment):
    sim = start_sim(*DEMO, "--latency", "300ms")
    env = environment(sim.environment())
    terminal = Terminal(["explain", "--json"], env)
    assert terminal.status == 0
    shown = re.findall(r"reading: [^\r\n]*", terminal.bytes)
    assert shown[0] == "reading: the list of clusters"
    assert [line for line in shown[1:] if re.fullmatch(r"reading: \d of 3 clusters, \d+ tasks", line)]
    assert all("using AWS credentials" in line for line in terminal.left)
    assert not any("reading: " in line for line in terminal.left)
    assert terminal.stdout == explain(["--json"], env).stdout


def test_a_log_line_does_not_run_into_the_progress(start_sim, environment):
    sim = start_sim(*DEMO, "--latency", "300ms", "--fault", "ListTasks@cluster-001:throttle:5")
    terminal = Terminal(["explain", "--json"], environment(sim.environment()))
    assert terminal.status == 0
    assert any("throttl" in line for line in terminal.left), terminal.left
    assert all(line.startswith("ts=") for line in terminal.left), terminal.left


def test_progress_fits_a_narrow_terminal(start_sim, environment):
    sim = start_sim(*DEMO, "--latency", "100ms")
    terminal = Terminal(["explain", "--json"], environment(sim.environment()), columns=20)
    shown = re.findall(r"reading: [^\r\n\x1b]*", terminal.bytes)
    assert shown
    assert max(map(len, shown)) <= 19


def test_nothing_is_shown_where_there_is_no_terminal(demo):
    assert "reading: " not in explain([], demo.environment).stderr


def test_an_arn_is_as_good_as_a_name(demo):
    task = demo.account["clusters"][1]["tasks"][2]
    expected = [row for row in demo.rows if row["task"] == short(task["taskArn"])]
    assert expected
    assert demo.explain_json(task["taskArn"]) == expected


def test_several_names_give_what_has_any_of_them(demo):
    first, last = demo.rows[0]["task"], demo.rows[-1]["task"]
    expected = [row for row in demo.rows if row["task"] in (first, last)]
    done = explain([first, last, "--json"], demo.environment)
    assert done.status == 0
    assert json.loads(done.stdout) == expected


def test_the_cluster_flag_reads_that_cluster_only(demo):
    rows = demo.explain_json("-config.cluster", "cluster-001")
    assert rows == [row for row in demo.rows if row["cluster"] == "cluster-001"]


@pytest.mark.parametrize("args", [["nowhere"], ["nowhere", "--skipped"], ["nowhere", "--json"]])
def test_an_unknown_name_is_said(args, demo):
    done = explain(args, demo.environment)
    assert done.status == 1
    assert "nowhere" in done.only_problem()
    assert "name" in done.only_problem()
    assert done.stdout == ("[\n]\n" if "--json" in args else "")  # it used to be a lone header


def test_an_account_without_containers_is_said(serve, environment):
    done = explain([], environment(serve(Account()).environment()))
    assert (done.status, done.problems, done.stdout) == (0, [], "no container is running\n")


def test_a_name_in_a_cluster_that_cannot_be_read_is_not_said_to_be_unknown(start_sim, environment):
    sim = start_sim("--seed", 3, "--clusters", 3, "--tasks", 12, "--fault", "ListTasks@cluster-001:denied")
    done = explain(["cluster-001", "nowhere"], environment(sim.environment()))
    assert done.status == 1
    assert "AccessDenied" in done.stderr
    assert "nothing of this name is in what could be read" in done.stderr
    assert "has this name" not in done.stderr


def test_an_account_without_clusters_is_said(start_sim, environment):
    sim = start_sim("--seed", 1, "--clusters", 1, "--tasks", 3, "--fault", "ListClusters:empty-list")
    done = explain([], environment(sim.environment()))
    assert "AWS lists no ECS clusters" in done.only_problem()
    assert "us-east-1" in done.only_problem()


def test_an_unknown_name_does_not_hide_the_known_one(demo):
    known = demo.rows[0]["task"]
    done = explain(["nowhere", known, "--json"], demo.environment)
    assert done.status == 1
    assert "nowhere" in done.only_problem()
    assert json.loads(done.stdout) == [row for row in demo.rows if row["task"] == known]


# Failures.


@pytest.fixture
def failing(start_sim, environment):
    """failing(command, fault, ...) -> what the program did when calls failed."""

    def start(command: list[str], *faults: str) -> Finished:
        flags = [flag for fault in faults for flag in ("--fault", fault)]
        sim = start_sim(*DEMO, *flags)
        args = [*command, "-config.cluster", "cluster-000"]
        return run(args, environment(sim.environment()))

    return start


@pytest.mark.parametrize("command", [["explain"], ["explain", "--json"], ["--dry-run"]])
@pytest.mark.parametrize("action", ["DescribeClusters", "ListTasks", "DescribeTasks"])
def test_an_account_that_cannot_be_read_is_status_1(action, command, failing):
    done = failing(command, f"{action}:denied")
    assert done.status == 1
    assert f"ecs:{action}" in done.only_problem()


def test_definitions_that_cannot_be_read_are_a_reason(failing):
    done = failing(["explain", "--json"], "DescribeTaskDefinition:denied")
    assert done.status == 1
    assert "ecs:DescribeTaskDefinition" in done.only_problem()
    reasons = Counter(row["reason"] for row in json.loads(done.stdout))
    assert set(reasons) <= {"definition_unavailable", "task_not_running"}
    for row in json.loads(done.stdout):
        if row["reason"] == "definition_unavailable":
            assert "ecs:DescribeTaskDefinition" in row["detail"]


def test_instances_that_cannot_be_read_are_a_reason(failing):
    done = failing(["explain", "--json"], "DescribeInstances:denied")
    assert done.status == 1
    assert "ec2:DescribeInstances" in done.only_problem()
    rows = json.loads(done.stdout)
    assert any("target" in row for row in rows)
    lost = [row for row in rows if row.get("reason") == "no_instance_address"]
    assert lost
    assert all("ec2:DescribeInstances" in row["detail"] for row in lost)


@pytest.mark.parametrize("command", [["explain"], ["--dry-run"]])
@pytest.mark.parametrize(
    "fault",
    ["DescribeTaskDefinition:missing", "DescribeInstances:missing"],
)
def test_what_is_gone_is_as_good_as_for_a_run(fault, command, failing):
    once = ["-config.scrape-times", "1", "-config.write-to", "/dev/null"]
    done, of_run = failing(command, fault), failing(once, fault)
    assert of_run.status == 0
    assert (done.status, done.problems) == (0, [])


@pytest.mark.parametrize("command", [["explain"], ["--dry-run"]])
def test_tasks_that_are_listed_and_called_missing_are_not_believed_to_be_gone(command, failing):
    done = failing(command, "DescribeTasks:missing")
    assert done.status == 1
    assert "a listed task is missing" in done.only_problem()


def test_an_endpoint_that_does_not_answer(environment):
    env = {"AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_REGION": "us-east-1"}
    env |= {"AWS_ACCESS_KEY_ID": "AKIAEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret"}
    done = explain(["-refresh-timeout", "1s"], environment(env))
    assert (done.status, done.stdout) == (1, "")
    assert "ListClusters" in done.only_problem()


# Nothing is changed.


@pytest.mark.parametrize("suffix", ["yml", "json"])
def test_a_dry_run_prints_exactly_the_file_and_makes_none(suffix, seen, tmp_path):
    expected = seen.file(suffix)
    path = tmp_path / f"targets.{suffix}"

    done = run(["--dry-run", "-config.write-to", path], seen.environment)

    assert (done.status, done.problems) == (0, [])
    assert done.stdout.encode() == expected
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("command", [["--dry-run"], ["explain"], ["explain", "--json"]])
def test_an_old_file_stays_as_it_is(command, demo, tmp_path):
    path = tmp_path / "targets.yml"
    path.write_bytes(b"old")
    os.utime(path, ns=(10**18, 10**18))

    done = run([*command, "-config.write-to", path], demo.environment)

    assert done.status == 0
    assert path.read_bytes() == b"old"
    assert path.stat().st_mtime_ns == 10**18
    assert os.listdir(tmp_path) == ["targets.yml"]


def test_a_dry_run_does_it_once_whatever_scrape_times_says(demo, tmp_path):
    demo.sim.reset()
    args = ["--dry-run", "-config.scrape-times", "3", "-config.write-to", tmp_path / "t.yml"]
    done = run(args, demo.environment)
    assert done.status == 0
    assert demo.sim.calls()["ListClusters"] == 1


def test_a_dry_run_follows_the_flags(demo, tmp_path):
    flags = ["-config.filter-label", "com.example.team=team-1"]
    done = run(["--dry-run", "-config.write-to", tmp_path / "t.json", *flags], demo.environment)
    assert done.status == 0
    assert done.stdout.encode() == demo.file("json", *flags)


@pytest.mark.parametrize("command", [["--dry-run"], ["explain"], ["doctor"]])
def test_what_cannot_be_printed_is_said(command, demo, tmp_path):
    full = ["sh", "-c", 'exec "$0" "$@" > /dev/full']
    done = run([*command, "-config.write-to", tmp_path / "t.yml"], demo.environment, prefix=full)
    assert done.status == 1
    assert "standard output could not be written" in done.only_problem()


@pytest.mark.parametrize("flag", ["--help", "--version"])
def test_help_that_cannot_be_printed_is_said_too(flag, demo):
    """It was an unexpected exception, to be reported as a bug."""
    done = run([flag], demo.environment, prefix=["sh", "-c", 'exec "$0" "$@" > /dev/full'])
    assert done.status == 1
    assert "standard output could not be written: No space left on device" in done.only_problem()
