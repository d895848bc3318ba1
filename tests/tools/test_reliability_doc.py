"""Every test that docs/reliability.md names exists."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PYTHON = re.compile(r"`(test_\w+\.py)::(test_\w+)`")
CPP = re.compile(r"`(\w+Test)\.(\w+)`")
DOCUMENT = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8")


def python_tests() -> set[tuple[str, str]]:
    return {
        (file.name, name)
        for file in (ROOT / "tests").glob("*/test_*.py")
        for name in re.findall(r"^def (test_\w+)", file.read_text(encoding="utf-8"), re.MULTILINE)
    }


def cpp_tests() -> set[tuple[str, str]]:
    pattern = re.compile(r"^TEST(?:_F|_P)?\((\w+),\s*(\w+)\)", re.MULTILINE)
    return {
        found
        for file in (ROOT / "tests").glob("*/*_test.cc")
        for found in pattern.findall(file.read_text(encoding="utf-8"))
    }


def test_every_named_test_of_the_programs_exists():
    named = set(PYTHON.findall(DOCUMENT))
    assert len(named) > 10
    assert named - python_tests() == set()


def test_every_named_unit_test_exists():
    assert set(CPP.findall(DOCUMENT)) - cpp_tests() == set()


def test_every_fault_has_a_test():
    table = DOCUMENT[DOCUMENT.index("| fault |") : DOCUMENT.index("`make test` takes")]
    rows = [line for line in table.splitlines()[2:] if line.startswith("|")]
    without = [row for row in rows if "Matrix" not in row and "::" not in row]
    assert without == []
