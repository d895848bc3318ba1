"""The tests that stand in the sources, for documents that name some."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_PYTHON = re.compile(r"^def (test_\w+)", re.MULTILINE)
_CPP = re.compile(r"^TEST(?:_F|_P)?\((\w+),\s*(\w+)\)", re.MULTILINE)


def _found(files: str, pattern: re.Pattern) -> list[tuple[str, object]]:
    return [
        (file.name, each)
        for file in (ROOT / "tests").rglob(files)
        for each in pattern.findall(file.read_text(encoding="utf-8"))
    ]


def python_tests() -> set[tuple[str, str]]:
    """File and function of every test of the programs and tools."""
    return set(_found("test_*.py", _PYTHON))


def cpp_tests() -> set[tuple[str, str, str]]:
    """File, suite and name of every unit test."""
    return {(file, suite, name) for file, (suite, name) in _found("*_test.cc", _CPP)}
