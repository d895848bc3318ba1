"""Independent AWS clients against the simulator: boto3 with its paginators, and the AWS CLI."""

from __future__ import annotations

import email.utils
import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

import boto3
import botocore.auth
import botocore.awsrequest
import botocore.client
import botocore.credentials
import botocore.exceptions
import processes
import pytest

from sim_process import ACCESS_KEY, DATA, SECRET_KEY, SimProcess, binary

CLUSTER = "cluster-000"


def client(sim, service, region="us-east-1", **keys):
    keys = keys or {"aws_access_key_id": ACCESS_KEY, "aws_secret_access_key": SECRET_KEY}
    config = botocore.client.Config(
        retries={"total_max_attempts": 1}, connect_timeout=30, read_timeout=30
    )
    return boto3.client(service, region_name=region, endpoint_url=sim.url, config=config, **keys)


def error_of(call):
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        call()
    answer = caught.value.response
    return (
        answer["Error"]["Code"],
        answer["Error"]["Message"],
        answer["ResponseMetadata"]["HTTPStatusCode"],
    )


def account_file(name):
    return json.loads((DATA / name).read_text())


@pytest.fixture(scope="module", params=["account-plain.json", "account-edge.json"])
def held(request):
    """A simulator and the document it serves."""
    with SimProcess.start(["--account", DATA / request.param, "--page-size", "7"]) as sim:
        yield sim, account_file(request.param)


@pytest.fixture(scope="module")
def shared():
    with SimProcess.start(["--account", DATA / "account-plain.json"]) as sim:
        yield sim


@pytest.fixture
def sim(shared):
    shared.set_faults()
    shared.reset()
    return shared


@pytest.fixture
def fresh():
    """For tests that change the account or end the process."""
    with SimProcess.start(["--account", DATA / "account-plain.json"]) as sim:
        yield sim


def list_tasks(ecs, cluster=CLUSTER, **filters):
    pages = ecs.get_paginator("list_tasks").paginate(cluster=cluster, **filters)
    return [arn for page in pages for arn in page["taskArns"]]


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


# --- signatures ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("service", "call", "wrong_secret", "unknown_key"),
    [
        (
            "ecs",
            "list_clusters",
            ("InvalidSignatureException", 400),
            ("UnrecognizedClientException", 400),
        ),
        ("ec2", "describe_instances", ("AuthFailure", 401), ("AuthFailure", 401)),
        (
            "ssm",
            "describe_instance_information",
            ("InvalidSignatureException", 400),
            ("UnrecognizedClientException", 400),
        ),
        (
            "sts",
            "get_caller_identity",
            ("SignatureDoesNotMatch", 403),
            ("InvalidClientTokenId", 403),
        ),
    ],
)
def test_wrong_keys_are_refused(sim, service, call, wrong_secret, unknown_key):
    for keys, expected in (((ACCESS_KEY, "wrong"), wrong_secret), (("AKIANO", "x"), unknown_key)):
        one = client(sim, service, aws_access_key_id=keys[0], aws_secret_access_key=keys[1])
        code, _, status = error_of(getattr(one, call))
        assert (code, status) == expected
    assert sim.calls() == {"_rejected": 2}


def test_another_region_is_refused(sim):
    code, message, _ = error_of(client(sim, "ecs", region="eu-west-1").list_clusters)
    assert code == "InvalidSignatureException"
    assert "valid region" in message


def test_a_request_without_signature_is_refused(sim):
    request = urllib.request.Request(
        sim.url,
        data=b"{}",
        headers={
            "Content-Type": "application/x-amz-json-1.1",
            "X-Amz-Target": "AmazonEC2ContainerServiceV20141113.ListClusters",
        },
    )
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request)
    assert caught.value.code == 400
    assert json.loads(caught.value.read())["__type"] == "MissingAuthenticationTokenException"
    assert caught.value.headers["x-amzn-RequestId"]


def role_keys(sim):
    """The keys of a new session of a role, its token, and when they end."""
    issued = client(sim, "sts").assume_role(
        RoleArn="arn:aws:iam::123456789012:role/path/reader", RoleSessionName="me"
    )["Credentials"]
    keys = {
        "aws_access_key_id": issued["AccessKeyId"],
        "aws_secret_access_key": issued["SecretAccessKey"],
    }
    return keys, issued["SessionToken"], issued["Expiration"].timestamp()


def test_assumed_role_keys_work_with_their_token_only(sim):
    keys, token, _ = role_keys(sim)
    assert client(sim, "sts", aws_session_token=token, **keys).get_caller_identity()["Arn"] == (
        "arn:aws:sts::123456789012:assumed-role/reader/me"
    )
    assert len(client(sim, "ecs", aws_session_token=token, **keys).list_clusters()["clusterArns"]) == 2
    assert client(sim, "ec2", aws_session_token=token, **keys).describe_instances()
    tokenless = client(sim, "ecs", **keys)
    mistaken = client(sim, "ecs", aws_session_token="x", **keys)
    for wrong in (tokenless, mistaken):
        assert error_of(wrong.list_clusters)[0] == "UnrecognizedClientException"


def test_assumed_role_keys_end():
    args = ["--account", DATA / "account-plain.json", "--session-lifetime", "2s"]
    with SimProcess.start(args) as sim:
        keys, token, end = role_keys(sim)
        ecs = client(sim, "ecs", aws_session_token=token, **keys)
        assert end - time.time() <= 2
        while time.time() <= end:
            time.sleep(0.1)
        assert error_of(ecs.list_clusters)[0] == "ExpiredTokenException"


def test_assume_role_checks_its_parameters(sim):
    sts = client(sim, "sts")
    role = "arn:aws:iam::123456789012:role/reader"
    for wrong in (
        {"RoleArn": "arn:aws:s3:::a-long-enough-name", "RoleSessionName": "me"},
        {"RoleArn": role, "RoleSessionName": "spaces are wrong"},
        {"RoleArn": role, "RoleSessionName": "me", "DurationSeconds": 43201},
    ):
        assert error_of(lambda wrong=wrong: sts.assume_role(**wrong))[0] == "ValidationError"


# --- faults --------------------------------------------------------------------------------------

CALLS = {
    "ListTasks": lambda sim: client(sim, "ecs").list_tasks(cluster=CLUSTER),
    "DescribeInstances": lambda sim: client(sim, "ec2").describe_instances(),
    "DescribeInstanceInformation": lambda sim: client(
        sim, "ssm"
    ).describe_instance_information(),
    "AssumeRole": lambda sim: client(sim, "sts").assume_role(
        RoleArn="arn:aws:iam::123456789012:role/reader", RoleSessionName="me"
    ),
}


@pytest.mark.parametrize(
    ("action", "kind", "code", "status"),
    [
        ("ListTasks", "throttle", "ThrottlingException", 400),
        ("ListTasks", "500", "ServerException", 500),
        ("ListTasks", "503", "ServiceUnavailable", 503),
        ("ListTasks", "expired", "ExpiredTokenException", 400),
        ("ListTasks", "denied", "AccessDeniedException", 400),
        ("DescribeInstances", "throttle", "RequestLimitExceeded", 503),
        ("DescribeInstances", "500", "InternalError", 500),
        ("DescribeInstances", "503", "Unavailable", 503),
        ("DescribeInstances", "expired", "RequestExpired", 400),
        ("DescribeInstances", "denied", "UnauthorizedOperation", 403),
        ("DescribeInstanceInformation", "throttle", "ThrottlingException", 400),
        ("DescribeInstanceInformation", "500", "InternalServerError", 500),
        ("DescribeInstanceInformation", "503", "ServiceUnavailable", 503),
        ("DescribeInstanceInformation", "expired", "ExpiredTokenException", 400),
        ("DescribeInstanceInformation", "denied", "AccessDeniedException", 400),
        ("AssumeRole", "throttle", "Throttling", 400),
        ("AssumeRole", "500", "InternalFailure", 500),
        ("AssumeRole", "expired", "ExpiredToken", 403),
        ("AssumeRole", "denied", "AccessDenied", 403),
    ],
)
def test_a_fault_has_the_services_code_and_ends_with_its_count(sim, action, kind, code, status):
    sim.set_faults(f"{action}:{kind}:2")
    for _ in range(2):
        got, message, got_status = error_of(lambda: CALLS[action](sim))
        assert (got, got_status) == (code, status)
        if kind == "denied":
            assert f":{action} on resource: " in message
    CALLS[action](sim)
    assert sim.calls() == {action: 3}


def raw_list_tasks(sim):
    """ListTasks signed by botocore but read by http.client, which hides nothing of the transfer."""
    request = botocore.awsrequest.AWSRequest(
        method="POST",
        url=sim.url + "/",
        data=json.dumps({"cluster": CLUSTER}).encode(),
        headers={
            "Content-Type": "application/x-amz-json-1.1",
            "X-Amz-Target": "AmazonEC2ContainerServiceV20141113.ListTasks",
        },
    )
    keys = botocore.credentials.Credentials(ACCESS_KEY, SECRET_KEY)
    botocore.auth.SigV4Auth(keys, "ecs", "us-east-1").add_auth(request)
    connection = http.client.HTTPConnection("127.0.0.1", sim.port, timeout=30)
    connection.request("POST", "/", body=request.body, headers=dict(request.headers))
    answer = connection.getresponse()
    return answer.status, answer.headers, answer.read()


def test_a_whole_answer_has_the_headers_of_aws(sim):
    status, headers, body = raw_list_tasks(sim)
    assert status == 200
    assert headers["Content-Type"] == "application/x-amz-json-1.1"
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", headers["x-amzn-RequestId"])
    age = time.time() - email.utils.parsedate_to_datetime(headers["Date"]).timestamp()
    assert -2 < age < 10
    assert len(json.loads(body)["taskArns"]) == 30


def test_a_reset_connection_gives_no_answer(sim):
    sim.set_faults("ListTasks:reset:1")
    with pytest.raises(ConnectionResetError):
        raw_list_tasks(sim)
    assert raw_list_tasks(sim)[0] == 200


def test_a_truncated_answer_breaks_off_half_way(sim):
    whole = raw_list_tasks(sim)[2]
    sim.set_faults("ListTasks:truncated:1")
    with pytest.raises(http.client.IncompleteRead) as caught:
        raw_list_tasks(sim)
    assert caught.value.partial == whole[: len(whole) // 2]


@pytest.mark.parametrize(("kind", "type_"), [("garbage", "application/"), ("html", "text/html")])
def test_an_answer_can_be_no_json(sim, kind, type_):
    sim.set_faults(f"ListTasks:{kind}:1")
    status, headers, body = raw_list_tasks(sim)
    assert (status, headers["Content-Type"].startswith(type_)) == (200, True)
    with pytest.raises(ValueError):
        json.loads(body)


def test_an_empty_body_and_wrong_types_arrive_as_such(sim):
    sim.set_faults("ListTasks:empty-body:1", "ListTasks:wrong-type:1", "*:wrong-type:1")
    answer = CALLS["ListTasks"](sim)
    assert "taskArns" not in answer
    assert set(CALLS["ListTasks"](sim)["taskArns"]) == {7}
    with pytest.raises(ValueError, match="tomorrow"):
        CALLS["AssumeRole"](sim)


def test_listing_faults_bend_the_pages(sim):
    ecs = client(sim, "ecs")
    everything = list_tasks(ecs)
    sim.set_faults("ListTasks:empty-page:1")
    first = ecs.list_tasks(cluster=CLUSTER)
    assert (first["taskArns"], bool(first.get("nextToken"))) == ([], True)
    rest = ecs.list_tasks(cluster=CLUSTER, nextToken=first["nextToken"])
    assert rest["taskArns"] == everything
    sim.set_faults("ListTasks:empty-list")
    assert list_tasks(ecs) == []
    sim.set_faults("ListTasks:duplicate-item")
    assert list_tasks(ecs) == [*everything, everything[0]]
    sim.set_faults("ListTasks:repeated-token")
    with pytest.raises(botocore.exceptions.PaginationError):
        list_tasks(ecs)


def test_missing_objects_are_missing_in_every_service(sim):
    ecs, ec2 = client(sim, "ecs"), client(sim, "ec2")
    document = account_file("account-plain.json")
    arn = document["clusters"][0]["tasks"][0]["taskArn"]
    sim.set_faults("*:missing")
    assert ecs.describe_tasks(cluster=CLUSTER, tasks=[arn])["failures"] == [
        {"arn": arn, "reason": "MISSING"}
    ]
    assert ecs.describe_clusters(clusters=[CLUSTER])["clusters"] == []
    definition = document["taskDefinitions"][0]["taskDefinitionArn"]
    assert error_of(lambda: ecs.describe_task_definition(taskDefinition=definition)) == (
        "ClientException",
        "Unable to describe task definition.",
        400,
    )
    assert ec2.describe_instances()["Reservations"] == []


def test_a_hanging_request_does_not_keep_the_simulator_from_stopping(fresh):
    fresh.set_faults("ListTasks:hang")
    with pytest.raises(botocore.exceptions.ReadTimeoutError):
        config = botocore.client.Config(retries={"total_max_attempts": 1}, read_timeout=0.5)
        boto3.client(
            "ecs",
            region_name="us-east-1",
            endpoint_url=fresh.url,
            config=config,
            aws_access_key_id=ACCESS_KEY,
            aws_secret_access_key=SECRET_KEY,
        ).list_tasks(cluster=CLUSTER)
    begun = time.monotonic()
    assert fresh.stop() == 0
    assert time.monotonic() - begun < processes.AT_ONCE


def test_latency_does_not_hold_up_other_requests():
    args = ["--account", DATA / "account-plain.json", "--latency", "300ms"]
    with SimProcess.start(args) as sim:
        begun = time.monotonic()
        sockets = [socket.create_connection(("127.0.0.1", sim.port)) for _ in range(40)]
        for one in sockets:
            one.sendall(b"GET /_sim/calls HTTP/1.1\r\nHost: sim\r\n\r\n")
        for one in sockets:
            assert one.recv(15) == b"HTTP/1.1 200 OK"
            one.close()
        assert 0.3 <= time.monotonic() - begun < 6  # one after the other: 12


# --- the control side ----------------------------------------------------------------------------


def test_a_stopped_task_is_gone_everywhere(fresh):
    ecs = client(fresh, "ecs")
    before = list_tasks(ecs)
    fresh.stop_task(before[4])
    assert list_tasks(ecs) == before[:4] + before[5:]
    answer = ecs.describe_tasks(cluster=CLUSTER, tasks=before[3:6])
    assert answer["failures"] == [{"arn": before[4], "reason": "MISSING"}]
    assert len(fresh.account()["clusters"][0]["tasks"]) == len(before) - 1


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


def test_a_fault_can_strike_one_cluster_or_family_only(sim):
    ecs = client(sim, "ecs")
    document = account_file("account-plain.json")
    other = document["clusters"][1]["clusterName"]
    one, two = (item["taskDefinitionArn"] for item in document["taskDefinitions"][:2])
    sim.set_faults(f"ListTasks@{CLUSTER}:denied", f"DescribeTaskDefinition@{one.split('/')[1].split(':')[0]}:denied")
    assert error_of(lambda: list_tasks(ecs))[0] == "AccessDeniedException"
    assert len(list_tasks(ecs, other)) > 0
    assert error_of(lambda: ecs.describe_task_definition(taskDefinition=one))[0] == "AccessDeniedException"
    ecs.describe_task_definition(taskDefinition=two)


def test_the_account_comes_out_as_it_was_loaded(held):
    sim, document = held
    assert sim.account() == document


def test_an_unknown_fault_is_refused_and_changes_nothing(sim):
    sim.set_faults("ListTasks:throttle:1")
    for wrong in ("ListTasks", "ListTasks:boom", "ListMoons:throttle", "ListTasks:500:0"):
        with pytest.raises(urllib.error.HTTPError):
            sim.set_faults(wrong)
    assert error_of(lambda: CALLS["ListTasks"](sim))[0] == "ThrottlingException"


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
