"""boto3 as a client of the simulator."""

from __future__ import annotations

import json

import boto3
import botocore.client
import botocore.exceptions
import pytest
from sim_process import ACCESS_KEY, DATA, SECRET_KEY

CLUSTER = "cluster-000"


def client(sim, service, region="us-east-1", options=None, **keys):
    """A client that tries once; `options` are more of botocore's Config."""
    keys = keys or {"aws_access_key_id": ACCESS_KEY, "aws_secret_access_key": SECRET_KEY}
    usual = {"retries": {"total_max_attempts": 1}, "connect_timeout": 30, "read_timeout": 30}
    config = botocore.client.Config(**(usual | (options or {})))
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


def list_tasks(ecs, cluster=CLUSTER, **filters):
    pages = ecs.get_paginator("list_tasks").paginate(cluster=cluster, **filters)
    return [arn for page in pages for arn in page["taskArns"]]
