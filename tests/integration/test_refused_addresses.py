"""Addresses and schemes that Prometheus does not scrape: written as they are, and said everywhere."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from discovery_process import REFRESHED, explain
from target_file import read_groups
from waiting import wait_until

pytestmark = [pytest.mark.sim(of="account"), pytest.mark.output("targets.json")]

SERVER_NAME = "PROMETHEUS_EXPORTER_SERVER_NAME"
SCHEME = "PROMETHEUS_EXPORTER_SCHEME"
ADDRESS = "127.0.0.13"

# Docker labels, and whether Prometheus gets as far as a connection.
CASES = [
    ({}, True),
    ({SERVER_NAME: "localhost"}, True),
    ({SCHEME: "HTTP"}, True),
    ({SCHEME: "https"}, True),
    ({SERVER_NAME: "svc.example.com:8443"}, False),
    ({SERVER_NAME: "https://svc.example.com/"}, False),
    ({SERVER_NAME: "svc.example.com/metrics"}, False),
    ({SERVER_NAME: " svc.example.com "}, False),
    ({SERVER_NAME: "user@localhost"}, False),
    ({SERVER_NAME: "localhost?x"}, False),
    ({SERVER_NAME: "${HOST}"}, False),
    ({SERVER_NAME: "256.1.1.1"}, False),
    ({SERVER_NAME: "a..b"}, False),
    ({SERVER_NAME: "[::1"}, False),
    ({SCHEME: "https "}, False),
    ({SCHEME: "ftp"}, False),
    ({SCHEME: "http://"}, False),
]


def account_of(cases, path: Path) -> Path:
    """An account with one Fargate task, of family f0, f1 and so on, for the labels of each case."""
    arn = "arn:aws:ecs:us-east-1:123456789012:{}"
    cluster = arn.format("cluster/c1")
    tasks, definitions = [], []
    for number, (labels, _) in enumerate(cases):
        task_arn = arn.format(f"task/c1/{number:032x}")
        definition_arn = arn.format(f"task-definition/f{number}:1")
        interface = {"attachmentId": "a", "privateIpv4Address": ADDRESS}
        container = {
            "name": "c",
            "containerArn": arn.format(f"container/c1/{number:032x}/1"),
            "taskArn": task_arn,
            "lastStatus": "RUNNING",
            "networkInterfaces": [interface],
        }
        tasks.append(
            {
                "taskArn": task_arn,
                "clusterArn": cluster,
                "taskDefinitionArn": definition_arn,
                "group": f"service:f{number}",
                "launchType": "FARGATE",
                "desiredStatus": "RUNNING",
                "lastStatus": "RUNNING",
                "version": 1,
                "containers": [container],
            }
        )
        docker = {"PROMETHEUS_EXPORTER_PORT": "9", **labels}
        definitions.append(
            {
                "taskDefinitionArn": definition_arn,
                "family": f"f{number}",
                "revision": 1,
                "networkMode": "awsvpc",
                "containerDefinitions": [{"name": "c", "image": "i", "dockerLabels": docker}],
            }
        )
    document = {
        "region": "us-east-1",
        "accountId": "123456789012",
        "clusters": [
            {
                "clusterArn": cluster,
                "clusterName": "c1",
                "status": "ACTIVE",
                "containerInstances": [],
                "tasks": tasks,
            }
        ],
        "taskDefinitions": definitions,
        "instances": [],
    }
    path.write_text(json.dumps(document))
    return path


@pytest.fixture(scope="module")
def account(tmp_path_factory) -> Path:
    return account_of(CASES, tmp_path_factory.mktemp("cases") / "account.json")


def refused(sim, environment) -> dict[str, bool]:
    """What explain says of each family: whether Prometheus refuses it."""
    done = explain(["--json"], environment(sim.environment()))
    rows = json.loads(done.stdout)
    assert all("target" in row for row in rows), rows
    assert all(row["change"].startswith("set docker label") for row in rows if "refused" in row)
    return {row["family"].partition(":")[0]: "refused" in row for row in rows}


def tried(target: dict) -> bool:
    """Whether Prometheus tried to connect."""
    return "connect" in target["lastError"] or target["health"] == "up"


def test_a_real_prometheus_agrees(shared_sim, environment, discover, start_prometheus, output):
    assert discover(["-config.write-to", output], shared_sim.environment()).status == 0

    prometheus = start_prometheus(
        "global: {scrape_interval: 1s, scrape_timeout: 1s}\n"
        f"scrape_configs: [{{job_name: ecs, file_sd_configs: [{{files: ['{output}']}}]}}]\n"
    )

    def scraped():
        found = prometheus.active_targets()
        return found and all(each["health"] != "unknown" for each in found) and found

    active = wait_until(scraped, "every target to be scraped once")
    gets_through = {each["labels"]["task_name"]: tried(each) for each in active}
    expected = {f"f{number}": good for number, (_, good) in enumerate(CASES)}
    assert {family: gets_through.get(family, False) for family in expected} == expected
    assert {family: not no for family, no in refused(shared_sim, environment).items()} == expected


def test_the_bytes_stay_and_the_log_warns_once(shared_sim, start_daemon, output):
    flags = ["-config.write-to", output, "-config.scrape-interval=100ms", "-log.level=debug"]
    daemon = start_daemon(flags, shared_sim.environment())
    daemon.wait_for(REFRESHED, 3)
    (line,) = daemon.problems
    assert "Prometheus will refuse targets" in line
    assert f"targets={sum(not good for _, good in CASES)} " in line
    groups = read_groups(output)
    assert "svc.example.com/metrics:9" in [group["targets"][0] for group in groups]
    assert " svc.example.com :9" in [group["targets"][0] for group in groups]
    assert "https " in [group["labels"].get("__scheme__") for group in groups]


def test_the_page_says_why(shared_sim, start_web):
    web = start_web(shared_sim).wait_until_ready()
    html = web.get("/").text
    assert html.count(">refused</span>") == sum(not good for _, good in CASES)
    assert "scheme &quot;ftp&quot; is neither http nor https" in html
    assert "<dt>refused by Prometheus</dt>" in html
