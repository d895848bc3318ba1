"""Every network mode and launch type, from API bytes to the file and to what explain says."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from discovery_process import explain
from modes_account import Account, Container, bind, bind_range, check, is_target, targets_of
from modes_cases import HOST, build_account, own
from processes import clean_environment
from sim_process import SimProcess

DYNAMIC = ["-config.dynamic-port-detection"]
FILTER = ["-config.filter-label", "com.example.scrape=yes"]


@pytest.fixture(scope="module")
def account() -> Account:
    return build_account()


def test_every_container_is_the_right_target_or_has_the_right_reason(account, serve, outcomes):
    check(outcomes(serve(account)), account.wants)


def test_short_and_empty_pages_change_nothing(account, serve, outcomes):
    check(outcomes(serve(account, "--page-size", "5", "--empty-pages")), account.wants)


def test_the_order_of_the_answers_changes_nothing(serve, outcomes):
    account = build_account()
    document = account.document()
    document["clusters"][0]["tasks"].reverse()
    document["taskDefinitions"].reverse()
    document["instances"].reverse()
    for task in account.tasks:
        task["containers"].reverse()
        task["attachments"].reverse()
        for container in task["containers"]:
            container["networkBindings"].reverse()
    check(outcomes(serve(account)), account.wants)


def test_dynamic_detection_finds_the_only_tcp_port(account, serve, outcomes):
    check(outcomes(serve(account), DYNAMIC), account.dynamic_wants)


def with_scrape_label() -> Account:
    """The same account, where every second family has the label that the filter asks for."""
    account = build_account()
    for number, definition in enumerate(account.definitions):
        for container in definition["containerDefinitions"]:
            container["dockerLabels"]["com.example.scrape"] = "yes" if number % 2 else "no"
    return account


@pytest.mark.parametrize("dynamic", [[], DYNAMIC])
def test_the_filter_narrows_both_ways_of_finding_ports(dynamic, serve, outcomes):
    account = with_scrape_label()
    wants = dict(account.dynamic_wants if dynamic else account.wants)
    # What is decided before the filter is asked.
    earlier = "task_not_running container_stopped no_definition no_port_label no_dynamic_label"
    for definition in account.definitions[::2]:
        for container in definition["containerDefinitions"]:
            key = definition["family"], container["name"]
            if wants.get(key, "no_definition") not in earlier.split():
                wants[key] = "filtered"
    assert "filtered" in wants.values()
    assert targets_of(wants)
    check(outcomes(serve(account), [*FILTER, *dynamic]), wants)


def test_the_log_counts_the_reasons_once_while_they_are_the_same(
    account, serve, discover, tmp_path
):
    args = ["-config.scrape-times", "3", "-config.scrape-interval", "50ms"]
    sim = serve(account)

    done = discover([*args, "-config.write-to", tmp_path / "targets.yml"], sim.environment())

    assert (done.status, done.problems) == (0, [])
    assert sim.calls()["ListClusters"] == 3
    said = [line["reasons"] for line in done.log if "reasons" in line]
    counts = Counter(want for want in account.wants.values() if not is_target(want))
    assert [dict(pair.split("=") for pair in each.split()) for each in said] == [
        {reason: str(count) for reason, count in counts.items()}
    ]


def test_another_port_label_is_followed(serve, outcomes):
    account = Account()
    account.add("other", [own(label=None, labels={"port.example": "81"}, want="10.0.2.1:81")])
    account.add("usual", [own(want="no_port_label")])
    check(outcomes(serve(account), ["-config.port-label", "port.example"]), account.wants)


# Facts beside the outcome.


def test_explain_tells_the_facts_that_decide(serve, environment):
    account = Account()
    host = account.add_instance(HOST)
    bindings = [bind(8080, 32768), bind_range("9200-9201", "41000-41001")]
    account.add(
        "web",
        [
            Container("no_binding", label="32768", bindings=bindings, mappings=[
                {"containerPort": 8080, "protocol": "tcp"}, {"containerPort": 53, "protocol": "udp"}
            ]),
        ],
        mode="bridge",
        host=host,
    )  # fmt: skip
    done = explain(["--json"], environment(serve(account).environment()))

    assert (done.status, done.problems) == (0, [])
    (row,) = json.loads(done.stdout)
    detail, change_ = row.pop("detail"), row.pop("change")
    assert row == {
        "cluster": "modes",
        "service": "web",
        "family": "web:1",
        "task": f"{1:032x}",
        "container": "app",
        "reason": "no_binding",
        "network_mode": "bridge",
        "label": "PROMETHEUS_EXPORTER_PORT=32768",
        "bindings": "8080->32768/tcp on 0.0.0.0, 9200-9201->41000-41001/tcp on 0.0.0.0",
        "port_mappings": "8080/tcp, 53/udp",
        "address": "",
    }
    assert "32768" in detail
    assert "host port" in detail
    assert "it must be the container port: 8080" in detail
    assert "8080" in change_


@pytest.mark.parametrize(
    ("family", "address"),
    [
        ("bridge-static", f"{HOST} (private address of i-{0:017x})"),
        ("bridge-bound", "10.0.9.9 (the address that the port is bound to)"),
        ("awsvpc-FARGATE", "10.0.2.1 (the container's network interface)"),
        ("awsvpc-eni-only", "10.0.2.1 (the task's network interface)"),
    ],
)
def test_explain_tells_where_an_address_comes_from(family, address, account, explained_rows):
    rows = [row for row in explained_rows if row["service"] == family]
    assert [row["address"] for row in rows] == [address]


@pytest.fixture(scope="module")
def explained_rows(account, tmp_path_factory):
    """What explain says of the whole account."""
    directory = tmp_path_factory.mktemp("explained")
    with SimProcess.start(["--account", account.write(directory / "account.json")]) as sim:
        done = explain(["--json"], clean_environment(directory, sim.environment()))
    assert done.status == 0
    return json.loads(done.stdout)


def test_every_reason_comes_with_words_and_a_way_out(explained_rows):
    reasons = {row["reason"] for row in explained_rows if "reason" in row}
    assert reasons == {
        "task_not_running",
        "container_stopped",
        "no_definition",
        "no_port_label",
        "invalid_port",
        "no_network",
        "no_address",
        "no_instance_address",
        "no_binding",
    }
    for row in explained_rows:
        if "reason" in row:
            assert len(row["detail"]) > 10, row
            assert len(row["change"]) > 10, row
            assert row["address"] == "", row
        else:
            assert is_target(row["target"]), row
            assert row["address"], row
