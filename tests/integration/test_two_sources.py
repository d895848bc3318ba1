"""Two sources, of two regions, in one process with one output file."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import processes
import pytest
from discovery_process import Daemon, binary, parse_logfmt
from sim_process import SimProcess
from target_file import read_groups
from waiting import wait_until

REGIONS = ("eu-west-1", "us-east-1")
QUICK = ("-config.scrape-interval", "200ms", "-aws.rate-share", "1000")


def two_sources() -> Path:
    """The program that gives the supervisor two sources."""
    return binary().with_name("two-sources")


@pytest.fixture
def sims(start_sim) -> list[SimProcess]:
    """Two accounts of 60 tasks in two clusters each, one in each region."""
    return [
        start_sim(
            "--seed", seed, "--region", region, "--tasks", 60, "--clusters", 2, "--latency", "5ms"
        )
        for seed, region in enumerate(REGIONS)
    ]


def flags(sims: list[SimProcess], output: Path, *more: str) -> list[str]:
    """The flags of two-sources."""
    lists = [
        ["-aws.endpoint-url", sim.url, "-aws.region", region, "-config.write-to", output, *more]
        for sim, region in zip(sims, REGIONS)
    ]
    return [str(flag) for flag in (*lists[0], "--", *lists[1])]


@pytest.fixture
def environment_of_both(sims, tmp_path) -> dict[str, str]:
    environment = processes.clean_environment(tmp_path, sims[0].environment())
    for name in ("AWS_ENDPOINT_URL", "AWS_REGION", "AWS_DEFAULT_REGION"):
        environment.pop(name, None)
    return environment


@pytest.fixture
def start(sims, output, environment_of_both, tmp_path) -> Iterator[Callable[..., Daemon]]:
    """start("-flag", ...) -> both sources in one running process."""
    started = []

    def begin(*more: str) -> Daemon:
        args = flags(sims, output, *QUICK, *more)
        log = tmp_path / f"log-{len(started)}"
        started.append(Daemon(args, environment_of_both, log, program=two_sources()))
        return started[-1]

    yield begin
    for daemon in started:
        daemon.process.kill()
        daemon.process.wait()


def summaries_of(daemon: Daemon, failed: bool) -> int:
    return sum((line["complete"] == "false") == failed for line in daemon.summaries)


def wait_for_all(output: Path) -> list[dict]:
    """The groups of the file, once it has those of all four clusters."""

    def probe() -> list[dict] | None:
        groups = read_groups(output) if output.exists() else []
        return groups if len({group["labels"]["cluster_arn"] for group in groups}) == 4 else None

    return wait_until(probe, "targets of all four clusters")


def test_the_file_has_the_targets_of_both(sims, output, environment_of_both, discover, tmp_path):
    each = []
    for sim, region in zip(sims, REGIONS):
        alone = tmp_path / f"{region}.yml"
        done = discover(["-config.write-to", alone], sim.environment(region))
        assert done.status == 0
        each += read_groups(alone)
    done = subprocess.run(
        [two_sources(), *flags(sims, output, "-config.scrape-times", "1")],
        env=environment_of_both,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert len(each) > 60
    assert read_groups(output) == sorted(each, key=lambda group: group["labels"]["task_arn"])
    refreshed = [parse_logfmt(line) for line in done.stderr.splitlines() if "msg=refreshed" in line]
    assert sorted(int(line["clusters"]) for line in refreshed) == [2, 2]


def test_a_failure_of_one_source_is_no_matter_of_the_other(sims, output, start):
    daemon = start()
    groups = wait_for_all(output)
    sims[0].set_faults("*:denied")
    wait_until(lambda: summaries_of(daemon, failed=True) >= 2, "failed refreshes of the first")
    good = summaries_of(daemon, failed=False)
    sims[1].churn(30)
    wait_until(lambda: summaries_of(daemon, failed=False) >= good + 2, "refreshes of the second")

    def is_first(group: dict) -> bool:
        return f":{REGIONS[0]}:" in group["labels"]["cluster_arn"]

    def parts(groups: list[dict]) -> tuple[list[dict], list[dict]]:
        first = [group for group in groups if is_first(group)]
        return first, [group for group in groups if group not in first]

    kept, others = parts(groups)
    wait_until(lambda: parts(read_groups(output))[1] != others, "the new tasks of the second")
    assert parts(read_groups(output))[0] == kept


def test_a_restart_in_an_outage_of_one_source_loses_nothing(sims, output, start):
    first = start()
    wait_for_all(output)
    first.process.terminate()
    assert first.process.wait(60) == 0
    before = read_groups(output)
    sims[1].set_faults("*:500")
    second = start()
    wait_until(lambda: summaries_of(second, failed=False) >= 2, "refreshes of the first")
    assert read_groups(output) == before


def test_a_signal_ends_both(start, output):
    daemon = start()
    wait_for_all(output)
    daemon.process.terminate()
    assert daemon.process.wait(60) == 0
