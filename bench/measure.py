"""Processes and what they cost: CPU time, peak memory, calls of a simulator."""

from __future__ import annotations

import dataclasses
import json
import os
import re
import subprocess
import time
import urllib.request
from pathlib import Path

LISTENING = re.compile(r"^ecs-sim: listening on (.+)$")
KEYS = ("AKIAECSSIMULATOR0001", "ecs-sim-secret")


class Simulator:
    """ecs-sim with a synthetic account; the second address is plain HTTP also where the first is HTTPS."""

    def __init__(self, binary: Path, args: list[str]) -> None:
        self.process = subprocess.Popen([str(binary), *args], stdout=subprocess.PIPE, text=True)
        match = LISTENING.match(self.process.stdout.readline())
        if not match:
            raise RuntimeError("ecs-sim did not start")
        urls = match.group(1).split(" and ")
        self.url = urls[0]
        self.control_url = urls[-1].split(" ")[0]

    def _control(self, method: str, path: str, body: dict | None = None) -> dict:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.control_url + path, data=data, method=method)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=120) as answer:
            return json.loads(answer.read())

    def calls(self) -> dict[str, int]:
        return self._control("GET", "/_sim/calls")

    def reset(self) -> None:
        self._control("POST", "/_sim/reset")

    def churn(self, tasks: int) -> None:
        self._control("POST", "/_sim/churn", {"tasks": tasks})

    def cpu(self) -> float:
        return cpu_seconds(self.process.pid)

    def __enter__(self) -> Simulator:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.process.terminate()
        self.process.wait()


def cpu_seconds(pid: int) -> float:
    """User and system time of a running process, all its threads, also those that have ended."""
    return time.clock_gettime(((~pid) << 3) | 2)


def peak_memory(pid: int) -> int:
    """VmHWM in bytes."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return 0


@dataclasses.dataclass
class Cycle:
    """What one refresh took."""

    wall: float
    cpu: float
    peak: int
    calls: int
    throttled: int
    targets: int


class TooSlow(Exception):
    """A program did not end a refresh in the time it was given."""


class Cycles:
    """Runs a program and measures its refreshes one by one.

    A refresh ends when the program's output changes (a file's time, a line on standard output) and
    it then rests; its start is the start of the program, or its first call after the rest before.
    """

    REST = 0.4

    def __init__(self, program, sim: Simulator, work: Path, environment: dict[str, str]) -> None:
        self.program = program
        self.sim = sim
        self.output = program.output(work)
        self.log = open(work / "log", "wb")
        sim.reset()
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            program.command(work),
            env=environment,
            cwd=work,
            stdout=open(work / "stdout", "wb"),
            stderr=self.log,
        )
        self.cpu_before = 0.0
        self.marker = self._marker()

    def _marker(self) -> object:
        try:
            about = os.stat(self.output)
        except FileNotFoundError:
            return None
        return (about.st_ino, about.st_mtime_ns, about.st_size)

    def _check(self, deadline: float) -> None:
        if self.process.poll() is not None:
            raise TooSlow(f"it ended with status {self.process.returncode}")
        if time.monotonic() > deadline:
            raise TooSlow("it took too long")

    def _wait_for_start(self, deadline: float) -> float:
        while not self.sim.calls():
            self._check(deadline)
            time.sleep(0.01)
        return time.monotonic()

    def next(self, limit: float, first: bool) -> Cycle:
        deadline = time.monotonic() + limit
        start = self.started if first else self._wait_for_start(deadline)
        while self._marker() == self.marker:
            self._check(deadline)
            time.sleep(0.01)
        end = time.monotonic()
        self._rest(deadline)
        self.marker = self._marker()
        cpu = cpu_seconds(self.process.pid)
        calls = self.sim.calls()
        throttled = calls.pop("_throttled", 0)
        cycle = Cycle(
            wall=end - start,
            cpu=cpu - self.cpu_before,
            peak=peak_memory(self.process.pid),
            calls=sum(calls.values()),
            throttled=throttled,
            targets=self.program.targets(self.output),
        )
        self.cpu_before = cpu
        self.sim.reset()
        return cycle

    def _rest(self, deadline: float) -> None:
        """Until the program has used next to no CPU for a while."""
        before = cpu_seconds(self.process.pid)
        while True:
            time.sleep(self.REST)
            self._check(deadline)
            now = cpu_seconds(self.process.pid)
            if now - before < 0.02:
                return
            before = now

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()
