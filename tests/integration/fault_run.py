"""What the tests of failures share: an account that changes, and a file of which nothing may be lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from fault_account import FaultAccount
from sim_process import SimProcess
from target_file import targets_by_task


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
