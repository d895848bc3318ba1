"""The Debian package, installed in a bare Debian 12: what it brings, leaves and removes."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import built_packages
import pytest
from built_packages import NAME, REPOSITORY, VERSION
from debian_root import DebianRoot, debian_root
from target_file import read_groups

pytestmark = [
    pytest.mark.full,
    pytest.mark.packages,
    pytest.mark.skipif(os.geteuid() != 0, reason="a root file system needs root"),
]
OUTPUT = "/var/lib/prometheus/ecs/ecs_file_sd.yml"
STATE = f"/var/lib/{NAME}"
UNIT = f"/lib/systemd/system/{NAME}.service"
LARGEST_PROGRAM = 4 * 1024 * 1024
LARGEST_EXPOSURE = 2.0


@pytest.fixture(scope="module")
def package() -> Path:
    return built_packages.deb("amd64")


@pytest.fixture(scope="module")
def root(package, tmp_path_factory) -> Iterator[DebianRoot]:
    """With the package installed as its users do it."""
    with debian_root(tmp_path_factory.mktemp("debian") / "root") as bare:
        shutil.copy(package, bare / "/tmp/x.deb")
        bare.run("apt-get", "install", "--yes", "/tmp/x.deb")
        yield bare


def start_of_the_unit(root: DebianRoot) -> list[str]:
    """The command of the unit, as systemd would read it."""
    (line,) = re.findall(r"^ExecStart=(.*)$", (root / UNIT).read_text("utf-8"), re.M)
    settings = (root / f"/etc/default/{NAME}").read_text("utf-8")
    (arguments,) = re.findall(r'^ARGS="(.*)"$', settings, re.M)
    return line.replace("$ARGS", arguments).split()


def test_it_has_the_files_of_a_service(root):
    program = root / f"/usr/bin/{NAME}"
    assert program.stat().st_size <= LARGEST_PROGRAM
    assert root.run(f"/usr/bin/{NAME}", "--version").split() == [NAME, VERSION]
    owner = root.run("stat", "-c", "%U:%G %a", "/var/lib/prometheus/ecs", STATE)
    assert owner.splitlines() == ["prometheus:prometheus 755"] * 2
    assert "prometheus:" in (root / "/etc/passwd").read_text("utf-8")
    documents = root / f"/usr/share/doc/{NAME}"
    assert {"copyright", "changelog.Debian.gz", "README.md"} <= set(os.listdir(documents))
    assert (root / f"/usr/share/man/man1/{NAME}.1.gz").exists()
    links = os.listdir(root / "/etc/systemd/system/multi-user.target.wants")
    assert f"{NAME}.service" in links


def test_one_line_of_settings_and_a_start_give_the_targets(root, plain_sim):
    """There is no service manager here; its command is run as its user."""
    settings = root / f"/etc/default/{NAME}"
    before = settings.read_text("utf-8")
    settings.write_text(before.replace('ARGS=""', 'ARGS="-config.scrape-times 1"'), "utf-8")
    command = start_of_the_unit(root)
    root.run("setpriv", "--reuid=prometheus", "--regid=prometheus", "--clear-groups", "--", *command,
             **plain_sim.environment())  # fmt: skip
    groups = read_groups(root / OUTPUT)
    assert len(groups) > 0
    assert (root / OUTPUT).stat().st_mode & 0o777 == 0o644
    assert (root / STATE / "state.db").exists()


def newer(package: Path, directory: Path) -> Path:
    """The package again, as a later version with another file of settings."""
    tree = directory / "tree"
    subprocess.run(["dpkg-deb", "--raw-extract", package, tree], check=True)
    control = tree / "DEBIAN" / "control"
    control.write_text(control.read_text("utf-8").replace(f"{VERSION}-1", f"{VERSION}-2"), "utf-8")
    settings = tree / "etc" / "default" / NAME
    settings.write_text(settings.read_text("utf-8") + "# new\n", "utf-8")
    made = directory / "newer.deb"
    subprocess.run(["dpkg-deb", "--build", "--root-owner-group", tree, made], check=True)
    return made


def test_upgrade_remove_and_purge(root, package, tmp_path):
    settings = root / f"/etc/default/{NAME}"
    settings.write_text('ARGS="mine"\n', "utf-8")
    (root / OUTPUT).write_text("[]\n")
    shutil.copy(newer(package, tmp_path), root / "/tmp/newer.deb")

    root.run("apt-get", "install", "--yes", "-o", "Dpkg::Options::=--force-confold", "/tmp/newer.deb")
    assert root.status_of(NAME) == "install ok installed"
    assert settings.read_text("utf-8") == 'ARGS="mine"\n'
    assert (root / OUTPUT).exists()

    root.run("apt-get", "remove", "--yes", NAME)
    assert not (root / f"/usr/bin/{NAME}").exists()
    assert settings.exists() and (root / OUTPUT).exists(), "a removal keeps settings and targets"

    root.run("apt-get", "purge", "--yes", NAME)
    assert not settings.exists()
    assert not (root / OUTPUT).exists()
    assert not (root / STATE).exists()
    wants = root / "/etc/systemd/system/multi-user.target.wants"
    assert f"{NAME}.service" not in (os.listdir(wants) if wants.exists() else [])


def another_checkout(directory: Path) -> Path:
    """A copy of the sources as they are here, without git, which only its owner may read."""
    files = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                           cwd=REPOSITORY, check=True, capture_output=True)  # fmt: skip
    for name in files.stdout.decode().rstrip("\0").split("\0"):
        if (REPOSITORY / name).exists():
            (directory / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(REPOSITORY / name, directory / name)
            (directory / name).chmod((REPOSITORY / name).stat().st_mode & 0o700)
    return directory


def test_equal_sources_give_equal_packages(package, tmp_path):
    """In another directory, at another time, in another time zone, locale and umask, without ccache."""
    source = another_checkout(tmp_path / "elsewhere" / "source")
    time = subprocess.run(["git", "log", "-1", "--format=%ct"], cwd=REPOSITORY, check=True,
                          capture_output=True, text=True).stdout.strip()  # fmt: skip
    changed = {"SOURCE_DATE_EPOCH": time, "CCACHE_DISABLE": "1", "TZ": "Asia/Tokyo", "LC_ALL": "C"}
    subprocess.run(["tools/make_deb.sh"], cwd=source, check=True, env={**os.environ, **changed}, umask=0o077)
    made = source / "build" / "packages" / package.name
    assert made.read_bytes() == package.read_bytes()


def test_the_service_is_exposed_little():
    unit = REPOSITORY / "packaging" / f"{NAME}.service"
    judged = subprocess.run(["systemd-analyze", "security", "--offline=true", "--no-pager", unit], check=True,
                            capture_output=True, text=True).stdout  # fmt: skip
    (exposure,) = re.findall(r"Overall exposure level for \S+: ([\d.]+)", judged)
    assert float(exposure) <= LARGEST_EXPOSURE, judged
