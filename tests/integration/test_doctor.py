"""doctor: a line for each thing that is needed, with a fix for what is wrong, and nothing changed."""

from __future__ import annotations

import json
import os
import re

import pytest
from discovery_process import Finished, run
from sim_process import SECRET_KEY, SimProcess

NEEDED = {
    "ListClusters": "ecs:ListClusters",
    "ListTasks": "ecs:ListTasks",
    "DescribeTasks": "ecs:DescribeTasks",
    "DescribeTaskDefinition": "ecs:DescribeTaskDefinition",
    "DescribeContainerInstances": "ecs:DescribeContainerInstances",
    "DescribeInstances": "ec2:DescribeInstances",
}
LINE = re.compile(r"^(ok|warn|FAIL) +(endpoint \S+|\S+) +(.*)$")


def checks(done: Finished) -> dict[str, tuple[str, str]]:
    """What doctor printed: state and text by the name of the check."""
    found = {}
    for line in done.stdout.splitlines():
        state, name, text = LINE.match(line).groups()
        assert name not in found, f"{name} twice in:\n{done.stdout}"
        found[name] = (state, text)
    return found


@pytest.fixture(scope="module")
def sim():
    with SimProcess.start(["--seed", "3", "--clusters", "2", "--tasks", "6"]) as started:
        yield started


@pytest.fixture
def examine(sim, environment, tmp_path):
    """examine(flags, variables) -> the finished doctor; the simulator has no faults afterwards."""

    def start(flags=(), variables=None) -> Finished:
        output = tmp_path / "targets.yml"
        return run(
            ["doctor", "-config.write-to", output, *flags],
            environment(sim.environment(), variables or {}),
        )

    yield start
    sim.set_faults()


def let_others_search(path):
    """Opens the directories above `path`, which pytest makes for their owner alone."""
    for directory in [path, *path.parents]:
        if not directory.stat().st_mode & 0o011:
            directory.chmod(0o711)


def test_everything_is_good_and_nothing_is_changed(examine, tmp_path):
    let_others_search(tmp_path)
    done = examine()
    found = checks(done)
    assert done.status == 0
    assert {state for state, _ in found.values()} == {"ok"}
    assert {"credentials", "identity", "region", "clock", "output"} <= set(found)
    assert {*NEEDED.values(), "ecs:DescribeClusters", "ssm:DescribeInstanceInformation"} <= set(
        found
    )
    assert "arn:aws:" in found["identity"][1]
    assert "us-east-1" in found["region"][1]
    assert "environment" in found["credentials"][1]
    assert "targets.yml" not in os.listdir(tmp_path)
    assert SECRET_KEY not in done.stdout + done.stderr


@pytest.mark.parametrize("action", sorted(NEEDED))
def test_a_needed_permission_that_is_missing_fails_with_its_name(action, sim, examine):
    sim.set_faults(f"{action}:denied")
    done = examine()
    found = checks(done)
    permission = NEEDED[action]
    assert done.status == 1
    assert found.pop(permission)[0] == "FAIL"
    assert f"fix: allow {permission}" in done.stdout
    assert [name for name, (state, _) in found.items() if state == "FAIL"] == []


def test_an_optional_permission_says_what_is_lost_without_it(sim, examine):
    sim.set_faults("DescribeInstanceInformation:denied")
    done = examine()
    state, text = checks(done)["ssm:DescribeInstanceInformation"]
    assert (done.status, state) == (0, "warn")
    assert "ECS Anywhere" in text


def test_a_named_cluster_needs_describe_clusters_instead_of_list_clusters(sim, examine):
    name = sim.account()["clusters"][0]["clusterName"]
    sim.set_faults("ListClusters:denied")
    assert examine(["-config.cluster", name]).status == 0
    sim.set_faults("DescribeClusters:denied")
    done = examine(["-config.cluster", name])
    assert (done.status, checks(done)["ecs:DescribeClusters"][0]) == (1, "FAIL")


def test_without_credentials_it_says_where_to_put_them(examine):
    done = examine(variables={"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""})
    state, text = checks(done)["credentials"]
    assert (done.status, state) == (1, "FAIL")
    assert "AWS_ACCESS_KEY_ID" in text


def test_a_wrong_secret_fails_the_identity(examine):
    done = examine(variables={"AWS_SECRET_ACCESS_KEY": "not-the-secret"})
    assert (done.status, checks(done)["identity"][0]) == (1, "FAIL")
    assert "not-the-secret" not in done.stdout + done.stderr


def test_an_endpoint_that_does_not_answer_fails_every_call(examine):
    done = examine(variables={"AWS_ENDPOINT_URL": "http://127.0.0.1:1"})
    found = checks(done)
    assert done.status == 1
    assert found["identity"][0] == found["ecs:ListTasks"][0] == "FAIL"
    assert "127.0.0.1:1" in found["identity"][1]


def test_a_directory_that_only_its_owner_may_search_gets_a_warning(sim, environment, tmp_path):
    let_others_search(tmp_path)
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    done = run(
        ["doctor", "-config.write-to", closed / "targets.yml"], environment(sim.environment())
    )
    state, text = checks(done)["output"]
    assert (done.status, state) == (0, "warn")
    assert f"only its owner may search directory {closed}" in text


def test_an_output_directory_that_is_missing_fails(sim, environment, tmp_path):
    done = run(
        ["doctor", "-config.write-to", tmp_path / "nowhere" / "targets.yml"],
        environment(sim.environment()),
    )
    state, text = checks(done)["output"]
    assert (done.status, state) == (1, "FAIL")
    assert "nowhere" in text


def test_a_wrong_configuration_is_json_too(examine):
    done = examine(["--json"], {"AWS_PROFILE": "nobody"})
    problem = 'AWS profile "nobody" is in neither '
    (check,) = json.loads(done.stdout)
    assert (done.status, check["state"], check["name"]) == (2, "fail", "configuration")
    assert check["text"].startswith(problem)
    assert check["text"] in done.only_problem().replace('\\"', '"')
    assert examine(variables={"AWS_PROFILE": "nobody"}).stdout == ""
