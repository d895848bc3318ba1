"""The programs of the side-by-side run: ours and its peers, each as it is served to everybody."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

GO_ORIGINAL = "github.com/teralytics/prometheus-ecs-discovery"
INSTALL_LIMIT = 900


class Program:
    """One program: how to start it and to read what it found."""

    name = ""
    needs_proxy = False  # it knows no endpoint setting

    def __init__(self, binary: Path) -> None:
        self.binary = binary
        self.interval = 3600
        self.limits = False  # of the simulated account

    def command(self, work: Path) -> list[str]:
        raise NotImplementedError

    def output(self, work: Path) -> Path:
        return work / "targets.yml"

    def environment(self, _work: Path) -> dict[str, str]:
        return {}

    def targets(self, output: Path) -> int:
        with open(output, "rb") as file:
            return sum(line.startswith(b"- targets:") for line in file)


class Ours(Program):
    name = "this program"

    def command(self, work: Path) -> list[str]:
        return [
            str(self.binary),
            f"-config.scrape-interval={self.interval}s",
            f"-config.write-to={self.output(work)}",
            # The same share of old tasks in each refresh as with the defaults of 60 s and 10 min.
            f"--rediscover-within={10 * self.interval}s",
            "--refresh-timeout=1h",
            # So that a run without limits is not held back by the ones that we keep by ourselves.
            f"--aws.rate-share={0.5 if self.limits else 1000}",
            "--log.level=debug",
        ]

    def environment(self, work: Path) -> dict[str, str]:
        # Not for everybody: the SDK of Go refuses it beside an HTTP client of the program's own.
        ca = work / "ca.pem"
        return {"AWS_CA_BUNDLE": str(ca)} if ca.exists() else {}


class GoOriginal(Program):
    name = "Go original"
    needs_proxy = True

    def command(self, work: Path) -> list[str]:
        return [
            str(self.binary),
            f"-config.scrape-interval={self.interval}s",
            f"-config.write-to={self.output(work)}",
        ]


class PrometheusDiscovery(Program):
    name = "Prometheus"

    def command(self, _work: Path) -> list[str]:
        return [str(self.binary), "-refreshes=0", f"-interval={self.interval}s"]

    def output(self, work: Path) -> Path:
        return work / "stdout"

    def targets(self, output: Path) -> int:
        found = re.findall(r"^refresh \d+: (\d+) targets$", output.read_text(), re.MULTILINE)
        return int(found[-1]) if found else 0


def _run(command: list[str], log: Path, **more) -> bool:
    with open(log, "ab") as file:
        file.write(f"$ {' '.join(command)}\n".encode())
        file.flush()
        try:
            done = subprocess.run(command, stdout=file, stderr=file, timeout=INSTALL_LIMIT, **more)
        except (OSError, subprocess.TimeoutExpired) as error:
            file.write(f"{error}\n".encode())
            return False
    return done.returncode == 0


def _last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").strip().splitlines()
    return lines[-1].strip() if lines else "no output"


def install(build: Path, source: Path) -> tuple[list[Program], list[str]]:
    """The peers that can be had here, and for each of the others a line that says why not."""
    peers: list[Program] = []
    missing: list[str] = []
    build.mkdir(parents=True, exist_ok=True)

    def add(program: Program, ready: bool, log: Path) -> None:
        if ready:
            peers.append(program)
        else:
            missing.append(f"{program.name}: {_last_line(log)}")

    go = shutil.which("go")
    given = os.environ.get("ECSD_BENCH_GO_ORIGINAL")
    original = Path(given) if given else build / "prometheus-ecs-discovery"
    log = build / "go-original.log"
    if go is None and not given:
        missing.append("Go original: no Go toolchain (go) on this machine")
    elif given or original.exists() or not log.exists():
        # Tried once: a registry that says no goes on saying it. Remove the log to ask again.
        ready = original.exists() or _run(
            [go, "install", f"{GO_ORIGINAL}@latest"], log, env=os.environ | {"GOBIN": str(build)}
        )
        add(GoOriginal(original), ready, log)
    else:
        missing.append(f"Go original: {_last_line(log)}")

    native = build / "prometheus-sd"
    log = build / "prometheus-sd.log"
    if go is None:
        missing.append("Prometheus: no Go toolchain (go) on this machine")
    else:
        command = [go, "build", "-o", str(native), "."]  # quick when it is built already
        ready = _run(command, log, cwd=source / "prometheus-sd")
        add(PrometheusDiscovery(native), ready, log)

    return peers, missing
