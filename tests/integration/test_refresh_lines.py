"""The one line that every refresh has in the log: docs/running.md."""

from __future__ import annotations

import json

import processes
import pytest
from discovery_process import parse_logfmt, read_groups

QUICK = ["-config.scrape-interval", "300ms", "--rediscover-within", "0"]
NUMBERS = ("clusters", "clusters_failed", "targets", "added", "removed", "tasks", "calls", "duration_ms")


@pytest.fixture
def sim(start_sim):
    return start_sim("--seed", 4, "--clusters", 3, "--tasks", 60)


@pytest.fixture
def output(tmp_path):
    return tmp_path / "targets.json"


def summaries(daemon) -> list[dict[str, str]]:
    lines = [parse_logfmt(line) for line in daemon.stderr.splitlines()]
    return [line for line in lines if line["msg"] == "refreshed"]


def wait_for(daemon, matches, what: str) -> dict[str, str]:
    """The first summary from now on that `matches`."""
    begun = len(summaries(daemon))
    return processes.wait_until(
        lambda: next((each for each in summaries(daemon)[begun:] if matches(each)), None), what
    )


def test_complete_and_incomplete_refreshes(sim, start_daemon, output):
    daemon = start_daemon([*QUICK, "-config.write-to", output], sim.environment())
    processes.wait_until(lambda: summaries(daemon), "a refresh")
    first = summaries(daemon)[0]
    count = str(len(read_groups(output)))
    assert first["complete"] == "true" and first["reason"] == "none"
    assert (first["clusters"], first["clusters_failed"]) == ("3", "0")
    assert (first["targets"], first["added"], first["removed"]) == (count, count, "0")
    assert (first["file"], first["written"]) == (str(output), "replaced")
    assert int(first["calls"]) > 3
    quiet = wait_for(daemon, lambda each: True, "the next refresh")
    assert (quiet["added"], quiet["removed"], quiet["written"]) == ("0", "0", "unchanged")

    sim.set_faults("ListTasks@cluster-001:denied")
    failed = wait_for(daemon, lambda each: each["complete"] == "false", "an incomplete refresh")
    assert failed["reason"] == "denied"
    assert (failed["clusters"], failed["clusters_failed"]) == ("3", "1")
    assert failed["targets"] == count
    sim.set_faults()
    wait_for(daemon, lambda each: each["complete"] == "true", "a complete refresh")


def test_what_comes_and_goes(sim, start_daemon, output):
    daemon = start_daemon([*QUICK, "-config.write-to", output], sim.environment())
    processes.wait_until(lambda: summaries(daemon), "a refresh")
    arn = read_groups(output)[0]["labels"]["task_arn"]
    gone = sum(group["labels"]["task_arn"] == arn for group in read_groups(output))
    sim.stop_task(arn)
    line = wait_for(daemon, lambda each: each["removed"] != "0", "the end of the task")
    assert (line["added"], line["removed"], line["written"]) == ("0", str(gone), "replaced")


@pytest.mark.parametrize(
    ("faults", "reason"), [("ListClusters:denied", "denied"), ("*:500", "server")]
)
def test_refreshes_that_fail_as_a_whole_have_one_line_each(faults, reason, sim, start_daemon, output):
    """There used to be none, and nothing but one error at the beginning."""
    sim.set_faults(faults)
    daemon = start_daemon([*QUICK, "-config.write-to", output], sim.environment())
    processes.wait_until(lambda: len(summaries(daemon)) >= 3, "three refreshes", timeout=60)
    for line in summaries(daemon):
        assert (line["complete"], line["reason"]) == ("false", reason)
        assert (line["targets"], line["added"], line["written"]) == ("0", "0", "withheld")
    (problem,) = daemon.problems  # every 15 minutes
    assert "no targets are published until" in problem


def test_every_cluster_that_was_never_read_has_its_own_lines(sim, start_daemon, output):
    """The log used to name the first one that fails, and nobody said what the file lacks."""
    sim.set_faults("ListTasks@cluster-000:denied", "ListTasks@cluster-001:500")
    args = [*QUICK, "-config.write-to", output, "--startup-grace", "2s", "--refresh-timeout", "2s"]
    daemon = start_daemon(args, sim.environment())

    def lines(message):
        found = [parse_logfmt(line) for line in daemon.stderr.splitlines()]
        return [line for line in found if line["msg"].startswith(message)]

    processes.wait_until(lambda: lines("published without"), "the end of the grace", timeout=60)
    unread = {
        line["cluster"].rpartition("/")[2]: line["error"]
        for line in lines("cluster could not be read; it has no known targets yet")
    }
    assert unread.keys() == {"cluster-000", "cluster-001"}
    assert "AccessDenied" in unread["cluster-000"]
    assert "AccessDenied" not in unread["cluster-001"]
    (published,) = lines("published without clusters that were never read")
    names = [arn.rpartition("/")[2] for arn in published["clusters"].split()]
    assert (published["level"], names) == ("warn", ["cluster-000", "cluster-001"])
    clusters = {group["labels"]["cluster_arn"].rpartition("/")[2] for group in read_groups(output)}
    assert clusters == {"cluster-002"}
    assert all("never read have none" in line["msg"] for line in lines("refresh incomplete; what"))

    sim.set_faults()
    processes.wait_until(lambda: len(lines("cluster is read for the first time")) == 2, "both")
    assert len(lines("cluster could not be read")) == 2


def test_without_credentials(sim, start_daemon, output):
    environment = sim.environment()
    environment.pop("AWS_ACCESS_KEY_ID")
    environment.pop("AWS_SECRET_ACCESS_KEY")
    environment["AWS_EC2_METADATA_DISABLED"] = "true"
    daemon = start_daemon([*QUICK, "-config.write-to", output], environment)
    processes.wait_until(lambda: len(summaries(daemon)) >= 2, "two refreshes")
    assert {line["reason"] for line in summaries(daemon)} == {"credentials"}
    assert {line["calls"] for line in summaries(daemon)} == {"0"}
    assert len(daemon.problems) == 1


def test_targets_over_http_only(sim, start_web):
    web = start_web(sim, QUICK, output="")
    web.wait_until_ready()
    line = processes.wait_until(lambda: summaries(web.daemon), "a refresh")[0]
    assert (line["complete"], line["file"], line["written"]) == ("true", "none", "none")
    assert line["added"] == line["targets"] != "0"


def test_numbers_and_booleans_have_no_quotes_in_json(sim, start_daemon, output):
    args = [*QUICK, "-config.write-to", output, "--log.format=json"]
    daemon = start_daemon(args, sim.environment())
    processes.wait_until(lambda: '"refreshed"' in daemon.stderr, "a refresh")
    lines = [json.loads(line) for line in daemon.stderr.splitlines()]
    line = next(line for line in lines if line["msg"] == "refreshed")
    assert line["complete"] is True
    assert all(type(line[name]) is int for name in NUMBERS), line


def test_a_file_that_cannot_be_written(sim, start_daemon, tmp_path):
    directory = tmp_path / "out"
    directory.mkdir()
    daemon = start_daemon([*QUICK, "-config.write-to", directory / "t.json"], sim.environment())
    processes.wait_until(lambda: summaries(daemon), "a refresh")
    (directory / "t.json").unlink()
    directory.rmdir()
    line = wait_for(daemon, lambda each: each["written"] == "failed", "a failed write")
    assert line["complete"] == "true"
    wait_for(daemon, lambda each: each["written"] == "failed", "another")
    (problem,) = daemon.problems
    assert str(directory) in problem
    directory.mkdir()
    wait_for(daemon, lambda each: each["written"] == "replaced", "the file")
    assert "the output file can be written again" in daemon.stderr
