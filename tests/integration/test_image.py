"""The container image: what it holds and what it leaves out, and that its program finds targets in it."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import built_packages
import pytest
from built_packages import NAME, VERSION
from target_file import read_groups

pytestmark = [
    pytest.mark.full,
    pytest.mark.packages,
    pytest.mark.skipif(os.geteuid() != 0, reason="a root file system needs root"),
]
LARGEST_IMAGE = 40 * 1024 * 1024
USER = 65532
OUTPUT = "var/lib/prometheus/ecs"
# Runs its arguments in the root file system $1, of which only $2 can be written, as the image's user.
RUN = """
mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && mount --bind "$2" "$1/var/lib/prometheus/ecs"
root=$1 && shift 2 && exec chroot --userspec=65532:65532 "$root" "$@"
"""


@pytest.fixture(scope="module")
def image() -> Path:
    return built_packages.image("amd64")


def inspected(image: Path) -> dict:
    command = ["skopeo", "inspect", "--config", f"oci-archive:{image}"]
    return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)


@pytest.fixture(scope="module")
def root(image, tmp_path_factory) -> Path:
    """The root file system, as a container runtime unpacks it."""
    return built_packages.unpacked_image(image, tmp_path_factory.mktemp("image"))


def run_in(root: Path, writable: Path, *command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["unshare", "--mount", "sh", "-euc", RUN, "sh", root, writable, *command],
        env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_is_small_and_runs_as_nobody_in_particular(image):
    assert image.stat().st_size <= LARGEST_IMAGE
    settings = inspected(image)["config"]
    assert settings["User"] == f"{USER}:{USER}"
    assert settings["Entrypoint"] == [f"/usr/bin/{NAME}"]


def test_its_health_command_is_in_the_configuration(image, tmp_path):
    """skopeo does not show what only Docker knows."""
    subprocess.run(["skopeo", "copy", f"oci-archive:{image}", f"dir:{tmp_path}"], check=True)
    manifest = json.loads((tmp_path / "manifest.json").read_text("utf-8"))
    settings = json.loads((tmp_path / manifest["config"]["digest"].split(":")[1]).read_text("utf-8"))
    assert settings["config"]["Healthcheck"]["Test"] == ["CMD", f"/usr/bin/{NAME}", "healthcheck"]


def test_docker_finds_it_in_the_archive(image):
    command = ["skopeo", "inspect", "--config", f"docker-archive:{image}:{NAME}:{VERSION}"]
    assert json.loads(subprocess.run(command, check=True, capture_output=True).stdout)["config"] == inspected(image)["config"]


def test_it_holds_no_shell_and_one_program(root):
    programs = {
        str(path.relative_to(root))
        for path in root.rglob("*")
        if path.is_file() and not path.is_symlink() and os.access(path, os.X_OK) and ".so" not in path.name
    }
    assert programs == {f"usr/bin/{NAME}"}
    assert [path for path in root.rglob("*") if path.is_file() and path.stat().st_mode & 0o6000] == []
    certificates = (root / "etc/ssl/certs/ca-certificates.crt").read_text("utf-8")
    assert certificates.count("BEGIN CERTIFICATE") > 100


def test_scanners_know_its_packages(root):
    status = (root / "var/lib/dpkg/status").read_text("utf-8")
    packages = re.findall(r"^Package: (\S+)$", status, re.M)
    assert {NAME, "ca-certificates", "libc6", "libcurl4", "libssl3"} <= set(packages)
    assert not {"adduser", "debconf", "perl-base"} & set(packages)
    assert [name for name in packages if not (root / "usr/share/doc" / name / "copyright").exists()] == []


def test_its_program_finds_targets_where_nothing_else_can_be_written(root, plain_sim, tmp_path):
    tmp_path.chmod(0o755)
    writable = tmp_path / "output"
    writable.mkdir()
    os.chown(writable, USER, USER)
    done = run_in(root, writable, f"/usr/bin/{NAME}", "-config.scrape-times", "1",
                  "-config.write-to", f"/{OUTPUT}/ecs_file_sd.yml", **plain_sim.environment())  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert len(read_groups(writable / "ecs_file_sd.yml")) > 0
    assert (writable / "ecs_file_sd.yml").stat().st_uid == USER
