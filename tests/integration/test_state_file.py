"""--state.path: what is known outlives a restart, and nothing that happens to the file does harm."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import time

import processes
import pytest
from discovery_process import FOR_EVER, RECOVERED, binary, run
from sim_process import DATA, OUTAGE
from state_contents import kept_tasks
from target_file import read_groups, wait_for_file
from waiting import wait_until

pytestmark = pytest.mark.sim("--account", DATA / "account-edge.json")

REFERENCES = (
    "DescribeTaskDefinition",
    "DescribeContainerInstances",
    "DescribeInstances",
    "DescribeInstanceInformation",
)


@pytest.fixture
def once(discover, sim, output, state):
    """once(...) -> a finished run with the state file, and the groups that it wrote."""

    def start(*args):
        flags = ["-config.write-to", output, "--state.path", state, *args]
        done = discover(flags, sim.environment())
        return done, read_groups(output) if output.exists() else None

    return start


def reference_calls(sim) -> dict[str, int]:
    return {action: count for action, count in sim.calls().items() if action in REFERENCES}


def test_a_restart_asks_for_no_definition_and_no_instance_again(sim, once):
    first, before = once()
    assert (first.status, first.problems) == (0, [])
    assert reference_calls(sim)["DescribeTaskDefinition"] > 0
    sim.reset()
    second, after = once()
    assert (second.status, second.problems) == (0, [])
    assert reference_calls(sim) == {}
    assert after == before


def test_a_restart_with_ten_thousand_tasks(start_sim, discover, output, state):
    sim = start_sim("--seed", 3, "--clusters", 10, "--tasks", 10_000)
    args = ["-config.write-to", output, "--state.path", state]
    assert discover(args, sim.environment()).status == 0
    before = output.read_bytes()
    sim.reset()
    assert discover(args, sim.environment()).status == 0
    assert reference_calls(sim) == {}
    assert output.read_bytes() == before


def test_only_what_changed_is_written(sim, start_quick, state):
    daemon = start_quick("--state.path", state)

    def quiet_for_three_refreshes() -> bool:
        before = state.stat().st_mtime_ns
        sim.wait_for_refreshes(3)
        return state.stat().st_mtime_ns == before

    sim.wait_for_calls("ListClusters", 2)
    wait_until(quiet_for_three_refreshes, "refreshes that write nothing")
    assert daemon.problems == []


def test_the_file_is_off_by_default(discover, sim, state):
    discover(["-config.write-to", state.with_name("targets.yml")], sim.environment())
    assert os.listdir(state.parent) == ["targets.yml"]


@pytest.mark.parametrize("command", [["--dry-run"], ["explain"], ["doctor"]])
def test_other_commands_leave_it_alone(command, sim, environment, state):
    done = run([*command, "--state.path", state], environment(sim.environment()))
    assert done.status == 0
    assert os.listdir(state.parent) == []


def test_a_second_process_is_refused(sim, start_daemon, once, tmp_path, state):
    args = [*FOR_EVER, "-config.write-to", tmp_path / "other.yml", "--state.path", state]
    start_daemon(args, sim.environment())
    wait_for_file(tmp_path / "other.yml")
    sim.reset()
    done, groups = once()
    assert (done.status, groups) == (4, None)
    assert f"-state.path {state}: another process is using it" in done.only_problem()
    assert sim.calls() == {}


def foreign_database(path):
    file = sqlite3.connect(path)
    file.execute("CREATE TABLE bookmarks(url)")
    file.commit()
    file.close()


def another_region(path, once):
    once("--aws.region", "eu-central-1")


@pytest.mark.parametrize(
    "put, reason",
    [
        (lambda path: path.write_text("my notes\n"), "it is text"),
        (lambda path: path.write_text("global:\n  scrape_interval: 15s\n"), "it is YAML"),
        (foreign_database, "it is the SQLite file of another program"),
    ],
)
def test_a_file_of_somebody_else_ends_the_program_and_is_left_alone(
    put, reason, once, sim, state
):
    put(state)
    before = state.read_bytes()
    done, groups = once()
    assert (done.status, groups) == (2, None)
    assert f"-state.path {state}: {reason}" in done.only_problem()
    assert state.read_bytes() == before
    assert os.listdir(state.parent) == ["state.db"]
    assert sim.calls() == {}


def test_a_zeroed_file_is_set_aside(once, state):
    once()
    before = bytes(state.stat().st_size)
    state.write_bytes(before)
    done, groups = once()
    assert done.status == 0
    assert len(groups) > 0
    assert "state file set aside" in done.only_problem()
    assert state.with_name("state.db.set-aside-1").read_bytes() == before
    again, same = once()
    assert (again.problems, same) == ([], groups)


def test_a_file_that_is_removed_while_in_use_is_written_again(sim, start_quick, once, state):
    daemon = start_quick("--state.path", state)
    wait_until(lambda: state.exists() and kept_tasks(state), "the tasks to be kept")
    expected = kept_tasks(state)
    state.unlink()
    wait_until(lambda: state.exists() and kept_tasks(state) == expected, "all of them again")
    daemon.stop()
    (line,) = daemon.problems
    assert "state file was removed or replaced; it is made again" in line
    sim.reset()
    done, _ = once()
    assert (done.status, done.problems) == (0, [])
    assert reference_calls(sim) == {}


def test_a_file_of_another_region_is_set_aside(once):
    once()
    done, _ = once("--aws.region", "eu-central-1")
    assert "region 'us-east-1'" in [line for line in done.problems if "set aside" in line][0]


def test_random_damage_is_survived(once, state):
    _, expected = once()
    good = state.read_bytes()
    dice = random.Random(5)
    for _ in range(12):
        bad = bytearray(good)
        for _ in range(dice.randrange(1, 40)):
            bad[dice.randrange(len(bad))] = dice.randrange(256)
        state.write_bytes(bad[: dice.randrange(len(bad))] if dice.random() < 0.3 else bad)
        done, groups = once()
        assert done.status == 0, done.stderr
        assert groups == expected
        for left in state.parent.glob("*.set-aside-*"):
            left.unlink()


def test_a_path_that_can_be_no_file_ends_the_program(once, sim, state):
    state.mkdir()
    done, _ = once()
    assert done.status == 2
    assert "it is a directory" in done.only_problem()
    assert sim.calls() == {}


def test_a_missing_directory_ends_the_program(once, state):
    state.parent.rmdir()
    done, _ = once()
    assert done.status == 2
    assert f"directory {state.parent} does not exist" in done.only_problem()


@pytest.mark.skipif(os.geteuid() == 0 and not os.path.exists("/usr/bin/setpriv"), reason="no setpriv")
def test_a_directory_without_permission_is_a_warning(sim, environment, output, state):
    state.parent.chmod(0o555)
    output.parent.chmod(0o777)
    args = ["-config.scrape-times", "1", "-config.write-to", output, "--state.path", state]
    prefix = ["setpriv", "--reuid=65534", "--clear-groups"] if os.geteuid() == 0 else []
    for parent in output.parents:
        if os.geteuid() == 0 and str(parent) not in ("/", "/tmp"):
            parent.chmod(parent.stat().st_mode | 0o055)
    output.parent.chmod(0o777)
    done = run(args, environment(sim.environment()), prefix=prefix)
    assert done.status == 0
    assert "state file cannot be used" in done.only_problem()
    assert len(read_groups(output)) > 0


def test_a_full_disk_is_a_warning_and_discovery_goes_on(sim, environment, output, state):
    args = ["-config.scrape-interval", "100ms", "-config.write-to", output, "--state.path", state]
    args += ["-config.filter-label", "no=such"]  # so that the output file fits
    prefix = ["bash", "-c", 'trap "" XFSZ; ulimit -f 24; exec "$0" "$@"']
    done = run(["-config.scrape-times", "3", *args], environment(sim.environment()), prefix=prefix)
    assert done.status == 0
    assert "state file cannot be written" in done.only_problem()
    assert output.read_text() == "[]\n"


@pytest.mark.parametrize("rounds", [12, pytest.param(200, marks=pytest.mark.full)])
def test_kill_9_at_any_moment_leaves_a_good_file(rounds, sim, environment, once, state):
    _, expected = once()
    dice = random.Random(rounds)
    env = environment(sim.environment())
    args = ["-config.scrape-interval", "10ms", "-config.write-to", "/dev/null", "--state.path", state]
    for number in range(rounds):
        if number % 3 == 0:
            state.unlink(missing_ok=True)
        process = subprocess.Popen(
            [binary(), *args], env=env, stderr=subprocess.DEVNULL, preexec_fn=processes.die_with_parent
        )
        time.sleep(dice.random() * 0.3)
        process.send_signal(signal.SIGKILL)
        process.wait()
        done, groups = once()
        assert (done.status, done.problems) == (0, []), done.stderr
        assert groups == expected
    assert not list(state.parent.glob("*.set-aside-*"))


# The tasks.


@pytest.fixture
def killed(sim, start_quick, output, state):
    """The groups of a program that was killed once the state file had all that it knew; the output
    file is gone, and AWS answers no more."""
    daemon = start_quick("--state.path", state)
    wait_until(lambda: output.exists() and kept_tasks(state) > 0, "the tasks in the state")
    daemon.process.kill()
    daemon.process.wait()
    groups = read_groups(output)
    output.unlink()
    sim.set_faults(*OUTAGE)
    return groups


def test_the_targets_outlive_the_output_file_in_an_outage(killed, sim, start_quick, output, state):
    daemon = start_quick("--state.path", state)
    wait_for_file(output, "the file of what the state has")
    assert read_groups(output) == killed
    sim.set_faults()
    daemon.wait_for(RECOVERED)
    assert read_groups(output) == killed


def test_with_another_port_label_targets_are_derived_anew(killed, start_quick, output, state):
    daemon = start_quick("--state.path", state, "-config.port-label", "NO_SUCH_LABEL")
    wait_for_file(output)
    assert read_groups(output) == []
    assert daemon.stop() == 0
    start_quick("--state.path", state)
    wait_until(
        lambda: read_groups(output) == killed,
        "the targets of the same facts",
        seen=lambda: read_groups(output),
    )


def test_what_only_the_output_file_has_stays_in_an_outage(sim, once, start_quick, output, state):
    _, groups = once()
    file = output.read_bytes()
    sim.stop_task(groups[0]["labels"]["task_arn"])
    _, fewer = once()
    assert len(fewer) < len(groups)
    output.write_bytes(file)
    sim.set_faults(*OUTAGE)
    daemon = start_quick("--state.path", state)
    daemon.wait_for("refresh incomplete")
    sim.wait_for_refreshes(2)
    assert read_groups(output) == groups
    sim.set_faults()
    wait_until(
        lambda: read_groups(output) == fewer,
        "the task to be found stopped",
        seen=lambda: read_groups(output),
    )


# What is damaged, beside an output file that is not, in an outage or in none.


def cut(file: bytearray, dice: random.Random) -> bytes:
    return bytes(file[: dice.randrange(len(file))])


def flip_bits(file: bytearray, dice: random.Random) -> bytes:
    for _ in range(dice.randrange(1, 30)):
        file[dice.randrange(len(file))] ^= 1 << dice.randrange(8)
    return bytes(file)


def repeat_page(file: bytearray, dice: random.Random) -> bytes:
    old, new = (dice.randrange(len(file) // 4096) * 4096 for _ in range(2))
    file[old : old + 4096] = file[new : new + 4096]
    return bytes(file)


def blank(file: bytearray, dice: random.Random) -> bytes:
    at = dice.randrange(len(file) - 100)
    file[at : at + 100] = bytes(100)
    return bytes(file)


DAMAGES = (cut, flip_bits, repeat_page, blank)
LEFTOVERS = {
    "-journal": bytes.fromhex("d9d505f920a163d7"),
    "-wal": bytes.fromhex("377f0682"),
    "-shm": b"",
}


@pytest.mark.parametrize("rounds", [16, pytest.param(400, marks=pytest.mark.full)])
def test_no_damage_of_the_state_file_takes_a_target(rounds, once, sim, output, state):
    """Each start ends as without a state file, and says at most once that it was set aside."""
    _, expected = once()
    good, targets = state.read_bytes(), output.read_bytes()
    dice = random.Random(rounds)
    for number in range(rounds):
        for left in state.parent.glob("state.db*"):
            left.unlink()
        state.write_bytes(DAMAGES[number % len(DAMAGES)](bytearray(good), dice))
        if dice.random() < 0.3:
            suffix, magic = dice.choice(list(LEFTOVERS.items()))
            state.with_name(state.name + suffix).write_bytes(magic + dice.randbytes(5000))
        output.write_bytes(targets)
        outage = dice.random() < 0.5
        sim.set_faults(*(("ListTasks:denied",) if outage else ()))
        done, groups = once()
        assert done.status == (1 if outage else 0), done.stderr
        assert groups == expected
        about = [line for line in done.problems if "state file" in line]
        assert len(about) <= 1, done.stderr
        assert all("set aside" in line for line in about), about
