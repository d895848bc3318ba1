"""What happens from one refresh to the next: timing, the file, failures, credentials."""

from __future__ import annotations

import json
import os
import stat
import threading
import time

import processes
import pytest
import yaml
from discovery_process import QUICK, parse_logfmt, run
from front_door import FrontDoor
from target_file import (
    as_multiset,
    clusters_of,
    expected_multiset,
    read_groups,
    tasks_of,
    wait_for_file,
)
from waiting import wait_until


def test_an_account_is_read_with_few_descriptors(start_sim, discover, output):
    """Calls take descriptors, so fewer are in flight where there are few."""
    sim = start_sim(
        "--seed", 1, "--clusters", 5, "--tasks", 1500, "--services", 100, "--latency", "30ms"
    )
    flags = ["-config.write-to", output, "-aws.rate-share", 1000]
    few = ["prlimit", "--nofile=64"]
    assert discover(flags, sim.environment(), prefix=few).status == 0
    with_few = output.read_bytes()
    output.unlink()
    assert discover(flags, sim.environment()).status == 0
    assert output.read_bytes() == with_few


# Timing.


def test_the_number_of_refreshes_is_that_of_the_flag(sim, environment, output):
    done = run(
        ["-config.scrape-times", "4", "-config.scrape-interval", "100ms"]
        + ["-config.write-to", output],
        environment(sim.environment()),
    )
    assert (done.status, done.problems) == (0, [])
    assert sim.refreshes() == 4


def test_refreshes_start_one_interval_apart(sim, environment, output):
    args = ["-config.scrape-times", "5", "-config.scrape-interval", "600ms"]
    done = run([*args, "-config.write-to", output], environment(sim.environment()))
    assert (done.status, done.problems) == (0, [])
    assert 4 * 0.6 < done.seconds < 4 * 0.6 + processes.SOON


def test_the_first_refresh_starts_at_once(sim, start_daemon, output):
    start_daemon(["-config.scrape-interval", "1h", "-config.write-to", output], sim.environment())
    wait_for_file(output)


def test_starts_that_a_slow_refresh_missed_are_skipped(start_sim, data, start_daemon, output):
    """A refresh here takes more than half a second: of the starts every 200 ms most are missed."""
    slow = start_sim("--account", data / "account-plain.json", "--latency", "120ms")
    start_daemon([*QUICK, "-config.write-to", output], slow.environment())
    wait_for_file(output)
    began = time.monotonic()
    slow.wait_for_refreshes(3)
    assert time.monotonic() - began > 3 * 0.2 * 0.9
    assert slow.calls()["ListTasks"] <= 2 * slow.refreshes()


def test_definitions_and_instances_are_described_once_ever(sim, daemon):
    first = sim.calls()
    sim.wait_for_refreshes(4)
    later = sim.calls()
    for action in ("DescribeTaskDefinition", "DescribeContainerInstances", "DescribeInstances"):
        assert later[action] == first[action], action
    assert later["ListTasks"] > first["ListTasks"]


# The file.


def test_an_unchanged_file_is_not_replaced_but_its_time_moves(daemon, output):
    first = output.stat()
    wait_until(lambda: output.stat().st_mtime_ns > first.st_mtime_ns, "a later mtime")
    assert output.stat().st_ino == first.st_ino
    assert os.listdir(output.parent) == [output.name]


def test_a_changed_file_is_replaced_and_a_reader_never_sees_a_part(sim, daemon, output):
    whole = [output.read_bytes()]
    seen: set[bytes] = set()
    ended = threading.Event()

    def read_all_the_time():
        while not ended.is_set():
            seen.add(output.read_bytes())

    reader = threading.Thread(target=read_all_the_time)
    reader.start()
    try:
        for _ in range(4):
            old = output.stat()
            sim.stop_task(read_groups(output)[0]["labels"]["task_arn"])
            wait_until(lambda o=old: output.stat().st_ino != o.st_ino, "a new file")
            whole.append(output.read_bytes())
    finally:
        ended.set()
        reader.join()

    assert len(set(whole)) == 5
    assert seen <= set(whole)
    assert daemon.problems == []


def test_the_mode_of_an_existing_file_is_kept(output, discover_once):
    output.write_text("[]\n")
    output.chmod(0o640)
    assert discover_once().status == 0
    assert stat.S_IMODE(output.stat().st_mode) == 0o640
    assert len(read_groups(output)) == 74


def test_a_symbolic_link_is_followed(output, discover_once, tmp_path, plain_targets):
    real = tmp_path / "real.yml"
    real.write_text("[]\n")
    output.symlink_to("../real.yml")
    done = discover_once()
    assert (done.status, done.problems) == (0, [])
    assert output.is_symlink()
    assert as_multiset(read_groups(real)) == plain_targets
    assert os.listdir(output.parent) == [output.name]


def test_standard_output_carries_the_targets_and_nothing_else(sim, discover, plain_targets):
    done = discover(["-config.write-to=/dev/stdout", "-log.level=debug"], sim.environment())
    assert done.status == 0
    assert as_multiset(yaml.safe_load(done.stdout)) == plain_targets
    assert len(done.log) > 0


def test_a_suffix_that_prometheus_does_not_read_is_said(sim, discover, tmp_path, plain_targets):
    output = tmp_path / "targets.conf"
    done = discover(["-config.write-to", output], sim.environment())
    assert done.status == 0
    warning = parse_logfmt(done.only_problem())
    assert warning["level"] == "warn"
    assert ".yml" in done.stderr
    assert as_multiset(yaml.safe_load(output.read_text())) == plain_targets


def test_the_default_file_is_in_the_working_directory(sim, discover, tmp_path, plain_targets):
    assert discover([], sim.environment(), cwd=tmp_path).status == 0
    assert as_multiset(read_groups(tmp_path / "ecs_file_sd.yml")) == plain_targets


# Failures after a good refresh.


@pytest.mark.parametrize(
    "fault",
    ["ListClusters:denied", "ListTasks:denied", "DescribeTasks:denied", "ListClusters:500"]
    + ["ListTasks:503", "ListTasks:garbage", "ListTasks:hang", "DescribeTasks:expired"],
)
def test_targets_survive_a_failure_and_come_back_by_themselves(
    fault, sim, start_quick, output, plain_targets
):
    limits = ["-refresh-timeout", "1s" if fault.endswith(":hang") else "20s"]
    daemon = start_quick(*limits)
    wait_for_file(output)
    stopped = read_groups(output)[0]["labels"]["task_arn"]

    sim.set_faults(fault)
    sim.wait_for_refreshes(3)
    assert as_multiset(read_groups(output)) == plain_targets

    sim.set_faults()
    sim.stop_task(stopped)
    wait_until(
        lambda: stopped not in output.read_text(), "the program to see a change again"
    )
    assert daemon.process.poll() is None


@pytest.fixture
def door(sim):
    with FrontDoor(sim.url) as door:
        yield door


@pytest.fixture
def start_behind(door, start_quick):
    """start_behind() -> the program refreshing quickly through the front door."""
    return lambda: start_quick(variables={"AWS_ENDPOINT_URL": door.url})


def test_a_failing_cluster_keeps_its_targets_while_the_other_moves_on(
    door, sim, start_behind, output
):
    start_behind()
    wait_for_file(output)
    before = {name: tasks_of(output, name) for name in ("cluster-000", "cluster-001")}
    gone = {name: min(tasks) for name, tasks in before.items()}

    door.denied = {"cluster-000"}
    sim.wait_for_refreshes()
    for task in gone.values():
        sim.stop_task(task)
    wait_until(lambda: gone["cluster-001"] not in output.read_text(), "a change")
    assert tasks_of(output, "cluster-000") == before["cluster-000"]
    assert tasks_of(output, "cluster-001") == before["cluster-001"] - {gone["cluster-001"]}
    assert clusters_of(output) == before.keys()

    door.denied = set()
    wait_until(lambda: gone["cluster-000"] not in output.read_text(), "the recovery")


def test_a_new_cluster_that_cannot_be_read_does_not_hold_up_the_others(
    door, sim, start_behind, output
):
    door.hidden = {"cluster-000"}
    start_behind()
    wait_for_file(output)
    gone = min(tasks_of(output, "cluster-001"))

    door.denied, door.hidden = {"cluster-000"}, set()
    sim.wait_for_refreshes()
    sim.stop_task(gone)

    wait_until(lambda: gone not in output.read_text(), "a change of the old cluster", 15)


def test_a_failing_cluster_is_said_once_and_its_recovery_too(sim, daemon):
    sim.set_faults("ListTasks:denied")
    daemon.wait_for_problem()
    assert any("ecs:ListTasks" in line for line in daemon.problems)
    sim.set_faults()
    sim.wait_for_refreshes(3)
    said = daemon.stderr
    assert "recovered" in said.lower() or "again" in said.lower(), said


def test_a_restart_in_an_outage_keeps_the_targets_of_the_file(
    sim, discover_once, start_quick, output, plain_targets
):
    assert discover_once().status == 0
    sim.set_faults("DescribeTasks:denied")

    daemon = start_quick()
    daemon.wait_for_problem()
    sim.wait_for_refreshes(2)

    assert as_multiset(read_groups(output)) == plain_targets


def test_a_first_refresh_that_fails_writes_no_file(sim, start_quick, output):
    sim.set_faults("ListTasks:denied")
    daemon = start_quick()
    daemon.wait_for_problem()
    sim.wait_for_refreshes(2)
    assert os.listdir(output.parent) == []

    sim.set_faults()
    wait_for_file(output, "the file")
    assert len(read_groups(output)) == 74


@pytest.mark.parametrize("kind", ["throttle", "500", "503", "reset", "truncated"])
def test_two_failures_that_pass_are_retried(kind, sim, discover_once, output, plain_targets):
    sim.set_faults(f"ListTasks:{kind}:2")
    done = discover_once()
    assert done.status == 0, done.stderr
    assert as_multiset(read_groups(output)) == plain_targets
    assert sim.calls()["ListTasks"] == 2 + 2


def test_an_item_listed_twice_is_one_target(sim, discover_once, output, plain_targets):
    sim.set_faults("ListTasks:duplicate-item", "ListClusters:duplicate-item")
    assert discover_once().status == 0
    assert as_multiset(read_groups(output)) == plain_targets


@pytest.mark.parametrize("action", ["DescribeContainerInstances", "DescribeInstances"])
def test_instances_that_are_gone_cost_only_their_own_targets(action, sim, discover_once, output, data):
    sim.set_faults(f"{action}:missing")
    done = discover_once()
    assert done.status == 0, done.stderr
    own_address = {
        task["taskArn"]
        for cluster in json.loads((data / "account-plain.json").read_text())["clusters"]
        for task in cluster["tasks"]
        if any(container["networkInterfaces"] for container in task["containers"])
    }
    targets = json.loads((data / "targets-plain.json").read_text())["targets"]
    kept = [each for each in targets if each["labels"]["task_arn"] in own_address]
    assert 0 < len(kept) < len(targets)
    assert as_multiset(read_groups(output)) == expected_multiset(kept)
