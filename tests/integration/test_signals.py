"""SIGTERM and SIGINT end the daemon at once and leave a whole file; lost readers do no harm."""

from __future__ import annotations

import os
import signal
import subprocess

import processes
import pytest
from discovery_process import FOR_EVER, binary
from target_file import read_groups, wait_for_file
from waiting import wait_until
either_signal = pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])


def assert_stops_at_once(daemon, number, output, left):
    assert daemon.seconds_to_stop(number) < processes.AT_ONCE
    assert daemon.process.returncode == 0, daemon.stderr
    assert sorted(os.listdir(output.parent)) == left


@either_signal
def test_a_signal_in_the_wait_between_refreshes(number, sim, start_daemon, output):
    daemon = start_daemon([*FOR_EVER, "-config.write-to", output], sim.environment())
    wait_for_file(output)
    assert_stops_at_once(daemon, number, output, ["targets.yml"])
    assert len(read_groups(output)) == 74
    assert daemon.problems == []


@either_signal
@pytest.mark.parametrize("action", ["ListClusters", "DescribeTasks", "DescribeInstances"])
def test_a_signal_in_a_call_that_hangs(action, number, sim, start_daemon, output):
    sim.set_faults(f"{action}:hang")
    daemon = start_daemon([*FOR_EVER, "-config.write-to", output], sim.environment())
    sim.wait_for_calls(action)
    assert_stops_at_once(daemon, number, output, [])


@either_signal
def test_a_signal_in_a_back_off(number, sim, start_daemon, output):
    sim.set_faults("ListClusters:throttle")
    daemon = start_daemon([*FOR_EVER, "-config.write-to", output], sim.environment())
    sim.wait_for_calls("ListClusters", 3)
    assert_stops_at_once(daemon, number, output, [])


def test_a_signal_while_sts_hangs(sim, start_daemon, output):
    sim.set_faults("AssumeRole:hang")
    args = ["-config.role-arn", "arn:aws:iam::123456789012:role/reader"]
    args += ["-config.write-to", output]
    daemon = start_daemon([*FOR_EVER, *args], sim.environment())
    sim.wait_for_calls("AssumeRole")
    assert_stops_at_once(daemon, signal.SIGTERM, output, [])


def test_a_signal_stops_a_limited_number_of_refreshes_too(sim, start_daemon, output):
    args = [*FOR_EVER, "-config.scrape-times", "2", "-config.write-to", output]
    daemon = start_daemon(args, sim.environment())
    wait_for_file(output)
    assert_stops_at_once(daemon, signal.SIGTERM, output, ["targets.yml"])


def test_a_hang_up_refreshes_now(sim, start_daemon, output):
    daemon = start_daemon([*FOR_EVER, "-config.write-to", output], sim.environment())
    wait_for_file(output)
    daemon.process.send_signal(signal.SIGHUP)
    sim.wait_for_calls("ListClusters", 2)
    assert sim.refreshes() == 2
    assert_stops_at_once(daemon, signal.SIGTERM, output, ["targets.yml"])


def test_a_hang_up_before_main_begins_is_a_hang_up_too(sim, start_daemon, output):
    """It used to end the process, for it was blocked only after all libraries were set up."""
    if processes.sanitized():
        pytest.skip("sanitizers want to be loaded first")
    early = {"LD_PRELOAD": str(binary().parent / "raise-early.so")}
    daemon = start_daemon(
        [*FOR_EVER, "-config.write-to", output], sim.environment() | early
    )
    wait_until(
        lambda: daemon.process.poll() is not None or sim.calls().get("ListClusters", 0) >= 2,
        "the second refresh",
    )
    assert daemon.process.poll() is None, daemon.process.returncode
    assert_stops_at_once(daemon, signal.SIGTERM, output, ["targets.yml"])


@pytest.mark.parametrize("ignored", [False, True])
@pytest.mark.parametrize("command", [["explain"], ["doctor"], ["--dry-run"]], ids=str)
def test_a_hang_up_ends_what_only_prints(command, ignored, sim, environment):
    """It used to go on without its terminal. Under nohup it goes on."""
    sim.set_faults("ListClusters:hang", "GetCallerIdentity:hang")

    def prepare():
        processes.die_with_parent()
        signal.signal(signal.SIGHUP, signal.SIG_IGN if ignored else signal.SIG_DFL)

    process = subprocess.Popen(
        [binary(), *command],
        env=environment(sim.environment()),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=prepare,
    )
    try:
        wait_until(sim.calls, "a call")
        process.send_signal(signal.SIGHUP)
        if ignored:
            with pytest.raises(subprocess.TimeoutExpired):
                process.wait(0.3)
            process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    finally:
        processes.stop(process)


def test_a_log_that_nobody_reads_any_more_does_no_harm(sim, environment, output):
    reader, writer = os.pipe()
    process = subprocess.Popen(
        [binary(), "-log.level=debug", *FOR_EVER, "-config.write-to", output],
        env=environment(sim.environment()),
        stdin=subprocess.DEVNULL,
        stdout=writer,
        stderr=writer,
        preexec_fn=processes.die_with_parent,
    )
    os.close(writer)
    os.close(reader)
    try:
        wait_for_file(output, "the file")
        assert len(read_groups(output)) == 74
        process.terminate()
        assert process.wait(10) == 0
    finally:
        processes.stop(process)


def test_with_all_standard_streams_closed_the_log_does_not_reach_the_file(
    sim, environment, output
):
    """A file that is opened then gets the number 0, 1 or 2, and the log writes to number 2."""
    command = ["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh", str(binary())]
    args = ["-log.level=debug", "-config.scrape-times=1", f"-config.write-to={output}"]
    done = subprocess.run(
        [*command, *args],
        env=environment(sim.environment()),
        timeout=60,
        check=False,
        preexec_fn=processes.die_with_parent,
    )
    assert done.returncode == 0
    assert len(read_groups(output)) == 74
    assert "level=" not in output.read_text()


def test_a_closed_standard_output_is_an_error_and_not_a_signal(sim, environment):
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [binary(), "-config.scrape-times=1", "-config.write-to=/dev/stdout"],
        env=environment(sim.environment()),
        stdout=writer,
        stderr=subprocess.PIPE,
        text=True,
        timeout=60,
        check=False,
        preexec_fn=processes.die_with_parent,
    )
    os.close(writer)
    assert done.returncode == 1
    assert "/dev/stdout" in done.stderr
