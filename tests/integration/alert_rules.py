"""The rules of deploy/prometheus/alerts.yml, made quick for a Prometheus of a test."""

from __future__ import annotations

import re
from pathlib import Path

import processes
import yaml

ALERTS = processes.REPOSITORY / "deploy" / "prometheus" / "alerts.yml"


def all_rules() -> list[dict]:
    return [rule for group in yaml.safe_load(ALERTS.read_text())["groups"] for rule in group["rules"]]


def minutes_as_seconds(text: str) -> str:
    """60 times as quick, and nothing else: every duration in minutes is one of so many seconds, every
    one in hours of so many minutes, and every factor `* 60`, which makes seconds of minutes, is 1."""
    text = re.sub(r"\b(\d+)m\b", r"\1s", text)
    text = re.sub(r"\b(\d+)h\b", r"\1m", text)
    return re.sub(r"\* 60\b", "* 1", text)


def write_quick_rules(path: Path) -> Path:
    """A minute of the rules is a second here."""
    document = yaml.safe_load(ALERTS.read_text())
    for group in document["groups"]:
        for rule in group["rules"]:
            rule["expr"] = minutes_as_seconds(rule["expr"])
            if "for" in rule:
                rule["for"] = minutes_as_seconds(rule["for"])
    path.write_text(yaml.safe_dump(document))
    return path
