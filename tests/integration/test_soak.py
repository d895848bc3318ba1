"""Thousands of refreshes of an account that changes all the time and whose calls fail at random: what
is in the file is what a new process finds, and neither memory nor file descriptors grow."""

from __future__ import annotations

import os
import random

import processes
import pytest
from discovery_process import run
from fault_account import CLUSTERS, FaultAccount, Part, document
from file_watch import FileWatch
from target_file import targets_by_task, wait_for_file, wait_for_targets

pytestmark = [pytest.mark.sim(of="account"), pytest.mark.output("targets.json")]

CALLS = ("ListClusters", "ListTasks", "DescribeTasks", "DescribeTaskDefinition")
CALLS += ("DescribeContainerInstances", "DescribeInstances", "DescribeInstanceInformation", "*")
# Not throttling: the program would call more slowly for a minute, and cycles are what counts here.
KINDS = ("500", "503", "reset", "truncated", "garbage", "wrong-type", "denied", "expired") * 3
KINDS += ("empty-body", "html", "missing", "empty-list", "empty-page", "duplicate-item")
KINDS += ("repeated-token", "hang")
LAUNCH_TYPES = ("FARGATE", "EC2", "EXTERNAL")
STEADY_FAMILIES = 12  # as in life, new tasks are mostly of families that are known
MOST_TASKS = 24


class MovingAccount:
    """Tasks that never stop, and others that come, go and move."""

    def __init__(self, sim, steady: FaultAccount, dice: random.Random) -> None:
        self._sim = sim
        self._dice = dice
        self._number = 100
        self.steady = steady
        self.passing: dict[str, str] = {}

    @property
    def targets(self) -> dict[str, str]:
        return self.steady.before() | self.passing

    def change(self) -> None:
        """One task comes, goes, or goes and comes back elsewhere with another address."""
        if len(self.passing) >= MOST_TASKS or (self.passing and self._dice.random() < 0.5):
            task = self._dice.choice(sorted(self.passing))
            del self.passing[task]
            self._sim.stop_task(task)
            if self._dice.random() < 0.5:
                return
        part = Part(self._dice.choice(CLUSTERS), self._number)
        self._number += 1
        family = f"family-{self._dice.randrange(STEADY_FAMILIES)}"
        launch_type = self._dice.choice(LAUNCH_TYPES)
        part.add(launch_type, f"{launch_type.lower()}-{family}")
        self._sim.add(document(part))
        self.passing |= part.targets

    def fault(self) -> str:
        where = self._dice.choice(("", "", "@left"))
        action, kind = self._dice.choice(CALLS), self._dice.choice(KINDS)
        if action == "*":
            where = ""
        if kind == "missing" and action in ("DescribeTasks", "*"):
            kind = "empty-list"  # AWS says so of what is gone; beside a bent listing it is believed
        return f"{action}{where}:{kind}:{self._dice.randint(1, 6)}"


def memory(process) -> int:
    """Resident bytes."""
    with open(f"/proc/{process.pid}/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def descriptors(process) -> int:
    return len(os.listdir(f"/proc/{process.pid}/fd"))


@pytest.mark.parametrize(
    ("cycles", "check_points"), [(200, 3), pytest.param(10_000, 20, marks=pytest.mark.full)]
)
def test_many_refreshes(cycles, check_points, account, sim, start_daemon, environment, output):
    steady = account
    dice = random.Random(cycles)
    moving = MovingAccount(sim, steady, dice)
    args = ["-config.scrape-interval", "5ms", "-aws.call-timeout", "500ms"]
    # The published limits of the calls set the pace: some five refreshes a second.
    args += ["-refresh-timeout", "3s", "-aws.rate-share", "1"]
    args += ["-log.level", "error", "-config.write-to", output]
    daemon = start_daemon(args, sim.environment())
    wait_for_file(output, timeout=150)
    living = steady.before()

    def check(path):
        found = targets_by_task(path)
        assert living.items() <= found.items(), living.keys() - found.keys()

    seen: list[tuple[int, int]] = []
    done = sim.refreshes()
    with FileWatch(output, check):
        for point in range(1, check_points + 1):
            while sim.refreshes() < done + cycles * point / check_points:
                moving.change()
                sim.set_faults(*(moving.fault() for _ in range(dice.randrange(3))))
                sim.wait_for_refreshes(4)
            sim.set_faults()
            wait_for_targets(output, moving.targets, "the right file")
            clean = run(["-dry-run", "-config.write-to", output], environment(sim.environment()))
            assert clean.stdout == output.read_text()
            seen.append((memory(daemon.process), descriptors(daemon.process)))
    print("resident bytes and descriptors:", seen)
    assert sim.refreshes() >= cycles
    assert daemon.process.poll() is None
    check_flat(seen)
    assert daemon.stop() == 0


def check_flat(seen: list[tuple[int, int]]) -> None:
    """After a fifth of the time all caches are warm."""
    warm = seen[len(seen) // 5 :]
    first_bytes, first_descriptors = warm[0]
    last_bytes, last_descriptors = warm[-1]
    # Idle connections come and go with the number of calls in flight.
    assert last_descriptors <= first_descriptors + 8, seen
    if not processes.sanitized():  # sanitizers keep freed memory for a while
        assert last_bytes <= first_bytes * 1.1 + 4 * 2**20, seen
