"""Targets are never lost to a failure: restarts, absent clusters, the guard, the start and its cost."""

from __future__ import annotations

import signal

import pytest
from target_file import clusters_of, tasks_of, wait_for_file
from waiting import wait_until
from discovery_process import COMPLETE, parse_logfmt
def test_a_restart_in_an_outage_of_one_cluster_loses_nothing(sim, discover_once, start_quick, output):
    assert discover_once().status == 0
    before = tasks_of(output)
    gone = min(task for task in before if "/cluster-001/" in task)
    sim.set_faults("ListTasks@cluster-000:denied")
    sim.stop_task(gone)
    start_quick()
    wait_until(
        lambda: tasks_of(output) == before - {gone},
        "the other cluster to move on",
        seen=lambda: tasks_of(output),
    )


@pytest.mark.parametrize("fault", ["ListTasks:empty-list", "ListClusters:empty-list"])
def test_an_empty_answer_after_a_restart_takes_nothing_away(
    fault, sim, discover_once, start_quick, output
):
    assert discover_once().status == 0
    before = tasks_of(output)
    sim.set_faults(fault)
    start_quick()
    sim.wait_for_refreshes(2)
    assert tasks_of(output) == before


def test_a_cluster_that_is_removed_is_confirmed_and_goes(sim, start_quick, output):
    daemon = start_quick()
    wait_for_file(output)
    sim.set_faults("DescribeClusters:denied")
    sim.remove_cluster("cluster-000")
    sim.wait_for_refreshes(3)
    assert clusters_of(output) == {"cluster-000", "cluster-001"}
    sim.set_faults()
    wait_until(
        lambda: clusters_of(output) == {"cluster-001"}, "the cluster to go", seen=lambda: clusters_of(output)
    )
    assert len(daemon.lines("cluster was deleted")) == 1


def test_another_cluster_flag_is_held_back_and_then_accepted(start_quick, discover_once, output):
    assert discover_once("-config.cluster", "cluster-000").status == 0
    before = tasks_of(output)
    assert len(before) > 10
    once = discover_once("-config.cluster", "cluster-001")
    assert once.status == 1
    assert "guard.max-drop-percent" in parse_logfmt(once.only_problem())["msg"]
    assert tasks_of(output) > before, "the tasks of cluster-001 are written, the others kept"

    daemon = start_quick("-config.cluster", "cluster-001")
    wait_until(
        lambda: clusters_of(output) == {"cluster-001"}, "the loss to be accepted", seen=lambda: clusters_of(output)
    )
    assert len(daemon.lines("are kept until")) == 1
    assert len(daemon.lines("are dropped")) == 1


def test_the_guard_can_be_switched_off(output, discover_once):
    flags = ["-guard.max-drop-percent", "100", "-config.cluster"]
    assert discover_once(*flags, "cluster-000").status == 0
    done = discover_once(*flags, "cluster-001")
    assert done.status == 0
    assert "are dropped" in parse_logfmt(done.only_problem())["msg"]
    assert clusters_of(output) == {"cluster-001"}


def test_the_grace_time_ends_the_wait_for_a_cluster_that_cannot_be_read(sim, start_quick, output):
    sim.set_faults("ListTasks@cluster-000:denied")
    start_quick("-startup-grace", "5s")
    sim.wait_for_calls("ListTasks", 2)
    assert not output.exists()
    wait_for_file(output, "the end of the grace time")
    assert clusters_of(output) == {"cluster-001"}


def test_a_counted_run_leaves_the_file_when_its_last_refresh_is_partial(sim, discover_once, output):
    assert discover_once().status == 0
    before = output.read_bytes()
    sim.stop_task(min(task for task in tasks_of(output) if "/cluster-001/" in task))
    sim.set_faults("ListTasks@cluster-000:denied")
    assert discover_once().status == 1
    assert output.read_bytes() == before


def test_a_steady_account_of_ten_thousand_tasks_costs_little_more_than_its_pages(
    start_sim, start_daemon, output
):
    sim = start_sim("--seed", "7", "--tasks", "10000")
    daemon = start_daemon(
        ["-config.scrape-interval", "1h", "-config.write-to", output, "-aws.rate-share", "1"],
        sim.environment(),
    )
    daemon.wait_for(COMPLETE)
    stopped = sorted(tasks_of(output))[:100]
    for task in stopped:
        sim.stop_task(task)
    sim.reset()
    daemon.process.send_signal(signal.SIGHUP)
    assert len(daemon.wait_for(COMPLETE, 2)) == 2
    calls = sim.calls()
    assert sum(calls.values()) <= 120, calls
    assert calls["ListTasks"] in (99, 100)
    assert not tasks_of(output) & set(stopped)
