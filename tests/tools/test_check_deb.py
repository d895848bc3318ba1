"""tools/check_deb.py finds what a package lacks, and what does not belong in one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TOOLS = Path(__file__).resolve().parents[2] / "tools"
sys.path.insert(0, str(TOOLS))
import check_deb  # noqa: E402

pytestmark = pytest.mark.skipif(shutil.which("dpkg-deb") is None, reason="needs dpkg-deb")
NAME = check_deb.NAME
CONTROL = f"""Package: {NAME}
Version: 1-1
Architecture: amd64
Maintainer: a <a@b>
Depends: libc6 (>= 2.36), adduser
Description: made up
"""


def tree(directory: Path) -> Path:
    """A package as it should be, before it is packed."""
    for name, mode in check_deb.FILES.items():
        file = directory / name.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("x")
        file.chmod(0o755 if "x" in mode else 0o644)
    for name in check_deb.WANTED_DOCUMENTS:
        file = directory / check_deb.DOCUMENTS.lstrip("/") / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("x")
        file.chmod(0o644)
    (directory / "DEBIAN").mkdir()
    for name in check_deb.SCRIPTS:
        script = directory / "DEBIAN" / name
        script.write_text("/etc/default/prometheus-ecs-discovery\n" if name == "conffiles" else "#!/bin/sh\n")
        script.chmod(0o755 if name in ("postinst", "postrm", "prerm") else 0o644)
    (directory / "DEBIAN" / "control").write_text(CONTROL)
    for path in (directory, *directory.rglob("*")):
        if path.is_dir():
            path.chmod(0o755)
    return directory


def findings(directory: Path, name: str = f"{NAME}_1-1_amd64.deb") -> list[str]:
    deb = directory.parent / name
    subprocess.run(["dpkg-deb", "--build", "--root-owner-group", directory, deb], check=True)
    return check_deb.findings(str(deb))


def test_a_good_package_passes(tmp_path):
    assert findings(tree(tmp_path / "tree")) == []


def test_a_missing_file_is_named(tmp_path):
    directory = tree(tmp_path / "tree")
    (directory / f"lib/systemd/system/{NAME}.service").unlink()
    (directory / "DEBIAN" / "prerm").unlink()
    assert findings(directory) == [
        f"/lib/systemd/system/{NAME}.service is missing", "the control file prerm is missing",
    ]  # fmt: skip


def test_what_does_not_belong_there_is_named(tmp_path):
    directory = tree(tmp_path / "tree")
    (directory / "usr/bin/ecs-sim").write_text("x")
    (directory / "usr/bin/ecs-sim").chmod(0o755)
    assert findings(directory) == ["/usr/bin/ecs-sim does not belong there", "/usr/bin/ecs-sim has the mode -rwxr-xr-x"]


def test_a_large_program_is_not_stripped(tmp_path):
    directory = tree(tmp_path / "tree")
    os.truncate(directory / f"usr/bin/{NAME}", 5_000_000)
    assert findings(directory) == [f"/usr/bin/{NAME} has 5000000 bytes, more than 4194304: is it stripped?"]


def test_another_architecture_and_no_libraries_are_found(tmp_path):
    directory = tree(tmp_path / "tree")
    control = directory / "DEBIAN" / "control"
    control.write_text(CONTROL.replace("libc6 (>= 2.36), ", "").replace("amd64", "arm64"))
    assert findings(directory) == ["its architecture is arm64, not that of its name", "it depends on no library"]
