"""Nothing that blocks keeps the program from ending, and what is stuck is ended with a word."""

from __future__ import annotations

import fcntl
import os
import select
import signal
import subprocess
import time

import processes
import pytest
from discovery_process import binary, parse_logfmt
from test_signals import FOR_EVER
from waiting import wait_until


@pytest.fixture
def start(environment, sim):
    """start(args, stdout=..., stderr=...) -> the process."""
    started = []

    def run(args, extra=None, **streams):
        process = subprocess.Popen(
            [binary(), *map(str, args)],
            env=environment(sim.environment(), extra or {}),
            stdin=subprocess.DEVNULL,
            preexec_fn=processes.die_with_parent,
            **streams,
        )
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.wait()


def seconds_to_stop(process) -> float:
    started = time.monotonic()
    process.send_signal(signal.SIGTERM)
    process.wait(timeout=30)
    return time.monotonic() - started


def assert_stops_at_once(process) -> None:
    assert seconds_to_stop(process) < processes.AT_ONCE
    assert process.returncode == 0


def full_pipe() -> tuple[int, int]:
    """A pipe in blocking mode that takes nothing any more."""
    reader, writer = os.pipe()
    fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, 4096)
    os.set_blocking(writer, False)
    try:
        while True:
            os.write(writer, b"x")
    except BlockingIOError:
        pass
    os.set_blocking(writer, True)
    return reader, writer


def test_a_log_that_nobody_reads_holds_up_nothing(start, output, sim):
    reader, writer = full_pipe()
    args = ["-log.level=debug", "-config.scrape-interval", "10ms", "-config.write-to", output]
    process = start(args, stderr=writer)
    os.close(writer)
    sim.wait_for_calls("ListClusters", 6)
    assert_stops_at_once(process)
    os.close(reader)


def test_a_signal_while_the_reader_of_a_pipe_takes_nothing(start, tmp_path):
    pipe = tmp_path / "targets"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    fcntl.fcntl(reader, fcntl.F_SETPIPE_SZ, 4096)
    process = start([*FOR_EVER, "-config.write-to", pipe], stderr=subprocess.PIPE)
    wait_until(lambda: select.select([reader], [], [], 0)[0], "the first bytes")
    assert_stops_at_once(process)
    assert b"level=error" not in process.stderr.read()
    os.close(reader)


@pytest.mark.parametrize("command", [["explain"], ["--dry-run"]])
def test_a_signal_while_nobody_reads_what_is_printed(command, start, sim):
    reader, writer = full_pipe()
    process = start(command, stdout=writer, stderr=subprocess.PIPE)
    os.close(writer)
    sim.wait_for_calls("DescribeInstances")
    assert_stops_at_once(process)
    os.close(reader)


@pytest.mark.parametrize("stderr_is_full", [False, True])
def test_a_dead_file_system_does_not_keep_the_process(stderr_is_full, start, tmp_path):
    if "san" in os.path.basename(os.environ["ECSD_BUILD"]):
        pytest.skip("sanitizers want to be loaded first")
    directory = tmp_path / "out"
    directory.mkdir()
    output = directory / "targets.yml"
    preload = {"LD_PRELOAD": str(binary().parent / "hang-sync.so"), "HANG_WHEN": str(directory)}
    reader, writer = full_pipe()
    stderr = writer if stderr_is_full else subprocess.PIPE
    process = start([*FOR_EVER, "-config.write-to", output], preload, stderr=stderr)
    wait_until(lambda: os.listdir(directory), "the temporary file")
    assert 3 < seconds_to_stop(process) < 20
    assert process.returncode == 3
    if not stderr_is_full:
        last = parse_logfmt(process.stderr.read().decode().splitlines()[-1])
        assert last["msg"] == "stuck, so the process is ended"
        assert last["doing"] == f"writing the output file {output}"
    os.close(reader)
    os.close(writer)
