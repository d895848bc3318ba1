"""Every test that docs/reliability.md names exists."""

from __future__ import annotations

import re

from declared_tests import ROOT, cpp_tests, python_tests

PYTHON = re.compile(r"`(test_\w+\.py)::(test_\w+)`")
CPP = re.compile(r"`(\w+Test)\.(\w+)`")
DOCUMENT = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8")


def test_every_named_test_of_the_programs_exists():
    named = set(PYTHON.findall(DOCUMENT))
    assert len(named) > 10
    assert named - python_tests() == set()


def test_every_named_unit_test_exists():
    declared = {(suite, name) for _, suite, name in cpp_tests()}
    assert set(CPP.findall(DOCUMENT)) - declared == set()


def test_every_fault_has_a_test():
    table = DOCUMENT[DOCUMENT.index("| fault |") : DOCUMENT.index("`make test` takes")]
    rows = [line for line in table.splitlines()[2:] if line.startswith("|")]
    tables = re.compile("Matrix|Contradictions")  # tests of many rows, named above the table
    without = [row for row in rows if not any(each.search(row) for each in (tables, PYTHON, CPP))]
    assert without == []
