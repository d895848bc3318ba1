"""What deploy/ offers for Prometheus works."""

from __future__ import annotations

import subprocess

import processes
import pytest
from prometheus_process import promtool

DIRECTORY = processes.REPOSITORY / "deploy" / "prometheus"


def test_the_alerts_fire_when_they_should():
    done = subprocess.run(
        ["promtool", "test", "rules", "alerts_test.yml"],
        cwd=DIRECTORY, capture_output=True, text=True, timeout=120, check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", ["file_sd.yml", "http_sd.yml"])
def test_promtool_accepts_the_example(name):
    done = promtool("check", "config", DIRECTORY / name)

    assert done.returncode == 0, done.stdout + done.stderr
