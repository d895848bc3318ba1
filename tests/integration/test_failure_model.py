"""Targets are never lost to a failure: restarts, absent clusters, the guard, the start and its cost."""

from __future__ import annotations

import signal

import processes
import pytest
from discovery_process import parse_logfmt, read_groups

QUICK = ["-config.scrape-interval", "200ms"]


@pytest.fixture
def sim(start_sim, data):
    return start_sim("--account", data / "account-plain.json")


@pytest.fixture
def output(tmp_path):
    return tmp_path / "targets.yml"


def tasks_of(output):
    return {group["labels"]["task_arn"] for group in read_groups(output)}


def clusters_of(output):
    return {group["labels"]["cluster_arn"].rpartition("/")[2] for group in read_groups(output)}


def said(daemon, message):
    return [line for line in daemon.stderr.splitlines() if message in line]


def wait_for_refreshes(sim, count=2):
    goal = sim.calls().get("ListClusters", 0) + count
    processes.wait_until(lambda: sim.calls().get("ListClusters", 0) >= goal, f"{count} refreshes")


@pytest.fixture
def start(sim, start_daemon, output):
    """start(flags) -> the program refreshing five times a second."""
    return lambda *flags: start_daemon(
        [*QUICK, "-config.write-to", output, *flags], sim.environment()
    )


def test_a_restart_in_an_outage_of_one_cluster_loses_nothing(sim, discover, start, output):
    assert discover(["-config.write-to", output], sim.environment()).status == 0
    before = tasks_of(output)
    gone = min(task for task in before if "/cluster-001/" in task)
    sim.set_faults("ListTasks@cluster-000:denied")
    sim.stop_task(gone)
    start()
    processes.wait_until(lambda: tasks_of(output) == before - {gone}, "the other cluster to move on")


@pytest.mark.parametrize("fault", ["ListTasks:empty-list", "ListClusters:empty-list"])
def test_an_empty_answer_after_a_restart_takes_nothing_away(fault, sim, discover, start, output):
    assert discover(["-config.write-to", output], sim.environment()).status == 0
    before = tasks_of(output)
    sim.set_faults(fault)
    start()
    wait_for_refreshes(sim, 2)
    assert tasks_of(output) == before


def test_a_cluster_that_is_removed_is_confirmed_and_goes(sim, start, output):
    daemon = start()
    processes.wait_until(output.exists, "the first file")
    sim.set_faults("DescribeClusters:denied")
    sim.remove_cluster("cluster-000")
    wait_for_refreshes(sim, 3)
    assert clusters_of(output) == {"cluster-000", "cluster-001"}
    sim.set_faults()
    processes.wait_until(lambda: clusters_of(output) == {"cluster-001"}, "the cluster to go")
    assert len(said(daemon, "cluster was deleted")) == 1


def test_another_cluster_flag_is_held_back_and_then_accepted(sim, discover, start, output):
    flags = ["-config.write-to", output, "-config.cluster"]
    assert discover([*flags, "cluster-000"], sim.environment()).status == 0
    before = tasks_of(output)
    assert len(before) > 10
    once = discover([*flags, "cluster-001"], sim.environment())
    assert once.status == 1
    assert "guard.max-drop-percent" in parse_logfmt(once.only_problem())["msg"]
    assert tasks_of(output) > before, "the tasks of cluster-001 are written, the others kept"

    daemon = start("-config.cluster", "cluster-001")
    processes.wait_until(lambda: clusters_of(output) == {"cluster-001"}, "the loss to be accepted")
    assert len(said(daemon, "are kept until")) == 1
    assert len(said(daemon, "are dropped")) == 1


def test_the_guard_can_be_switched_off(sim, discover, output):
    flags = ["-config.write-to", output, "-guard.max-drop-percent", "100", "-config.cluster"]
    assert discover([*flags, "cluster-000"], sim.environment()).status == 0
    done = discover([*flags, "cluster-001"], sim.environment())
    assert done.status == 0
    assert "are dropped" in parse_logfmt(done.only_problem())["msg"]
    assert clusters_of(output) == {"cluster-001"}


def test_the_grace_time_ends_the_wait_for_a_cluster_that_cannot_be_read(sim, start, output):
    sim.set_faults("ListTasks@cluster-000:denied")
    start("-startup-grace", "5s")
    processes.wait_until(lambda: sim.calls().get("ListTasks", 0) >= 2, "a refresh")
    assert not output.exists()
    processes.wait_until(output.exists, "the end of the grace time")
    assert clusters_of(output) == {"cluster-001"}


def test_a_counted_run_leaves_the_file_when_its_last_refresh_is_partial(sim, discover, output):
    assert discover(["-config.write-to", output], sim.environment()).status == 0
    before = output.read_bytes()
    sim.stop_task(min(task for task in tasks_of(output) if "/cluster-001/" in task))
    sim.set_faults("ListTasks@cluster-000:denied")
    assert discover(["-config.write-to", output], sim.environment()).status == 1
    assert output.read_bytes() == before


def test_a_steady_account_of_ten_thousand_tasks_costs_little_more_than_its_pages(
    start_sim, start_daemon, output
):
    sim = start_sim("--seed", "7", "--tasks", "10000")
    daemon = start_daemon(
        ["-config.scrape-interval", "1h", "-config.write-to", output, "-aws.rate-share", "1"],
        sim.environment(),
    )
    processes.wait_until(lambda: said(daemon, "msg=refreshed complete=true"), "the first refresh", timeout=120)
    stopped = sorted(tasks_of(output))[:100]
    for task in stopped:
        sim.stop_task(task)
    sim.reset()
    daemon.process.send_signal(signal.SIGHUP)
    processes.wait_until(
        lambda: len(said(daemon, "msg=refreshed complete=true")) == 2, "the next refresh", timeout=120
    )
    calls = sim.calls()
    assert sum(calls.values()) <= 120, calls
    assert calls["ListTasks"] in (99, 100)
    assert not tasks_of(output) & set(stopped)
