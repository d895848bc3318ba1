"""The scene of one story: a simulated account and the program over it, at addresses that stay the same
when either is started again, so that one Prometheus can watch them all the time."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path

import discovery_process
import processes
import web
from fault_account import Part, document
from sim_process import SimProcess

CLUSTERS = ("left", "right")
# So that losing the left one is more than half.
MANY = {"left": 12, "right": 6}
OTHER_REGION = "eu-west-1"
FLAGS = ("-config.scrape-interval", "1s", "-rediscover-within", "0")


def account() -> dict:
    """Two clusters with a task of every kind, and more than the guard takes for a few."""
    parts = [Part(cluster, 1 + i) for i, cluster in enumerate(CLUSTERS)]
    for part in parts:
        for launch_type in ("FARGATE", "EC2", "EXTERNAL"):
            part.add(launch_type, f"old-{launch_type.lower()}")
        for number in range(MANY[part.cluster]):
            part.add("FARGATE", f"many-{number}")
    return document(*parts)


def newcomers() -> dict:
    """A task of every kind with a definition and an instance that nobody has asked for."""
    part = Part("left", 21)
    for launch_type in ("FARGATE", "EC2"):
        part.add(launch_type, f"new-{launch_type.lower()}")
    return document(part)


class Scene:
    """`variables`, `flags` and `prefix` are how the program is started from then on."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        directory.mkdir(parents=True)
        self.home = directory / "home"
        self.home.mkdir()
        self.output = directory / "out" / "targets.json"
        self.output.parent.mkdir()
        self.prepared: dict[str, str] = {}
        self.variables: dict[str, str] = {}
        self.base_flags: Sequence[str] = ()
        self.flags: list[object] = []
        self.sim_flags: list[str] = []
        self.prefix: Sequence[str] = ()
        self.sim_port = processes.free_port()
        self.plain_port = processes.free_port()
        self.port = processes.free_port()
        self.instance = f"127.0.0.1:{self.port}"
        self.url = f"http://{self.instance}"
        self.sim: SimProcess | None = None
        self.daemon: discovery_process.Daemon | None = None
        self._logs: list[Path] = []
        self._account = directory / "account.json"
        self._account.write_text(json.dumps(account()))
        self._sims: list[SimProcess] = []

    def start_sim(self) -> None:
        """At the same address as before."""
        listen = ["--listen", f"127.0.0.1:{self.sim_port}"]
        listen += ["--plain-listen", f"127.0.0.1:{self.plain_port}"]
        self.sim = self.new_sim("--account", str(self._account), *listen, *self.sim_flags)

    def new_sim(self, *flags: str) -> SimProcess:
        self._sims.append(SimProcess.start(flags))
        return self._sims[-1]

    def environment(self) -> dict[str, str]:
        given = {**self.sim.environment(), **self.variables}
        kept = {name: value for name, value in given.items() if value != ""}
        return processes.clean_environment(self.home, kept)

    def arguments(self) -> list[object]:
        where = ["-config.write-to", self.output, "-web.listen-address", self.instance]
        return [*FLAGS, *where, *self.base_flags, *self.flags]

    def start(self) -> None:
        log = self.directory / f"log-{len(self._logs)}"
        self._logs.append(log)
        self.daemon = discovery_process.Daemon(
            self.arguments(), self.environment(), log, prefix=self.prefix
        )

    def restart(self, variables: dict[str, str] | None = None, flags: list[object] | None = None) -> None:
        """As after a deployment with other settings; None: those of now."""
        self.daemon.stop()
        self.variables = self.variables if variables is None else variables
        self.flags = self.flags if flags is None else flags
        self.start()

    def log(self) -> str:
        """All whole lines of all starts."""
        return "".join(path.read_text() for path in self._logs if path.exists())

    def get(self, path: str) -> web.Answer | None:
        """None where nobody answers."""
        try:
            return web.request(self.url + path)
        except OSError:
            return None

    def is_ready(self) -> bool:
        answer = self.get("/-/ready")
        return answer is not None and answer.status == 200

    def doctor(self, *flags: object) -> discovery_process.Finished:
        return discovery_process.run(
            ["doctor", *self.arguments(), *flags], self.environment(), prefix=self.prefix
        )

    def close(self) -> None:
        if self.daemon is not None:
            self.daemon.stop()
        for sim in self._sims:
            sim.stop()
        os.system(f"umount --lazy {self.output.parent} 2>/dev/null")
