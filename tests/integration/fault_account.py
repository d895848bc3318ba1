"""A small account for the tests of failures: two clusters with a task of every kind that needs another
call to be understood, tasks that may stop, and tasks that come later with a definition and an instance
that nobody has asked for before."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

REGION = "us-east-1"
ACCOUNT = "123456789012"
CLUSTERS = ("left", "right")
ROLE = f"arn:aws:iam::{ACCOUNT}:role/reader"
PORT = 9102


def arn(kind: str, rest: str) -> str:
    return f"arn:aws:ecs:{REGION}:{ACCOUNT}:{kind}/{rest}"


@dataclass
class Part:
    """Tasks of one cluster, and all that they refer to."""

    cluster: str
    number: int  # tells the parts apart in ids and addresses
    tasks: list[dict] = field(default_factory=list)
    definitions: list[dict] = field(default_factory=list)
    container_instances: list[dict] = field(default_factory=list)
    instances: list[dict] = field(default_factory=list)
    managed_instances: list[dict] = field(default_factory=list)
    targets: dict[str, str] = field(default_factory=dict)  # task ARN -> target

    def add(self, launch_type: str, name: str) -> str:
        """Adds a task with a definition of its own, and an instance of its own where it needs one;
        returns its ARN."""
        index = len(self.tasks)
        address = f"10.{self.number // 256 % 256}.{self.number % 256}.{index + 1}"
        family = f"{self.cluster}-{name}"
        mode = {"FARGATE": "awsvpc", "EC2": "bridge", "EXTERNAL": "host"}[launch_type]
        task = arn("task", f"{self.cluster}/{self.number:016x}{index:016x}")
        container = {
            "containerArn": task.replace(":task/", ":container/") + "/app",
            "taskArn": task,
            "name": "app",
            "lastStatus": "RUNNING",
            "networkInterfaces": [],
            "networkBindings": [],
        }
        port = PORT
        if launch_type == "FARGATE":
            container["networkInterfaces"] = [{"privateIpv4Address": address}]
        if launch_type == "EC2":
            port = 32768 + index
            binding = {"bindIP": "0.0.0.0", "containerPort": PORT, "hostPort": port}
            container["networkBindings"] = [{**binding, "protocol": "tcp"}]
        self.definitions.append(_definition(family, mode))
        self.tasks.append(
            {
                "taskArn": task,
                "clusterArn": arn("cluster", self.cluster),
                "taskDefinitionArn": arn("task-definition", f"{family}:1"),
                "group": f"service:{family}",
                "launchType": launch_type,
                "desiredStatus": "RUNNING",
                "lastStatus": "RUNNING",
                "version": 3,
                "attachments": [],
                "containers": [container],
                **self._placed(launch_type, index, address),
            }
        )
        self.targets[task] = f"{address}:{port}"
        return task

    def _placed(self, launch_type: str, index: int, address: str) -> dict:
        if launch_type == "FARGATE":
            return {}
        external = launch_type == "EXTERNAL"
        id = f"{'mi' if external else 'i'}-{self.number * 256 + index:017x}"
        if external:
            self.managed_instances.append({"InstanceId": id, "IPAddress": address})
        else:
            self.instances.append({"instanceId": id, "privateIpAddress": address})
        host = arn("container-instance", f"{self.cluster}/{self.number:016x}{index:016x}")
        self.container_instances.append(
            {"containerInstanceArn": host, "ec2InstanceId": id, "status": "ACTIVE"}
        )
        return {"containerInstanceArn": host}


def _definition(family: str, mode: str) -> dict:
    container = {
        "name": "app",
        "image": f"{family}:1",
        "portMappings": [{"containerPort": PORT, "protocol": "tcp"}],
        "dockerLabels": {"PROMETHEUS_EXPORTER_PORT": str(PORT)},
    }
    return {
        "taskDefinitionArn": arn("task-definition", f"{family}:1"),
        "family": family,
        "revision": 1,
        "networkMode": mode,
        "containerDefinitions": [container],
    }


def document(*parts: Part) -> dict:
    """The parts in the form of an account file."""
    clusters: dict[str, dict] = {}
    for part in parts:
        cluster = clusters.setdefault(
            part.cluster,
            {
                "clusterArn": arn("cluster", part.cluster),
                "clusterName": part.cluster,
                "status": "ACTIVE",
                "tasks": [],
                "containerInstances": [],
            },
        )
        cluster["tasks"] += part.tasks
        cluster["containerInstances"] += part.container_instances
    return {
        "region": REGION,
        "accountId": ACCOUNT,
        "clusters": list(clusters.values()),
        "taskDefinitions": [each for part in parts for each in part.definitions],
        "instances": [each for part in parts for each in part.instances],
        "managedInstances": [each for part in parts for each in part.managed_instances],
    }


class FaultAccount:
    """What is there at first, what stops, and what comes; all in the clusters of `CLUSTERS`."""

    def __init__(self) -> None:
        self.first = [Part(cluster, 1 + i) for i, cluster in enumerate(CLUSTERS)]
        self.later = [Part(cluster, 11 + i) for i, cluster in enumerate(CLUSTERS)]
        self.stopping: dict[str, str] = {}  # cluster -> task ARN
        for part in self.first:
            for launch_type in ("FARGATE", "EC2", "EXTERNAL"):
                part.add(launch_type, f"old-{launch_type.lower()}")
            self.stopping[part.cluster] = part.add("FARGATE", "stopping")
        for part in self.later:
            for launch_type in ("FARGATE", "EC2", "EXTERNAL"):
                part.add(launch_type, f"new-{launch_type.lower()}")

    def write(self, path: Path) -> Path:
        path.write_text(json.dumps(document(*self.first)))
        return path

    def newcomers(self) -> dict:
        """The document of the tasks that come later."""
        return document(*self.later)

    def before(self, clusters: tuple[str, ...] = CLUSTERS) -> dict[str, str]:
        """Task ARN -> target at first."""
        return _targets(self.first, clusters)

    def after(self, clusters: tuple[str, ...] = CLUSTERS) -> dict[str, str]:
        """The same when the stopping tasks have stopped and the new ones have come."""
        stopped = set(self.stopping.values())
        whole = _targets(self.first + self.later, clusters)
        return {task: target for task, target in whole.items() if task not in stopped}

    def living(self, clusters: tuple[str, ...] = CLUSTERS) -> dict[str, str]:
        """The targets of the tasks that run all the time."""
        after = self.after(clusters)
        return {task: after[task] for task in self.before(clusters) if task in after}


def _targets(parts: list[Part], clusters: tuple[str, ...]) -> dict[str, str]:
    return {
        task: target
        for part in parts
        if part.cluster in clusters
        for task, target in part.targets.items()
    }
