"""An account that changes at random, what is known of its tasks, and what must hold of every file."""

from __future__ import annotations

import random
import threading
from pathlib import Path

from fault_account import CLUSTERS, FaultAccount, Part, document
from sim_process import SimProcess
from target_file import targets_by_task

LAUNCH_TYPES = ("FARGATE", "EC2", "EXTERNAL")
FAMILIES = 12  # as in life, new tasks are mostly of families that are known
MOST_TASKS = 40


def tasks_of(account: dict) -> set[str]:
    """The ARNs of what GET /_sim/account shows."""
    return {task["taskArn"] for cluster in account["clusters"] for task in cluster["tasks"]}


class World:
    """The account, by the hand that changes it. `check` may be called from another thread: a target
    that was in a file must be in every later one for as long as its task runs."""

    def __init__(self, sim: SimProcess, dice: random.Random, clusters: tuple[str, ...]) -> None:
        self.sim = sim
        self._dice = dice
        self._clusters = clusters  # that are to stay
        self._number = 100
        self._lock = threading.Lock()
        self._targets = FaultAccount().before()  # of all tasks there ever were
        self._running = set(self._targets)
        self._promised: dict[str, str] = {}
        self._pending: dict[str, dict] = {}
        self._stopped: dict[str, tuple[str, dict]] = {}  # by ARN: cluster and task as it ran

    # What is promised.

    def check(self, path: Path) -> None:
        with self._lock:  # before reading, so that nobody judges an old content by a newer one
            found = targets_by_task(path)
            lost = {task: at for task, at in self._promised.items() if found.get(task) != at}
            assert not lost, f"lost: {lost}"
            assert found.items() <= self._targets.items(), found.items() - self._targets.items()
            self._promised |= {task: found[task] for task in found.keys() & self._running}

    def promised(self) -> dict[str, str]:
        """Targets by task."""
        with self._lock:
            return dict(self._promised)

    def begin_with(self, known: dict[str, str]) -> None:
        """A new process begins, and finds these."""
        with self._lock:
            self._promised = {task: at for task, at in known.items() if task in self._running}

    def wanted(self, cluster: str) -> set[str]:
        """The tasks that are to have targets, of one cluster or (empty) of all."""
        part = f":task/{cluster}/" if cluster else ":task/"
        with self._lock:
            return {task for task in self._running if part in task}

    # What happens.

    def change(self) -> str:
        """One thing that happens in an account; says which."""
        kinds = ["start"] * 5 + ["stop"] * 2 + ["move"] * 2
        kinds += ["pend", "awake", "awake", "end", "cluster"]
        kind = self._dice.choice(kinds)
        if kind == "start" and len(self._running) >= MOST_TASKS:
            kind = "stop"
        return kind + getattr(self, f"_{kind}")()

    def _start(self) -> str:
        return self._add(self._new_part())

    def _add(self, part: Part) -> str:
        with self._lock:
            self._targets |= part.targets
        self.sim.add(document(part))
        with self._lock:
            self._running |= part.targets.keys()
        return f" {part.cluster}/{part.number}"

    def _stop(self) -> str:
        if not self._running:
            return " nothing"
        task = self._dice.choice(sorted(self._running))
        self._lose({task})
        self._stop_task(task)
        return f" {task[-40:]}"

    def _stop_task(self, task: str) -> None:
        for cluster in self.sim.account()["clusters"]:
            for each in cluster["tasks"]:
                if each["taskArn"] == task:
                    self._stopped[task] = cluster["clusterName"], each
        self.sim.stop_task(task)

    def move_to(self, sim: SimProcess) -> None:
        """Goes on with a simulator that has what runs: AWS describes stopped tasks for an hour."""
        self.sim = sim
        clusters = {each["clusterName"] for each in sim.account()["clusters"]}
        for task, (cluster, whole) in self._stopped.items():
            if cluster in clusters and task not in tasks_of(sim.account()):
                sim.add(document(Part(cluster, 0, [whole])))
                sim.stop_task(task)

    def _move(self) -> str:
        return self._stop() + self._start()

    def _pend(self) -> str:
        """A task that has no address yet."""
        part = self._new_part("FARGATE")
        (task,) = part.tasks
        with self._lock:
            self._targets |= part.targets
        self._pending[task["taskArn"]] = document(part)
        waiting = {**task, "lastStatus": "PENDING", "containers": [], "version": 1}
        self.sim.add(document(Part(part.cluster, 0, [waiting], part.definitions)))
        return f" {part.cluster}/{part.number}"

    def _awake(self) -> str:
        if not self._pending:
            return " nothing"
        task = self._dice.choice(sorted(self._pending))
        self.sim.add(self._pending.pop(task))
        with self._lock:
            self._running.add(task)
        return f" {task[-40:]}"

    def _end(self) -> str:
        """Tasks that go together."""
        tasks = set(self._dice.sample(sorted(self._running), len(self._running) // 5))
        self._lose(tasks)
        for task in tasks:
            self._stop_task(task)
        return f" {len(tasks)}"

    def _cluster(self) -> str:
        """A cluster is deleted; mostly it comes again, by the same name."""
        name = self._dice.choice(("left", "right", "third"))
        if name in {each["clusterName"] for each in self.sim.account()["clusters"]}:
            there = {task for task in tasks_of(self.sim.account()) if f":task/{name}/" in task}
            for task in there & self._pending.keys():
                del self._pending[task]
            self._lose(there)
            for task in there:  # AWS deletes no cluster that has tasks
                self._stop_task(task)
            self.sim.remove_cluster(name)
            if self._dice.random() < 0.3 and name not in self._clusters:
                return f" {name} deleted"
        return self._add(self._new_part(cluster=name)) + " made again"

    def _new_part(self, launch_type: str = "", cluster: str = "") -> Part:
        clusters = sorted(each["clusterName"] for each in self.sim.account()["clusters"])
        part = Part(cluster or self._dice.choice(clusters or CLUSTERS), self._number)
        self._number += 1
        launch_type = launch_type or self._dice.choice(LAUNCH_TYPES)
        part.add(launch_type, f"{launch_type.lower()}-family-{self._dice.randrange(FAMILIES)}")
        return part

    def _lose(self, tasks: set[str]) -> None:
        """From here on they may be missing; to be called before they stop."""
        with self._lock:
            self._running -= tasks
            self._promised = {t: at for t, at in self._promised.items() if t not in tasks}
