"""The metrics are good, and documented."""

from __future__ import annotations

import json
import re
import subprocess

import processes
import pytest

DOCUMENT = processes.REPOSITORY / "docs" / "metrics.md"
ROW = re.compile(r"^\| `(\w+)` \| (\w+) \|([^|]*)\| ", re.MULTILINE)
SAMPLE = re.compile(r"^(\w+)(?:\{(.*)\})? \S+$")


@pytest.fixture
def exposition(plain_sim, start_web):
    web = start_web(plain_sim).wait_until_ready()
    answer = web.get("/metrics")
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    return answer.text


def documented():
    return {
        name: (kind, tuple(re.findall(r"`(\w+)`", labels)))
        for name, kind, labels in ROW.findall(DOCUMENT.read_text())
    }


def labels_of(name, exposition):
    """The label names of a metric's samples, without `le`."""
    found = set()
    for line in exposition.splitlines():
        match = SAMPLE.match(line)
        if match and re.fullmatch(rf"{name}(_bucket|_sum|_count)?", match[1]):
            found.add(tuple(each for each in re.findall(r'(\w+)="', match[2] or "") if each != "le"))
    return found


def test_promtool_finds_nothing_to_say(exposition):
    done = subprocess.run(
        ["promtool", "check", "metrics"], input=exposition, capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_kinds_of_failures_are_there_before_they_happen_and_none_that_cannot(exposition):
    refreshes = re.findall(r'^ecs_discovery_refresh_failures_total{kind="(\w+)"} 0$', exposition, re.M)
    calls = r'^ecs_discovery_api_call_failures_total{action="(\S+)",kind="(\w+)"} 0$'
    by_action = {}
    for action, kind in re.findall(calls, exposition, re.M):
        by_action.setdefault(action, set()).add(kind)

    assert set(refreshes) >= {"denied", "credentials", "timeout"} and "cancelled" not in refreshes
    assert "sts:AssumeRole" not in by_action  # it was not called
    assert by_action["ecs:ListTasks"] - by_action["ecs:ListClusters"] == {"not_found"}
    never = {"config", "io", "cancelled", "unsupported"}
    assert not by_action["ecs:DescribeTasks"] & never
    documented_kinds = set(re.findall(r"^\| `(\w+)` \| [^|]*\|$", DOCUMENT.read_text(), re.M))
    assert documented_kinds >= set(refreshes).union(*by_action.values())


def test_the_documentation_lists_every_metric_and_no_other(exposition):
    types = dict(re.findall(r"^# TYPE (\w+) (\w+)$", exposition, re.MULTILINE))

    assert {name: kind for name, (kind, _) in documented().items()} == types
    for name, (_, labels) in documented().items():
        assert labels_of(name, exposition) <= {labels}, name


def test_calls_and_targets_are_counted(exposition, plain_sim):
    calls = dict(re.findall(r'^ecs_discovery_api_calls_total\{action="ecs:(\w+)"\} (\d+)$', exposition, re.M))

    assert int(calls["ListTasks"]) > 0
    assert re.search(r'^ecs_discovery_skipped_containers\{reason="no_port_label"\} [1-9]', exposition, re.M)


def test_the_dashboard_names_metrics_that_exist(exposition):
    text = (processes.REPOSITORY / "deploy" / "grafana" / "dashboard.json").read_text()
    named = set(re.findall(r"\b((?:ecs_discovery|process)_\w+)", json.dumps(json.loads(text))))
    histograms = [name for name, (kind, _) in documented().items() if kind == "histogram"]
    known = set(documented()) | {name + end for name in histograms for end in ("_bucket", "_sum", "_count")}

    assert named and named <= known


def test_the_alerts_name_metrics_that_exist():
    text = (processes.REPOSITORY / "deploy" / "prometheus" / "alerts.yml").read_text()
    named = set(re.findall(r"\becs_discovery_\w+", text))

    assert named and named <= set(documented())
