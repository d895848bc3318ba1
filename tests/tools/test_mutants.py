"""tools/mutants.py finds the mutants that live, and leaves the sources as they were."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
TOOL = REPOSITORY / "tools" / "mutants.py"

SOURCE = "# two plus two\necho $((2 + 2))\n"
# A "program" that is built of the source, and tests it with and without a filter.
MAKEFILE = """\
toy_test: src/toy/sum.sh toy_test.sh
\tsh -n src/toy/sum.sh
\tcp toy_test.sh $@
"""
TEST = """\
#!/bin/sh
[ "$2" != --gtest_filter=Nothing.* ] || echo 'Running 0 tests'
[ "$2" != --gtest_filter=Easy.* ] || exit 0
while [ -e hang ]; do touch hanging; sleep 0.05; done
[ "$(sh src/toy/sum.sh)" = 4 ]
"""


def mutant(old: str, new: str, *more: str) -> str:
    lines = ['file = "src/toy/sum.sh"', f"old = {old!r}", f"new = {new!r}", *more]
    return "\n".join(["[[mutant]]", *lines, ""])


KILLED = mutant("2 + 2", "2 - 2")
ALIVE = mutant("2 + 2", "2 * 2")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "src" / "toy").mkdir(parents=True)
    (tmp_path / "src" / "toy" / "sum.sh").write_text(SOURCE)
    (tmp_path / "Makefile").write_text(MAKEFILE)
    (tmp_path / "toy_test.sh").write_text(TEST)
    (tmp_path / "toy_test.sh").chmod(0o755)
    for command in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "toy"]):
        identity = ["-c", "user.name=toy", "-c", "user.email=toy@example.com"]
        subprocess.run(["git", *identity, *command], cwd=tmp_path, check=True, timeout=60)
    return tmp_path


def command(project: Path, *lists: str) -> list[str]:
    paths = []
    for number, text in enumerate(lists):
        paths.append(project / f"list{number}.toml")
        paths[-1].write_text(text)
    options = ["--root", str(project), "--build", "make", "--bin", "."]
    return [sys.executable, "-B", str(TOOL), *options, *map(str, paths)]


def run(project: Path, *lists: str) -> tuple[int, list[str], str]:
    """Exit status, lines and stderr; the source has to be as it was."""
    done = subprocess.run(command(project, *lists), capture_output=True, text=True, timeout=120)
    assert (project / "src" / "toy" / "sum.sh").read_text() in (SOURCE, SOURCE + "# mine\n")
    return done.returncode, done.stdout.splitlines(), done.stderr


def test_killed_mutants_are_good(project):
    assert run(project, KILLED) == (
        0,
        ["killed          src/toy/sum.sh: 2 + 2 -> 2 - 2", "1 killed"],
        "",
    )


def test_a_mutant_that_lives_is_a_failure(project):
    status, lines, _ = run(project, ALIVE, KILLED)
    assert status == 1
    assert lines == [
        "alive           src/toy/sum.sh: 2 + 2 -> 2 * 2",
        "killed          src/toy/sum.sh: 2 + 2 -> 2 - 2",
        "1 alive, 1 killed",
    ]


@pytest.mark.parametrize("key", ["equivalent", "minor"])
def test_one_that_may_live_is_not(project, key):
    status, lines, _ = run(project, mutant("2 + 2", "2 * 2", f'{key} = "two is odd"'))
    assert status == 0
    assert lines[0] == f"alive           src/toy/sum.sh: 2 + 2 -> 2 * 2 ({key}: two is odd)"


def test_only_the_tests_that_are_named_are_run(project):
    assert run(project, mutant("2 + 2", "2 - 2", 'tests = ["toy_test Easy.*"]'))[0] == 1


@pytest.mark.parametrize(
    ("old", "new", "result"),
    [
        ("2 + 2", "2 + 2))); fi", "does not build"),
        ("3 + 3", "2 - 2", "not found"),
        ("2", "3", "not found"),  # not once
    ],
)
def test_a_mutant_that_proves_nothing_is_a_failure(project, old, new, result):
    status, lines, _ = run(project, mutant(old, new, 'minor = "says nothing of this"'))
    assert (status, lines[-1]) == (1, f"1 {result}")


def test_a_removed_source_is_not_found(project):
    entry = mutant("2 + 2", "2 - 2").replace("sum.sh", "gone.sh")
    assert run(project, entry)[1][-1] == "1 not found"


def test_a_changed_file_is_refused(project):
    with (project / "src" / "toy" / "sum.sh").open("a") as source:
        source.write("# mine\n")
    status, lines, error = run(project, KILLED)
    assert (status, lines) == (2, [])
    assert "src/toy/sum.sh: has changes that are not committed" in error
    assert (project / "src" / "toy" / "sum.sh").read_text() == SOURCE + "# mine\n"


@pytest.mark.parametrize(
    ("entry", "error"),
    [
        (mutant("2 + 2", "2 - 2", 'tests = ["toy_test Nothing.*"]'), "Nothing.*: no such test"),
        (mutant("2 + 2", "2 - 2", 'typo = "x"'), "unknown key typo"),
        (mutant("2 + 2", "2 - 2").replace("old =", "# old ="), "invalid list of mutants"),
        ("", "invalid list of mutants"),
    ],
)
def test_what_cannot_be_tried_is_an_error(project, entry, error):
    status, lines, stderr = run(project, entry)
    assert (status, lines) == (2, [])
    assert error in stderr


def test_tests_that_fail_by_themselves_kill_nothing(project):
    (project / "toy_test.sh").write_text("#!/bin/sh\nexit 1\n")
    status, lines, error = run(project, KILLED)
    assert (status, lines) == (2, [])
    assert "toy_test: fails without a mutant" in error


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_stopped_run_restores_the_file(project, number):
    # Only the mutant hangs: the source makes the file that the test waits at.
    entry = mutant("# two plus two", "touch hang")
    (project / "toy_test.sh").write_text(TEST.replace("while", "sh src/toy/sum.sh >/dev/null; while"))
    process = subprocess.Popen(command(project, entry), stderr=subprocess.DEVNULL)
    source = project / "src" / "toy" / "sum.sh"
    deadline = time.monotonic() + 60
    while not (project / "hanging").exists():
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.01)
    assert source.read_text() != SOURCE
    process.send_signal(number)
    process.wait(timeout=60)
    (project / "hang").unlink()
    assert source.read_text() == SOURCE


@pytest.mark.parametrize("path", sorted((REPOSITORY / "tests" / "mutants").glob("*.toml")), ids=lambda path: path.stem)
def test_every_mutant_finds_its_place(path):
    """A list that has grown stale would be noticed only by who runs it."""
    for entry in tomllib.loads(path.read_text())["mutant"]:
        count = (REPOSITORY / entry["file"]).read_text().count(entry["old"])
        assert count == 1, f'{entry["file"]} has {count} times: {entry["old"]}'
