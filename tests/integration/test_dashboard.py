"""The Grafana dashboard: every query gives data, and two replicas do not double what there is once."""

from __future__ import annotations

import json
import re

import processes
import pytest
from credential_places import build
from failing_fleet import Instance
from target_file import read_groups
from waiting import wait_until

pytestmark = pytest.mark.sim("--fault", "ContainerCredentials:expiring=3600s")

DASHBOARD = json.loads((processes.REPOSITORY / "deploy" / "grafana" / "dashboard.json").read_text())
PANELS = {panel["title"]: panel for panel in DASHBOARD["panels"]}
QUERIES = [
    (title, target["expr"], target["legendFormat"])
    for title, panel in PANELS.items()
    for target in panel["targets"]
]
CONFIGURATION = """
global: {{scrape_interval: 1s, scrape_timeout: 1s}}
scrape_configs:
  - job_name: ecs-discovery
    static_configs: [{{targets: {targets}}}]
"""


@pytest.fixture
def replicas(sim, tmp_path):
    """Two of them over the same account, with temporary keys."""
    replicas = []
    for name in ("first", "second"):
        home = tmp_path / f"keys-{name}"
        home.mkdir()
        replicas.append(Instance(name, tmp_path / name, build(home, sim, ["container"])))
    try:
        for each in replicas:
            each.start()
        for each in replicas:
            wait_until(each.is_ready, "the replica to be ready")
        yield replicas
    finally:
        for each in replicas:
            each.stop()


def with_variables(expression: str, replicas: list[Instance]) -> str:
    """As Grafana asks, with all that there is chosen."""
    values = {
        "$__rate_interval": "15s",
        "$job": "(ecs-discovery)",
        "$instance": "(" + "|".join(re.escape(each.address) for each in replicas).replace("\\", "\\\\") + ")",
    }
    for name, value in values.items():
        expression = expression.replace(name, value)
    assert "$" not in expression
    return expression


def test_every_query_gives_data_and_replicas_count_once(sim, replicas, start_prometheus):
    targets = len(read_groups(replicas[0].output))
    prometheus = start_prometheus(CONFIGURATION.format(targets=[each.address for each in replicas]))

    def ask(expression: str) -> list[dict]:
        return prometheus.query(with_variables(expression, replicas))

    def without_data() -> list[str]:
        return [f"{title}: {expression}" for title, expression, _ in QUERIES if not ask(expression)]

    # Of both there must be more than one sample; then some refreshes fail, and some calls.
    before = "count(ecs_discovery_refreshes_total > 2) == 2"
    wait_until(lambda: prometheus.query(before), "both replicas to be scraped")
    sim.set_faults("ContainerCredentials:expiring=3600s", "ListTasks:denied")
    wait_until(lambda: not without_data(), "every query to give data", seen=without_data)

    assert value(ask(PANELS["Targets"]["targets"][0]["expr"])) == targets
    by_cluster = ask(PANELS["Targets by cluster"]["targets"][0]["expr"])
    assert sum(float(each["value"][1]) for each in by_cluster) == targets
    by_reason = ask(PANELS["Skipped containers by reason"]["targets"][0]["expr"])
    one = prometheus.query(f'ecs_discovery_skipped_containers{{instance="{replicas[0].address}"}} > 0')
    assert values(by_reason) == values(one)


def value(found: list[dict]) -> float:
    (only,) = found
    return float(only["value"][1])


def values(found: list[dict]) -> dict[str, str]:
    return {each["metric"]["reason"]: each["value"][1] for each in found}


def test_the_first_panel_is_the_age_of_the_last_complete_refresh():
    first = min(DASHBOARD["panels"], key=lambda panel: (panel["gridPos"]["y"], panel["gridPos"]["x"]))
    assert first["title"] == "Time since the last complete refresh"


@pytest.mark.parametrize("title", PANELS)
def test_a_panel_explains_itself(title):
    panel = PANELS[title]
    assert panel["description"]
    assert panel["fieldConfig"]["defaults"]["unit"]
    if panel["type"] == "stat":
        colors = [step["color"] for step in panel["fieldConfig"]["defaults"]["thresholds"]["steps"]]
        assert len(colors) > 1


@pytest.mark.parametrize(("title", "expression", "legend"), QUERIES)
def test_a_query_follows_the_variables_and_tells_instances_apart(title, expression, legend):
    selectors = re.findall(r"\b(?:ecs_discovery_\w+|process_\w+|up)\b(\{[^}]*\})?", expression)
    assert selectors
    assert all('job=~"$job",instance=~"$instance"' in selector for selector in selectors)
    assert set(re.findall(r"\[([^]]*)\]", expression)) <= {"$__rate_interval"}
    aggregated = re.search(r"\b(?:sum|max|min)\b", expression)
    by_instance = re.search(r"by \([^)]*\binstance\b", expression) is not None
    if PANELS[title]["type"] != "table":
        assert ("{{instance}}" in legend) == (by_instance or aggregated is None)
