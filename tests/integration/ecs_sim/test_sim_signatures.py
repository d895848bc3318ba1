"""What the simulator accepts as signed, and what it refuses."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request

import pytest
from sim_client import client, error_of
from sim_process import ACCESS_KEY, DATA, SimProcess


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
