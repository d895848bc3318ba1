"""An account of a handful of containers whose docker labels a test chooses."""

from __future__ import annotations

import json
from pathlib import Path

ACCOUNT = "123456789012"
REGION = "us-east-1"
CLUSTER = f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/small"
ADDRESS = "10.0.0.5"
INSTANCE_ADDRESS = "10.0.1.7"


def _arn(kind: str, rest: str) -> str:
    return f"arn:aws:ecs:{REGION}:{ACCOUNT}:{kind}/{rest}"


def _definition(family: str, mode: str, labels: dict[str, str]) -> dict:
    container = {"name": "app", "image": f"{family}:1", "dockerLabels": labels}
    return {
        "taskDefinitionArn": _arn("task-definition", f"{family}:1"),
        "family": family,
        "revision": 1,
        "networkMode": mode,
        "containerDefinitions": [container | {"portMappings": [{"containerPort": 8080}]}],
    }


def _task(family: str, number: int, container: dict, extra: dict) -> dict:
    name = f"{number:032x}"
    arn = _arn("task", f"small/{name}")
    return {
        "taskArn": arn,
        "clusterArn": CLUSTER,
        "taskDefinitionArn": _arn("task-definition", f"{family}:1"),
        "group": f"service:{family}",
        "desiredStatus": "RUNNING",
        "lastStatus": "RUNNING",
        "version": 1,
        "containers": [
            {
                "containerArn": _arn("container", f"small/{name}/app"),
                "taskArn": arn,
                "name": "app",
                "lastStatus": "RUNNING",
                "networkBindings": [],
                "networkInterfaces": [],
            }
            | container
        ],
        "attachments": [],
        **extra,
    }


def write(path: Path, own: dict[str, str], bridged: dict[str, str] | None = None) -> Path:
    """Writes the account: a Fargate task of family `own` with these docker labels, and, where
    `bridged` is given, a task in bridge mode whose port 8080 is bound to 32768."""
    interface = {"attachmentId": "a-1", "privateIpv4Address": ADDRESS}
    tasks = [
        _task("own", 1, {"networkInterfaces": [interface]}, {"launchType": "FARGATE"}),
    ]
    definitions = [_definition("own", "awsvpc", own)]
    instance = {
        "containerInstanceArn": _arn("container-instance", "small/i1"),
        "ec2InstanceId": "i-0123456789abcdef0",
        "status": "ACTIVE",
        "agentConnected": True,
    }
    if bridged is not None:
        binding = {"bindIP": "0.0.0.0", "containerPort": 8080, "hostPort": 32768, "protocol": "tcp"}
        where = {"launchType": "EC2", "containerInstanceArn": instance["containerInstanceArn"]}
        tasks.append(_task("bridged", 2, {"networkBindings": [binding]}, where))
        definitions.append(_definition("bridged", "bridge", bridged))
    cluster = {
        "clusterArn": CLUSTER,
        "clusterName": "small",
        "status": "ACTIVE",
        "tasks": tasks,
        "containerInstances": [instance],
    }
    account = {
        "region": REGION,
        "accountId": ACCOUNT,
        "clusters": [cluster],
        "taskDefinitions": definitions,
        "instances": [
            {"instanceId": instance["ec2InstanceId"], "privateIpAddress": INSTANCE_ADDRESS}
        ],
    }
    path.write_text(json.dumps(account))
    return path
