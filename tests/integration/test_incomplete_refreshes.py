"""What a refresh that could not read everything may write: the output file, its time, and the state."""

from __future__ import annotations

import json
import os
import resource

import pytest
from sim_process import OUTAGE
from target_file import clusters_of, read_groups, wait_for_file
from waiting import wait_until

pytestmark = [
    pytest.mark.sim("--seed", 5, "--clusters", 2, "--tasks", 200),
    pytest.mark.output("targets.json"),
]


LONG_AGO = 10**18


@pytest.fixture
def known(sim, discover_once, output, state):
    """The groups of a complete refresh, which the output file and the state file have; AWS refuses
    every call from now on."""
    done = discover_once("--state.path", state)
    assert (done.status, done.problems) == (0, [])
    sim.set_faults(*OUTAGE)
    return read_groups(output)


def test_a_restart_writes_no_file_of_what_was_not_whole(sim, start_quick, output, state):
    """Else one of the two clusters would be missing from the first file that there ever was."""
    sim.set_faults("ListTasks@cluster-000:denied")
    for _ in range(2):
        daemon = start_quick("--state.path", state)
        sim.wait_for_refreshes(4)
        assert daemon.stop() == 0
        assert os.listdir(output.parent) == []
    sim.set_faults()
    start_quick("--state.path", state)
    wait_for_file(output, "the file of a complete refresh")
    assert len(clusters_of(output)) == 2


def test_what_only_the_state_has_reaches_the_file_in_an_outage(known, start_quick, output, state):
    output.write_text(json.dumps(known[:-1]))
    start_quick("--state.path", state)
    wait_until(lambda: read_groups(output) == known, "the last group")


def test_the_time_of_an_equal_file_stays_in_an_outage(known, sim, start_quick, output, state):
    """For people alert on it."""
    os.utime(output, ns=(LONG_AGO, LONG_AGO))
    start_quick("--state.path", state)
    sim.wait_for_refreshes(4)
    assert output.stat().st_mtime_ns == LONG_AGO
    sim.set_faults()
    wait_until(lambda: output.stat().st_mtime_ns != LONG_AGO, "a complete refresh")
    assert read_groups(output) == known


def test_a_write_that_fails_in_an_outage_is_made_when_it_can_be(known, sim, start_quick, output):
    sim.set_faults()
    daemon = start_quick()
    sim.wait_for_refreshes(3)
    sim.set_faults(*OUTAGE)
    sim.wait_for_refreshes(3)
    # Less than the file has, and more than the log.
    whole = output.read_bytes()
    limits = resource.prlimit(daemon.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(daemon.process.pid, resource.RLIMIT_FSIZE, (len(whole) - 1, limits[1]))
    output.write_text("spoiled")
    sim.wait_for_refreshes(4)
    assert output.read_text() == "spoiled"
    resource.prlimit(daemon.process.pid, resource.RLIMIT_FSIZE, limits)
    wait_until(lambda: output.read_bytes() == whole, "the file")
    assert daemon.process.poll() is None
