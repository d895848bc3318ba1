"""Everything that the program gives for an account, as bytes that can be recorded and compared.

What differs from run to run (times, ports, paths, durations, numbers of calls) is replaced by its name.
"""

from __future__ import annotations

import hashlib
import re
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import discovery_process
import processes
import waiting
from recorded_accounts import RULES, RecordedAccount
from sim_process import SimProcess
from web import Web

sys.path.insert(0, str(processes.REPOSITORY / "tools"))
import demo

VARYING = ("ts", "duration_ms", "calls", "file", "address", "version")
# Only the pace of calls depends on it; the cases of every mode ask for a hundred definitions.
QUICK = ("-aws.rate-share", "100")
# Rules are recorded with what can be read of an account; the default ones withhold the file then.
PARTIAL = ("-startup-grace", "0s")
EXPLAIN = {
    "explain": [],
    "explain-all": ["-all"],
    "explain-skipped": ["-skipped"],
    "explain.json": ["-json"],
    "explain-skipped.json": ["-json", "-skipped"],
}
PATHS = {"sd.json": "/sd", "rows.html": "/rows", "rows-skipped.html": "/rows?show=skipped"}


@dataclass(frozen=True)
class Output:
    """The bytes, the exit status of the program, and its arguments."""

    content: bytes
    status: int
    arguments: tuple[str, ...]

    def digest(self) -> str:
        """The status, how many bytes and lines, and their SHA-256."""
        lines = self.content.count(b"\n")
        hexadecimal = hashlib.sha256(self.content).hexdigest()
        return f"{self.status} {len(self.content)} {lines} {hexadecimal}"


def steady_log(stderr: str) -> bytes:
    """The lines, with the name of what varies for its value."""

    def steady(pair: re.Match[str]) -> str:
        return f"{pair[1]}=<{pair[1]}>" if pair[1] in VARYING else pair[0]

    return re.sub(r'([a-z_]+)=("(?:[^"\\]|\\.)*"|\S*)', steady, stderr).encode()


def steady_explanation(text: str) -> bytes:
    """What explain prints, without facts of the definitions of tasks that do not run: they depend on
    whether the definition was known before the task was described."""
    text = re.sub(r"(?m)^(\S.* task_not_running\b.*(?:\n    (?!facts:).*)*\n    facts: ).*$", r"\1<facts>", text)
    lines = [
        re.sub(r'"(network_mode|label|port_mappings)":"(?:[^"\\]|\\.)*"', r'"\1":"<\1>"', line)
        if '"reason":"task_not_running"' in line
        else line
        for line in text.splitlines(keepends=True)
    ]
    return "".join(lines).encode()


def metric_names(exposition: str) -> bytes:
    """Help and type of each metric, and of its samples the names of their labels, each once."""
    lines = [
        line if line.startswith("#") else re.sub(r'="(?:[^"\\]|\\.)*"|(?<=}) .*$|(?<=\w) \S+$', "", line)
        for line in exposition.splitlines()
    ]
    return "".join(f"{line}\n" for line in dict.fromkeys(lines)).encode()


class Recorder:
    """Runs the program against one simulated account; `directory` is for its files."""

    def __init__(self, account: RecordedAccount, sim: SimProcess, directory: Path) -> None:
        self._account = account
        self._environment = processes.clean_environment(directory, sim.environment(account.region))
        self._directory = directory

    def outputs(self) -> dict[str, Output]:
        made = {}
        for name, flags in self._rules().items():
            prefix = f"{name}." if name else ""
            for suffix in ("yml", "json"):
                made |= self._file(prefix + "targets", suffix, flags)
            kinds = EXPLAIN if not name else {"explain.json": ["-json"]}
            for kind, more in kinds.items():
                made[prefix + kind] = self._explain([*more, *flags])
        return made | self._served() if self._account.web else made

    def _rules(self) -> dict[str, Sequence[str]]:
        return {"": ()} | {name: [*RULES[name], *PARTIAL] for name in self._account.rules}

    def _file(self, name: str, suffix: str, flags: Sequence[str]) -> dict[str, Output]:
        path = self._directory / f"{name}.{suffix}"
        arguments = ("-config.scrape-times", "1", *QUICK, *flags, "-config.write-to", path.name)
        done = discovery_process.run(arguments, self._environment, cwd=self._directory)
        written = path.read_bytes() if path.exists() else b""
        made = {path.name: Output(written, done.status, arguments)}
        if suffix == "yml":  # calls are made at once, so the order of two warnings is left open
            log = b"".join(sorted(steady_log(done.stderr).splitlines(keepends=True)))
            made[f"{name}.log"] = Output(log, done.status, arguments)
        return made

    def _explain(self, flags: Sequence[str]) -> Output:
        done = discovery_process.explain([*QUICK, *flags], self._environment, cwd=self._directory)
        return Output(steady_explanation(done.stdout), done.status, ("explain", *QUICK, *flags))

    def _served(self) -> dict[str, Output]:
        """What the web server has after the first refresh."""
        arguments = ("-config.scrape-interval", "1h", "-web.listen-address", "127.0.0.1:0")
        arguments += ("-config.write-to", "", *PARTIAL, *QUICK)
        daemon = discovery_process.Daemon(arguments, self._environment, self._directory / "web.log")
        try:
            web = Web(daemon)
            web.wait_until_ready()
            bodies = {name: web.get(path).body for name, path in PATHS.items()}
            bodies["metrics"] = metric_names(web.get("/metrics").text)
        finally:
            status = daemon.stop()
        return {name: Output(body, status, arguments) for name, body in bodies.items()}


def outputs_of(account: RecordedAccount, directory: Path) -> dict[str, Output]:
    with account.simulated(directory) as sim:
        return Recorder(account, sim, directory).outputs()


def demo_account_flags() -> list[str]:
    return demo.account_flags(demo.parse_arguments([]))


def demo_log(sim: SimProcess, directory: Path) -> Output:
    """The log of the program as the demo starts it, over one refresh to its stop by SIGTERM."""
    flags = demo.discovery_flags(directory / "ecs_file_sd.yml", "127.0.0.1:0", interval="1h")
    environment = processes.clean_environment(directory, sim.environment())
    daemon = discovery_process.Daemon(flags, environment, directory / "demo.log")
    try:
        waiting.wait_until(lambda: "skipped containers" in daemon.stderr, "the first refresh")
        daemon.seconds_to_stop(signal.SIGTERM)
    finally:
        status = daemon.stop()
    return Output(steady_log(daemon.stderr), status, tuple(flags))
