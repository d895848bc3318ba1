"""tools/check_coverage.py fails when too few lines were run."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

TOOL = Path(__file__).resolve().parents[2] / "tools" / "check_coverage.py"


def check(tmp_path: Path, **covered: int) -> subprocess.CompletedProcess:
    """Of a file with 100 lines each in core, a codec and another directory, so many were run."""
    names = {"core": "src/core/a.cc", "codec": "src/aws/ecs_codec.cc", "other": "src/app/b.cc"}
    files = [
        {"filename": names[part], "line_total": 100, "line_covered": count}
        for part, count in covered.items()
    ]
    summary = tmp_path / "summary.json"
    summary.write_text(json.dumps({"files": files}))
    return subprocess.run(
        [sys.executable, "-B", TOOL, summary], capture_output=True, text=True, check=False
    )


def test_the_bars_themselves_are_enough(tmp_path):
    done = check(tmp_path, core=95, codec=95, other=80)
    assert done.returncode == 0
    assert "NOT REACHED" not in done.stdout


def test_too_little_of_core_fails(tmp_path):
    done = check(tmp_path, core=94, codec=100, other=100)
    assert done.returncode == 1
    assert "94.0 %  core: at least 95 % NOT REACHED" in done.stdout


def test_too_little_of_the_codecs_fails(tmp_path):
    done = check(tmp_path, core=100, codec=94, other=100)
    assert done.returncode == 1
    assert "94.0 %  codecs: at least 95 % NOT REACHED" in done.stdout


def test_too_little_of_all_fails(tmp_path):
    done = check(tmp_path, core=95, codec=95, other=79)
    assert done.returncode == 1
    assert "89.7 %  all of src: at least 90 % NOT REACHED" in done.stdout
