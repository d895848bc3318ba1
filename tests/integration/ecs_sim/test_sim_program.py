"""The simulator as a program: its control side, the AWS CLI, synthetic accounts, its command line."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.request

import pytest
from sim_client import CLUSTER, account_file, client, error_of, list_tasks
from sim_process import DATA, SECRET_KEY, SimProcess, binary


# --- the control side ----------------------------------------------------------------------------


def test_a_stopped_task_is_not_listed_but_described(fresh):
    ecs = client(fresh, "ecs")
    before = list_tasks(ecs)
    asked = before[3:6]
    versions = [task["version"] for task in ecs.describe_tasks(cluster=CLUSTER, tasks=asked)["tasks"]]
    fresh.stop_task(before[4])
    assert list_tasks(ecs) == before[:4] + before[5:]
    assert ecs.list_tasks(cluster=CLUSTER, desiredStatus="STOPPED")["taskArns"] == [before[4]]
    answer = ecs.describe_tasks(cluster=CLUSTER, tasks=asked)
    stopped = answer["tasks"][1]
    assert (stopped["taskArn"], answer["failures"]) == (before[4], [])
    assert (stopped["lastStatus"], stopped["desiredStatus"]) == ("STOPPED", "STOPPED")
    assert {container["lastStatus"] for container in stopped["containers"]} == {"STOPPED"}
    assert (stopped["stopCode"], bool(stopped["stoppedReason"])) == ("UserInitiated", True)
    assert abs(stopped["stoppedAt"].timestamp() - time.time()) < 60
    assert [task["version"] - old for task, old in zip(answer["tasks"], versions)] == [0, 1, 0]
    assert len(fresh.account()["clusters"][0]["tasks"]) == len(before) - 1


def test_a_task_that_stopped_long_ago_is_missing(fresh):
    ecs = client(fresh, "ecs")
    task = list_tasks(ecs)[0]
    fresh.stop_task(task, missing=True)
    answer = ecs.describe_tasks(cluster=CLUSTER, tasks=[task])
    assert (answer["tasks"], answer["failures"]) == ([], [{"arn": task, "reason": "MISSING"}])
    flags = ["--account", DATA / "account-plain.json", "--stopped-lifetime", "0s"]
    with SimProcess.start(flags) as sim:
        sim.stop_task(task)
        answer = client(sim, "ecs").describe_tasks(cluster=CLUSTER, tasks=[task])
        assert answer["failures"] == [{"arn": task, "reason": "MISSING"}]


def test_a_task_that_is_replaced_gets_the_next_version_or_the_one_given(fresh):
    ecs = client(fresh, "ecs")
    cluster = account_file("account-plain.json")["clusters"][0]
    task = {**cluster["tasks"][0], "cpu": "4096"}

    def version_after(**change):
        fresh.add({"clusters": [{**cluster, "tasks": [{**task, **change}]}]})
        (described,) = ecs.describe_tasks(cluster=CLUSTER, tasks=[task["taskArn"]])["tasks"]
        return described["version"]

    first = task.pop("version")
    assert version_after(memory="1") == first + 1
    assert version_after(memory="1") == first + 1
    assert version_after(memory="2") == first + 2
    assert version_after(memory="2", version=first) == first


def test_tasks_and_clusters_come_and_go_while_it_runs(fresh):
    ecs = client(fresh, "ecs")
    document = account_file("account-plain.json")
    cluster = document["clusters"][0]
    old = cluster["tasks"][0]
    new = {**old, "taskArn": old["taskArn"][:-4] + "ffff", "cpu": "512"}
    changed = {**cluster["tasks"][1], "lastStatus": "STOPPED"}
    fresh.add({"clusters": [{**cluster, "tasks": [new, changed]}]})
    assert list_tasks(ecs)[-1] == new["taskArn"]
    asked = [new["taskArn"], changed["taskArn"]]
    described = ecs.describe_tasks(cluster=CLUSTER, tasks=asked)["tasks"]
    assert [(task["cpu"], task["lastStatus"]) for task in described] == [
        ("512", new["lastStatus"]),
        (changed["cpu"], "STOPPED"),
    ]
    fresh.remove_cluster(CLUSTER)
    assert error_of(lambda: list_tasks(ecs))[0] == "ClusterNotFoundException"
    assert cluster["clusterArn"] not in ecs.list_clusters()["clusterArns"]
    assert ecs.describe_clusters(clusters=[CLUSTER])["clusters"] == []


def test_the_account_comes_out_as_it_was_loaded(held):
    sim, document = held
    assert sim.account() == document


# --- the AWS CLI ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def cli():
    program = shutil.which("aws")
    if program is None:
        pytest.skip("the AWS CLI is not installed")

    def run(sim, *arguments, secret=SECRET_KEY):
        environment = {
            "PATH": os.environ["PATH"],
            **sim.environment(),
            "AWS_SECRET_ACCESS_KEY": secret,
            "AWS_MAX_ATTEMPTS": "1",
        }
        return subprocess.run(
            [program, *arguments, "--endpoint-url", sim.url, "--output", "json"],
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
        )

    return run


def test_the_cli_reads_every_service(sim, cli):
    document = account_file("account-plain.json")
    listed = cli(sim, "ecs", "list-tasks", "--cluster", CLUSTER, "--page-size", "8")
    assert listed.returncode == 0, listed.stderr
    arns = json.loads(listed.stdout)["taskArns"]
    assert arns == [task["taskArn"] for task in document["clusters"][0]["tasks"]]
    described = cli(sim, "ecs", "describe-tasks", "--cluster", CLUSTER, "--tasks", *arns[:3])
    assert [t["taskArn"] for t in json.loads(described.stdout)["tasks"]] == arns[:3]
    instances = cli(sim, "ec2", "describe-instances")
    assert [
        r["Instances"][0]["InstanceId"] for r in json.loads(instances.stdout)["Reservations"]
    ] == [i["instanceId"] for i in document["instances"]]
    identity = cli(sim, "sts", "get-caller-identity")
    assert json.loads(identity.stdout)["Account"] == "123456789012"


def test_the_cli_reports_a_wrong_secret(sim, cli):
    answer = cli(sim, "ecs", "list-tasks", "--cluster", CLUSTER, secret="wrong")
    assert answer.returncode != 0
    assert "InvalidSignatureException" in answer.stderr


# --- synthetic accounts and exporters ------------------------------------------------------------


def test_the_same_seed_gives_the_same_account():
    accounts = []
    for seed in ("5", "5", "6"):
        args = ["--seed", seed, "--clusters", "3", "--tasks", "200"]
        with SimProcess.start(args) as sim:
            accounts.append(sim.account())
    assert accounts[0] == accounts[1]
    assert accounts[0] != accounts[2]
    assert sum(len(c["tasks"]) for c in accounts[0]["clusters"]) == 200


def host_port(bindings, port):
    """The host port of a tcp binding on IPv4, as Docker would forward it."""
    for one in bindings:
        if one["protocol"] != "tcp" or one["bindIP"] != "0.0.0.0":
            continue
        if one.get("containerPort") == port:
            return one["hostPort"]
        if "containerPortRange" in one:
            low, high = map(int, one["containerPortRange"].split("-"))
            if low <= port <= high:
                return int(one["hostPortRange"].split("-")[0]) + port - low
    return None


def expected_exporters(document):
    """(address, port, path, task, container) of every container with a port label."""
    definitions = {d["taskDefinitionArn"]: d for d in document["taskDefinitions"]}
    addresses = {i["instanceId"]: i["privateIpAddress"] for i in document["instances"]}
    addresses |= {i["InstanceId"]: i["IPAddress"] for i in document.get("managedInstances", [])}
    for cluster in document["clusters"]:
        hosts = {
            c["containerInstanceArn"]: addresses[c["ec2InstanceId"]]
            for c in cluster["containerInstances"]
        }
        for task in cluster["tasks"]:
            definition = definitions[task["taskDefinitionArn"]]
            labels = {c["name"]: c["dockerLabels"] for c in definition["containerDefinitions"]}
            for container in task["containers"]:
                label = labels.get(container["name"], {})
                if "PROMETHEUS_EXPORTER_PORT" not in label or task["lastStatus"] != "RUNNING":
                    continue
                port = int(label["PROMETHEUS_EXPORTER_PORT"])
                if definition["networkMode"] == "awsvpc":
                    address = container["networkInterfaces"][0]["privateIpv4Address"]
                else:
                    address = hosts[task["containerInstanceArn"]]
                if definition["networkMode"] == "bridge":
                    port = host_port(container["networkBindings"], port)
                path = label.get("PROMETHEUS_EXPORTER_PATH", "/metrics")
                yield address, port, path, task["taskArn"].rsplit("/", 1)[1], container["name"]


def test_an_exporter_answers_behind_every_label():
    # The seed chooses the addresses: two runs on one machine must not want the same ones.
    # From 30 on, since other tests and the demo have fixed ones with other addresses (modulo 200).
    seed = str(30 + os.getpid() % 70)
    args = ["--seed", seed, "--clusters", "2", "--tasks", "120", "--exporters", "--external", "9"]
    with SimProcess.start(args) as sim:
        document = sim.account()
        assert len(document["managedInstances"]) == 3
        expected = list(expected_exporters(document))
        assert sim.first_line.endswith(f" ({len(expected)} exporters)")
        assert len({entry[:2] for entry in expected}) == len(expected) > 100
        for address, port, path, task, container in expected:
            with urllib.request.urlopen(f"http://{address}:{port}{path}", timeout=30) as answer:
                assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
                assert f'task="{task}",container="{container}"}} 1\n' in answer.read().decode()
        address, port = expected[0][:2]
        with pytest.raises(urllib.error.HTTPError):
            urllib.request.urlopen(f"http://{address}:{port}/elsewhere", timeout=30)


# --- the command line ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        ["--moon"],
        [],
        ["--seed"],
        ["--seed", "x"],
        ["--seed", "1", "--account", "x"],
        ["--account", str(DATA / "account-plain.json"), "--external", "3"],
        ["--seed", "1", "--page-size", "101"],
        ["--seed", "1", "--fault", "ListTasks:boom"],
        ["--seed", "1", "--latency", "30"],
        ["--seed", "1", "--listen", "nowhere"],
        ["--account", str(DATA / "targets-plain.json")],
    ],
)
def test_a_wrong_command_line_ends_with_status_2_and_one_line(arguments):
    done = subprocess.run([binary(), *arguments], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("ecs-sim: ")
    assert done.stderr.count("\n") == 1


def test_help_names_every_flag():
    done = subprocess.run([binary(), "--help"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0
    for flag in ("--listen", "--account", "--seed", "--exporters", "--fault", "--latency"):
        assert flag in done.stdout


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals_end_it_cleanly(fresh, number):
    fresh.process.send_signal(number)
    assert fresh.process.wait(timeout=10) == 0
