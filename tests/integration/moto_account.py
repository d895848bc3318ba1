"""An AWS account that nobody of this project wrote: moto, filled through boto3.

Two clusters, more than a hundred tasks, Fargate and awsvpc tasks with their own interfaces and
host-mode tasks on real EC2 instances. Once filled, moto's authentication is switched on: from then
on it verifies every signature and session token and grants only what a policy allows.
"""

from __future__ import annotations

import json
import logging
import urllib.request
from dataclasses import dataclass

import boto3
from botocore.client import BaseClient
from botocore.config import Config
from moto.server import ThreadedMotoServer

REGION = "eu-central-1"
PORT_LABEL = "PROMETHEUS_EXPORTER_PORT"


@dataclass(frozen=True)
class Keys:
    """One set of credentials, as a client gets them."""

    access_key: str
    secret_key: str
    token: str = ""

    def environment(self) -> dict[str, str]:
        named = {
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": self.secret_key,
            "AWS_SESSION_TOKEN": self.token,
        }
        return {name: value for name, value in named.items() if value}


class _Definitions(dict):
    """Task definitions by ARN, each described once."""

    def __init__(self, ecs: BaseClient) -> None:
        super().__init__()
        self._ecs = ecs

    def __missing__(self, arn: str) -> dict:
        self[arn] = self._ecs.describe_task_definition(taskDefinition=arn)["taskDefinition"]
        return self[arn]


class MotoAccount:
    """A running moto server with the account in it. Use as a context manager."""

    def __init__(self) -> None:
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        self._server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        self._users = 0
        self._clients: dict[tuple[str, Keys], BaseClient] = {}

    def __enter__(self) -> MotoAccount:
        self._server.start()
        host, port = self._server.get_host_and_port()
        self.url = f"http://{host}:{port}"
        self._admin = Keys("bootstrap", "bootstrap")
        self._post("/moto-api/reset", b"")
        self._freeze_tasks()
        self._fill()
        self._admin = self.create_user(["*"])
        self._post("/moto-api/reset-auth", b"0")
        return self

    def __exit__(self, *_exc: object) -> None:
        self._post("/moto-api/reset-auth", b"inf")
        self._server.stop()

    def environment(self, keys: Keys) -> dict[str, str]:
        return {"AWS_ENDPOINT_URL": self.url, "AWS_REGION": REGION, **keys.environment()}

    def client(self, service: str, keys: Keys | None = None) -> BaseClient:
        """A boto3 client; without `keys` the administrator's."""
        keys = keys or self._admin
        if (service, keys) not in self._clients:
            self._clients[service, keys] = self._new_client(service, keys)
        return self._clients[service, keys]

    def _new_client(self, service: str, keys: Keys) -> BaseClient:
        return boto3.session.Session().client(
            service,
            region_name=REGION,
            endpoint_url=self.url,
            aws_access_key_id=keys.access_key,
            aws_secret_access_key=keys.secret_key,
            aws_session_token=keys.token or None,
            config=Config(retries={"total_max_attempts": 1}, proxies={}),
        )

    def create_user(self, actions: list[str], resource: str = "*") -> Keys:
        """Access keys of a new IAM user who may do `actions` and nothing else."""
        iam = self.client("iam")
        self._users += 1
        name = f"user-{self._users}"
        iam.create_user(UserName=name)
        iam.put_user_policy(
            UserName=name, PolicyName="only", PolicyDocument=_policy(actions, resource)
        )
        key = iam.create_access_key(UserName=name)["AccessKey"]
        return Keys(key["AccessKeyId"], key["SecretAccessKey"])

    def create_role(self, name: str, actions: list[str]) -> str:
        """The ARN of a new role that may do `actions`; every user may try to assume it."""
        iam = self.client("iam")
        trust = {
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
            ],
        }
        role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))["Role"]
        iam.put_role_policy(RoleName=name, PolicyName="only", PolicyDocument=_policy(actions))
        return role["Arn"]

    def expected_targets(self, cluster: str | None = None) -> list[dict]:
        """What a discovery of the account must yield, worked out from boto3's answers alone."""
        ecs = self.client("ecs")
        clusters = [cluster] if cluster else ecs.list_clusters()["clusterArns"]
        return [target for each in clusters for target in self._targets_of_cluster(each)]

    def _targets_of_cluster(self, cluster: str) -> list[dict]:
        ecs = self.client("ecs")
        definitions = _Definitions(ecs)
        arns = ecs.list_tasks(cluster=cluster)["taskArns"]
        tasks: list[dict] = []
        for start in range(0, len(arns), 100):
            tasks += ecs.describe_tasks(cluster=cluster, tasks=arns[start : start + 100])["tasks"]
        targets = [self._target_of_task(definitions[t["taskDefinitionArn"]], t) for t in tasks]
        return [target for target in targets if target is not None]

    def _target_of_task(self, definition: dict, task: dict) -> dict | None:
        container = task["containers"][0]  # moto runs only the first of a definition
        declared = {each["name"]: each for each in definition["containerDefinitions"]}
        labels = declared[container["name"]].get("dockerLabels", {})
        if PORT_LABEL not in labels:
            return None
        named = {
            "task_arn": task["taskArn"],
            "task_name": definition["family"],
            "job": labels.get("PROMETHEUS_EXPORTER_JOB_NAME", ""),
            "task_revision": str(definition["revision"]),
            "task_group": task["group"],
            "cluster_arn": task["clusterArn"],
            "container_name": container["name"],
            "container_arn": container["containerArn"],
            "docker_image": declared[container["name"]]["image"],
            "__metrics_path__": labels.get("PROMETHEUS_EXPORTER_PATH", ""),
            "__scheme__": labels.get("PROMETHEUS_EXPORTER_SCHEME", ""),
        }
        return {
            "target": f"{self._address(task, definition)}:{labels[PORT_LABEL]}",
            "labels": {name: value for name, value in named.items() if value},
        }

    def _address(self, task: dict, definition: dict) -> str:
        if definition["networkMode"] == "awsvpc":
            details = task["attachments"][0]["details"]
            return next(d["value"] for d in details if d["name"] == "privateIPv4Address")
        instance = self.client("ecs").describe_container_instances(
            cluster=task["clusterArn"], containerInstances=[task["containerInstanceArn"]]
        )["containerInstances"][0]
        reservations = self.client("ec2").describe_instances(
            InstanceIds=[instance["ec2InstanceId"]]
        )["Reservations"]
        return reservations[0]["Instances"][0]["PrivateIpAddress"]

    def _fill(self) -> None:
        ecs = self.client("ecs")
        ec2 = self.client("ec2")
        network = self._network(ec2)
        for cluster in ("web", "batch"):
            ecs.create_cluster(clusterName=cluster)
        for number in range(12):
            family = self._register_awsvpc(ecs, number)
            ecs.run_task(
                cluster="web",
                taskDefinition=family,
                count=10,
                launchType="FARGATE",
                group=f"service:{family}",
                networkConfiguration=network,
            )
        self._register_instances(ecs, ec2, network)
        for number in range(6):
            family = self._register_host_mode(ecs, number)
            ecs.run_task(cluster="batch", taskDefinition=family, count=2, launchType="EC2")
        own_interface = self._register_awsvpc(ecs, 12)
        ecs.run_task(
            cluster="batch",
            taskDefinition=own_interface,
            count=2,
            launchType="EC2",
            networkConfiguration=network,
        )

    def _network(self, ec2: BaseClient) -> dict:
        vpc = ec2.create_vpc(CidrBlock="10.20.0.0/16")["Vpc"]["VpcId"]
        # moto 5.2.1 cannot start an awsvpc task without.
        ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
        subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.20.0.0/20")["Subnet"]["SubnetId"]
        group = ec2.create_security_group(GroupName="ecs", Description="ecs", VpcId=vpc)["GroupId"]
        return {"awsvpcConfiguration": {"subnets": [subnet], "securityGroups": [group]}}

    def _register_awsvpc(self, ecs: BaseClient, number: int) -> str:
        # Every fourth family has no port label: its tasks run and are no targets.
        labels = {} if number % 4 == 3 else {PORT_LABEL: str(9100 + number)}
        if number % 4 == 1:
            labels["PROMETHEUS_EXPORTER_PATH"] = "/actuator/prometheus"
            labels["PROMETHEUS_EXPORTER_JOB_NAME"] = f"job-{number}"
        if number % 4 == 2:
            labels["PROMETHEUS_EXPORTER_SCHEME"] = "https"
        return _register(ecs, f"awsvpc-{number}", "awsvpc", labels, 9100 + number)

    def _register_host_mode(self, ecs: BaseClient, number: int) -> str:
        labels = {PORT_LABEL: str(9200 + number)}
        return _register(ecs, f"host-{number}", "host", labels, 9200 + number)

    def _register_instances(self, ecs: BaseClient, ec2: BaseClient, network: dict) -> None:
        image = ec2.describe_images()["Images"][0]["ImageId"]
        subnet = network["awsvpcConfiguration"]["subnets"][0]
        started = ec2.run_instances(ImageId=image, MinCount=2, MaxCount=2, SubnetId=subnet)
        for instance in started["Instances"]:
            document = {"instanceId": instance["InstanceId"], "region": REGION}
            ecs.register_container_instance(
                cluster="batch", instanceIdentityDocument=json.dumps(document)
            )

    def _freeze_tasks(self) -> None:
        # Else each DescribeTasks moves a task one step on towards STOPPED.
        frozen = {
            "model_name": "ecs::task",
            "transition": {"progression": "manual", "times": 1000000},
        }
        self._post("/moto-api/state-manager/set-transition", json.dumps(frozen).encode())

    def _post(self, path: str, body: bytes) -> None:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(self.url + path, body, headers, method="POST")
        with opener.open(request, timeout=30) as answer:
            answer.read()


def _register(ecs: BaseClient, family: str, mode: str, labels: dict, port: int) -> str:
    container = {
        "name": f"{family}-app",
        "image": f"registry.example/{family}:1.0",
        "cpu": 10,
        "memory": 64,
        "dockerLabels": labels,
        "portMappings": [{"containerPort": port, "hostPort": port, "protocol": "tcp"}],
    }
    ecs.register_task_definition(
        family=family,
        networkMode=mode,
        cpu="256",
        memory="512",
        requiresCompatibilities=["EC2", "FARGATE"] if mode == "awsvpc" else ["EC2"],
        containerDefinitions=[container],
    )
    return family


def _policy(actions: list[str], resource: str = "*") -> str:
    statement = {"Effect": "Allow", "Action": actions, "Resource": resource}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
