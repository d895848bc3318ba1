#!/usr/bin/env python3
"""Applies hand-made mutants to the sources, one at a time, and reports which of them the tests let live.

Usage: mutants.py [--root DIR] [--build COMMAND] [--bin DIR] [--only TEXT] [LIST.toml...]

Without a list: all of tests/mutants. A list has one table for each mutant:

    [[mutant]]
    file = "src/discovery/guard.cc"
    old = "lost < kFewTargets"             # there exactly once
    new = "lost <= kFewTargets"
    tests = ["discovery_test GuardTest.*"] # optional; the program of the file's directory otherwise
    equivalent = "why no test can see it"  # optional: may live
    minor = "what it costs"                # optional: may live, for no target depends on it

A test is the name of a program, with a filter of GoogleTest perhaps, or tests/integration/FILE[::TEST] for
pytest. Only what the tests need is built (the dev preset, unless --build says otherwise), and they have to
pass without a mutant first. A file with changes that are not committed is refused, and every file is
restored, whatever happens. Exit status: 0 when every mutant is killed or may live, 1 when one lives, does
not build or is not found, 2 when nothing could be tried.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import shlex
import signal
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

KEYS = {"file", "old", "new", "tests", "equivalent", "minor"}
PROGRAMS = ["prometheus-ecs-discovery", "ecs-sim"]  # what integration tests run
SECONDS = 600  # for the tests of one mutant: one that hangs is noticed


class CannotTry(Exception):
    """Nothing can be said about the mutants."""


@dataclass(frozen=True)
class Mutant:
    file: str
    old: str
    new: str
    tests: tuple[str, ...]
    may_live: str  # why; empty: it may not

    def __str__(self) -> str:
        return f"{self.file}: {shorten(self.old)} -> {shorten(self.new) or '(removed)'}"


def shorten(text: str, most: int = 60) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 3] + "..."


def read_list(path: Path) -> list[Mutant]:
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8"))["mutant"]
        return [read_mutant(entry) for entry in entries]
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise CannotTry(f"{path}: invalid list of mutants: {error}") from error


def read_mutant(entry: dict) -> Mutant:
    if unknown := entry.keys() - KEYS:
        raise ValueError(f"unknown key {sorted(unknown)[0]}")
    tests = entry.get("tests") or [Path(entry["file"]).parts[1] + "_test"]
    may_live = [f"{key}: {entry[key]}" for key in ("equivalent", "minor") if entry.get(key)]
    return Mutant(entry["file"], entry["old"], entry["new"], tuple(tests), "; ".join(may_live))


def is_pytest(test: str) -> bool:
    return test.startswith("tests/")


def targets_of(tests: tuple[str, ...]) -> list[str]:
    """What has to be built for these tests."""
    found: dict[str, None] = {}
    for test in tests:
        found |= dict.fromkeys(PROGRAMS if is_pytest(test) else [test.split()[0]])
    return list(found)


class Workshop:
    """A checkout with its build directory."""

    def __init__(self, root: Path, build: list[str], bin_directory: Path) -> None:
        self.root = root
        self._build = build
        self._bin = root / bin_directory

    def builds(self, tests: tuple[str, ...]) -> bool:
        done = subprocess.run([*self._build, *targets_of(tests)], cwd=self.root, capture_output=True)
        return done.returncode == 0

    def passes(self, test: str) -> bool:
        try:
            done = subprocess.run(
                self._command(test), cwd=self.root, capture_output=True, text=True, timeout=SECONDS
            )
        except subprocess.TimeoutExpired:
            return False
        if "Running 0 tests" in done.stdout:
            raise CannotTry(f"{test}: no such test")
        return done.returncode == 0

    def _command(self, test: str) -> list[str]:
        if is_pytest(test):
            return [sys.executable, "-B", "-m", "pytest", "-q", "-x", *shlex.split(test)]
        name, *filters = test.split()
        found = sorted(path for path in self._bin.rglob(name) if path.is_file())
        if not found:
            raise CannotTry(f"{self._bin}: has no program {name}")
        return [str(found[0]), "--gtest_fail_fast", *(f"--gtest_filter={each}" for each in filters)]

    def is_changed(self, file: str) -> bool:
        status = ["git", "-C", str(self.root), "status", "--porcelain", "--", file]
        return subprocess.run(status, check=True, capture_output=True).stdout != b""

    def text_of(self, file: str) -> str | None:
        path = self.root / file
        return path.read_text(encoding="utf-8") if path.is_file() else None

    @contextmanager
    def mutated(self, mutant: Mutant) -> Iterator[None]:
        """The file comes back with a new time, so that what was built of the mutant is built anew."""
        path = self.root / mutant.file
        before = path.read_bytes()
        try:
            path.write_bytes(before.replace(mutant.old.encode(), mutant.new.encode()))
            yield
        finally:
            path.write_bytes(before)


def check_sound(workshop: Workshop, mutants: list[Mutant]) -> None:
    """A test that fails by itself would kill every mutant."""
    for file in sorted({mutant.file for mutant in mutants}):
        if workshop.is_changed(file):
            raise CannotTry(f"{file}: has changes that are not committed; commit or stash them")
    tests = tuple(sorted({test for mutant in mutants for test in mutant.tests}))
    if not workshop.builds(tests):
        raise CannotTry(f"{', '.join(targets_of(tests))}: cannot be built without a mutant")
    for test in tests:
        if not workshop.passes(test):
            raise CannotTry(f"{test}: fails without a mutant")


def try_mutant(workshop: Workshop, mutant: Mutant) -> str:
    """"killed", "alive", "does not build" or "not found"."""
    text = workshop.text_of(mutant.file)
    if text is None or text.count(mutant.old) != 1:
        return "not found"
    with workshop.mutated(mutant):
        if not workshop.builds(mutant.tests):
            return "does not build"
        return "alive" if all(workshop.passes(test) for test in mutant.tests) else "killed"


def try_all(workshop: Workshop, mutants: list[Mutant]) -> int:
    check_sound(workshop, mutants)
    counts: dict[str, int] = {}
    good = True
    for mutant in mutants:
        result = try_mutant(workshop, mutant)
        good = good and (result == "killed" or (result == "alive" and mutant.may_live != ""))
        counts[result] = counts.get(result, 0) + 1
        print(f"{result:14}  {mutant}" + (f" ({mutant.may_live})" if mutant.may_live else ""), flush=True)
    print(", ".join(f"{count} {result}" for result, count in sorted(counts.items())))
    return 0 if good else 1


@contextmanager
def alone(root: Path) -> Iterator[None]:
    """Two runs in one checkout would build each other's mutants."""
    (root / "build").mkdir(exist_ok=True)
    with (root / "build" / "mutants.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CannotTry(f"{root}: another run is trying mutants here") from error
        yield


def end(number: int, _frame: object) -> None:
    sys.exit(128 + number)  # as an exception, so that the file is restored


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description="Reports which mutants the tests let live.")
    parser.add_argument("lists", nargs="*", type=Path, metavar="LIST.toml")
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parent.parent)
    parser.add_argument("--build", default="cmake --build --preset dev --target", metavar="COMMAND")
    parser.add_argument("--bin", type=Path, default=Path("build/dev"), metavar="DIR")
    parser.add_argument("--only", default="", metavar="TEXT", help="mutants whose line has this text")
    options = parser.parse_args(arguments)
    os.environ.setdefault("ECSD_BUILD", str(options.bin))
    # SIGINT too: a shell has what it starts in the background ignore it.
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, end)
    lists = options.lists or sorted((options.root / "tests" / "mutants").glob("*.toml"))
    try:
        mutants = [mutant for path in lists for mutant in read_list(path)]
        mutants = [mutant for mutant in mutants if options.only in str(mutant)]
        if not mutants:
            raise CannotTry("no mutant to try")
        with alone(options.root):
            return try_all(Workshop(options.root, shlex.split(options.build), options.bin), mutants)
    except CannotTry as error:
        print(f"mutants.py: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
