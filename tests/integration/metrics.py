"""Reads what /metrics gives, the text format of Prometheus."""

from __future__ import annotations

import re

_SAMPLE = re.compile(r"^(\w+)(?:\{(.*)\})? (\S+)$", re.MULTILINE)
_LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')


def samples(exposition: str, name: str) -> list[tuple[dict[str, str], float]]:
    """The labels and the value of every sample of this name."""
    return [
        (dict(_LABEL.findall(labels)), float(value))
        for found, labels, value in _SAMPLE.findall(exposition)
        if found == name
    ]


def value(exposition: str, name: str, **labels: str) -> float:
    """The sum of the samples of this name that have these labels; there must be one."""
    found = [each for own, each in samples(exposition, name) if labels.items() <= own.items()]
    assert found, f"no {name} with {labels} in:\n{exposition}"
    return sum(found)
