"""tools/check_tree.py finds long files, non-ASCII sources and paths of one machine."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

CHECK = Path(__file__).resolve().parents[2] / "tools" / "check_tree.py"

HOME = "/home/jane/"


def run(root: Path, files: dict[str, str]) -> tuple[int, list[str]]:
    subprocess.run(["git", "init", "--quiet", str(root)], check=True)
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-B", str(CHECK), str(root)],
        env={**os.environ, "HOME": HOME},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stderr == ""
    return done.returncode, done.stdout.splitlines()


def test_a_clean_tree_passes(tmp_path):
    files = {"src/a.cc": "int a;\n" * 400, "README.md": "caf\u00e9\n", "tests/b.cc": "int b;\n" * 900}
    assert run(tmp_path, files) == (0, [])


@pytest.mark.parametrize(
    ("file", "text", "finding"),
    [
        ("src/a.cc", "int a;\n" * 401, "src/a.cc:401: has 401 lines, more than 400: split it"),
        ("sim/a.h", "int a;\n" * 402, "sim/a.h:401: has 402 lines, more than 400: split it"),
        ("src/a.cc", "\n// caf\u00e9\n", "src/a.cc:2: a source must be ASCII; write an escape"),
        ("tools/a.py", "# caf\u00e9\n", "tools/a.py:1: a source must be ASCII; write an escape"),
        ("docs/a.md", f"see {HOME}x\n", f"docs/a.md:1: names a path of one machine: {HOME}"),
    ],
)
def test_a_bad_file_is_named(tmp_path, file, text, finding):
    assert run(tmp_path, {file: text}) == (1, [finding])


def test_the_path_of_the_checkout_is_found(tmp_path):
    assert run(tmp_path, {"docs/a.md": f"{tmp_path}/x\n"}) == (
        1,
        [f"docs/a.md:1: names a path of one machine: {tmp_path}/"],
    )


def test_ignored_files_are_not_looked_at(tmp_path):
    assert run(tmp_path, {".gitignore": "/build/\n", "build/a.md": HOME + "x\n"}) == (0, [])


def test_an_empty_tree_does_not_pass(tmp_path):
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    done = subprocess.run([sys.executable, "-B", str(CHECK), str(tmp_path)], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (1, "")
    assert "no files found" in done.stderr
