"""What refreshes cost once the account is known, and that they find what a fresh reading finds."""

from __future__ import annotations

import signal

import pytest
from discovery_process import REFRESHED, Daemon, run
from target_file import as_multiset, read_groups

CLUSTERS = 10
# The whole account is read in 719 calls the first time, which is what a program without caches
# needs every time.
TASKS = 10_000
PAGES = TASKS // 100
REPLACED = TASKS // 100
NO_LIMITS = "--aws.rate-share=1000"
PATIENCE = 300.0

pytestmark = pytest.mark.sim("--seed", 1, "--tasks", TASKS, "--clusters", CLUSTERS, "--services", 400)


def start(start_daemon, sim, output, *flags: str) -> Daemon:
    daemon = start_daemon(
        ["-config.write-to", output, NO_LIMITS, "--log.level=debug", *flags], sim.environment()
    )
    daemon.wait_for(REFRESHED, timeout=PATIENCE)
    return daemon


def calls_of_refreshes(daemon: Daemon) -> list[int]:
    """The last one may not have ended."""
    return [int(each["calls"]) for each in daemon.summaries]


def fresh_targets(sim, tmp_path):
    """What a program finds that knows nothing."""
    output = tmp_path / "fresh.yml"
    arguments = ["-config.scrape-times=1", "-config.write-to", output, NO_LIMITS]
    assert run(arguments, sim.environment()).status == 0
    return as_multiset(read_groups(output))


def test_refreshes_cost_a_sixth_of_the_first_one(sim, start_daemon, output):
    # The rolling share is that of 60 s and 10 min.
    daemon = start(
        start_daemon, sim, output, "-config.scrape-interval=12s", "--rediscover-within=120s"
    )
    for refresh in range(2, 6):
        sim.churn(REPLACED)
        daemon.wait_for(REFRESHED, refresh, timeout=PATIENCE)
    first, *later = calls_of_refreshes(daemon)
    # A refresh that had to wait for the machine makes up for it in the next one.
    assert sorted(later)[1] <= first / 6, (first, later)
    assert sorted(later)[0] >= 1 + PAGES + CLUSTERS


def test_a_refresh_by_signal_describes_only_what_is_new_or_gone(
    sim, start_daemon, output, tmp_path
):
    # Longer than --rediscover-within: on its time a refresh describes everything.
    daemon = start(start_daemon, sim, output, "-config.scrape-interval=1h")
    for refresh in range(2, 4):
        sim.churn(REPLACED)
        daemon.process.send_signal(signal.SIGHUP)
        daemon.wait_for(REFRESHED, refresh, timeout=PATIENCE)
        assert as_multiset(read_groups(output)) == fresh_targets(sim, tmp_path)
    later = calls_of_refreshes(daemon)[1:]
    assert max(later) <= 1 + PAGES + 2 * CLUSTERS, later
