#!/usr/bin/env python3
"""The notes of a release, on standard output: its section of CHANGELOG.md.

Usage: release_notes.py CHANGELOG VERSION. Fails when there is no section for the version, or none with a
date, or an empty one.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

HEADING = re.compile(r"## \[(?P<version>[^\]]+)\](?: - (?P<date>\d{4}-\d{2}-\d{2}))?$")


def notes(changelog: str, version: str) -> str:
    lines = changelog.splitlines()
    headings = [(i, match) for i, line in enumerate(lines) if (match := HEADING.match(line))]
    for number, (start, match) in enumerate(headings):
        if match["version"] != version:
            continue
        if not match["date"]:
            raise ValueError(f"the section of {version} has no date: write '## [{version}] - YYYY-MM-DD'")
        end = headings[number + 1][0] if number + 1 < len(headings) else len(lines)
        text = "\n".join(lines[start + 1 : end]).strip()
        if not text:
            raise ValueError(f"the section of {version} is empty")
        return f"# prometheus-ecs-discovery {version}\n\n{text}\n"
    raise ValueError(f"there is no section '## [{version}] - YYYY-MM-DD': move what is under [Unreleased] there")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    try:
        print(notes(Path(sys.argv[1]).read_text("utf-8"), sys.argv[2]), end="")
    except ValueError as problem:
        sys.exit(f"{sys.argv[1]}: {problem}")
