"""The fixed addresses of AWS: a network of our own in which they are the loopback interface's."""

from __future__ import annotations

import json
import os
import subprocess

import processes
import pytest
from discovery_process import run
from sim_process import DATA, SimProcess

ECS = "169.254.170.2"
POD = "169.254.170.23"
INSTANCE = "169.254.169.254"
INSTANCE_IPV6 = "fd00:ec2::254"


def impossible() -> str:
    """Why there can be no network of our own here, or an empty string."""
    if os.geteuid() != 0:
        return "needs root: a network namespace"
    if os.system("unshare --net true 2>/dev/null") != 0:
        return "this system refuses a network namespace"
    return ""

pytestmark = pytest.mark.skipif(bool(impossible()), reason=impossible() or "possible")


@pytest.fixture(scope="module")
def network():
    """The command prefix that runs a program in that network."""
    addresses = [f"{ECS}/32", f"{POD}/32", f"{INSTANCE}/32", f"{INSTANCE_IPV6}/128"]
    commands = ["ip link set lo up", *(f"ip addr add {each} dev lo" for each in addresses)]
    script = " && ".join([*commands, "echo ready", "exec sleep infinity"])
    holder = subprocess.Popen(
        ["unshare", "--net", "sh", "-c", script],
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=processes.die_with_parent,
    )
    try:
        assert holder.stdout.readline() == "ready\n", "the network could not be set up"
        yield ["nsenter", f"--net=/proc/{holder.pid}/ns/net"]
    finally:
        holder.stdout.close()
        processes.stop(holder)


@pytest.fixture
def simulator_at(network):
    """simulator_at(address, ...) -> a simulator there, at port 80."""
    started: list[SimProcess] = []

    def start(*hosts: str, flags: tuple[str, ...] = ()) -> SimProcess:
        listen = [part for host in hosts for part in ("--plain-listen", f"{host}:80")]
        account = ["--account", str(DATA / "account-plain.json")]
        args = [*account, "--listen", "127.0.0.1:0", *listen, *flags]
        started.append(SimProcess.start(args, prefix=network))
        return started[-1]

    yield start
    for sim in started:
        sim.stop()


@pytest.fixture
def who(network, environment, tmp_path):
    """who(sim, variables) -> whose keys the program finds, or the complaint."""

    def ask(sim: SimProcess, variables: dict[str, str], **more: str) -> str:
        base = {"AWS_ENDPOINT_URL": sim.url, "AWS_REGION": "us-east-1"}
        done = run(
            ["doctor", "--json"], environment(base, variables, more), cwd=tmp_path, prefix=network
        )
        checks = {check["name"]: check for check in json.loads(done.stdout)}
        if "configuration" in checks:
            return checks["configuration"]["text"]  # refused before any other check
        if checks["credentials"]["state"] != "ok":
            return checks["credentials"]["text"]
        return checks["identity"]["text"].split("/")[1]

    return ask


RELATIVE = {"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/credentials/0ec551a0"}


def test_a_task_asks_the_agent_of_ecs(simulator_at, who):
    assert who(simulator_at(ECS), RELATIVE) == "ecs-sim-task"


def test_the_relative_address_comes_before_the_full_one(simulator_at, who):
    full = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": f"http://{POD}/v1/credentials"}
    assert who(simulator_at(ECS, POD), RELATIVE | full) == "ecs-sim-task"


def test_a_task_sends_its_token(simulator_at, who):
    sim = simulator_at(ECS, flags=("--token", "container=sesame"))
    assert "401" in who(sim, RELATIVE)
    assert who(sim, RELATIVE | {"AWS_CONTAINER_AUTHORIZATION_TOKEN": "sesame"}) == "ecs-sim-task"


def test_a_pod_asks_the_agent_of_eks(simulator_at, who, tmp_path):
    (tmp_path / "token").write_text("ey.pod\n")
    pod = {
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"http://{POD}/v1/credentials",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": str(tmp_path / "token"),
    }
    sim = simulator_at(POD, flags=("--token", "pod-identity=ey.pod"))
    assert who(sim, pod) == "ecs-sim-pod"


def test_an_instance_asks_its_metadata_service(simulator_at, who):
    assert who(simulator_at(INSTANCE), {}) == "ecs-sim-instance"


def test_an_instance_of_ipv6_asks_its_metadata_service_there(simulator_at, who):
    sim = simulator_at(f"[{INSTANCE_IPV6}]")
    assert who(sim, {"AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE": "IPv6"}) == "ecs-sim-instance"
    assert "no AWS credentials" in who(sim, {"AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE": "IPv4"})


def test_a_token_is_sent_to_no_other_host(simulator_at, who):
    elsewhere = "http://169.254.170.3/v1/credentials"
    said = who(simulator_at(ECS), {"AWS_CONTAINER_CREDENTIALS_FULL_URI": elsewhere})
    assert "AWS_CONTAINER_CREDENTIALS_FULL_URI" in said
