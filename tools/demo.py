#!/usr/bin/env python3
"""Shows the whole chain on one machine, without an AWS account.

Starts the account simulator with real exporters behind its tasks, runs prometheus-ecs-discovery
against it as a daemon, and lets a real Prometheus read the file that it writes. Says when every
target is up, and keeps everything running until Ctrl-C (or for DEMO_SECONDS seconds). All files are
in the build directory, all ports on loopback, and nothing is left running.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY / "tests" / "integration"))

from processes import die_with_parent, free_port

LISTENING = re.compile(r"^ecs-sim: listening on (http://[^\s,]+).*\n", re.MULTILINE)
REGION = "us-east-1"
ACCESS_KEY = "AKIAECSSIMULATOR0001"
SECRET_KEY = "ecs-sim-secret"

PROMETHEUS_CONFIG = """\
global:
  scrape_interval: 2s
  scrape_timeout: 2s
scrape_configs:
  - job_name: ecs-discovery
    static_configs:
      - targets: ['{discovery}']
  - job_name: ecs
    file_sd_configs:
      - files:
          - {path}
"""

_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class DemoFailure(Exception):
    """What went wrong, for the person who runs the demo."""


class Stopped(Exception):
    """Ctrl-C or SIGTERM."""


def parse_arguments(arguments: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__.splitlines()[0],
        epilog="DEMO_SECONDS in the environment ends the demo after so many seconds.",
    )
    parser.add_argument(
        "--build",
        type=Path,
        default=Path(os.environ.get("ECSD_BUILD", "build/dev")),
        help="build directory with the programs (default: ECSD_BUILD, else %(default)s)",
    )
    parser.add_argument(
        "--directory",
        type=Path,
        default=Path("build/demo"),
        help="where all files of the demo go; emptied at the start (default: %(default)s)",
    )
    parser.add_argument("--prometheus", default="prometheus", help="the Prometheus to run")
    parser.add_argument("--clusters", type=int, default=3, help="default: %(default)s")
    parser.add_argument("--tasks", type=int, default=60, help="default: %(default)s")
    parser.add_argument("--seed", type=int, default=7, help="of the account; default: %(default)s")
    parser.add_argument(
        "--timeout", type=float, default=60, help="seconds until all must be up (%(default)s)"
    )
    return parser.parse_args(arguments)


def account_flags(arguments: argparse.Namespace) -> list[str]:
    """The simulator's flags for the account of the demo."""
    numbers = {"--seed": arguments.seed, "--clusters": arguments.clusters, "--tasks": arguments.tasks}
    return [str(each) for pair in numbers.items() for each in pair]


def discovery_flags(file: Path, listen: str, interval: str = "5s") -> list[str]:
    flags = ["-config.scrape-interval", interval, "-config.write-to", str(file)]
    return [*flags, "--web.listen-address", listen]


class Demo:
    """The three programs, their files and their end."""

    def __init__(self, arguments: argparse.Namespace) -> None:
        self._arguments = arguments
        self._binaries = (REPOSITORY / arguments.build).resolve() / "bin"
        self.directory = (REPOSITORY / arguments.directory).resolve()
        self.file = self.directory / "targets" / "ecs_file_sd.yml"
        self.prometheus_url = f"http://127.0.0.1:{free_port()}"
        self.page_url = f"http://127.0.0.1:{free_port()}"
        self.up = 0  # how many targets Prometheus had scraped with success when all were up
        self._processes: dict[str, subprocess.Popen] = {}
        self._deadline = time.monotonic() + arguments.timeout

    def start(self) -> None:
        if self.directory.exists():
            shutil.rmtree(self.directory)
        self.file.parent.mkdir(parents=True)
        simulator = self._start_simulator()
        self._start_discovery(simulator)
        self._wait_for(self.file.exists, "the discovery to write its file")
        self._start_prometheus()
        self._wait_for(self._all_up, "every target to be up")

    def stop(self) -> None:
        """Ends what was started, last first; force is used after five seconds."""
        for process in reversed(self._processes.values()):
            if process.poll() is None:
                process.terminate()
        for process in reversed(self._processes.values()):
            try:
                process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def targets_by_cluster(self) -> Counter:
        """Number of targets in the file, by the name of their cluster."""
        arns = re.findall(r"^ +cluster_arn: (\S+)$", self.file.read_text(), re.MULTILINE)
        return Counter(arn.rsplit("/", 1)[-1] for arn in arns)

    def assert_running(self) -> None:
        for name, process in self._processes.items():
            if process.poll() is not None:
                raise DemoFailure(f"{name} ended by itself with status {process.returncode}")

    def log_tails(self, lines: int = 8) -> str:
        """The last lines of every log, for a report of what went wrong."""
        parts = []
        for name in self._processes:
            log = self._log_of(name)
            tail = log.read_text(errors="replace").splitlines()[-lines:]
            parts.append("\n".join([f"--- last lines of {log}", *tail]))
        return "\n".join(parts)

    def _start_simulator(self) -> str:
        flags = account_flags(self._arguments)
        program = self._program("ecs-sim")
        self._start("ecs-sim", [program, "--listen", "127.0.0.1:0", "--exporters", *flags], {})
        return self._wait_for(self._simulator_url, "the simulator to listen")

    def _simulator_url(self) -> str:
        match = LISTENING.search(self._log_of("ecs-sim").read_text())
        return match.group(1) if match else ""

    def _start_discovery(self, simulator: str) -> None:
        environment = {
            "AWS_ENDPOINT_URL": simulator,
            "AWS_REGION": REGION,
            "AWS_ACCESS_KEY_ID": ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        }
        program = self._program("prometheus-ecs-discovery")
        flags = discovery_flags(self.file, self.page_url.removeprefix("http://"))
        self._start("prometheus-ecs-discovery", [program, *flags], environment)

    def _start_prometheus(self) -> None:
        config = self.directory / "prometheus.yml"
        config.write_text(PROMETHEUS_CONFIG.format(path=json.dumps(str(self.file)), discovery=self.page_url.removeprefix("http://")))
        program = shutil.which(self._arguments.prometheus)
        if not program:
            raise DemoFailure(
                f"no {self._arguments.prometheus} on this machine; "
                "install Debian's package prometheus, or name one with --prometheus"
            )
        flags = [
            f"--config.file={config}",
            f"--storage.tsdb.path={self.directory / 'prometheus-data'}",
            f"--web.listen-address={self.prometheus_url.removeprefix('http://')}",
        ]
        self._start("prometheus", [program, *flags], {})

    def _program(self, name: str) -> str:
        path = self._binaries / name
        if not path.exists():
            raise DemoFailure(f"{path} is not there; build it, or name the build with --build")
        return str(path)

    def _start(self, name: str, command: list[str], environment: dict[str, str]) -> None:
        with self._log_of(name).open("wb") as log:
            self._processes[name] = subprocess.Popen(
                command,
                env={"PATH": os.environ.get("PATH", os.defpath), "HOME": str(self.directory)}
                | environment,
                cwd=self.directory,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # so that a Ctrl-C reaches the demo alone, which ends them
                preexec_fn=die_with_parent,
            )

    def _log_of(self, name: str) -> Path:
        return self.directory / f"{name}.log"

    def _count_up(self) -> int:
        """How many targets Prometheus has scraped with success just now."""
        query = urllib.parse.urlencode({"query": 'count(up{job!="ecs-discovery"} == 1)'})
        result = get_json(f"{self.prometheus_url}/api/v1/query?{query}")["data"]["result"]
        return int(result[0]["value"][1]) if result else 0

    def _all_up(self) -> bool:
        try:
            answer = get_json(f"{self.prometheus_url}/api/v1/targets?state=active")
        except (urllib.error.URLError, ConnectionError):
            return False  # it does not listen yet
        healths = [target["health"] for target in answer["data"]["activeTargets"] if target["scrapePool"] == "ecs"]
        count = self.targets_by_cluster().total()
        self.up = self._count_up()
        return count > 0 and healths == ["up"] * count and self.up == count

    def _wait_for(self, probe, what: str):
        while True:
            self.assert_running()
            answer = probe()
            if answer:
                return answer
            if time.monotonic() > self._deadline:
                limit = f"{self._arguments.timeout:g} s"
                raise DemoFailure(f"gave up after {limit} waiting for {what}")
            time.sleep(0.1)


def get_json(url: str) -> dict:
    with _OPENER.open(url, timeout=10) as answer:
        return json.load(answer)


def print_summary(demo: Demo) -> None:
    by_cluster = demo.targets_by_cluster()
    print("\nTargets by cluster:")
    for cluster, count in sorted(by_cluster.items()):
        print(f"  {cluster:<24}{count:>6}")
    print(f"\nWritten to {demo.file}; it begins:")
    for line in demo.file.read_text().splitlines()[:11]:
        print(f"  {line}")
    print(f"\nPrometheus: up == 1 for {demo.up} of {by_cluster.total()} targets")
    print(f"Open {demo.prometheus_url}/targets")
    print(f"Open {demo.page_url}/ for the page of the discovery; {demo.page_url}/sd has the targets over HTTP")
    print(f"Logs: {demo.directory}/*.log")


def wait_for_the_end(demo: Demo) -> None:
    seconds = float(os.environ.get("DEMO_SECONDS") or 0)
    if seconds > 0:
        print(f"Stopping in {seconds:g} s (DEMO_SECONDS); Ctrl-C to stop now", flush=True)
    else:
        print("Ctrl-C to stop", flush=True)
    end = time.monotonic() + seconds if seconds > 0 else float("inf")
    pause = threading.Event()
    while time.monotonic() < end:
        pause.wait(min(1.0, end - time.monotonic()))
        demo.assert_running()


def stop_on_signals() -> None:
    def raise_stopped(*_args: object) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)  # a second one must not disturb the end
        raise Stopped

    signal.signal(signal.SIGINT, raise_stopped)
    signal.signal(signal.SIGTERM, raise_stopped)


def main() -> int:
    demo = Demo(parse_arguments())
    stop_on_signals()
    try:
        print("Starting a simulated ECS account, the discovery and Prometheus ...", flush=True)
        demo.start()
        print_summary(demo)
        wait_for_the_end(demo)
    except Stopped:
        pass
    except DemoFailure as failure:
        print(f"demo: {failure}", file=sys.stderr)
        print(demo.log_tails(), file=sys.stderr)
        return 1
    finally:
        demo.stop()
    print("Stopped.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
