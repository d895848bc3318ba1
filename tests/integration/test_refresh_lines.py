"""The one line that every refresh has in the log: docs/running.md."""

from __future__ import annotations

import json

import pytest
from discovery_process import QUICK, REFRESHED
from target_file import clusters_of, name_of, read_groups
from waiting import wait_until

pytestmark = [
    pytest.mark.sim("--seed", 4, "--clusters", 3, "--tasks", 60),
    pytest.mark.output("targets.json"),
]

RECENT = ["--rediscover-within", "0"]
NUMBERS = ("clusters", "clusters_failed", "targets", "added", "removed", "tasks", "calls", "duration_ms")


def wait_for(daemon, matches, what: str) -> dict[str, str]:
    """The first summary from now on that `matches`."""
    begun = len(daemon.summaries)
    return wait_until(
        lambda: next((each for each in daemon.summaries[begun:] if matches(each)), None),
        what,
        seen=lambda: daemon.summaries[begun:],
    )


def test_complete_and_incomplete_refreshes(sim, start_quick, output):
    daemon = start_quick(*RECENT)
    daemon.wait_for(REFRESHED)
    first = daemon.summaries[0]
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


def test_what_comes_and_goes(sim, start_quick, output):
    daemon = start_quick(*RECENT)
    daemon.wait_for(REFRESHED)
    arn = read_groups(output)[0]["labels"]["task_arn"]
    gone = sum(group["labels"]["task_arn"] == arn for group in read_groups(output))
    sim.stop_task(arn)
    line = wait_for(daemon, lambda each: each["removed"] != "0", "the end of the task")
    assert (line["added"], line["removed"], line["written"]) == ("0", str(gone), "replaced")


@pytest.mark.parametrize(
    ("faults", "reason"), [("ListClusters:denied", "denied"), ("*:500", "server")]
)
def test_refreshes_that_fail_as_a_whole_have_one_line_each(faults, reason, sim, start_quick):
    """There used to be none, and nothing but one error at the beginning."""
    sim.set_faults(faults)
    daemon = start_quick(*RECENT)
    daemon.wait_for(REFRESHED, 3)
    for line in daemon.summaries:
        assert (line["complete"], line["reason"]) == ("false", reason)
        assert (line["targets"], line["added"], line["written"]) == ("0", "0", "withheld")
    (problem,) = daemon.problems  # every 15 minutes
    assert "no targets are published until" in problem


def test_every_cluster_that_was_never_read_has_its_own_lines(sim, start_quick, output):
    """The log used to name the first one that fails, and nobody said what the file lacks."""
    sim.set_faults("ListTasks@cluster-000:denied", "ListTasks@cluster-001:500")
    daemon = start_quick(*RECENT, "--startup-grace", "2s", "--refresh-timeout", "2s")

    def lines(message):
        return [line for line in daemon.log if line["msg"].startswith(message)]

    daemon.wait_for("published without")
    unread = {
        name_of(line["cluster"]): line["error"]
        for line in lines("cluster could not be read; it has no known targets yet")
    }
    assert unread.keys() == {"cluster-000", "cluster-001"}
    assert "AccessDenied" in unread["cluster-000"]
    assert "AccessDenied" not in unread["cluster-001"]
    (published,) = lines("published without clusters that were never read")
    names = [name_of(arn) for arn in published["clusters"].split()]
    assert (published["level"], names) == ("warn", ["cluster-000", "cluster-001"])
    assert clusters_of(output) == {"cluster-002"}
    assert all("never read have none" in line["msg"] for line in lines("refresh incomplete; what"))

    sim.set_faults()
    assert len(daemon.wait_for("cluster is read for the first time", 2)) == 2
    assert len(lines("cluster could not be read")) == 2


def test_without_credentials(sim, start_daemon, output):
    environment = sim.environment()
    environment.pop("AWS_ACCESS_KEY_ID")
    environment.pop("AWS_SECRET_ACCESS_KEY")
    environment["AWS_EC2_METADATA_DISABLED"] = "true"
    daemon = start_daemon([*QUICK, *RECENT, "-config.write-to", output], environment)
    daemon.wait_for(REFRESHED, 2)
    assert {line["reason"] for line in daemon.summaries} == {"credentials"}
    assert {line["calls"] for line in daemon.summaries} == {"0"}
    assert len(daemon.problems) == 1


def test_targets_over_http_only(sim, start_web):
    web = start_web(sim, [*QUICK, *RECENT], file="").wait_until_ready()
    web.daemon.wait_for(REFRESHED)
    line = web.daemon.summaries[0]
    assert (line["complete"], line["file"], line["written"]) == ("true", "none", "none")
    assert line["added"] == line["targets"] != "0"


def test_numbers_and_booleans_have_no_quotes_in_json(start_quick):
    daemon = start_quick(*RECENT, "--log.format=json")
    daemon.wait_for('"refreshed"')
    lines = [json.loads(line) for line in daemon.stderr.splitlines()]
    line = next(line for line in lines if line["msg"] == "refreshed")
    assert line["complete"] is True
    assert all(type(line[name]) is int for name in NUMBERS), line


def test_a_file_that_cannot_be_written(start_quick, output):
    directory = output.parent
    daemon = start_quick(*RECENT)
    daemon.wait_for(REFRESHED)
    output.unlink()
    directory.rmdir()
    line = wait_for(daemon, lambda each: each["written"] == "failed", "a failed write")
    assert line["complete"] == "true"
    wait_for(daemon, lambda each: each["written"] == "failed", "another")
    (problem,) = daemon.problems
    assert str(directory) in problem
    directory.mkdir()
    wait_for(daemon, lambda each: each["written"] == "replaced", "the file")
    assert "the output file can be written again" in daemon.stderr
