"""Runs the program under test, once or as a daemon, and reads its log."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import processes
from waiting import DEADLINE, wait_until

# Flags for refreshes that follow one another quickly, and for one refresh and no other.
QUICK = ["-config.scrape-interval", "200ms"]
FOR_EVER = ["-config.scrape-interval", "1h"]
# What the log has after every refresh, and after every complete one.
REFRESHED = "msg=refreshed "
COMPLETE = "msg=refreshed complete=true"
# What it has when an outage has ended.
RECOVERED = "refreshes are complete again"

_PAIR = re.compile(r'([a-z_]+)=("(?:[^"\\]|\\.)*"|[^\s"]*)(?: |$)')


def binary() -> Path:
    """The program in the build directory that ECSD_BUILD names."""
    return Path(os.environ["ECSD_BUILD"]) / "bin" / "prometheus-ecs-discovery"


def parse_logfmt(line: str) -> dict[str, str]:
    """The keys and values of a whole logfmt line; ValueError when a part of it is not logfmt."""
    fields: dict[str, str] = {}
    position = 0
    while position < len(line):
        match = _PAIR.match(line, position)
        if not match:
            raise ValueError(f"not logfmt at {line[position:]!r}")
        value = match.group(2)
        fields[match.group(1)] = json.loads(value) if value.startswith('"') else value
        position = match.end()
    return fields


def level_of(line: str) -> str:
    """The level of a log line; "error" for what is no log line at all."""
    try:
        return parse_logfmt(line).get("level", "error")
    except ValueError:
        return "error"


def problems(stderr: str) -> list[str]:
    """The lines that complain: warnings and errors."""
    return [line for line in stderr.splitlines() if level_of(line) not in ("debug", "info")]


@dataclass(frozen=True)
class Finished:
    """What is left of a run that ended by itself."""

    status: int
    stdout: str
    stderr: str
    seconds: float

    @property
    def log(self) -> list[dict[str, str]]:
        return [parse_logfmt(line) for line in self.stderr.splitlines()]

    @property
    def problems(self) -> list[str]:
        return problems(self.stderr)

    def only_problem(self) -> str:
        """The one complaint; a second one, or none, fails the test."""
        assert len(self.problems) == 1, f"not exactly one complaint in:\n{self.stderr}"
        return self.problems[0]


def run(
    args: Sequence[object],
    environment: dict[str, str],
    timeout: float = 300.0,
    prefix: Sequence[str] = (),
    preexec: Callable[[], None] = processes.die_with_parent,
    cwd: Path | None = None,
) -> Finished:
    """Runs the program to its end; `prefix` is a command that starts it in another way."""
    started = time.monotonic()
    done = subprocess.run(
        [*prefix, str(binary()), *map(str, args)],
        env=environment,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=timeout,
        preexec_fn=preexec,
        check=False,
    )
    return Finished(done.returncode, done.stdout, done.stderr, time.monotonic() - started)


def explain(args: Sequence[object], environment: dict[str, str], **options: object) -> Finished:
    """Runs `explain` with these names and flags."""
    return run(["explain", *args], environment, **options)


class Daemon:
    """The program running in the background, its stderr in a file."""

    def __init__(
        self,
        args: Sequence[object],
        environment: dict[str, str],
        log: Path,
        prefix: Sequence[str] = (),
        program: Path | None = None,
    ) -> None:
        self._log = log
        with log.open("wb") as stderr:
            self.process = subprocess.Popen(
                [*prefix, str(program or binary()), *map(str, args)],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=stderr,
                preexec_fn=processes.die_with_parent,
            )

    @property
    def stderr(self) -> str:
        """The lines of the log that are whole."""
        log = self._log.read_bytes()
        return log[: log.rfind(b"\n") + 1].decode()

    @property
    def log(self) -> list[dict[str, str]]:
        """The same, parsed."""
        return [parse_logfmt(line) for line in self.stderr.splitlines()]

    @property
    def problems(self) -> list[str]:
        return problems(self.stderr)

    @property
    def summaries(self) -> list[dict[str, str]]:
        """The lines that refreshes end with, parsed."""
        return [line for line in self.log if line["msg"] == "refreshed"]

    def lines(self, text: str) -> list[str]:
        """The lines of the log that have this in them."""
        return [line for line in self.stderr.splitlines() if text in line]

    def wait_for(self, text: str, count: int = 1, timeout: float = DEADLINE) -> list[str]:
        """Returns the lines with this text when there are so many; fails when the program ends."""
        return self._wait(lambda: self.lines(text), count, f"{count} of {text!r} in the log", timeout)

    def wait_for_problem(self) -> list[str]:
        """Returns the lines that complain when there are any."""
        return self._wait(lambda: self.problems, 1, "a complaint in the log", DEADLINE)

    def _wait(self, find: Callable[[], list[str]], count: int, what: str, timeout: float) -> list[str]:
        def probe() -> list[str]:
            ended = self.process.poll()  # asked for first, as it may log until then
            found = find()
            if len(found) >= count:
                return found
            assert ended is None, f"status {ended} before {what}:\n{self.stderr}"
            return []

        return wait_until(probe, what, timeout, seen=lambda: f"the log\n{self.stderr}")

    def seconds_to_stop(self, number: signal.Signals = signal.SIGTERM) -> float:
        """Sends the signal and returns how long the program took to end."""
        started = time.monotonic()
        self.process.send_signal(number)
        self.process.wait(timeout=30)
        return time.monotonic() - started

    def stop(self) -> int:
        return processes.stop(self.process)
