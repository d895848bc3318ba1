"""Accounts whose clusters do not all fit into one refresh."""

from __future__ import annotations

import pytest
from discovery_process import run
from target_file import as_multiset, read_groups, wait_for_file
from waiting import wait_until


def expected_targets(start_sim, account, tmp_path):
    """What a run finds that has all the time."""
    output = tmp_path / "expected.yml"
    arguments = ["-config.scrape-times=1", "-config.write-to", output, "--aws.rate-share=1000"]
    assert run(arguments, start_sim(*account).environment()).status == 0
    return as_multiset(read_groups(output))


@pytest.mark.parametrize(
    "clusters, percent, seconds",
    [
        pytest.param(40, 100, 1, id="40 clusters"),
        pytest.param(300, 10, 30, id="300 clusters", marks=pytest.mark.full),
    ],
)
def test_every_cluster_is_found_though_no_refresh_has_time_to_list_half_of_them(
    clusters, percent, seconds, start_sim, start_daemon, output, tmp_path
):
    account = ["--seed", 1, "--clusters", clusters, "--tasks", 2 * clusters]
    expected = expected_targets(start_sim, account, tmp_path)
    sim = start_sim(*account, "--limits-percent", percent)
    flags = [f"--refresh-timeout={seconds}s", f"-config.scrape-interval={seconds}s"]
    flags.append("--aws.rate-share=1")
    daemon = start_daemon(
        ["-config.write-to", output, "--startup-grace=1s", *flags], sim.environment()
    )
    wait_for_file(output, "a file before every cluster was read")
    assert as_multiset(read_groups(output)) <= expected
    wait_until(
        lambda: as_multiset(read_groups(output)) == expected, "every target", timeout=1200
    )
    lines = [line for line in daemon.stderr.splitlines() if "come first in the next" in line]
    assert 1 <= len(lines) <= 2, daemon.stderr
