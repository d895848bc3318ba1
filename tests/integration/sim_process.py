"""Starts and steers ecs-sim, the account simulator, for tests.

The simulator's own flags (see `ecs-sim --help`; every flag is also accepted as --flag=value):

    --listen ADDRESS:PORT       default 127.0.0.1:0
    --region NAME               default us-east-1 (with --account: that of the file)
    --account-id DIGITS         default 123456789012 (with --account: that of the file)
    --account FILE              a conformance account, e.g. tests/data/account-plain.json
    --seed N --clusters C --tasks T   a synthetic account instead
    --external N                with --seed: tasks of ECS Anywhere beside the others
    --exporters                 with --seed: a real exporter behind every target
    --credentials KEY:SECRET[:TOKEN]  repeatable; default is ACCESS_KEY and SECRET_KEY below
    --page-size N               longest page of a listing, 1 to 100
    --empty-pages               every other page of ListTasks and ListClusters is empty
    --latency DURATION          added to every answer, e.g. 30ms
    --fault ACTION:KIND[:COUNT] repeatable
"""

from __future__ import annotations

import json
import os
import queue
import re
import subprocess
import threading
import urllib.request
from pathlib import Path

ACCESS_KEY = "AKIAECSSIMULATOR0001"
SECRET_KEY = "ecs-sim-secret"
DATA = Path(__file__).resolve().parent.parent / "data"
LISTENING = re.compile(r"^ecs-sim: listening on (http://\S+)")


def binary() -> Path:
    """The simulator in the build directory that ECSD_BUILD names."""
    return Path(os.environ["ECSD_BUILD"]) / "bin" / "ecs-sim"


class SimProcess:
    """One running simulator: `sim = SimProcess.start(["--account", ...])`, or as a context manager."""

    def __init__(self, process: subprocess.Popen[str], url: str, first_line: str) -> None:
        self.process = process
        self.url = url
        self.first_line = first_line
        self.port = int(url.rsplit(":", 1)[1])

    @classmethod
    def start(cls, args: list[str] | tuple[str, ...] = (), timeout: float = 60.0) -> SimProcess:
        """Returns once the simulator accepts connections; `timeout` covers building the account."""
        process = subprocess.Popen(
            [str(binary()), *map(str, args)], stdout=subprocess.PIPE, text=True
        )
        lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=_pump, args=(process.stdout, lines), daemon=True).start()
        try:
            line = lines.get(timeout=timeout)
            match = LISTENING.match(line)
            if not match:
                raise RuntimeError(f"ecs-sim did not start: said {line!r}, exit {process.poll()}")
            return cls(process, match.group(1), line.rstrip("\n"))
        except BaseException:
            process.kill()
            process.wait()
            raise

    def environment(self, region: str = "us-east-1") -> dict[str, str]:
        """What a client of this simulator needs; no file of the user's home takes part."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
            "AWS_REGION": region,
            "AWS_DEFAULT_REGION": region,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        }

    def calls(self) -> dict[str, int]:
        """Requests per action since the start or reset(); `_rejected`: refused signatures."""
        return self._control("GET", "/_sim/calls")

    def account(self) -> dict:
        """The account as it is now, in the form of a conformance file."""
        return self._control("GET", "/_sim/account")

    def set_faults(self, *faults: str) -> None:
        """Replaces all faults, e.g. set_faults("DescribeTasks:throttle:2"); none clears them."""
        self._control("POST", "/_sim/faults", {"faults": list(faults)})

    def stop_task(self, task_arn: str) -> None:
        """Removes one task, as if it had stopped long ago."""
        self._control("POST", "/_sim/stop-task", {"task": task_arn})

    def reset(self) -> None:
        """Sets the counts of calls() to zero."""
        self._control("POST", "/_sim/reset", {})

    def stop(self) -> int:
        """Asks the simulator to end and returns its exit status."""
        if self.process.poll() is None:
            self.process.terminate()
        try:
            return self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise

    def _control(self, method: str, path: str, body: dict | None = None) -> dict:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            self.url + path, data=data, method=method, headers={"Content-Type": "application/json"}
        )
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=30) as answer:
            return json.loads(answer.read())

    def __enter__(self) -> SimProcess:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.stop()


def _pump(stream, lines: queue.Queue[str]) -> None:
    """Hands on every line, so that the pipe never fills; an empty one marks the end."""
    with stream:
        for line in stream:
            lines.put(line)
    lines.put("")
