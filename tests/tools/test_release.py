"""tools/make_release.sh, with stand-ins for what builds; release notes and the bill of materials."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

TOOLS = Path(__file__).resolve().parents[2] / "tools"
NAME = "prometheus-ecs-discovery"
CHANGELOG = """# Changelog

## [Unreleased]

- Later.

## [1.2.0] - 2026-01-02

### Added

- Something.

## [1.1.0] - 2026-01-01

- Earlier.
"""
STATUS = f"""Package: {NAME}
Status: install ok installed
Architecture: arm64
Version: 1.2.0-1
Depends: libone1 (>= 1.0), libnone | two-provider

Package: libone1
Architecture: arm64
Version: 1:1.0+dfsg-1~deb12u1
Depends: two
Description: one
 more: of it

Package: two
Architecture: all
Version: 2
Provides: two-provider (= 2)
"""
COPYRIGHT = """Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/

Files: *
Copyright: somebody
License: Expat
 Permission is hereby granted

Files: debian/*
License: GPL-2+

License: GPL-2+
 Text.
"""

MAKE_DEB = f'echo "deb $1 $SOURCE_DATE_EPOCH" > build/packages/{NAME}_$(cat VERSION)-1_$1.deb\n'
MAKE_IMAGE = f'echo "image $1 of $(cat "$2")" > build/packages/{NAME}_$(cat VERSION)_$1.oci.tar\n'
UNPACK = f"""
mkdir -p "$2/var/lib/dpkg"
printf 'Package: {NAME}\\nArchitecture: any\\nVersion: 1\\n' > "$2/var/lib/dpkg/status"
"""


class Tree:
    """A repository with one commit of what a release is made from."""

    def __init__(self, root: Path, version: str) -> None:
        self.root = root
        tools = root / "tools"
        tools.mkdir(parents=True)
        for name in ("make_release.sh", "make_sbom.py", "release_notes.py"):
            shutil.copy(TOOLS / name, tools)
        for name, text in {"make_deb": MAKE_DEB, "make_image": MAKE_IMAGE, "unpack_debian": UNPACK}.items():
            (tools / f"{name}.sh").write_text(f"#!/bin/bash\nset -eu\nmkdir -p build/packages\n{text}")
            (tools / f"{name}.sh").chmod(0o755)
        (root / "VERSION").write_text(f"{version}\n")
        (root / "CHANGELOG.md").write_text(CHANGELOG)
        (root / ".gitignore").write_text("/build/\n")
        self.git("init", "--quiet")
        self.git("add", ".")
        self.git("-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "-m", "all")

    def git(self, *arguments: str) -> None:
        subprocess.run(["git", *arguments], cwd=self.root, check=True)

    def release(self) -> subprocess.CompletedProcess[str]:
        return subprocess.run(["tools/make_release.sh"], cwd=self.root, capture_output=True, text=True)


@pytest.mark.skipif(os.geteuid() != 0, reason="unpacking packages needs root")
def test_a_release_has_packages_images_bills_notes_and_checksums(tmp_path):
    tree = Tree(tmp_path / "tree", "1.2.0")
    done = tree.release()
    assert done.returncode == 0, done.stderr
    made = tree.root / "build" / f"{NAME}-1.2.0"
    kinds = ("-1_{}.cdx.json", "-1_{}.deb", "_{}.oci.tar")
    wanted = {f"{NAME}_1.2.0{kind.format(each)}" for kind in kinds for each in ("amd64", "arm64")}
    assert set(os.listdir(made)) == wanted | {"RELEASE_NOTES.md", "SHA256SUMS"}
    sums = dict(line.split("  ")[::-1] for line in (made / "SHA256SUMS").read_text().splitlines())
    assert sums == {name: hashlib.sha256((made / name).read_bytes()).hexdigest()
                    for name in wanted | {"RELEASE_NOTES.md"}}  # fmt: skip
    assert (made / f"{NAME}_1.2.0_arm64.oci.tar").read_text().startswith("image arm64 of deb arm64")


def test_changes_that_are_not_committed_are_refused(tmp_path):
    tree = Tree(tmp_path / "tree", "1.2.0")
    (tree.root / "CHANGELOG.md").write_text(CHANGELOG + "- More.\n")
    (tree.root / "new.txt").write_text("")
    done = tree.release()
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "tools/make_release.sh: commit these changes first, or remove them:", " M CHANGELOG.md", "?? new.txt",
    ]  # fmt: skip
    assert not (tree.root / "build").exists()


def test_a_version_without_a_section_is_refused(tmp_path):
    tree = Tree(tmp_path / "tree", "1.3.0")
    done = tree.release()
    assert done.returncode == 1
    assert done.stderr == ("CHANGELOG.md has no section for version 1.3.0: rename [Unreleased] to "
                           "'## [1.3.0] - YYYY-MM-DD', or change VERSION\n")  # fmt: skip
    assert not (tree.root / "build").exists()


def test_the_notes_are_the_section_of_the_version(tmp_path):
    changelog = tmp_path / "CHANGELOG.md"
    changelog.write_text(CHANGELOG)
    command = [sys.executable, "-B", TOOLS / "release_notes.py", "1.2.0", changelog]
    shown = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert shown == f"# {NAME} 1.2.0\n\n### Added\n\n- Something.\n"


def bill(directory: Path) -> str:
    deb = directory / f"{NAME}_1.2.0-1_arm64.deb"
    deb.write_bytes(b"bytes")
    for name, text in {"var/lib/dpkg/status": STATUS, "usr/share/doc/libone1/copyright": COPYRIGHT,
                       "usr/share/doc/two/copyright": "As you like.\n"}.items():  # fmt: skip
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_text(text)
    command = [sys.executable, "-B", TOOLS / "make_sbom.py", deb, directory]
    environment = {**os.environ, "SOURCE_DATE_EPOCH": "1767323045"}
    return subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout


def test_the_bill_of_materials_is_valid(tmp_path):
    assert JsonStrictValidator(SchemaVersion.V1_5).validate_str(bill(tmp_path)) is None


def test_an_invalid_bill_is_noticed(tmp_path):
    wrong = json.loads(bill(tmp_path))
    del wrong["components"][0]["name"]
    assert JsonStrictValidator(SchemaVersion.V1_5).validate_str(json.dumps(wrong)) is not None


def test_the_bill_of_materials_names_version_licences_and_dependencies(tmp_path):
    made = json.loads(bill(tmp_path))
    one = "pkg:deb/debian/libone1@1%3A1.0%2Bdfsg-1~deb12u1?arch=arm64&distro=debian-12"
    two = "pkg:deb/debian/two@2?arch=all&distro=debian-12"
    ours = f"pkg:deb/{NAME}/{NAME}@1.2.0-1?arch=arm64"
    assert made["metadata"]["timestamp"] == "2026-01-02T03:04:05Z"
    assert made["metadata"]["component"]["purl"] == ours
    assert [(each["name"], each["version"], each["purl"]) for each in made["components"]] == [
        ("libone1", "1:1.0+dfsg-1~deb12u1", one), ("two", "2", two),
    ]  # fmt: skip
    assert [each.get("licenses") for each in made["components"]] == [
        [{"license": {"name": "Expat"}}, {"license": {"name": "GPL-2+"}}], None,
    ]  # fmt: skip
    assert made["dependencies"] == [
        {"ref": one, "dependsOn": [two]}, {"ref": ours, "dependsOn": [one, two]}, {"ref": two, "dependsOn": []},
    ]  # fmt: skip
    assert bill(tmp_path) == bill(tmp_path)
