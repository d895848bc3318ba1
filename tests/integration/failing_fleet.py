"""Several running discoveries, each of which can be made to fail in its own way and be repaired."""

from __future__ import annotations

import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import discovery_process
import processes
import web


def nothing() -> None:
    """Nothing is to be done."""


@dataclass
class Instance:
    """A discovery at an address that stays the same over restarts."""

    name: str
    directory: Path
    environment: dict[str, str]
    flags: list[str] = field(default_factory=list)
    # The alerts that must fire, and those that may.
    expected: set[str] = field(default_factory=set)
    allowed: set[str] = field(default_factory=set)
    fails: Callable[[], None] = nothing
    repair: Callable[[], None] | None = None  # None: it is never repaired

    def __post_init__(self) -> None:
        self.address = f"127.0.0.1:{processes.free_port()}"
        self.output = self.directory / "sd" / "ecs_file_sd.yml"
        self.output.parent.mkdir(parents=True)
        self.starts = 0
        self.daemon: discovery_process.Daemon | None = None

    def start(self) -> None:
        args = ["-config.write-to", self.output, "--web.listen-address", self.address]
        args += ["-config.scrape-interval=1s", "--refresh-timeout=3s", "--startup-grace=2s"]
        log = self.directory / f"log-{self.starts}"
        self.starts += 1
        self.daemon = discovery_process.Daemon([*args, *self.flags], self.environment, log)

    def kill(self) -> None:
        self.daemon.process.send_signal(signal.SIGKILL)
        self.daemon.process.wait()

    def restart(self) -> None:
        self.kill()
        self.start()

    def is_ready(self) -> bool:
        assert self.daemon.process.poll() is None, self.daemon.stderr
        try:
            return web.request(f"http://{self.address}/-/ready").status == 200
        except OSError:
            return False

    def stop(self) -> None:
        if self.daemon is not None:
            self.daemon.stop()
