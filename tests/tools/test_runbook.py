"""Every alert has an entry in the runbook, and the other way round; and its unit test."""

from __future__ import annotations

import re

import pytest
import yaml
from declared_tests import ROOT

PROMETHEUS = ROOT / "deploy" / "prometheus"
RULES = [
    rule
    for group in yaml.safe_load((PROMETHEUS / "alerts.yml").read_text("utf-8"))["groups"]
    for rule in group["rules"]
]
NAMES = [rule["alert"] for rule in RULES]
RUNBOOK = (ROOT / "docs" / "runbook.md").read_text("utf-8")
ENTRIES = re.split(r"^## ", RUNBOOK, flags=re.MULTILINE)[1:]
BY_ALERT = {entry.split("\n", 1)[0]: entry for entry in ENTRIES if entry.startswith("EcsDiscovery")}
# Rules about Prometheus itself, or about nothing: there is no page of a discovery.
WITHOUT_PAGE = {
    "EcsDiscoveryAbsent", "EcsDiscoveryFileOld", "EcsDiscoveryFileSdErrors", "EcsDiscoveryHttpSdErrors",
}  # fmt: skip


def test_alerts_and_runbook_are_the_same_list_in_the_same_order():
    assert list(BY_ALERT) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_an_entry_says_what_one_on_call_asks(name):
    entry = " ".join(BY_ALERT[name].split())
    for part in ("**Means:**", "**Still works:**", "**Ends by itself:**"):
        assert part in entry
    assert "**Look" in entry and ("**Fix:**" in entry or "fix:**" in entry)


@pytest.mark.parametrize("rule", RULES, ids=NAMES)
def test_an_alert_says_what_is_wrong_what_to_do_and_where(rule):
    annotations = rule["annotations"]
    assert annotations["runbook_url"] == "docs/runbook.md#" + rule["alert"].lower()
    assert ("page" in annotations) == (rule["alert"] not in WITHOUT_PAGE)
    assert annotations.get("page", "http://{{ $labels.instance }}/") == "http://{{ $labels.instance }}/"
    assert set(annotations) - {"page"} == {"summary", "description", "runbook_url"}
    assert rule["labels"]["severity"] in ("warning", "critical")


def test_no_text_names_an_alert_that_does_not_exist():
    texts = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), PROMETHEUS / "alerts.yml"]
    named = {name for text in texts for name in re.findall(r"\bEcsDiscovery\w+", text.read_text("utf-8"))}
    assert named == set(NAMES)


def test_every_alert_has_a_unit_test():
    text = (PROMETHEUS / "alerts_test.yml").read_text("utf-8")
    firing = re.findall(r'ALERTS\{alertname="(\w+)",alertstate="firing"', text)
    assert set(firing) == set(NAMES)


def test_the_one_job_of_the_rules_is_that_of_every_example():
    jobs = {job for rule in RULES for job in re.findall(r'job="([^"]*)"', rule["expr"])}
    assert jobs == {"ecs-discovery"}
    examples = [PROMETHEUS / "file_sd.yml", PROMETHEUS / "http_sd.yml", ROOT / "docs" / "metrics.md"]
    for example in examples:
        assert "job_name: ecs-discovery\n" in example.read_text("utf-8"), example


def test_the_runbook_names_every_rule_with_a_window_of_five_minutes():
    advice = RUNBOOK.split("\n4. ", 1)[1]
    fixed = {rule["alert"] for rule in RULES if "[5m]" in rule["expr"] and "ecs_discovery" in rule["expr"]}
    assert fixed <= set(re.findall(r"EcsDiscovery\w+", advice.split("\n5. ")[0]))
