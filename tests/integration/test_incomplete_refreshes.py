"""What a refresh that could not read everything may write: the output file, its time, and the state."""

from __future__ import annotations

import json
import os
import resource

import processes
import pytest
from discovery_process import read_groups

OUTAGE = ("ListClusters:denied", "ListTasks:denied", "DescribeClusters:denied", "DescribeTasks:denied")
LONG_AGO = 10**18


@pytest.fixture
def sim(start_sim):
    return start_sim("--seed", 5, "--clusters", 2, "--tasks", 200)


@pytest.fixture
def output(tmp_path):
    (tmp_path / "out").mkdir()
    return tmp_path / "out" / "targets.json"


@pytest.fixture
def state(tmp_path):
    return tmp_path / "state.db"


@pytest.fixture
def start(sim, start_daemon, output):
    """start(flags) -> the program refreshing five times a second."""
    args = ["-config.scrape-interval", "200ms", "-config.write-to", output]
    return lambda *flags: start_daemon([*args, *flags], sim.environment())


@pytest.fixture
def known(sim, discover, output, state):
    """The groups of a complete refresh, which the output file and the state file have; AWS refuses
    every call from now on."""
    done = discover(["-config.write-to", output, "--state.path", state], sim.environment())
    assert (done.status, done.problems) == (0, [])
    sim.set_faults(*OUTAGE)
    return read_groups(output)


def wait_for_refreshes(sim, count):
    """Until so many refreshes have ended."""
    goal = sim.calls().get("ListClusters", 0) + count + 1
    processes.wait_until(lambda: sim.calls().get("ListClusters", 0) >= goal, f"{count} refreshes")


def test_a_restart_writes_no_file_of_what_was_not_whole(sim, start, output, state):
    """Else one of the two clusters would be missing from the first file that there ever was."""
    sim.set_faults("ListTasks@cluster-000:denied")
    for _ in range(2):
        daemon = start("--state.path", state)
        wait_for_refreshes(sim, 3)
        assert daemon.stop() == 0
        assert os.listdir(output.parent) == []
    sim.set_faults()
    start("--state.path", state)
    processes.wait_until(output.exists, "the file of a complete refresh")
    clusters = {group["labels"]["cluster_arn"] for group in read_groups(output)}
    assert len(clusters) == 2


def test_what_only_the_state_has_reaches_the_file_in_an_outage(known, start, output, state):
    output.write_text(json.dumps(known[:-1]))
    start("--state.path", state)
    processes.wait_until(lambda: read_groups(output) == known, "the last group")


def test_the_time_of_an_equal_file_stays_in_an_outage(known, sim, start, output, state):
    """For people alert on it."""
    os.utime(output, ns=(LONG_AGO, LONG_AGO))
    start("--state.path", state)
    wait_for_refreshes(sim, 3)
    assert output.stat().st_mtime_ns == LONG_AGO
    sim.set_faults()
    processes.wait_until(lambda: output.stat().st_mtime_ns != LONG_AGO, "a complete refresh")
    assert read_groups(output) == known


def test_a_write_that_fails_in_an_outage_is_made_when_it_can_be(known, sim, start, output):
    sim.set_faults()
    daemon = start()
    wait_for_refreshes(sim, 2)
    sim.set_faults(*OUTAGE)
    wait_for_refreshes(sim, 2)
    # Less than the file has, and more than the log.
    whole = output.read_bytes()
    limits = resource.prlimit(daemon.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(daemon.process.pid, resource.RLIMIT_FSIZE, (len(whole) - 1, limits[1]))
    output.write_text("spoiled")
    wait_for_refreshes(sim, 3)
    assert output.read_text() == "spoiled"
    resource.prlimit(daemon.process.pid, resource.RLIMIT_FSIZE, limits)
    processes.wait_until(lambda: output.read_bytes() == whole, "the file")
    assert daemon.process.poll() is None
