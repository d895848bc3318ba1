"""The output file under attack: writers killed at any moment, a full disk, directories that go away or
may not be written. A reader, be it a strict parser or Prometheus, never sees a part of a file."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import time
from pathlib import Path

import processes
import pytest
from churn import Churn
from discovery_process import COMPLETE, QUICK, binary
from file_watch import FileWatch
from target_file import read_groups, targets_by_task, wait_for_file, wait_for_targets
from waiting import wait_until

pytestmark = pytest.mark.sim(of="account")

NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"]
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can do this")


def generation(path: Path) -> int:
    """The generation of a file by overwrite-file; fails unless the file is whole."""
    groups = read_groups(path)
    labels = [group["labels"] for group in groups]
    assert {int(each["task_group"]) for each in labels} == {len(groups)}
    (number,) = {int(each["job"]) for each in labels}
    return number


def overwrite(path: Path, first: int, largest: int) -> subprocess.Popen:
    """A process that overwrites the file for ever; returns when it has done so once."""
    program = Path(os.environ["ECSD_BUILD"]) / "bin" / "overwrite-file"
    process = subprocess.Popen(
        [program, path, str(first), str(largest)],
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=processes.die_with_parent,
    )
    assert process.stdout.readline() == "written\n"
    return process


def kill_again_and_again(path: Path, kills: int, largest: int) -> None:
    """Every writer goes on from the generation that is there, so time never goes backwards."""
    dice = random.Random(kills)
    last = 0
    for _ in range(kills):
        writer = overwrite(path, last + 1, largest)
        time.sleep(dice.uniform(0, 0.02))
        writer.kill()
        writer.wait()
        writer.stdout.close()
        now = generation(path)
        assert now > last
        last = now


@pytest.mark.parametrize("kills", [40, pytest.param(1000, marks=pytest.mark.full)])
@pytest.mark.parametrize("suffix", ["yml", "json"])
def test_a_writer_that_is_killed_leaves_a_whole_file(kills, suffix, tmp_path):
    """The reader parses all the time, at every change and whatever the writer does."""
    path = tmp_path / f"targets.{suffix}"
    with FileWatch(path, generation) as watch:
        kill_again_and_again(path, kills, largest=800)
    assert watch.changes > kills / 2
    writer = overwrite(path, 10**6, 5)
    writer.kill()
    writer.wait()
    writer.stdout.close()
    # What the killed ones left behind was taken away at the first write, but for the last one's.
    assert len(os.listdir(tmp_path)) <= 2


def test_prometheus_never_reads_a_part(start_prometheus, tmp_path):
    path = tmp_path / "sd" / "targets.yml"
    path.parent.mkdir()
    prometheus = start_prometheus(
        "scrape_configs:\n- job_name: ecs\n  scrape_interval: 1h\n"
        f"  file_sd_configs:\n  - files: ['{path}']\n    refresh_interval: 1s\n"
    )
    kill_again_and_again(path, 40, largest=50)
    (errors,) = own_metric(prometheus, "prometheus_sd_file_read_errors_total")
    (reads,) = own_metric(prometheus, "prometheus_sd_file_scan_duration_seconds_count")
    assert errors == 0
    assert reads > 0
    assert "level=error" not in prometheus.log.read_text()
    count = len(read_groups(path))
    wait_until(
        lambda: len(prometheus.active_targets()) == count, "Prometheus to know the last file", 60
    )


def own_metric(prometheus, name: str) -> list[float]:
    """The values of a metric of Prometheus itself."""
    text = prometheus.metrics()
    return [float(line.split()[-1]) for line in text.splitlines() if line.split(" ")[0] == name]


# The program itself, which finds a change in the account in every refresh.


@pytest.mark.parametrize("kills", [12, pytest.param(250, marks=pytest.mark.full)])
def test_the_program_killed_at_any_moment_leaves_every_living_target(
    kills, account, sim, discover, start_daemon, output
):
    args = ["-config.scrape-interval", "10ms", "-config.write-to", output]
    living = account.before()
    assert discover(args, sim.environment()).status == 0
    dice = random.Random(kills)

    def check(path):
        found = targets_by_task(path)
        assert living.items() <= found.items(), living.keys() - found.keys()

    with FileWatch(output, check), Churn(sim, account):
        for _ in range(kills):
            daemon = start_daemon(args, sim.environment())
            time.sleep(dice.uniform(0.02, 0.25))
            daemon.process.send_signal(signal.SIGKILL)
            daemon.process.wait()
    assert discover(args, sim.environment()).status == 0
    assert [name for name in os.listdir(output.parent) if name.startswith(".")] == []


def mount_small(directory: Path, size: str) -> bool:
    """Mounts a tmpfs of `size` at the directory; false where that is not allowed."""
    if os.geteuid() != 0:
        return False
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", directory]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.fixture
def small_disk(tmp_path):
    directory = tmp_path / "small"
    directory.mkdir()
    if not mount_small(directory, "64k"):
        pytest.skip("no file system can be mounted here; the limit on file sizes is tested anyway")
    yield directory
    subprocess.run(["umount", "--lazy", directory], check=True)


def stop_one(sim, account) -> str:
    task = account.stopping["left"]
    sim.stop_task(task)
    return task


def test_a_full_disk_keeps_the_old_file_until_there_is_room(
    account, sim, start_daemon, small_disk
):
    path = small_disk / "targets.yml"
    daemon = start_daemon([*QUICK, "-config.write-to", path], sim.environment())
    wait_for_file(path)
    old = path.read_bytes()
    with (small_disk / "ballast").open("wb", buffering=0) as ballast, FileWatch(path, read_groups):
        fill(ballast)
        task = stop_one(sim, account)
        daemon.wait_for_problem()
        sim.wait_for_refreshes(3)  # the complaint must not come again
        assert path.read_bytes() == old
        assert len(daemon.problems) == 1, daemon.stderr
        assert "space" in daemon.problems[0].lower()
        ballast.truncate(0)
        wait_until(lambda: task not in path.read_text(), "the new file")
    assert sorted(os.listdir(small_disk)) == ["ballast", "targets.yml"]


def fill(ballast) -> None:
    try:
        while True:
            ballast.write(b"x" * 4096)
    except OSError:
        pass


def test_a_limit_on_file_sizes_keeps_the_old_file(sim, discover, output):
    """As a full disk, where nothing can be mounted."""
    output.write_text("[]\n")
    done = discover(
        ["-config.write-to", output], sim.environment(), prefix=["prlimit", "--fsize=100", "--"]
    )
    assert done.status == 1
    assert str(output) in done.only_problem()
    assert output.read_text() == "[]\n"
    assert os.listdir(output.parent) == [output.name]


def test_a_directory_that_was_removed_and_restored(account, sim, start_quick, output):
    daemon = start_quick()
    # Not just the file: it is there before its directory is synced.
    daemon.wait_for(COMPLETE)
    gone = output.parent.with_name("gone")
    output.parent.rename(gone)  # at once: a file may be written between two steps of its removal
    shutil.rmtree(gone)
    daemon.wait_for_problem()
    sim.wait_for_refreshes(3)  # the complaint must not come again
    assert len(daemon.problems) == 1, daemon.stderr
    assert str(output.parent) in daemon.problems[0]
    output.parent.mkdir()
    wait_for_file(output, "the file again")
    assert targets_by_task(output) == account.before()
    assert daemon.process.poll() is None


def test_a_path_that_becomes_a_directory_and_a_file_again(account, output, start_quick):
    daemon = start_quick()
    wait_for_file(output)
    moved = output.with_name("moved")

    def exchange():
        output.rename(moved)
        output.mkdir()
        return True

    wait_until(lambda: attempt(exchange), "the file to be out of the way")
    daemon.wait_for_problem()
    assert list(output.iterdir()) == []
    output.rmdir()
    wait_until(output.is_file, "the file again")
    assert targets_by_task(output) == account.before()
    assert daemon.process.poll() is None


def attempt(action) -> bool:
    """Whether it worked; the program may have written again between two of its steps."""
    try:
        return action()
    except FileExistsError:
        return False


@as_root
def test_a_directory_that_becomes_read_only(account, sim, start_quick, output):
    """The file is written in place then, which is said once."""
    output.parent.chmod(0o777)
    for parent in output.parents:
        if not parent.stat().st_mode & 0o001:
            parent.chmod(parent.stat().st_mode | 0o011)
    daemon = start_quick(prefix=NOBODY)
    wait_for_file(output)
    output.parent.chmod(0o555)
    task = stop_one(sim, account)
    daemon.wait_for_problem()
    wait_until(lambda: task not in output.read_text(), "the change")
    assert len(daemon.problems) == 1, daemon.stderr
    assert str(output) in daemon.problems[0]
    output.parent.chmod(0o777)
    old = output.stat().st_ino
    sim.add(account.newcomers())
    wait_until(lambda: output.stat().st_ino != old, "a file that was replaced")
    assert daemon.process.poll() is None


# What somebody does to the file between two refreshes.


def replace_by_nothing(path: Path) -> None:
    other = path.with_name("other")
    other.write_text("[]\n")
    other.rename(path)


def link_elsewhere(path: Path) -> None:
    link = path.with_name("link")
    link.symlink_to(path.with_name("elsewhere.yml"))
    link.replace(path)


def edit(path: Path) -> None:
    path.write_text(path.read_text().replace("10.0.1.1:", "10.0.9.9:"))


DISTURBANCES = {
    "truncated": lambda path: os.truncate(path, path.stat().st_size // 2),
    "emptied": lambda path: path.write_text(""),
    "edited": edit,
    "removed": lambda path: path.unlink(),
    "replaced": replace_by_nothing,
    "linked": link_elsewhere,
}
OUTAGES = {
    "no outage": (),
    "one cluster": ("ListTasks@left:denied",),
    "all": ("ListClusters:denied",),
}


@pytest.mark.parametrize("outage", OUTAGES.values(), ids=OUTAGES.keys())
@pytest.mark.parametrize("disturb", DISTURBANCES.values(), ids=DISTURBANCES.keys())
def test_a_file_that_somebody_spoils_is_mended_by_the_next_refresh(
    disturb, outage, account, sim, start_quick, output
):
    """It used to stay spoiled until the end of an outage, in which only a new target was written."""
    daemon = start_quick()
    daemon.wait_for(COMPLETE)
    sim.set_faults(*outage)
    if outage:
        daemon.wait_for_problem()
    disturb(output)
    wait_for_targets(output, account.before(), "the file as it was", spoiled=True)
    assert daemon.process.poll() is None


def test_a_path_that_becomes_a_directory_in_an_outage_and_is_given_back(
    account, sim, start_quick, output
):
    daemon = start_quick()
    daemon.wait_for(COMPLETE)
    sim.set_faults("ListTasks@left:denied")
    daemon.wait_for_problem()
    output.unlink()
    wait_for_targets(output, account.before(), "the file as it was", spoiled=True)
    wait_until(lambda: attempt(lambda: become_directory(output)), "the directory")
    wait_until(lambda: "is a directory" in daemon.stderr.lower(), "a complaint")
    output.rmdir()
    wait_for_targets(output, account.before(), "the file again", spoiled=True)


def become_directory(path: Path) -> bool:
    path.unlink(missing_ok=True)
    path.mkdir()
    return True


def test_a_file_removed_while_a_restart_waits_for_the_end_of_an_outage(
    account, sim, discover_once, start_quick, output
):
    """What the process before left is known, though this one has written nothing yet."""
    assert discover_once().status == 0
    sim.set_faults("ListClusters:denied")
    daemon = start_quick()
    daemon.wait_for_problem()
    output.unlink()
    wait_for_targets(output, account.before(), "the file as it was", spoiled=True)


@pytest.mark.parametrize(
    "old, new",
    [
        ("task_arn: arn:", "task_arn: x-arn:"),
        (":task/left/0", ":task/right/0"),
        (":task/left/0", ":task/left/"),
        ("    task_arn: arn:", "    forgotten: arn:"),
    ],
)
def test_a_group_of_no_task_of_its_cluster_is_left_out_at_the_start(
    old, new, account, start_quick, discover_once, output
):
    """ECS refuses a whole batch of tasks for one of these, or has no answer for it: the group never went,
    its cluster was never read whole again, and new tasks in the same batch were never found."""
    assert discover_once().status == 0
    spoiled = output.read_text().replace(old, new, 1)
    assert spoiled != output.read_text()
    output.write_text(spoiled)
    daemon = start_quick()
    wait_for_targets(output, account.before(), "the file as it was", spoiled=True)
    assert daemon.problems == []
    assert "groups_skipped=1" in daemon.stderr


def test_a_process_that_was_stopped_goes_on(account, sim, start_quick, output):
    """As a frozen container or a laptop that was asleep, here in the middle of calls, and for longer
    than an interval and the deadline of a refresh."""
    daemon = start_quick("-refresh-timeout", "1s")
    daemon.wait_for(COMPLETE)
    sim.set_faults("*:slow=300ms")
    with FileWatch(output, read_groups):
        sim.wait_for_refreshes(1)
        daemon.process.send_signal(signal.SIGSTOP)
        task = stop_one(sim, account)
        time.sleep(3)
        sim.set_faults()
        daemon.process.send_signal(signal.SIGCONT)
        left = {arn: each for arn, each in account.before().items() if arn != task}
        wait_for_targets(output, left, "the change", spoiled=True)
    assert daemon.stop() == 0
    assert "stuck" not in daemon.stderr
    assert "the local clock is wrong" not in daemon.stderr


@pytest.mark.sim("--seed", 3, "--clusters", 1, "--tasks", 5)
def test_a_file_that_comes_during_a_slow_write_is_not_taken_for_ours(start_quick, output, tmp_path):
    if processes.sanitized():
        pytest.skip("sanitizers want to be loaded first")
    gate = tmp_path / "slow"
    gate.touch()
    slow = {"LD_PRELOAD": str(binary().parent / "hang-sync.so"), "SLOW_WHILE": str(gate)}
    daemon = start_quick(variables=slow)
    wait_for_file(tmp_path / "slow.waiting", "the fsync after the rename")
    ours = output.read_bytes()
    (tmp_path / "foreign").write_text("- targets: [10.0.0.1:1]\n")
    (tmp_path / "foreign").rename(output)
    gate.unlink()
    wait_until(lambda: output.read_bytes() == ours, "our targets again")
    daemon.stop()
    assert "something else has written it" in daemon.problems[0]
