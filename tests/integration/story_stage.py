"""One Prometheus for many stories: it scrapes their programs and evaluates the alerts of deploy/ with
every minute a second."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import alert_rules
from prometheus_process import Prometheus, promtool
from waiting import wait_until

JOB = "ecs-discovery"
_CONFIGURATION = """
global:
  scrape_interval: 1s
  scrape_timeout: 1s
  evaluation_interval: 500ms
rule_files: [{rules}]
scrape_configs:
  - job_name: {job}
    file_sd_configs:
      - files: [{targets}]
        refresh_interval: 1s
"""


class Stage:
    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._targets = directory / "programs.json"
        self._instances: set[str] = set()
        self._lock = threading.Lock()
        self._write()
        rules = directory / "alerts.yml"
        alert_rules.write_quick_rules(rules)
        checked = promtool("check", "rules", rules)
        assert checked.returncode == 0, checked.stdout + checked.stderr
        self.prometheus = Prometheus(
            _CONFIGURATION.format(rules=rules, job=JOB, targets=self._targets), directory
        )

    def watch(self, instance: str) -> None:
        with self._lock:
            self._instances.add(instance)
            self._write()
        query = f'count_over_time(up{{instance="{instance}"}}[1m]) >= 3'
        wait_until(lambda: self.prometheus.query(query), "scrapes of the program")

    def forget(self, instance: str) -> None:
        with self._lock:
            self._instances.discard(instance)
            self._write()

    def alerts(self, instance: str) -> list[dict]:
        """The pending and firing alerts of this program, with state, labels and annotations."""
        return [
            each
            for each in self.prometheus.alerts()
            if each["labels"].get("instance") == instance
        ]

    def fired(self, instance: str, start: float, end: float) -> set[str]:
        """The alerts that fired for this program between two times."""
        query = f'ALERTS{{instance="{instance}",alertstate="firing"}}'
        found = self.prometheus.query_range(query, start, end, "500ms")
        fired = {each["metric"]["alertname"] for each in found}
        late = f'scrape_duration_seconds{{instance="{instance}"}} >= 1'
        if self.prometheus.query_range(late, start, end, "500ms"):
            fired.discard("EcsDiscoveryDown")  # this machine was too slow, and that is no failure
        return fired

    def _write(self) -> None:
        new = self._targets.with_suffix(".new")
        new.write_text(json.dumps([{"targets": sorted(self._instances), "labels": {}}]))
        new.replace(self._targets)

    def close(self) -> None:
        self.prometheus.stop()
