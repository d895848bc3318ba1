"""Independent AWS clients read from the simulator what its account holds: boto3 with its paginators."""

from __future__ import annotations

import json
import tempfile

import boto3
import botocore.client
import botocore.exceptions
import pytest
from sim_client import CLUSTER, account_file, client, error_of, list_tasks
from sim_process import ACCESS_KEY, DATA, SECRET_KEY, SimProcess


# --- what the account holds comes out unchanged -------------------------------------------------


def test_every_cluster_is_listed_and_described(held):
    sim, document = held
    ecs = client(sim, "ecs")
    arns = [
        arn
        for page in ecs.get_paginator("list_clusters").paginate(PaginationConfig={"PageSize": 1})
        for arn in page["clusterArns"]
    ]
    assert arns == [cluster["clusterArn"] for cluster in document["clusters"]]
    described = ecs.describe_clusters(clusters=arns)
    assert [c["clusterName"] for c in described["clusters"]] == [
        cluster["clusterName"] for cluster in document["clusters"]
    ]
    assert [c["runningTasksCount"] for c in described["clusters"]] == [
        sum(task["lastStatus"] == "RUNNING" for task in cluster["tasks"])
        for cluster in document["clusters"]
    ]


def test_every_task_is_listed_in_pages_and_described_as_it_is(held):
    sim, document = held
    ecs = client(sim, "ecs")
    for cluster in document["clusters"]:
        pages = list(ecs.get_paginator("list_tasks").paginate(cluster=cluster["clusterArn"]))
        assert max(len(page["taskArns"]) for page in pages) == 7
        arns = [arn for page in pages for arn in page["taskArns"]]
        assert arns == [task["taskArn"] for task in cluster["tasks"]]
        answer = ecs.describe_tasks(cluster=cluster["clusterName"], tasks=arns, include=["TAGS"])
        assert answer["failures"] == []
        for got, held_task in zip(answer["tasks"], cluster["tasks"], strict=True):
            assert got["containers"] == held_task["containers"]
            assert got["attachments"] == held_task["attachments"]
            assert got["startedAt"].timestamp() == held_task["startedAt"]


def test_every_definition_is_described_by_arn_and_by_name(held):
    sim, document = held
    ecs = client(sim, "ecs")
    for definition in document["taskDefinitions"]:
        arn = definition["taskDefinitionArn"]
        by_arn = ecs.describe_task_definition(taskDefinition=arn)
        by_name = ecs.describe_task_definition(taskDefinition=arn.rsplit("/", 1)[1])
        assert by_arn["taskDefinition"] == by_name["taskDefinition"]
        assert (
            by_arn["taskDefinition"]["containerDefinitions"] == definition["containerDefinitions"]
        )
        assert by_arn["taskDefinition"].get("networkMode") == definition.get("networkMode")


def test_every_container_instance_and_its_ec2_instance_is_found(held):
    sim, document = held
    ecs, ec2 = client(sim, "ecs"), client(sim, "ec2")
    for cluster in document["clusters"]:
        arns = [
            arn
            for page in ecs.get_paginator("list_container_instances").paginate(
                cluster=cluster["clusterName"], PaginationConfig={"PageSize": 2}
            )
            for arn in page["containerInstanceArns"]
        ]
        answer = ecs.describe_container_instances(
            cluster=cluster["clusterName"], containerInstances=arns
        )
        assert [
            {"containerInstanceArn": c["containerInstanceArn"], "ec2InstanceId": c["ec2InstanceId"]}
            for c in answer["containerInstances"]
        ] == cluster["containerInstances"]
    pages = ec2.get_paginator("describe_instances").paginate(PaginationConfig={"PageSize": 5})
    found = {
        instance["InstanceId"]: instance
        for page in pages
        for reservation in page["Reservations"]
        for instance in reservation["Instances"]
    }
    assert list(found) == [instance["instanceId"] for instance in document["instances"]]
    for instance in document["instances"]:
        got = found[instance["instanceId"]]
        assert got.get("PrivateIpAddress") == instance.get("privateIpAddress")
        assert got.get("PublicIpAddress") == instance.get("publicIpAddress")
        assert [i.get("PrivateIpAddress") for i in got["NetworkInterfaces"]] == [
            i.get("privateIpAddress") for i in instance["networkInterfaces"]
        ]


# --- listings ------------------------------------------------------------------------------------


def test_filters_narrow_a_listing(sim):
    ecs = client(sim, "ecs")
    tasks = account_file("account-plain.json")["clusters"][0]["tasks"]

    def expect(predicate):
        return [task["taskArn"] for task in tasks if predicate(task)]

    one = next(task for task in tasks if "containerInstanceArn" in task)
    family = one["taskDefinitionArn"].rsplit("/", 1)[1].rsplit(":", 1)[0]
    assert list_tasks(ecs, launchType="FARGATE") == expect(lambda t: t["launchType"] == "FARGATE")
    assert list_tasks(ecs, family=family) == expect(
        lambda t: f"task-definition/{family}:" in t["taskDefinitionArn"]
    )
    assert list_tasks(ecs, startedBy=one["startedBy"]) == expect(
        lambda t: t["startedBy"] == one["startedBy"]
    )
    assert list_tasks(ecs, containerInstance=one["containerInstanceArn"]) == expect(
        lambda t: t.get("containerInstanceArn") == one["containerInstanceArn"]
    )
    service = next(t["group"] for t in tasks if t["group"].startswith("service:"))
    assert list_tasks(ecs, serviceName=service.removeprefix("service:")) == expect(
        lambda t: t["group"] == service
    )
    assert list_tasks(ecs, desiredStatus="PENDING") == []
    assert list_tasks(ecs, desiredStatus="STOPPED") == []


def test_a_token_is_good_only_for_its_own_listing(sim):
    ecs = client(sim, "ecs")
    token = ecs.list_tasks(cluster=CLUSTER, maxResults=3)["nextToken"]
    ecs.list_tasks(cluster=CLUSTER, maxResults=10, nextToken=token)
    for wrong in (
        {"cluster": "cluster-001", "nextToken": token},
        {"cluster": CLUSTER, "launchType": "EC2", "nextToken": token},
        {"cluster": CLUSTER, "nextToken": token[:-1] + "f"},
        {"cluster": CLUSTER, "nextToken": "nonsense"},
    ):
        assert error_of(lambda wrong=wrong: ecs.list_tasks(**wrong))[0] == (
            "InvalidParameterException"
        )


def test_empty_pages_do_not_end_a_listing():
    args = ["--account", DATA / "account-plain.json", "--empty-pages", "--page-size", "10"]
    with SimProcess.start(args) as sim:
        pages = list(client(sim, "ecs").get_paginator("list_tasks").paginate(cluster=CLUSTER))
        assert [len(page["taskArns"]) for page in pages] == [0, 10, 0, 10, 0, 10]


# --- limits and what is missing ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operation", "arguments", "code"),
    [
        ("list_tasks", {"cluster": "nowhere"}, "ClusterNotFoundException"),
        ("list_tasks", {}, "ClusterNotFoundException"),
        ("list_tasks", {"cluster": CLUSTER, "maxResults": 101}, "InvalidParameterException"),
        ("list_tasks", {"cluster": CLUSTER, "maxResults": 0}, "InvalidParameterException"),
        ("list_tasks", {"cluster": CLUSTER, "launchType": "MOON"}, "InvalidParameterException"),
        (
            "list_tasks",
            {"cluster": CLUSTER, "startedBy": "x", "family": "y"},
            "InvalidParameterException",
        ),
        ("list_tasks", {"cluster": CLUSTER, "serviceName": "no"}, "ServiceNotFoundException"),
        ("describe_tasks", {"cluster": "nowhere", "tasks": ["a"]}, "ClusterNotFoundException"),
        ("describe_tasks", {"cluster": CLUSTER, "tasks": []}, "InvalidParameterException"),
        (
            "describe_tasks",
            {"cluster": CLUSTER, "tasks": [f"{i:032x}" for i in range(101)]},
            "InvalidParameterException",
        ),
        (
            "describe_container_instances",
            {"cluster": CLUSTER, "containerInstances": [f"{i:032x}" for i in range(101)]},
            "InvalidParameterException",
        ),
        ("describe_task_definition", {"taskDefinition": "none:1"}, "ClientException"),
    ],
)
def test_a_wrong_request_is_refused_with_the_services_code(sim, operation, arguments, code):
    ecs = client(sim, "ecs")
    got, _, status = error_of(lambda: getattr(ecs, operation)(**arguments))
    assert (got, status) == (code, 400)


def test_what_is_missing_is_reported_beside_what_is_found(sim):
    ecs = client(sim, "ecs")
    mine, other = (c["tasks"][0] for c in account_file("account-plain.json")["clusters"])
    gone = "arn:aws:ecs:us-east-1:123456789012:task/cluster-000/" + "0" * 32
    asked = [mine["taskArn"], gone, other["taskArn"]]
    answer = ecs.describe_tasks(cluster=CLUSTER, tasks=asked)
    assert [t["taskArn"] for t in answer["tasks"]] == [mine["taskArn"]]
    assert answer["failures"] == [{"arn": arn, "reason": "MISSING"} for arn in asked[1:]]
    clusters = ecs.describe_clusters(clusters=["nowhere"])
    assert clusters["clusters"] == []
    assert clusters["failures"][0]["arn"].endswith(":cluster/nowhere")


def test_describe_instances_names_the_missing_ids_and_a_filter_omits_them(sim):
    ec2 = client(sim, "ec2")
    known = account_file("account-plain.json")["instances"][0]["instanceId"]
    gone = ["i-0000000000000000a", "i-0000000000000000b"]
    assert error_of(lambda: ec2.describe_instances(InstanceIds=[known, *gone])) == (
        "InvalidInstanceID.NotFound",
        f"The instance IDs '{gone[0]}, {gone[1]}' do not exist",
        400,
    )
    assert error_of(lambda: ec2.describe_instances(InstanceIds=["mi-0123456789abcdef0"]))[0] == (
        "InvalidInstanceID.Malformed"
    )
    answer = ec2.describe_instances(
        Filters=[{"Name": "instance-id", "Values": [known, *gone]}], MaxResults=1000
    )
    assert [r["Instances"][0]["InstanceId"] for r in answer["Reservations"]] == [known]
    assert error_of(lambda: ec2.describe_instances(InstanceIds=[known], MaxResults=5))[0] == (
        "InvalidParameterCombination"
    )
    assert error_of(lambda: ec2.describe_instances(MaxResults=4))[0] == "InvalidParameterValue"
    values = [f"i-{i:017x}" for i in range(201)]
    many = [{"Name": "instance-id", "Values": values}]
    assert error_of(lambda: ec2.describe_instances(Filters=many))[0] == "FilterLimitExceeded"


# --- managed instances ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def anywhere():
    """230 managed instances, two of which have lost their connection."""
    managed = [
        {
            "InstanceId": f"mi-{number:017x}",
            "PingStatus": "ConnectionLost" if number in (3, 7) else "Online",
            "LastPingDateTime": 1790000000.5,
            "ResourceType": "ManagedInstance",
            "IPAddress": f"192.168.{number // 250}.{1 + number % 250}",
            "ComputerName": f"rack-{number}",
        }
        for number in range(230)
    ]
    account = {"region": "us-east-1", "accountId": "123456789012", "managedInstances": managed}
    account |= {"clusters": [], "taskDefinitions": [], "instances": []}
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(account, file)
        file.flush()
        with SimProcess.start(["--account", file.name]) as sim:
            yield sim, managed


def information(ssm, **arguments):
    pages = ssm.get_paginator("describe_instance_information").paginate(**arguments)
    return [page["InstanceInformationList"] for page in pages]


def test_every_managed_instance_is_listed_in_pages_as_it_is(anywhere):
    sim, managed = anywhere
    pages = information(client(sim, "ssm"))
    assert [len(page) for page in pages] == [10] * 23
    found = [instance for page in pages for instance in page]
    for instance in found:
        instance["LastPingDateTime"] = instance["LastPingDateTime"].timestamp()
    assert found == managed
    assert sim.account()["managedInstances"] == managed


def test_filters_narrow_managed_instances(anywhere):
    sim, managed = anywhere
    ssm = client(sim, "ssm")
    ids = [instance["InstanceId"] for instance in managed[:98]]
    gone = ["mi-fffffffffffffffff", "i-fffffffffffffffff"]
    wanted = [{"Key": "InstanceIds", "Values": [*gone, *reversed(ids)]}]
    pages = information(ssm, Filters=wanted, PaginationConfig={"PageSize": 50})
    assert [len(page) for page in pages] == [50, 48]
    assert [instance["InstanceId"] for page in pages for instance in page] == ids
    wanted.append({"Key": "PingStatus", "Values": ["ConnectionLost"]})
    assert [[one["ComputerName"] for one in page] for page in information(ssm, Filters=wanted)] == [
        ["rack-3", "rack-7"]
    ]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"MaxResults": 4}, "ValidationException"),
        ({"MaxResults": 51}, "ValidationException"),
        ({"NextToken": "nonsense"}, "InvalidNextToken"),
        ({"Filters": [{"Key": "Moon", "Values": ["x"]}]}, "InvalidFilterKey"),
        ({"Filters": [{"Key": "InstanceIds", "Values": ["mi-moon"]}]}, "InvalidInstanceId"),
        (
            {"Filters": [{"Key": "InstanceIds", "Values": [f"mi-{i:017x}" for i in range(101)]}]},
            "ValidationException",
        ),
    ],
)
def test_a_wrong_request_for_managed_instances_is_refused(anywhere, arguments, code):
    config = botocore.client.Config(parameter_validation=False, retries={"total_max_attempts": 1})
    ssm = boto3.client(
        "ssm",
        region_name="us-east-1",
        endpoint_url=anywhere[0].url,
        config=config,
        aws_access_key_id=ACCESS_KEY,
        aws_secret_access_key=SECRET_KEY,
    )
    got, _, status = error_of(lambda: ssm.describe_instance_information(**arguments))
    assert (got, status) == (code, 400)


def test_listing_faults_bend_the_pages_of_managed_instances(anywhere):
    sim, managed = anywhere
    ssm = client(sim, "ssm")
    try:
        sim.set_faults("DescribeInstanceInformation:empty-page:1")
        assert [len(page) for page in information(ssm)] == [0, *[10] * 23]
        sim.set_faults("DescribeInstanceInformation:missing")
        assert information(ssm) == [[]]
        sim.set_faults("DescribeInstanceInformation:duplicate-item")
        assert [one["ComputerName"] for one in information(ssm)[0][:3]] == [
            "rack-0",
            "rack-0",
            "rack-1",
        ]
        sim.set_faults("DescribeInstanceInformation:repeated-token")
        with pytest.raises(botocore.exceptions.PaginationError):
            information(ssm)
    finally:
        sim.set_faults()
