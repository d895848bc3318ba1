"""Both conformance accounts, through the simulator, give exactly the targets that they must."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from sim_process import SimProcess
from target_file import as_multiset, expected_multiset, read_groups

pytestmark = pytest.mark.output("targets.json")

ACCOUNTS = ["plain", "edge"]
LISTINGS = {"full pages": [], "short and empty pages": ["--page-size", "7", "--empty-pages"]}
PLAIN_CLUSTER = "arn:aws:ecs:us-east-1:123456789012:cluster/cluster-001"


def load(data, kind, account):
    return json.loads((data / f"{kind}-{account}.json").read_text())


def calls_of(sim: SimProcess) -> dict[str, int]:
    """The calls that were made, after a check that no signature was refused."""
    calls = sim.calls()
    assert calls.get("_rejected", 0) == 0
    return {name: count for name, count in calls.items() if not name.startswith("_") and count}


@pytest.mark.parametrize("suffix", ["yml", "json"])
@pytest.mark.parametrize("listing", LISTINGS)
@pytest.mark.parametrize("account", ACCOUNTS)
def test_the_file_holds_exactly_the_listed_targets(
    account, listing, suffix, data, start_sim, discover, tmp_path
):
    sim = start_sim("--account", data / f"account-{account}.json", *LISTINGS[listing])
    output = tmp_path / f"targets.{suffix}"

    done = discover(["-config.write-to", output], sim.environment())

    assert (done.status, done.problems) == (0, [])
    expected = load(data, "targets", account)["targets"]
    assert as_multiset(read_groups(output)) == expected_multiset(expected)


@pytest.mark.parametrize("account", ACCOUNTS)
def test_yaml_and_json_hold_the_same_groups_in_the_same_order(
    account, data, start_sim, discover, tmp_path
):
    sim = start_sim("--account", data / f"account-{account}.json")
    for suffix in ("yml", "json"):
        done = discover(["-config.write-to", tmp_path / f"t.{suffix}"], sim.environment())
        assert done.status == 0
    assert read_groups(tmp_path / "t.yml") == read_groups(tmp_path / "t.json")


@pytest.mark.parametrize("account", ACCOUNTS)
def test_groups_are_sorted_and_their_labels_in_the_order_of_the_contract(
    account, data, start_sim, discover, output
):
    sim = start_sim("--account", data / f"account-{account}.json", "--page-size", "7")
    assert discover(["-config.write-to", output], sim.environment()).status == 0

    labels = [group["labels"] for group in read_groups(output)]
    keys = [(each["task_arn"], each["container_name"], each["container_arn"]) for each in labels]
    assert keys == sorted(keys)
    order = (
        "task_arn task_name job task_revision task_group cluster_arn container_name container_arn "
        "docker_image __metrics_path__ __scheme__"
    ).split()
    assert [list(each) for each in labels] == [[n for n in order if n in each] for each in labels]


@pytest.mark.parametrize("suffix", ["yml", "json"])
def test_two_runs_give_equal_bytes_whatever_the_pages(suffix, data, start_sim, discover, tmp_path):
    written = []
    for number, flags in enumerate(LISTINGS.values()):
        sim = start_sim("--account", data / "account-edge.json", *flags)
        output = tmp_path / f"{number}.{suffix}"
        assert discover(["-config.write-to", output], sim.environment()).status == 0
        written.append(output.read_bytes())
    assert written[0] == written[1]


@pytest.mark.parametrize("cluster", ["cluster-001", PLAIN_CLUSTER])
def test_the_cluster_flag_takes_a_name_or_an_arn(cluster, data, plain_sim, discover, output):
    done = discover(
        ["-config.cluster", cluster, "-config.write-to", output], plain_sim.environment()
    )

    assert (done.status, done.problems) == (0, [])
    expected = [
        each
        for each in load(data, "targets", "plain")["targets"]
        if each["labels"]["cluster_arn"] == PLAIN_CLUSTER
    ]
    assert as_multiset(read_groups(output)) == expected_multiset(expected)


def test_one_cluster_costs_no_call_for_the_others(plain_sim, discover, output):
    plain_sim.reset()

    args = ["-config.cluster", "cluster-001", "-config.write-to", output]
    assert discover(args, plain_sim.environment()).status == 0

    calls = calls_of(plain_sim)
    assert calls.get("ListClusters", 0) == 0
    assert (calls["ListTasks"], calls["DescribeTasks"]) == (1, 1)


@pytest.mark.parametrize("account", ACCOUNTS)
def test_only_the_calls_that_are_needed_are_made(account, data, start_sim, discover, tmp_path):
    sim = start_sim("--account", data / f"account-{account}.json")

    done = discover(["-config.write-to", tmp_path / "targets.yml"], sim.environment())

    assert done.status == 0
    clusters = load(data, "account", account)["clusters"]
    tasks = [task for cluster in clusters for task in cluster["tasks"]]
    calls = Counter(calls_of(sim))
    assert calls["DescribeInstances"] <= len(clusters)
    del calls["DescribeInstances"]
    assert calls == {
        "ListClusters": 1,
        "ListTasks": len(clusters),
        "DescribeTasks": len(clusters),
        "DescribeTaskDefinition": len({task["taskDefinitionArn"] for task in tasks}),
        "DescribeContainerInstances": len(clusters),
    }


def test_batches_are_filled_across_short_and_empty_pages(data, start_sim, discover, tmp_path):
    sim = start_sim(
        "--account", data / "account-plain.json", "--page-size", "7", "--empty-pages"
    )
    assert discover(["-config.write-to", tmp_path / "t.yml"], sim.environment()).status == 0

    calls = calls_of(sim)
    assert calls["ListTasks"] > 2  # the listing did come in pages
    assert calls["DescribeTasks"] == 2  # of 30 tasks each


def test_more_tasks_than_a_page_holds_are_described_in_full_batches(
    start_sim, discover, output
):
    sim = start_sim("--seed", "11", "--clusters", "1", "--tasks", "950")

    assert discover(["-config.write-to", output], sim.environment()).status == 0

    calls = calls_of(sim)
    assert (calls["ListTasks"], calls["DescribeTasks"]) == (10, 10)
    assert len(read_groups(output)) > 100


@pytest.mark.output("targets.yml")
def test_an_account_without_clusters_gives_an_empty_list(start_sim, discover, output, tmp_path):
    account = {"region": "us-east-1", "accountId": "123456789012"}
    account |= {"clusters": [], "taskDefinitions": [], "instances": []}
    (tmp_path / "account.json").write_text(json.dumps(account))
    sim = start_sim("--account", tmp_path / "account.json")

    assert discover(["-config.write-to", output], sim.environment()).status == 0

    assert output.read_bytes() == b"[]\n"
