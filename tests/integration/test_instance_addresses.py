"""Addresses that no other machine reaches, and bindings that ECS has not reported."""

from __future__ import annotations

import json

import pytest
from discovery_process import explain
from sim_process import DATA
from target_file import read_groups

CASES = DATA / "cases"


@pytest.fixture
def seen(start_sim, discover, environment, tmp_path):
    """What explain and the file have of a case: rows by family or machine, targets by the same."""

    def look(name: str):
        sim = start_sim("--account", CASES / name)
        output = tmp_path / "targets.json"
        done = discover(["-config.write-to", output], sim.environment())
        assert done.status == 0
        explained = explain(["--json"], environment(sim.environment()))
        assert explained.status == 0
        return json.loads(explained.stdout), read_groups(output), done

    return look


def test_an_address_that_no_other_machine_reaches_is_none(seen):
    rows, groups, done = seen("unreachable-anywhere.json")
    by_task = {int(row["task"]): row for row in rows}
    assert [group["targets"] for group in groups] == [["172.17.0.1:9100"]] * 2
    for number in (0, 1):
        assert by_task[number]["target"] == "172.17.0.1:9100"
        assert "reports 172.17.0.1 for 2 machines" in by_task[number]["warning"]
    for number, reported in ((2, "127.0.0.1, a loopback"), (3, "169.254.7.8, a link-local")):
        assert by_task[number]["reason"] == "no_instance_address"
        assert f"Systems Manager reports {reported} address" in by_task[number]["detail"]
        assert "warning" not in by_task[number]
    assert done.stderr.count("an address may not lead to its machine") == 1


def test_a_binding_that_ecs_owes_is_reported_as_such(seen):
    rows, groups, _ = seen("mapped-without-bindings.json")
    families = {row["family"].split(":")[0]: row for row in rows}
    targets = {group["labels"]["task_name"]: group["targets"] for group in groups}
    assert targets["static-none"] == ["10.0.0.9:9100"]
    assert targets["static-other"] == ["10.0.0.9:19100"]
    assert targets["upper-proto"] == ["10.0.0.9:32769"], "a reported binding wins"
    assert "ECS has not reported the binding" in families["static-other"]["address"]
    owed = families["dynamic-none"]
    assert owed["reason"] == "no_binding"
    assert "ECS has not reported the binding yet; check the ECS agent" in owed["detail"]
    assert "nothing in the task definition" in owed["change"]
