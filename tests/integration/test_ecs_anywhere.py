"""Instances of ECS Anywhere, whose addresses Systems Manager knows."""

from __future__ import annotations

import json

import pytest
from discovery_process import explain, run
from modes_account import (
    PORT,
    Account,
    Container,
    bind,
    check,
    outcomes_explained,
    outcomes_in_file,
    targets_of,
)
from modes_cases import HOST, add_anywhere, own
from target_file import read_groups

pytestmark = pytest.mark.output("targets.json")


@pytest.fixture
def anywhere() -> tuple[Account, set[str]]:
    account = Account()
    account.add(
        "bridge", [Container(f"{HOST}:5", bindings=[bind(PORT, 5)])], "bridge",
        account.add_instance(HOST),
    )
    account.add("fargate", [own()])
    return account, add_anywhere(account)


def test_ssm_knows_the_addresses_of_ecs_anywhere(anywhere, serve, outcomes):
    account, _ = anywhere
    sim = serve(account)
    check(outcomes(sim), account.wants)
    # One for each program run, and one more for the machine that Systems Manager does not know.
    assert sim.calls()["DescribeInstanceInformation"] == 4


def test_more_instances_of_ecs_anywhere_than_ssm_takes_at_once(serve, outcomes):
    account = Account()
    for number in range(230):
        ip = f"192.168.{number // 200}.{1 + number % 200}"
        host = account.add_instance(ip, id=f"mi-{number:017x}")
        account.add(
            f"far-{number}",
            [Container(want=f"{ip}:{PORT}")],
            mode="host",
            host=host,
            launch_type="EXTERNAL",
        )
    sim = serve(account)
    check(outcomes(sim), account.wants)
    # 50 ids in a call, as many as in a page: 5 calls, for each program run.
    assert sim.calls()["DescribeInstanceInformation"] == 10


def test_without_permission_for_ssm_only_its_tasks_are_lost(
    anywhere, serve, discover, environment, output
):
    account, families = anywhere
    sim = serve(account, "--fault", "DescribeInstanceInformation:denied")
    wants = {
        key: "no_instance_address" if key[0] in families else want
        for key, want in account.wants.items()
    }

    done = discover(["-config.write-to", output], sim.environment())
    explained = explain(["--json"], environment(sim.environment()))
    dry = run(["--dry-run", "-config.write-to", output], environment(sim.environment()))

    assert outcomes_in_file(read_groups(output)) == targets_of(wants)
    assert outcomes_explained(explained.stdout) == wants
    assert dry.stdout == output.read_text()
    assert (done.status, explained.status, dry.status) == (0, 0, 0)
    details = [each.get("detail", "") for each in json.loads(explained.stdout)]
    assert any("ssm:DescribeInstanceInformation" in detail for detail in details)


def test_a_synthetic_account_with_ecs_anywhere_is_found_whole(start_sim, discover, output):
    sim = start_sim("--seed", "5", "--clusters", "2", "--tasks", "40", "--external", "12")

    done = discover(["-config.write-to", output], sim.environment())

    assert (done.status, done.problems) == (0, [])
    document = sim.account()
    tasks = {task["taskArn"]: task for each in document["clusters"] for task in each["tasks"]}
    hosts = {
        task["taskArn"]: each["ec2InstanceId"]
        for cluster in document["clusters"]
        for each in cluster["containerInstances"]
        for task in cluster["tasks"]
        if task.get("containerInstanceArn") == each["containerInstanceArn"]
    }
    addresses = {each["InstanceId"]: each["IPAddress"] for each in document["managedInstances"]}
    external = [arn for arn, task in tasks.items() if task["launchType"] == "EXTERNAL"]
    found = {group["labels"]["task_arn"]: group["targets"][0] for group in read_groups(output)}
    assert len(external) == 12
    assert [found[arn].rsplit(":", 1)[0] for arn in external] == [
        addresses[hosts[arn]] for arn in external
    ]


def test_no_call_is_made_for_what_the_account_does_not_have(serve, outcomes):
    account = Account()
    account.add("fargate", [own()])
    sim = serve(account)
    check(outcomes(sim), account.wants)
    needless = ("DescribeInstanceInformation", "DescribeInstances", "DescribeContainerInstances")
    for action in needless:
        assert sim.calls().get(action, 0) == 0


def test_instances_of_ecs_anywhere_are_never_sent_to_ec2(anywhere, serve, outcomes):
    account, families = anywhere
    account.tasks[:] = [task for task in account.tasks if task["launchType"] == "EXTERNAL"]
    sim = serve(account)
    outcomes(sim)
    assert sim.calls().get("DescribeInstances", 0) == 0
