#!/usr/bin/env python3
"""Fails on files of the tree that are too long, not ASCII, or name a path of somebody's machine.

Usage: check_tree.py [ROOT]. Looks at the files that git knows or would add, and prints one line for each
finding: file, line, what is wrong.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

MAX_LINES = 400
SOURCE_SUFFIXES = {".cc", ".h", ".in", ".cmake", ".py", ".sh", ".txt"}
SOURCE_NAMES = {"Makefile", "run"}

def listed(root: Path) -> list[Path]:
    names = subprocess.run(
        ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split("\0")
    return [root / name for name in names if name and (root / name).is_file()]


def machine_paths(root: Path) -> re.Pattern[str]:
    """The checkout and the home directory of whoever runs this; not / and what is right below it, whose
    names are too common to look for."""
    paths = [root, Path.home()]
    names = [re.escape(f"{path}/") for path in paths if len(path.parts) > 2 or path.name == "root"]
    return re.compile("|".join(names) or "(?!)")


def is_source(file: Path) -> bool:
    return file.suffix in SOURCE_SUFFIXES or file.name in SOURCE_NAMES


def findings(root: Path, file: Path, forbidden: re.Pattern[str]) -> list[str]:
    name = file.relative_to(root)
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError:
        return [f"{name}:1: is not UTF-8"]
    found = []
    if name.parts[0] in ("src", "sim") and len(lines) > MAX_LINES:
        found.append(f"{name}:{MAX_LINES + 1}: has {len(lines)} lines, more than {MAX_LINES}: split it")
    for number, line in enumerate(lines, 1):
        if is_source(file) and not line.isascii():
            found.append(f"{name}:{number}: a source must be ASCII; write an escape")
        if match := forbidden.search(line):
            found.append(f"{name}:{number}: names a path of one machine: {match[0]}")
    return found


def main(arguments: list[str]) -> int:
    root = Path(arguments[0] if arguments else Path(__file__).parent.parent).resolve()
    files = listed(root)
    if not files:
        print(f"{root}: no files found", file=sys.stderr)
        return 1
    forbidden = machine_paths(root)
    found = [finding for file in files for finding in findings(root, file, forbidden)]
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
