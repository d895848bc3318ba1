"""Builds accounts of chosen tasks, each with the outcome that it must have.

    account = Account()
    host = account.add_instance("10.0.1.7")
    account.add("bridge-static", [Container(bindings=[bind(9102, 32768)], want="10.0.1.7:32768")],
                mode="bridge", host=host)
    account.write(path)

A container's `want` is its target, or the name of the reason why it is none.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

ACCOUNT = "123456789012"
REGION = "us-east-1"
CLUSTER_NAME = "modes"
CLUSTER = f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/{CLUSTER_NAME}"
PORT_LABEL = "PROMETHEUS_EXPORTER_PORT"
PORT = 9102


def arn(kind: str, rest: str) -> str:
    return f"arn:aws:ecs:{REGION}:{ACCOUNT}:{kind}/{rest}"


def bind(port: int, host_port: int | None, ip: str | None = "0.0.0.0", protocol="tcp") -> dict:
    """A network binding of a single port."""
    whole = {"bindIP": ip, "containerPort": port, "hostPort": host_port, "protocol": protocol}
    return {name: value for name, value in whole.items() if value is not None}


def bind_range(ports: str, host_ports: str, ip: str = "0.0.0.0", protocol: str = "tcp") -> dict:
    """A network binding of a range; it has no single ports."""
    ranges = {"containerPortRange": ports, "hostPortRange": host_ports}
    return {"bindIP": ip, "protocol": protocol, **ranges}


def eni(ipv4: str | None = None, ipv6: str | None = None, status: str = "ATTACHED") -> dict:
    """The attachment of a task's network interface."""
    details = [("subnetId", "subnet-1"), ("networkInterfaceId", "eni-1"), ("macAddress", "0a:00")]
    details += [("privateIPv4Address", ipv4)] if ipv4 else []
    details += [("ipv6Address", ipv6)] if ipv6 else []
    return {
        "id": "eni-attachment",
        "type": "ElasticNetworkInterface",
        "status": status,
        "details": [{"name": name, "value": value} for name, value in details],
    }


def volume() -> dict:
    """The attachment of an EBS volume, with a detail that only an interface should have."""
    details = [{"name": "volumeId", "value": "vol-1"}]
    details += [{"name": "privateIPv4Address", "value": "203.0.113.66"}]
    return {
        "id": "ebs-attachment",
        "type": "AmazonElasticBlockStorage",
        "status": "ATTACHED",
        "details": details,
    }


def service_connect() -> dict:
    return {
        "id": "sc-attachment",
        "type": "ServiceConnect",
        "status": "ATTACHED",
        "details": [{"name": "ContainerName", "value": "ecs-service-connect-abc"}],
    }


def interface(ipv4: str | None = None, ipv6: str | None = None) -> dict:
    """A container's network interface."""
    whole = {"attachmentId": "eni-attachment", "privateIpv4Address": ipv4, "ipv6Address": ipv6}
    return {name: value for name, value in whole.items() if value is not None}


@dataclass
class Container:
    """A container as its task and its definition have it."""

    want: str
    name: str = "app"
    label: str | None = str(PORT)  # text of the port label; None: no such label
    labels: dict[str, str] = field(default_factory=dict)
    mappings: list[dict] = field(default_factory=lambda: [{"containerPort": PORT}])
    bindings: list[dict] = field(default_factory=list)
    interfaces: list[dict] = field(default_factory=list)
    status: str | None = "RUNNING"
    defined: bool = True  # False: AWS put it into the task
    run: bool = True  # False: only the definition has it
    dynamic: str | None = None  # its outcome with dynamic port detection; None: it has no marker
    extra: dict = field(default_factory=dict)

    @property
    def want_dynamic(self) -> str:
        if self.want in ("task_not_running", "container_stopped", "no_definition"):
            return self.want  # decided before labels are read
        return self.dynamic or "no_dynamic_label"

    def definition(self) -> dict:
        labels = dict(self.labels)
        if self.label is not None:
            labels[PORT_LABEL] = self.label
        if self.dynamic is not None:
            labels["PROMETHEUS_DYNAMIC_EXPORT"] = "1"
        ports = {"portMappings": self.mappings, "dockerLabels": labels}
        return {"name": self.name, "image": f"{self.name}:1", **ports}


class Account:
    """One cluster of tasks; each task has a family of its own, which names the case."""

    def __init__(self) -> None:
        self.tasks: list[dict] = []
        self.definitions: list[dict] = []
        self.container_instances: list[dict] = []
        self.instances: list[dict] = []
        self.managed_instances: list[dict] = []
        self.wants: dict[tuple[str, str], str] = {}  # (family, container) -> outcome
        self.dynamic_wants: dict[tuple[str, str], str] = {}

    def add_instance(self, ipv4: str | None = None, id: str | None = None, **members) -> str:
        """Adds an EC2 instance, or with an `id` of `mi-...` one of ECS Anywhere; returns the ARN of
        the container instance on it."""
        id = id or f"i-{len(self.container_instances):017x}"
        if id.startswith("mi-"):
            self.managed_instances.append({"InstanceId": id, "IPAddress": ipv4, **members})
        else:
            address = {"privateIpAddress": ipv4} if ipv4 else {}
            self.instances.append({"instanceId": id, **address, **members})
        return self.add_container_instance(id)

    def add_container_instance(self, id: str) -> str:
        instance = arn("container-instance", f"{CLUSTER_NAME}/{len(self.container_instances):032x}")
        self.container_instances.append(
            {"containerInstanceArn": instance, "ec2InstanceId": id, "status": "ACTIVE"}
        )
        return instance

    def add(
        self,
        family: str,
        containers: list[Container],
        mode: str | None = "awsvpc",
        host: str | None = None,
        launch_type: str | None = None,
        attachments: list[dict] | None = None,
        **members: object,
    ) -> dict:
        """Adds a task and its definition; returns the task, which may be changed still. A member
        that is None is left out."""
        number = len(self.tasks) + 1
        definition = {
            "taskDefinitionArn": arn("task-definition", f"{family}:1"),
            "family": family,
            "revision": 1,
            "networkMode": mode,
            "containerDefinitions": [each.definition() for each in containers if each.defined]
            or [Container("", name="elsewhere").definition()],
        }
        if mode is None:
            del definition["networkMode"]
        self.definitions.append(definition)
        task = {
            "taskArn": arn("task", f"{CLUSTER_NAME}/{number:032x}"),
            "clusterArn": CLUSTER,
            "taskDefinitionArn": definition["taskDefinitionArn"],
            "containerInstanceArn": host,
            "group": f"service:{family}",
            "launchType": launch_type or ("EC2" if host else "FARGATE"),
            "desiredStatus": "RUNNING",
            "lastStatus": "RUNNING",
            "attachments": attachments or [],
            "containers": [self._container(number, each) for each in containers if each.run],
        } | members
        self.tasks.append({name: value for name, value in task.items() if value is not None})
        for each in containers:
            if each.run:
                self.wants[family, each.name] = each.want
                self.dynamic_wants[family, each.name] = each.want_dynamic
        return self.tasks[-1]

    def _container(self, number: int, each: Container) -> dict:
        whole = {
            "containerArn": arn("container", f"{CLUSTER_NAME}/{number:032x}/{each.name}"),
            "taskArn": arn("task", f"{CLUSTER_NAME}/{number:032x}"),
            "name": each.name,
            "lastStatus": each.status,
            "networkBindings": each.bindings,
            "networkInterfaces": each.interfaces,
            **each.extra,
        }
        return {name: value for name, value in whole.items() if value is not None}

    def document(self) -> dict:
        """The account in the form of an account file."""
        cluster = {
            "clusterArn": CLUSTER,
            "clusterName": CLUSTER_NAME,
            "status": "ACTIVE",
            "tasks": self.tasks,
            "containerInstances": self.container_instances,
        }
        return {
            "region": REGION,
            "accountId": ACCOUNT,
            "clusters": [cluster],
            "taskDefinitions": self.definitions,
            "instances": self.instances,
            "managedInstances": self.managed_instances,
        }

    def write(self, path: Path) -> Path:
        path.write_text(json.dumps(self.document()))
        return path


def is_target(want: str) -> bool:
    """Whether an outcome is a target and no reason."""
    return ":" in want


def targets_of(wants: dict[tuple[str, str], str]) -> dict[tuple[str, str], str]:
    return {key: want for key, want in wants.items() if is_target(want)}


def outcomes_in_file(groups: list[dict]) -> dict[tuple[str, str], str]:
    """(family, container) -> target, of an output file; no container may be there twice."""
    found: dict[tuple[str, str], str] = {}
    for group in groups:
        key = group["labels"]["task_name"], group["labels"]["container_name"]
        assert key not in found, f"{key} is there twice"
        found[key] = group["targets"][0]
    return found


def outcomes_explained(text: str) -> dict[tuple[str, str], str]:
    """(family, container) -> target or reason, of the JSON that `explain` prints."""
    found: dict[tuple[str, str], str] = {}
    for each in json.loads(text):
        assert ("target" in each) != ("reason" in each), each
        key = each["family"].rsplit(":", 1)[0], each["container"]
        assert key not in found, f"{key} is there twice"
        found[key] = each.get("target", each.get("reason"))
    return found


def check(found: tuple[dict, dict], wants: dict[tuple[str, str], str]) -> None:
    """`found` is what the file has and what explain says; both must be as wanted."""
    in_file, explained = found
    assert explained == wants
    assert in_file == targets_of(wants)
