"""Every difference that docs/differences.md tells of names a test, and that test exists."""

from __future__ import annotations

import re

from declared_tests import ROOT, cpp_tests, python_tests

DOCUMENT = (ROOT / "docs" / "differences.md").read_text(encoding="utf-8")
# "`FILE` name, name", where `R` and `G` are two files that are named often.
GROUP = re.compile(r"`([\w.]+)`((?:[ ,]+\w+)*)")


def last_cells() -> list[str]:
    rows = [line for line in DOCUMENT.splitlines() if line.startswith("|")]
    cells = [row.strip("|").rsplit("|", 1)[-1].strip() for row in rows]
    return [cell for cell in cells if cell != "test" and set(cell) - set("-")]


def declared() -> set[tuple[str, str]]:
    """Every test as the tables name it: its file and its name."""
    rows = re.findall(r'\.name = "(\w+)"', (ROOT / "tests/core/resolve_test.cc").read_text("utf-8"))
    bugs = [name for file, name in python_tests() if file == "test_go_regressions.py"]
    return (
        python_tests()
        | {(file, name) for file, _, name in cpp_tests()}
        | {("R", row) for row in rows}
        | {("G", bug.split("_")[1]) for bug in bugs}
    )


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
    assert set(named) - declared() == set()


def test_every_named_file_exists():
    named = {file for cell in last_cells() for file, _ in GROUP.findall(cell)}
    assert named - {file for file, _ in declared()} == set()
