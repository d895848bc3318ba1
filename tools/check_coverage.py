#!/usr/bin/env python3
"""Prints how many lines of src/ the tests ran, by directory, and fails below the bars.

Usage: check_coverage.py SUMMARY.json (what `gcovr --json-summary` wrote). Exit status 1 when less than 95 %
of the lines of core and of the codecs, or less than 90 % of all of src/, were run.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path

# What reads bytes into records and what makes targets of them: the parts that decide what is in the file.
CODEC = re.compile(r"src/aws/(\w+_codec|ecs_records|json_\w+|service_error|form)\.(cc|h)")
BARS: list[tuple[str, float, Callable[[str], bool]]] = [
    ("core", 95.0, lambda name: name.startswith("src/core/")),
    ("codecs", 95.0, lambda name: bool(CODEC.fullmatch(name))),
    ("all of src", 90.0, lambda name: name.startswith("src/")),
]


def share(files: list[dict]) -> float:
    total = sum(file["line_total"] for file in files)
    return 100.0 * sum(file["line_covered"] for file in files) / total if total else 0.0


def by_directory(files: list[dict]) -> dict[str, list[dict]]:
    found: dict[str, list[dict]] = {}
    for file in files:
        found.setdefault(str(Path(file["filename"]).parent), []).append(file)
    return found


def report(files: list[dict]) -> tuple[list[str], bool]:
    """The lines to print, and whether every bar is reached."""
    lines = [f"{share(group):6.1f} %  {name}" for name, group in sorted(by_directory(files).items())]
    good = True
    for name, bar, belongs in BARS:
        covered = share([file for file in files if belongs(file["filename"])])
        reached = covered >= bar
        good = good and reached
        lines.append(f"{covered:6.1f} %  {name}: at least {bar:g} % {'reached' if reached else 'NOT REACHED'}")
    return lines, good


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    summary = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
    lines, good = report(summary["files"])
    print("\n".join(lines))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
