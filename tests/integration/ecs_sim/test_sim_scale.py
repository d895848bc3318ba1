"""What the simulator has for large accounts: AWS's token buckets, gzip, churn, services."""

from __future__ import annotations

import concurrent.futures
import gzip
import urllib.error
import urllib.request

import botocore.exceptions
import pytest
from sim_client import CLUSTER, client
from sim_process import SimProcess


def test_throttles_by_the_published_buckets_with_the_error_of_the_service():
    with SimProcess.start(["--seed", 5, "--tasks", 10, "--published-limits"]) as sim:
        ecs = client(sim, "ecs", options={"max_pool_connections": 16})

        def outcome(_) -> str:
            try:
                ecs.list_tasks(cluster=CLUSTER)
            except botocore.exceptions.ClientError as error:
                return f"{error.response['Error']['Code']}: {error.response['Error']['Message']}"
            return "ok"

        # More at once than the bucket holds; it gains 20 a second meanwhile.
        outcomes = []
        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            while set(outcomes) <= {"ok"} and len(outcomes) < 5000:
                outcomes += pool.map(outcome, range(200))
        assert set(outcomes) == {"ok", "ThrottlingException: Rate exceeded"}
        assert outcomes.count("ok") >= 100
        throttled = outcomes.count("ThrottlingException: Rate exceeded")
        assert sim.calls() == {"ListTasks": len(outcomes), "_throttled": throttled}


def test_compresses_only_for_clients_that_ask():
    with SimProcess.start(["--seed", 5, "--tasks", 10, "--gzip"]) as sim:
        request = urllib.request.Request(sim.url, method="POST", data=b"Action=GetCallerIdentity")
        with pytest.raises(urllib.error.HTTPError) as plain:
            urllib.request.urlopen(request)
        assert plain.value.headers["Content-Encoding"] is None
        assert plain.value.read()
        request.add_header("Accept-Encoding", "gzip")
        with pytest.raises(urllib.error.HTTPError) as packed:
            urllib.request.urlopen(request)
        assert packed.value.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(packed.value.read())


def test_churn_replaces_tasks():
    with SimProcess.start(["--seed", 5, "--tasks", 90]) as sim:
        ecs = client(sim, "ecs")
        before = set(ecs.list_tasks(cluster=CLUSTER)["taskArns"])
        sim.churn(7)
        after = set(ecs.list_tasks(cluster=CLUSTER)["taskArns"])
        assert (len(after), len(after - before)) == (len(before), 7)
        described = ecs.describe_tasks(cluster=CLUSTER, tasks=sorted(after - before))
        assert {task["taskArn"] for task in described["tasks"]} == after - before
        gone = ecs.describe_tasks(cluster=CLUSTER, tasks=sorted(before - after))
        assert [task["lastStatus"] for task in gone["tasks"]] == ["STOPPED"] * 7
        assert {task["stopCode"] for task in gone["tasks"]} == {"ServiceSchedulerInitiated"}


def test_lists_and_describes_the_services_of_its_tasks():
    with SimProcess.start(["--seed", 5, "--tasks", 100, "--services", 10]) as sim:
        ecs = client(sim, "ecs")
        arns = ecs.list_services(cluster=CLUSTER, maxResults=100)["serviceArns"]
        described = ecs.describe_services(cluster=CLUSTER, services=arns[:10])
        assert [service["serviceArn"] for service in described["services"]] == arns[:10]
        assert described["failures"] == []
        tasks = ecs.list_tasks(cluster=CLUSTER, serviceName=arns[0])["taskArns"]
        assert tasks
