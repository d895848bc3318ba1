"""The faults of the simulator, as boto3 meets them."""

from __future__ import annotations

import email.utils
import http.client
import json
import re
import socket
import time
import urllib.error

import botocore.auth
import botocore.awsrequest
import botocore.client
import botocore.credentials
import botocore.exceptions
import processes
import pytest
from sim_client import CLUSTER, account_file, client, error_of, list_tasks
from sim_process import ACCESS_KEY, DATA, SECRET_KEY, SimProcess

LIES = ("other-item", "other-cluster", "wrong-parent", "conflicting-twins", "no-status")
LIES += ("unknown-status", "no-containers", "no-names", "stale", "wild-version", "less")
LIES += ("other-values", "no-version", "no-address", "dead-state")
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


def test_lies_are_well_formed(sim):
    ecs, ec2, ssm = client(sim, "ecs"), client(sim, "ec2"), client(sim, "ssm")
    document = account_file("account-plain.json")
    task = document["clusters"][0]["tasks"][0]
    arn, version = task["taskArn"], task["version"]
    hosts = [each["containerInstanceArn"] for each in document["clusters"][0]["containerInstances"]]
    definition = document["taskDefinitions"][0]["taskDefinitionArn"]
    seen = {}
    for kind in LIES:
        sim.set_faults(f"*:{kind}")
        tasks = ecs.describe_tasks(cluster=CLUSTER, tasks=[arn])["tasks"]
        seen[kind] = (len(tasks), tasks[0]["taskArn"] == arn, tasks[0].get("version"))
        assert ecs.describe_clusters(clusters=[CLUSTER])["clusters"]
        assert ecs.describe_container_instances(cluster=CLUSTER, containerInstances=hosts[:2])
        assert ecs.describe_task_definition(taskDefinition=definition)["taskDefinition"]
        assert ec2.describe_instances()["Reservations"]
        assert "InstanceInformationList" in ssm.describe_instance_information()
        assert list_tasks(ecs)
    right = (1, True, version)
    told = {"other-item": (1, False, version), "conflicting-twins": (2, True, version)}
    told |= {"stale": (1, True, version - 1), "wild-version": (1, True, 2**62)}
    told |= {"no-version": (1, True, None)}
    assert seen == {kind: told.get(kind, right) for kind in LIES}


def test_a_hanging_request_does_not_keep_the_simulator_from_stopping(fresh):
    fresh.set_faults("ListTasks:hang")
    with pytest.raises(botocore.exceptions.ReadTimeoutError):
        client(fresh, "ecs", options={"read_timeout": 0.5}).list_tasks(cluster=CLUSTER)
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


def test_an_unknown_fault_is_refused_and_changes_nothing(sim):
    sim.set_faults("ListTasks:throttle:1")
    for wrong in ("ListTasks", "ListTasks:boom", "ListMoons:throttle", "ListTasks:500:0"):
        with pytest.raises(urllib.error.HTTPError):
            sim.set_faults(wrong)
    assert error_of(lambda: CALLS["ListTasks"](sim))[0] == "ThrottlingException"
