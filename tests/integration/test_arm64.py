"""The package and the image for Graviton, run on an emulated processor."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import built_packages
import processes
import pytest
import yaml
from built_packages import NAME, VERSION, run_arm64
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

pytestmark = [
    pytest.mark.full,
    pytest.mark.packages,
    pytest.mark.skipif(os.geteuid() != 0, reason="a root file system needs root"),
]
LARGEST_IMAGE = 40 * 1024 * 1024


@pytest.fixture(scope="module")
def installed(tmp_path_factory) -> Path:
    """The package with its libraries; building it has made sure that lintian finds no error."""
    return built_packages.unpacked_with_libraries(built_packages.deb("arm64"), tmp_path_factory.mktemp("deb"))


@pytest.fixture(scope="module")
def image_root(tmp_path_factory) -> Path:
    return built_packages.unpacked_image(built_packages.image("arm64"), tmp_path_factory.mktemp("image"))


def assert_it_finds_targets(root: Path, variables: dict[str, str]) -> None:
    version = run_arm64(root, "--version")
    assert (version.returncode, version.stdout.split()) == (0, [NAME, VERSION]), version.stderr
    found = run_arm64(root, "--dry-run", **variables)
    assert found.returncode == 0, found.stderr
    assert [group for group in yaml.safe_load(found.stdout) if group["targets"]]


def test_the_program_of_the_package_finds_targets(installed, plain_sim):
    assert_it_finds_targets(installed, plain_sim.environment())


def test_the_program_of_the_image_finds_targets(image_root, plain_sim):
    assert_it_finds_targets(image_root, plain_sim.environment())


def test_it_finds_the_targets_that_the_program_for_this_machine_finds(installed, plain_sim, tmp_path):
    ours = subprocess.run(
        [Path(os.environ["ECSD_BUILD"]) / "bin" / NAME, "--dry-run"],
        env=processes.clean_environment(tmp_path, plain_sim.environment()),
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert run_arm64(installed, "--dry-run", **plain_sim.environment()).stdout == ours.stdout


def test_the_bill_of_materials_of_the_package_is_valid(installed):
    package = built_packages.deb("arm64")
    command = [sys.executable, "-B", built_packages.tools() / "make_sbom.py", package, installed]
    made = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert JsonStrictValidator(SchemaVersion.V1_5).validate_str(made) is None
    names = {each["name"] for each in json.loads(made)["components"]}
    assert {"adduser", "libc6", "libcurl4", "libssl3"} <= names


def test_the_image_is_one_for_arm64():
    image = built_packages.image("arm64")
    assert image.stat().st_size <= LARGEST_IMAGE
    command = ["skopeo", "inspect", "--override-arch=arm64", "--config", f"oci-archive:{image}"]
    shown = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    assert (shown["architecture"], shown["os"]) == ("arm64", "linux")
    assert shown["config"]["Entrypoint"] == [f"/usr/bin/{NAME}"]
    assert shown["config"]["User"] == "65532:65532"


def test_all_of_its_libraries_are_for_arm64(image_root):
    kinds = {
        path.name: subprocess.run(["file", "--brief", path], check=True, capture_output=True, text=True).stdout
        for path in (image_root / "usr/lib").rglob("*.so*")
        if path.is_file() and not path.is_symlink()
    }
    assert len(kinds) > 20
    assert [name for name, kind in kinds.items() if "ARM aarch64" not in kind] == []
