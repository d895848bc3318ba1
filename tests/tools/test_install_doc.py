"""The examples of docs/install.md are what AWS takes."""

from __future__ import annotations

import json
import re

import boto3
import pytest
from declared_tests import ROOT
from moto import mock_aws

DOCUMENT = (ROOT / "docs" / "install.md").read_text("utf-8")
EXAMPLES = [json.loads(each) for each in re.findall(r"^```json\n(.*?)^```$", DOCUMENT, re.M | re.S)]


@pytest.fixture
def ecs(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "made-up")
    with mock_aws():
        yield boto3.client("ecs", region_name="eu-west-1")


def test_the_task_definition_can_be_registered(ecs):
    """botocore checks the name and the type of every field."""
    (definition,) = EXAMPLES
    made = ecs.register_task_definition(**definition)["taskDefinition"]
    assert made["taskDefinitionArn"].endswith(":task-definition/prometheus:1")
    assert [each["name"] for each in made["containerDefinitions"]] == ["ecs-discovery", "prometheus"]


def test_both_containers_mount_the_directory_of_the_output():
    (definition,) = EXAMPLES
    mounts = [each["mountPoints"][0] for each in definition["containerDefinitions"]]
    assert {each["containerPath"] for each in mounts} == {"/var/lib/prometheus/ecs"}
    assert {each["sourceVolume"] for each in mounts} == {each["name"] for each in definition["volumes"]}
