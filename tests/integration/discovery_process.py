"""Runs the program under test, once or as a daemon, and reads its log."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import processes
import yaml

# As strict as the safe loader, and much quicker where PyYAML was built with libyaml.
_YAML_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
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
    ) -> None:
        self._log = log
        with log.open("wb") as stderr:
            self.process = subprocess.Popen(
                [*prefix, str(binary()), *map(str, args)],
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
    def problems(self) -> list[str]:
        return problems(self.stderr)

    def seconds_to_stop(self, number: signal.Signals = signal.SIGTERM) -> float:
        """Sends the signal and returns how long the program took to end."""
        started = time.monotonic()
        self.process.send_signal(number)
        self.process.wait(timeout=30)
        return time.monotonic() - started

    def stop(self) -> int:
        return processes.stop(self.process)


def read_groups(path: Path) -> list[dict]:
    """The target groups of an output file, by the kind of file that its name says."""
    text = path.read_text(encoding="utf-8")
    return json.loads(text) if path.suffix == ".json" else yaml.load(text, Loader=_YAML_LOADER)


def as_multiset(groups: list[dict]) -> Counter:
    """Groups as countable values; a group has one target and nothing but targets and labels."""
    found: Counter = Counter()
    for group in groups:
        assert set(group) == {"targets", "labels"}, group
        assert len(group["targets"]) == 1, group
        assert all(isinstance(value, str) for value in group["labels"].values()), group
        found[group["targets"][0], tuple(sorted(group["labels"].items()))] += 1
    return found


def expected_multiset(targets: list[dict]) -> Counter:
    """The same for a list of {"target", "labels"}, the form of tests/data/targets-*.json."""
    return Counter((each["target"], tuple(sorted(each["labels"].items()))) for each in targets)
