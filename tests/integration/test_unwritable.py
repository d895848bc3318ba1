"""Directories and files that the program's user may not write."""

from __future__ import annotations

import json
import os
import shutil
import stat
import tempfile
from pathlib import Path

import processes
import pytest
from discovery_process import parse_logfmt, run
from old_file import OLD_CONTENT, OldFile
from target_file import as_multiset, expected_multiset, read_groups

NOBODY = 65534


def become_nobody() -> None:
    processes.die_with_parent()
    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)
    processes.die_with_parent()  # a change of user takes the first one back


@pytest.fixture
def public_directory():
    """A directory whose parents everybody may pass, unlike pytest's own."""
    directory = Path(tempfile.mkdtemp(prefix="ecs-discovery-", dir="/tmp"))
    directory.chmod(0o755)
    yield directory
    directory.chmod(0o755)
    shutil.rmtree(directory)


@pytest.fixture
def run_as_nobody(environment, plain_sim):
    """Runs as a user who may do nothing; an ordinary user takes its own rights from a directory."""
    if os.geteuid() == 0 and not passable(processes.REPOSITORY):
        pytest.skip("another user cannot reach the program in this place")

    def run_it(args):
        as_user = {"preexec": become_nobody} if os.geteuid() == 0 else {}
        return run(args, environment(plain_sim.environment()), cwd="/", **as_user)

    return run_it


@pytest.fixture
def discover_as_nobody(run_as_nobody):
    return lambda args: run_as_nobody(["-config.scrape-times", "1", *args])


def test_doctor_fails_where_nothing_can_be_written(public_directory, run_as_nobody):
    public_directory.chmod(0o555)

    done = run_as_nobody(["doctor", "-config.write-to", public_directory / "targets.yml"])

    assert done.status == 1
    line = next(line for line in done.stdout.splitlines() if " output " in line)
    assert line.startswith("FAIL") and "fix: give the program's user write access" in line
    assert os.listdir(public_directory) == []


def passable(path: Path) -> bool:
    return all(each.stat().st_mode & stat.S_IXOTH for each in (path, *path.parents))


def test_unwritable_directory_and_no_file(public_directory, discover_as_nobody):
    public_directory.chmod(0o555)
    output = public_directory / "targets.yml"

    done = discover_as_nobody(["-config.write-to", output])

    assert done.status in (1, 2)
    assert str(output) in done.only_problem()
    assert list(public_directory.iterdir()) == []


def test_unwritable_directory_and_unwritable_file(public_directory, discover_as_nobody):
    old = OldFile(public_directory / "targets.yml")
    old.path.chmod(0o444)
    public_directory.chmod(0o555)

    done = discover_as_nobody(["-config.write-to", old.path])

    assert done.status in (1, 2)
    assert str(old.path) in done.only_problem()
    assert old.path.read_bytes() == OLD_CONTENT
    assert [each.name for each in public_directory.iterdir()] == ["targets.yml"]


def test_unwritable_directory_and_writable_file_is_written_in_place(
    public_directory, discover_as_nobody, data
):
    old = OldFile(public_directory / "targets.yml")
    old.path.chmod(0o666)
    inode = old.path.stat().st_ino
    public_directory.chmod(0o555)

    done = discover_as_nobody(["-config.write-to", old.path])

    assert done.status == 0
    warning = done.only_problem()
    assert parse_logfmt(warning)["level"] == "warn"
    assert str(old.path) in warning
    assert old.path.stat().st_ino == inode
    expected = json.loads((data / "targets-plain.json").read_text())["targets"]
    assert as_multiset(read_groups(old.path)) == expected_multiset(expected)
