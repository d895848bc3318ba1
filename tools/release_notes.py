#!/usr/bin/env python3
"""Prints the release notes of a version: its section of CHANGELOG.md.

Usage: release_notes.py VERSION [CHANGELOG]. The section begins with `## [VERSION] - YYYY-MM-DD`.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

CHANGELOG = Path(__file__).resolve().parent.parent / "CHANGELOG.md"


def notes(version: str, text: str) -> str | None:
    """The lines of the section below its heading; None: there is no such section, or nothing in it."""
    heading = re.compile(rf"^## \[{re.escape(version)}\] - \d{{4}}-\d\d-\d\d$", re.M)
    match = heading.search(text)
    if match is None:
        return None
    section = re.split(r"^(?:## |\[[^\]]+\]: )", text[match.end() :], maxsplit=1, flags=re.M)[0]
    return section.strip() or None


def main(version: str, changelog: Path = CHANGELOG) -> None:
    found = notes(version, changelog.read_text("utf-8"))
    if found is None:
        sys.exit(f"{changelog.name} has no section for version {version}: rename [Unreleased] to "
                 f"'## [{version}] - YYYY-MM-DD', or change VERSION")  # fmt: skip
    print(f"# prometheus-ecs-discovery {version}\n\n{found}")


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    main(sys.argv[1], *map(Path, sys.argv[2:]))
