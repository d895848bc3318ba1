"""The demo shows what it promises and leaves nothing running."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import processes
import pytest
from waiting import wait_until

DEMO = processes.REPOSITORY / "tools" / "demo.py"


def command(directory, *args):
    build = os.environ["ECSD_BUILD"]
    # The exporters' addresses follow from the seed; a demo that runs elsewhere is not disturbed.
    seed = str(100 + os.getpid() % 90)
    where = ["--build", build, "--directory", str(directory), "--seed", seed]
    return [sys.executable, str(DEMO), *where, *args]


def running_from(directory: Path) -> list[str]:
    """The processes whose working directory is in `directory`: all that the demo starts."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if Path(os.readlink(process / "cwd")).is_relative_to(directory):
                found.append((process / "comm").read_text().strip())
        except OSError:
            continue  # it has just ended, or is not ours to look at
    return sorted(found)


@pytest.fixture
def directory(tmp_path):
    return tmp_path.resolve() / "demo"


def start_in_background(directory, env):
    return subprocess.Popen(
        command(directory),
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=processes.die_with_parent,
    )


def read_until(process, end):
    lines = []
    for line in process.stdout:
        lines.append(line)
        if end in line:
            return "".join(lines)
    raise AssertionError("the demo ended early:\n" + "".join(lines))


def test_it_shows_every_target_up_and_ends_after_the_given_time(directory, environment):
    done = subprocess.run(
        command(directory),
        env=environment({"DEMO_SECONDS": "1"}),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        preexec_fn=processes.die_with_parent,
    )

    assert (done.returncode, done.stderr) == (0, "")
    by_cluster = re.findall(r"^  cluster-\S+ +(\d+)$", done.stdout, re.MULTILINE)
    total = sum(map(int, by_cluster))
    assert len(by_cluster) == 3
    assert total > 20
    assert f"up == 1 for {total} of {total} targets" in done.stdout
    assert str(directory / "targets" / "ecs_file_sd.yml") in done.stdout
    assert re.search(r"^Open http://127\.0\.0\.1:\d+/targets$", done.stdout, re.MULTILINE)
    assert re.search(r"^Open http://127\.0\.0\.1:\d+/ for the page", done.stdout, re.MULTILINE)
    assert running_from(directory) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_with_a_signal(number, directory, environment):
    process = start_in_background(directory, environment())
    try:
        read_until(process, "Ctrl-C to stop")
        assert running_from(directory) == ["ecs-sim", "prometheus", "prometheus-ecs-"]
        process.send_signal(number)
        assert process.wait(20) == 0
    finally:
        processes.stop(process)
    assert running_from(directory) == []


def test_even_a_killed_demo_leaves_nothing(directory, environment):
    process = start_in_background(directory, environment())
    try:
        read_until(process, "Ctrl-C to stop")
    finally:
        process.kill()
        process.wait()
    wait_until(lambda: running_from(directory) == [], "the children to end")


def test_what_does_not_come_up_is_said_with_the_logs(directory, environment):
    done = subprocess.run(
        command(directory, "--timeout", "1", "--tasks", "0"),
        env=environment({"DEMO_SECONDS": "1"}),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "demo:" in done.stderr
    assert "last lines of" in done.stderr
    assert running_from(directory) == []


def test_a_missing_program_is_named(directory, environment, tmp_path):
    done = subprocess.run(
        command(directory, "--build", str(tmp_path / "empty")),
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert str(tmp_path / "empty" / "bin" / "ecs-sim") in done.stderr
