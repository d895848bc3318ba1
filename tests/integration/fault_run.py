"""What the tests of failures share: an account that changes, and a file of which nothing may be lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import processes
from fault_account import FaultAccount
from file_watch import targets_by_task
from sim_process import SimProcess


def wait_for(output: Path, wanted: Callable[[dict[str, str]], bool], what: str) -> None:
    """Returns when the file has the targets that `wanted` asks of it; fails with what it has."""
    found: dict[str, str] = {}

    def probe():
        nonlocal found
        found = targets_by_task(output) if output.exists() else {}
        return wanted(found)

    try:
        processes.wait_until(probe, what, timeout=90)
    except AssertionError as error:
        raise AssertionError(f"{error}; the file has {sorted(found.values())}") from None


def holds(account: FaultAccount, clusters: tuple[str, ...]) -> Callable[[Path], None]:
    """What a FileWatch checks: nothing of a running task is lost, and nothing is made up."""
    living = account.living(clusters)
    known = account.before(clusters) | account.after(clusters)

    def check(path: Path) -> None:
        found = targets_by_task(path)
        assert living.items() <= found.items(), f"lost: {living.keys() - found.keys()}"
        assert found.items() <= known.items(), f"unknown: {found.items() - known.items()}"

    return check


def change(account: FaultAccount, sim: SimProcess) -> None:
    """What the program finds out only by asking: every call has to be made."""
    sim.add(account.newcomers())
    for task in account.stopping.values():
        sim.stop_task(task)
