"""The packages and images of this source tree, each built once for all tests that ask for it.

With ECSD_PACKAGES those in the directory that it names are tested, as they are; those of a release, say.
"""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
from pathlib import Path

import processes

NAME = "prometheus-ecs-discovery"
REPOSITORY = processes.REPOSITORY
VERSION = (REPOSITORY / "VERSION").read_text("utf-8").strip()
READY = os.environ.get("ECSD_PACKAGES", "")
BUILT = REPOSITORY / "build" / "packages"
EMULATOR = "qemu-aarch64-static"


@functools.cache
def tools() -> Path:
    """Where the scripts are; what they need is installed."""
    directory = REPOSITORY / "tools"
    subprocess.run([directory / "install_packages.sh", "build", "package", "crossbuild"], check=True)
    return directory


@functools.cache
def deb(architecture: str) -> Path:
    name = f"{NAME}_{VERSION}-1_{architecture}.deb"
    if READY:
        return Path(READY) / name
    subprocess.run([tools() / "make_deb.sh", architecture], check=True)
    return BUILT / name


@functools.cache
def image(architecture: str) -> Path:
    name = f"{NAME}_{VERSION}_{architecture}.oci.tar"
    if READY and (Path(READY) / name).exists():
        return Path(READY) / name
    subprocess.run([tools() / "make_image.sh", architecture, deb(architecture)], check=True)
    return BUILT / name


def unpacked_image(file: Path, directory: Path) -> Path:
    """The root file system of the image, as a container runtime makes it."""
    layout = directory / "layout"
    layout.mkdir()
    subprocess.run(["tar", "--extract", "--file", file, "--directory", layout], check=True)
    subprocess.run(["umoci", "unpack", "--image", f"{layout}:{VERSION}", directory / "bundle"], check=True)
    return directory / "bundle" / "rootfs"


def unpacked_with_libraries(package: Path, directory: Path) -> Path:
    """The package and all that it depends on."""
    root = directory / "debian"
    subprocess.run([tools() / "unpack_debian.sh", package, root], check=True)
    return root


def run_arm64(root: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """The program of `root`, on the processor that QEMU emulates, with nothing but what is in `root`."""
    emulator = shutil.which(EMULATOR)
    assert emulator is not None
    inside = root / "qemu"
    shutil.copy(emulator, inside)
    try:
        return subprocess.run(
            ["chroot", "--userspec=65532:65532", root, "/qemu", f"/usr/bin/{NAME}", *arguments],
            env={"PATH": os.environ["PATH"], **variables},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    finally:
        inside.unlink()
