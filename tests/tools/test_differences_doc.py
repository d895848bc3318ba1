"""Every difference that docs/differences.md tells of names a test, and that test exists."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = (ROOT / "docs" / "differences.md").read_text(encoding="utf-8")
# "`FILE` name, name" with `R` and `G` for two files that are named often.
GROUP = re.compile(r"`([\w.]+)`((?:[ ,]+\w+)*)")
SHORT = {"R": "resolve_test.cc", "G": "test_go_regressions.py"}


def last_cells() -> list[str]:
    rows = [line for line in DOCUMENT.splitlines() if line.startswith("|")]
    cells = [row.strip("|").rsplit("|", 1)[-1].strip() for row in rows]
    return [cell for cell in cells if cell != "test" and set(cell) - set("-")]


def text_of(name: str) -> str:
    found = list((ROOT / "tests").rglob(SHORT.get(name, name)))
    assert len(found) == 1, f"{name}: {found}"
    return found[0].read_text(encoding="utf-8")


def is_there(file: str, name: str) -> bool:
    text = text_of(file)
    if file == "R":
        return f'.name = "{name}"' in text
    if file == "G":
        return f"def test_{name}_" in text
    return f"def {name}(" in text or f", {name}) " in text


def test_every_row_names_a_test():
    cells = last_cells()
    assert len(cells) > 40
    assert [cell for cell in cells if not GROUP.search(cell)] == []


def test_every_named_test_exists():
    named = [
        (file, name)
        for cell in last_cells()
        for file, names in GROUP.findall(cell)
        for name in re.findall(r"\w+", names)
    ]
    assert len(named) > 60
    assert [each for each in named if not is_there(*each)] == []


def test_every_named_file_exists():
    for cell in last_cells():
        for file, _ in GROUP.findall(cell):
            assert text_of(file)
