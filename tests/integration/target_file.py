"""What an output file has: its groups, the same as countable values, its targets by task."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import yaml
from waiting import DEADLINE, wait_until

# As strict as the safe loader, and much quicker where PyYAML was built with libyaml.
_YAML_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# What reading a file raises that somebody is spoiling.
_SPOILED = (OSError, ValueError, KeyError, TypeError, AssertionError, yaml.YAMLError)


def read_groups(path: Path) -> list[dict]:
    """The target groups of an output file, by the kind of file that its name says."""
    text = path.read_text(encoding="utf-8")
    return json.loads(text) if path.suffix == ".json" else yaml.load(text, Loader=_YAML_LOADER)


def as_multiset(groups: list[dict]) -> Counter:
    """Groups as countable values; a group has one target and nothing but targets and labels."""
    found: Counter = Counter()
    for group in groups:
        assert set(group) == {"targets", "labels"}, group
        assert len(group["targets"]) == 1, group
        assert all(isinstance(value, str) for value in group["labels"].values()), group
        found[group["targets"][0], tuple(sorted(group["labels"].items()))] += 1
    return found


def expected_multiset(targets: list[dict]) -> Counter:
    """The same for a list of {"target", "labels"}, the form of tests/data/targets-*.json."""
    return Counter((each["target"], tuple(sorted(each["labels"].items()))) for each in targets)


def targets_by_task(path: Path) -> dict[str, str]:
    """Task ARN -> target, of an output file in which every task has one target."""
    found: dict[str, str] = {}
    for group in read_groups(path):
        task = group["labels"]["task_arn"]
        assert task not in found, f"{task} is there twice"
        found[task] = group["targets"][0]
    return found


def name_of(arn: str) -> str:
    """The last part of an ARN."""
    return arn.rpartition("/")[2]


def tasks_of(path: Path, cluster: str = "") -> set[str]:
    """The ARNs of all tasks in the file, or of those of one cluster."""
    return {
        group["labels"]["task_arn"]
        for group in read_groups(path)
        if cluster in ("", name_of(group["labels"]["cluster_arn"]))
    }


def clusters_of(path: Path) -> set[str]:
    """The names of all clusters in the file."""
    return {name_of(group["labels"]["cluster_arn"]) for group in read_groups(path)}


def wait_for_file(path: Path, what: str = "the first file", timeout: float = DEADLINE) -> None:
    """Returns when the file is there; it is whole then, as the program renames it into place."""
    wait_until(path.exists, what, timeout, seen=lambda: _neighbours(path))


def _neighbours(path: Path) -> str:
    there = sorted(os.listdir(path.parent)) if path.parent.is_dir() else "nothing"
    return f"{there} beside {path.name}"


def wait_for_targets(
    path: Path,
    wanted: dict[str, str] | Callable[[dict[str, str]], bool],
    what: str,
    timeout: float = DEADLINE,
    spoiled: bool = False,
) -> None:
    """Returns when the file has these targets by task, or those that `wanted` returns true for.
    `spoiled`: somebody does things to the file, so one that cannot be read is waited for too."""

    def found() -> dict[str, str]:
        try:
            return targets_by_task(path)
        except FileNotFoundError:
            return {}
        except _SPOILED:
            if not spoiled:
                raise
            return {}

    def probe() -> bool:
        return wanted(found()) if callable(wanted) else path.exists() and found() == wanted

    def seen() -> str:
        if callable(wanted):
            return f"the file with {sorted(found().values())}"
        surplus, missing = found().items() - wanted.items(), wanted.items() - found().items()
        return f"the file with surplus {sorted(surplus)}, and without {sorted(missing)}"

    wait_until(probe, what, timeout, seen)
