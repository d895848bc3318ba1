"""What becomes of targets that this process cannot ask AWS about: of clusters that are not selected,
of another account, of names that AWS cannot have; and of those that one missing permission hides."""

from __future__ import annotations

import pytest
import yaml
from target_file import read_groups, wait_for_file
from waiting import wait_until

pytestmark = pytest.mark.sim("--seed", 3, "--clusters", 3, "--tasks", 90)


def of_cluster(groups, name):
    return [group for group in groups if group["labels"]["cluster_arn"].endswith(f"/{name}")]


ONE = ("-config.cluster", "cluster-000")


def stop_one_of(sim, groups):
    """Stops a task of cluster-000 that has targets; the groups that are left of the cluster."""
    own = of_cluster(groups, "cluster-000")
    arn = own[0]["labels"]["task_arn"]
    sim.stop_task(arn)
    return [group for group in own if group["labels"]["task_arn"] != arn]


def test_one_shot_runs_write_the_selected_cluster_and_hold_the_others(discover_once, sim, output):
    discover_once()
    others = [g for name in ("cluster-001", "cluster-002") for g in of_cluster(read_groups(output), name)]
    for _ in range(4):
        left = stop_one_of(sim, read_groups(output))
        done = discover_once(*ONE)
        assert done.status == 1
        assert "give -guard.max-drop-percent=100 or delete the file" in done.only_problem()
        groups = read_groups(output)
        assert of_cluster(groups, "cluster-000") == left
        assert [group for group in groups if group in others] == others
    done = discover_once(*ONE, "--guard.max-drop-percent", "100")
    assert done.status == 0
    assert read_groups(output) == left


def test_with_a_state_file_the_third_one_shot_run_drops_the_others(discover_once, sim, output, tmp_path):
    state = ["--state.path", tmp_path / "state.db"]
    discover_once()
    for status in (1, 1, 0, 0):
        left = stop_one_of(sim, read_groups(output))
        done = discover_once(*ONE, *state)
        assert done.status == status, done.stderr
        groups = read_groups(output)
        assert of_cluster(groups, "cluster-000") == left
        assert (groups == left) == (status == 0)


def with_another_cluster(output, arn):
    """Adds a group of that cluster to the file."""
    groups = read_groups(output)
    group = {"targets": ["10.9.9.9:1"], "labels": dict(groups[0]["labels"])}
    prefix, name = arn.split(":cluster/", 1)
    group["labels"].update(cluster_arn=arn, task_arn=f"{prefix}:task/{name}/{'0' * 32}")
    output.write_text(yaml.safe_dump([*groups, group], sort_keys=False))
    return groups


def test_a_few_targets_of_another_account_are_dropped_with_a_line(discover_once, output):
    discover_once()
    arn = "arn:aws:ecs:us-east-1:999999999999:cluster/other"
    before = with_another_cluster(output, arn)
    done = discover_once()
    assert done.status == 0
    line = done.only_problem()
    assert arn in line and "targets=1" in line
    assert "they are of account 999999999999, and the credentials are of account" in line
    assert read_groups(output) == before


def test_a_group_of_a_cluster_that_cannot_be_is_dropped_with_a_line(discover_once, output):
    discover_once()
    groups = read_groups(output)
    account = groups[0]["labels"]["cluster_arn"].split(":")[4]
    arn = f"arn:aws:ecs:us-east-1:{account}:cluster/not a name"
    before = with_another_cluster(output, arn)
    done = discover_once()
    assert done.status == 0
    assert "AWS cannot have a cluster of this name" in done.only_problem()
    assert arn in done.only_problem()
    assert read_groups(output) == before


def test_one_missing_permission_holds_back_only_the_tasks_that_need_it(
    start_sim, start_daemon, output, data
):
    account = data / "account-one-permission.json"
    sim = start_sim("--account", account, "--fault", "DescribeInstances:denied")
    flags = ["-config.write-to", output, "-config.scrape-interval", "200ms", "--startup-grace", "2s"]
    start_daemon(flags, sim.environment())
    wait_for_file(output, "the file after the grace time")
    assert [group["targets"] for group in read_groups(output)] == [["10.0.1.1:9100"]]
    sim.set_faults()
    wait_until(
        lambda: len(read_groups(output)) == 2,
        "the task that needs the instance",
        seen=lambda: read_groups(output),
    )
