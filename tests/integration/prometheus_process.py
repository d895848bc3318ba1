"""A real Prometheus on a free loopback port, and promtool."""

from __future__ import annotations

import json
import subprocess
import urllib.parse
import urllib.request
from pathlib import Path

import processes
from waiting import wait_until

_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Prometheus:
    """Reads `configuration`; its storage and log are in `directory`."""

    def __init__(self, configuration: str, directory: Path, port: int | None = None) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self.config_file = directory / "prometheus.yml"
        self.config_file.write_text(configuration)
        self.log = directory / "prometheus.log"
        port = processes.free_port() if port is None else port
        self.url = f"http://127.0.0.1:{port}"
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [
                    "/usr/bin/prometheus",
                    f"--config.file={self.config_file}",
                    f"--storage.tsdb.path={directory / 'data'}",
                    f"--web.listen-address=127.0.0.1:{port}",
                    "--log.level=warn",
                ],
                env=processes.clean_environment(directory),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=processes.die_with_parent,
            )
        try:
            wait_until(self._is_ready, "Prometheus to be ready")
        except BaseException:
            self.stop()
            raise

    def active_targets(self) -> list[dict]:
        return self._get("/api/v1/targets?state=active")["activeTargets"]

    def query(self, expression: str) -> list[dict]:
        return self._get("/api/v1/query?" + urllib.parse.urlencode({"query": expression}))["result"]

    def query_range(self, expression: str, start: float, end: float, step: str) -> list[dict]:
        asked = {"query": expression, "start": start, "end": end, "step": step}
        return self._get("/api/v1/query_range?" + urllib.parse.urlencode(asked))["result"]

    def alerts(self) -> list[dict]:
        return self._get("/api/v1/alerts")["alerts"]

    def metrics(self) -> str:
        """What Prometheus tells of itself."""
        with _OPENER.open(f"{self.url}/metrics", timeout=30) as answer:
            return answer.read().decode()

    def stop(self) -> None:
        processes.stop(self._process)

    def _is_ready(self) -> bool:
        if self._process.poll() is not None:
            raise AssertionError(f"Prometheus ended:\n{self.log.read_text()}")
        try:
            with _OPENER.open(f"{self.url}/-/ready", timeout=5) as answer:
                return answer.status == 200
        except OSError:
            return False

    def _get(self, path: str) -> dict:
        with _OPENER.open(self.url + path, timeout=30) as answer:
            return json.load(answer)["data"]


def promtool(*args: object) -> subprocess.CompletedProcess:
    """Runs promtool to its end."""
    return subprocess.run(
        ["/usr/bin/promtool", *map(str, args)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
