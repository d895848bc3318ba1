"""Makes a simulated account change all the time."""

from __future__ import annotations

import threading

from fault_account import FaultAccount, document
from sim_process import SimProcess


def _without_version(task: dict) -> dict:
    return {name: value for name, value in task.items() if name != "version"}


class Churn:
    """Stops a task of the simulator and starts it again, for as long as the context lasts."""

    def __init__(self, sim: SimProcess, account: FaultAccount) -> None:
        self._sim = sim
        self._document = document(*account.later)
        for cluster in self._document["clusters"]:  # each start is a later version
            cluster["tasks"] = [_without_version(task) for task in cluster["tasks"]]
        self._tasks = [task for part in account.later for task in part.targets]
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Churn:
        self._thread.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._ended.is_set():
            self._sim.add(self._document)
            self._ended.wait(0.02)
            for task in self._tasks:
                self._sim.stop_task(task)
            self._ended.wait(0.02)
