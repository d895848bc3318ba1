"""SIGTERM at any moment, in whatever the program is doing: it ends within a second, with status 0, and
leaves a whole file with the target of every running task."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time

import processes
import pytest
from churn import Churn
from target_file import targets_by_task
from waiting import wait_until

pytestmark = pytest.mark.sim("--latency", "2ms", of="account")

# What the program may be busy with when the signal comes.
SITUATIONS = (
    [],
    ["ListTasks:hang:2"],
    ["*:throttle:3"],
    ["DescribeTasks:reset:2"],
    ["ListClusters:500"],
    ["*:truncated:4"],
)


def ignores(process: subprocess.Popen, number: signal.Signals) -> bool:
    """Whether the program has taken the signal into its own hands: before that it just ends."""
    for line in open(f"/proc/{process.pid}/status", encoding="ascii"):
        name, _, value = line.partition(":")
        if name == "SigBlk":
            return bool(int(value, 16) >> (number - 1) & 1)
    return False


@pytest.mark.parametrize("times", [36, pytest.param(400, marks=pytest.mark.full)])
def test_a_signal_at_any_moment(times, account, sim, discover, start_daemon, output):
    args = ["-config.scrape-interval", "10ms", "-config.write-to", output]
    living = account.before()
    assert discover(args, sim.environment()).status == 0
    dice = random.Random(times)
    with Churn(sim, account):
        for number in range(times):
            sim.set_faults(*SITUATIONS[number % len(SITUATIONS)])
            daemon = start_daemon(args, sim.environment())
            wait_until(
                lambda d=daemon: ignores(d.process, signal.SIGTERM), "the program to be ready"
            )
            time.sleep(dice.uniform(0, 0.3))
            assert daemon.seconds_to_stop() < processes.AT_ONCE, daemon.stderr
            assert daemon.process.returncode == 0, daemon.stderr
            found = targets_by_task(output)
            assert living.items() <= found.items()
            assert os.listdir(output.parent) == [output.name]
