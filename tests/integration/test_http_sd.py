"""A real Prometheus gets its targets over HTTP."""

from __future__ import annotations

import gzip
import json

import processes
import pytest
from state_contents import kept_tasks
from target_file import as_multiset, read_groups
from waiting import wait_until

pytestmark = [
    pytest.mark.sim("--seed", 5, "--clusters", 2, "--tasks", 40),
    pytest.mark.output("targets.json"),
]

SCRAPE_CONFIG = """
global:
  scrape_interval: 1s
  scrape_timeout: 1s
scrape_configs:
  - job_name: ecs
    http_sd_configs:
      - url: {url}/sd
        refresh_interval: 1s
  - job_name: discovery
    static_configs:
      - targets: ['{address}']
"""
ADDED = {"__meta_url", "__meta_filepath", "__scrape_interval__", "__scrape_timeout__"}


def start_prometheus_of(web, start_prometheus):
    address = web.url.removeprefix("http://")
    return start_prometheus(SCRAPE_CONFIG.format(url=web.url, address=address))


def ecs_targets(prometheus):
    """The targets over HTTP, as far as Prometheus itself adds nothing."""
    return sorted(
        tuple(sorted((k, v) for k, v in each["discoveredLabels"].items() if k not in ADDED))
        for each in prometheus.active_targets()
        if each["scrapePool"] == "ecs"
    )


def wait_for_targets(prometheus, count):
    return wait_until(
        lambda: len(found := ecs_targets(prometheus)) == count and found,
        f"{count} targets in Prometheus",
        timeout=60,
    )


def test_the_list_is_what_prometheus_asks_for(sim, start_web, output):
    web = start_web(sim).wait_until_ready()

    plain = web.get("/sd")
    packed = web.get("/sd", headers={"Accept-Encoding": "gzip"})
    same = web.get("/sd", headers={"If-None-Match": plain.headers["ETag"]})
    head = web.get("/sd", method="HEAD")

    assert (plain.status, plain.headers["Content-Type"]) == (200, "application/json")
    assert as_multiset(json.loads(plain.body)) == as_multiset(read_groups(output))
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    assert len(packed.body) < len(plain.body) / 5
    assert (same.status, same.body) == (304, b"")
    assert (head.status, head.body) == (200, b"")
    assert head.headers["Content-Length"] == str(len(plain.body))


def test_an_account_without_targets_gives_an_empty_list(start_sim, start_web, tmp_path):
    account = tmp_path / "account.json"
    account.write_text(json.dumps({"region": "us-east-1", "accountId": "123456789012", "clusters": []}))
    web = start_web(start_sim("--account", account)).wait_until_ready()

    answer = web.get("/sd")

    assert (answer.status, answer.body.strip()) == (200, b"[]")


@pytest.mark.parametrize("state", [True, False], ids=["with state file", "without"])
def test_targets_can_be_served_without_a_file(state, sim, start_web, tmp_path):
    flags = ["-config.scrape-interval", "1s", *(["-state.path", tmp_path / "state.db"] if state else [])]
    web = start_web(sim, flags, file="").wait_until_ready()
    targets = web.get("/sd").body
    assert len(json.loads(targets)) > 20
    assert "msg=refreshed complete=true" in web.daemon.stderr
    if state:  # the file is written while the program goes on
        wait_until(lambda: kept_tasks(tmp_path / "state.db"), "the tasks in the file")

    assert web.daemon.stop() == 0
    sim.set_faults("ListTasks:500", "ListClusters:500", "DescribeClusters:500")
    again = start_web(sim, flags, file="")
    again.wait_for_failed_refreshes(2)

    # What is remembered is served; where nothing is, Prometheus keeps what it has.
    if state:
        assert again.get("/sd").body == targets
    else:
        assert again.get("/sd").status == 503
    assert [each.name for each in tmp_path.iterdir() if each.suffix in (".yml", ".json")] == []
    assert list(processes.REPOSITORY.glob("ecs_file_sd.yml")) == []


@pytest.mark.parametrize("content", ["[]", ""])
def test_an_empty_file_of_before_is_not_served_in_an_outage(content, sim, start_web, output):
    """A Prometheus may have targets that this file, whoever made it, tells nothing of."""
    (output).write_text(content)
    sim.set_faults("ListClusters:denied")
    web = start_web(sim, ["-config.scrape-interval", "100ms"])
    web.wait_for_failed_refreshes(2)
    assert web.get("/sd").status == 503
    assert (output).read_text() == content

    sim.set_faults()
    web.wait_until_ready()
    assert len(json.loads(web.get("/sd").body)) > 20


def test_nothing_is_served_before_the_first_good_discovery(sim, start_web):
    sim.set_faults("ListTasks:denied")
    web = start_web(sim, ["-config.scrape-interval", "1s"])
    wait_until(web.refreshes, "a refresh")

    refused = web.get("/sd")
    sim.set_faults()
    web.wait_until_ready()

    assert (refused.status, refused.headers["Retry-After"]) == (503, "5")
    assert web.get("/sd").status == 200


def test_file_and_http_give_prometheus_the_same_targets(sim, start_web, start_prometheus, output):
    web = start_web(sim).wait_until_ready()
    count = len(read_groups(output))
    assert count > 20

    over_http = wait_for_targets(start_prometheus_of(web, start_prometheus), count)
    file_config = f"scrape_configs: [{{job_name: ecs, file_sd_configs: [{{files: ['{output}']}}]}}]"
    over_file = wait_for_targets(start_prometheus(file_config), count)

    assert over_http == over_file


@pytest.mark.parametrize("file_is_kept", [True, False], ids=["with file", "without file"])
def test_a_restart_and_failing_apis_lose_no_target(
    file_is_kept, sim, start_web, start_prometheus, output
):
    port = processes.free_port()
    flags = ["-config.scrape-interval", "1s"]
    web = start_web(sim, flags, listen=f"127.0.0.1:{port}").wait_until_ready()
    count = len(json.loads(web.get("/sd").body))
    prometheus = start_prometheus_of(web, start_prometheus)
    before = wait_for_targets(prometheus, count)

    web.daemon.stop()
    if not file_is_kept:
        (output).unlink()
    sim.set_faults("ListTasks:500", "ListClusters:500", "DescribeClusters:500")
    again = start_web(sim, flags, listen=f"127.0.0.1:{port}")

    again.wait_for_failed_refreshes(3)
    # With its own file it begins with what it served; without, it says that it knows nothing.
    assert again.get("/sd").status == (200 if file_is_kept else 503)
    assert ecs_targets(prometheus) == before
    sim.set_faults()
    again.wait_until_ready()
    assert wait_for_targets(prometheus, count) == before


def test_prometheus_scrapes_the_metrics(sim, start_web, start_prometheus):
    web = start_web(sim).wait_until_ready()
    prometheus = start_prometheus_of(web, start_prometheus)

    found = wait_until(
        lambda: prometheus.query('ecs_discovery_targets{job="discovery"}'), "metrics"
    )

    assert int(found[0]["value"][1]) == len(json.loads(web.get("/sd").body))
