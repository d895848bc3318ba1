"""The bugs of the Go program that this one mends, each driven through the bytes of the APIs.

C: it crashed; W: it wrote a wrong target; L: it lost targets. What it did is in each docstring.
"""

from __future__ import annotations

import json

import pytest
from discovery_process import explain, parse_logfmt, run
from modes_account import (
    Account,
    CLUSTER,
    Container,
    PORT,
    bind,
    bind_range,
    check,
    eni,
    interface,
    outcomes_explained,
    outcomes_in_file,
    targets_of,
)
from target_file import read_groups

pytestmark = pytest.mark.output("targets.json")

HOST = "10.0.1.7"
OTHER = "10.0.1.8"
OWN = "10.0.2.1"
SERVER_NAME = "PROMETHEUS_EXPORTER_SERVER_NAME"


def own(want=f"{OWN}:{PORT}", ipv4=OWN, **members) -> Container:
    """A container that has the task's network interface."""
    return Container(want, **{"interfaces": [interface(ipv4)], **members})


@pytest.fixture
def account() -> Account:
    """An account with a bystander in awsvpc mode, which no test may disturb."""
    account = Account()
    account.add("bystander", [own()], attachments=[eni(OWN)])
    return account


@pytest.fixture
def host(account) -> str:
    """A container instance with a second bystander on it."""
    arn = account.add_instance(HOST)
    bound = Container(f"{HOST}:32000", bindings=[bind(PORT, 32000)])
    account.add("neighbour", [bound], "bridge", arn)
    return arn


@pytest.fixture
def verify(account, serve, outcomes):
    """verify(flags) -> the simulator, once the outcome of every container has been checked."""

    def run_and_check(flags=(), sim_flags=(), wants=None):
        sim = serve(account, *sim_flags)
        check(outcomes(sim, flags), account.wants if wants is None else wants)
        return sim

    return run_and_check


# Crashes.


def test_c1_a_container_instance_that_is_missing(account, host, verify):
    """The instance was terminated between two calls; its entry stayed nil and was dereferenced."""
    gone = [Container("no_instance_address", bindings=[bind(PORT, 1)])]
    account.add("gone", gone, "bridge", host[:-1] + "f")
    verify()


@pytest.mark.parametrize("id_", [None, ""])
def test_c2_a_container_instance_without_an_ec2_id(id_, account, host, verify):
    """The pointer to ec2InstanceId was dereferenced unchecked."""
    nameless = account.add_container_instance("x")
    account.container_instances[-1]["ec2InstanceId"] = id_
    account.add("nameless", [Container("no_instance_address")], "host", nameless)
    verify()


def test_c3_bindings_of_a_port_range(account, host, verify):
    """They have no containerPort and no hostPort, whose pointers were dereferenced."""
    ranged = Container(f"{HOST}:40002", bindings=[bind_range("9100-9109", "40000-40009")])
    account.add("ranged", [ranged], "bridge", host)
    verify()


def test_c4_a_task_that_has_only_ipv6(account, verify):
    """The pointer to privateIpv4Address was dereferenced unchecked."""
    only_ipv6 = own(f"[2001:db8::1]:{PORT}", interfaces=[interface(None, "2001:db8::1")])
    account.add("ipv6", [only_ipv6], attachments=[eni(None, "2001:db8::1")])
    verify()


def test_c5_an_instance_without_a_private_dns_name(account, verify):
    """The pointer to privateDnsName was dereferenced unchecked."""
    interfaces = [{"privateIpAddress": OTHER, "attachment": {"deviceIndex": 0}}]
    nameless = account.add_instance(OTHER, networkInterfaces=interfaces)
    account.add("host", [Container(f"{OTHER}:{PORT}")], "host", nameless)
    verify()


@pytest.mark.parametrize("containers", [[], None, "absent"])
def test_c6_a_definition_without_containers(containers, account, serve, environment):
    """With no container definition the first one's name, nil, was dereferenced. ECS registers none
    without containers, so that such a response is malformed."""
    account.add("empty", [own("definition_unavailable")], attachments=[eni(OWN)])
    if containers == "absent":
        del account.definitions[-1]["containerDefinitions"]
    else:
        account.definitions[-1]["containerDefinitions"] = containers
    done = explain(["--json"], environment(serve(account).environment()))
    assert done.status == 1
    assert "has no containers" in parse_logfmt(done.only_problem())["error"]
    assert outcomes_explained(done.stdout) == account.wants


@pytest.mark.parametrize("how", ["absent", "null"])
def test_c7_optional_members_that_are_not_there(how, account, serve, discover, output):
    """Group, image, ARNs and family were dereferenced unchecked; the labels are left out now."""

    def lose(members: dict, *names: str) -> None:
        for name in names:
            if how == "absent":
                members.pop(name, None)
            else:
                members[name] = None

    task = account.tasks[0]
    lose(task, "group", "clusterArn", "launchType", "attachments")
    lose(task["containers"][0], "containerArn", "taskArn", "networkBindings")
    definition = account.definitions[0]
    lose(definition, "family", "revision", "networkMode")
    lose(definition["containerDefinitions"][0], "image", "portMappings")
    definition["networkMode"] = "awsvpc"

    done = discover(["-config.write-to", output], serve(account).environment())

    assert (done.status, done.problems) == (0, [])
    (group,) = read_groups(output)
    assert group["labels"].pop("cluster_arn", CLUSTER) == CLUSTER
    assert group == {
        "targets": [f"{OWN}:{PORT}"],
        "labels": {"task_arn": task["taskArn"], "container_name": "app"},
    }


@pytest.mark.parametrize("interval", ["0", "0s", "-1m"])
def test_c8_an_interval_that_is_not_positive(interval, environment, plain_sim, tmp_path):
    """Go's ticker panics for it."""
    args = [f"-config.scrape-interval={interval}", "-config.write-to", tmp_path / "targets.yml"]
    done = run(args, environment(plain_sim.environment()))
    assert done.status == 2
    assert "config.scrape-interval" in done.only_problem()
    assert not (tmp_path / "targets.yml").exists()


# Wrong targets.


def test_w1_containers_that_aws_puts_into_a_task(account, host, verify):
    """They got the labels and the port of the last container of the definition: a second target
    with a wrong name."""

    def with_agents(container: Container, **agent) -> list[Container]:
        names = ["ecs-service-connect-Ab1", "aws-guardduty-agent-x"]
        agents = [Container("no_definition", each, defined=False, **agent) for each in names]
        return [agents[0], container, agents[1]]

    account.add(
        "fargate", with_agents(own(), interfaces=[interface(OWN)]), attachments=[eni(OWN)]
    )
    bound = [bind(PORT, 32768)]
    bridged = Container(f"{HOST}:32768", bindings=bound)
    account.add("bridge", with_agents(bridged, bindings=bound), "bridge", host)
    verify()


def test_w2_an_address_belongs_to_its_container_alone(account, host, verify):
    """An address that was found for one container stayed for the next ones, and a container without
    one got the instance's."""
    account.add(
        "several",
        [
            own(f"{OWN}:81", name="first", label="81"),
            own("10.0.2.9:82", "10.0.2.9", name="second", label="82"),
            own(f"{OWN}:83", name="third", label="83", interfaces=[]),
        ],
        host=host,
        attachments=[eni(OWN)],
    )
    account.add("waiting", [Container("no_address")], host=host, attachments=[eni()])
    specific = [bind(81, 32768, "10.0.9.9")]
    account.add(
        "bound",
        [
            Container("10.0.9.9:32768", "first", label="81", bindings=specific),
            Container(f"{HOST}:32769", "second", label="82", bindings=[bind(82, 32769)]),
        ],
        "bridge",
        host,
    )
    verify()


def test_w3_a_bridge_container_without_a_binding(account, host, verify):
    """It became the instance's address with the container's port, where another task may listen."""
    account.add("unbound", [Container("no_binding")], "bridge", host)
    account.add("unmapped", [Container("no_binding", mappings=[])], "bridge", host)
    other = Container("no_binding", bindings=[bind(8080, 32768)])
    account.add("other-port", [other], "bridge", host)
    verify()


def test_w4_a_fargate_task_without_an_address(account, verify):
    """It became the target ":9102", at which Prometheus scrapes itself."""
    waiting = [Container("no_address")]
    no_address = [eni(status="ATTACHING")]
    account.add("attaching", waiting, attachments=no_address, lastStatus="ACTIVATING")
    early = [Container("task_not_running")]
    account.add("provisioning", early, attachments=[eni(status="PRECREATED")], lastStatus="PENDING")
    verify()


@pytest.mark.parametrize("turned", [False, True])
def test_w5_several_bindings_of_one_port(turned, account, host, verify):
    """The last one won, though it was for IPv6 or udp."""
    step = -1 if turned else 1
    twins = [bind(PORT, 32768), bind(PORT, 32769, "::")][::step]
    account.add("dual", [Container(f"{HOST}:32768", bindings=twins)], "bridge", host)
    both = [bind(PORT, 32770), bind(PORT, 32771, protocol="udp")][::step]
    account.add("udp", [Container(f"{HOST}:32770", bindings=both)], "bridge", host)
    verify()


def test_w6_what_does_not_run(account, verify):
    """Stopped init containers and tasks that had not started, or were stopping, were targets."""
    account.add(
        "init",
        [own("container_stopped", name="init", status="STOPPED"), own()],
        attachments=[eni(OWN)],
    )
    for status in ("PROVISIONING", "PENDING", "DEACTIVATING", "STOPPING", "DEPROVISIONING"):
        account.add(status.lower(), [own("task_not_running")], lastStatus=status)
    verify()


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("", f"{OWN}:{PORT}"),
        ("/", f"{OWN}:{PORT}"),
        ("web.example", f"web.example:{PORT}"),
        ("web.example//", f"web.example:{PORT}"),
        ("2001:db8::1", f"[2001:db8::1]:{PORT}"),
    ],
)
def test_w7_the_server_name(name, target, account, verify):
    """An empty one gave ":9102" and an IPv6 one had no brackets."""
    account.add("named", [own(target, labels={SERVER_NAME: name})], attachments=[eni(OWN)])
    verify()


@pytest.mark.parametrize(
    ("label", "want"),
    [
        ("0", "invalid_port"),
        ("65536", "invalid_port"),
        ("4294976398", "invalid_port"),  # 9102 when cut to 32 bits
        ("18446744073709551616", "invalid_port"),
        ("-9102", "invalid_port"),
        ("http", "invalid_port"),
        (" 9102 ", f"{OWN}:9102"),
        ("65535", f"{OWN}:65535"),
    ],
)
def test_w8_the_port_is_checked(label, want, account, verify):
    """Ports out of range passed, large ones cut to 32 bits; spaces lost the container silently."""
    account.add("labelled", [own(want, label=label)], attachments=[eni(OWN)])
    verify()


def test_w13_a_host_port_in_the_label_is_said(account, host, serve, environment):
    """The container was left out without a word."""
    account.add(
        "mistaken",
        [Container("no_binding", label="32768", bindings=[bind(8080, 32768)])],
        "bridge",
        host,
    )
    done = explain(["mistaken", "--json"], environment(serve(account).environment()))
    assert done.status == 0
    (row,) = json.loads(done.stdout)
    assert row["reason"] == "no_binding"
    assert "32768, which is a host port; it must be the container port: 8080" in row["detail"]


# Lost targets.


@pytest.mark.parametrize(
    "sim_flags",
    [["--empty-pages", "--page-size", "1"], ["--fault", "ListTasks:empty-page:1"]],
)
def test_l2_an_empty_page_does_not_end_a_listing(sim_flags, account, host, verify):
    """All that came after an empty page was lost."""
    account.add("last", [own()], attachments=[eni(OWN)])
    verify(sim_flags=sim_flags)


def test_l3_an_instance_that_ec2_no_longer_knows(account, host, verify):
    """One terminated instance failed the call for a hundred, and with it the whole refresh."""
    terminated = account.add_container_instance("i-00000000000000bad")
    account.add("stranded", [Container("no_instance_address")], "host", terminated)
    verify()


def test_l4_instances_of_ecs_anywhere(account, host, verify):
    """Their ids were sent to EC2, which refused the call: nothing was ever discovered again."""
    anywhere = account.add_instance("192.168.1.5", id="mi-0123456789abcdef0")
    bound = [bind(PORT, 32768)]
    far = Container("192.168.1.5:32768", bindings=bound)
    account.add("far", [far], "bridge", anywhere, launch_type="EXTERNAL")
    unknown = account.add_container_instance("mi-0123456789abcdef1")
    lost = Container("no_instance_address", bindings=bound)
    account.add("lost", [lost], "bridge", unknown, launch_type="EXTERNAL")
    verify()


def test_l5_awsvpc_needs_nothing_of_ec2(account, verify):
    """A task with an interface of its own was dropped when its instance could not be looked up."""
    for launch_type in ("EC2", "MANAGED_INSTANCES"):
        unknown = account.add_container_instance("i-00000000000000bad")
        account.add(
            launch_type.lower(),
            [own()],
            host=unknown,
            launch_type=launch_type,
            attachments=[eni(OWN)],
        )
    denied = ["--fault", "DescribeInstances:denied"]
    sim = verify(sim_flags=[*denied, "--fault", "DescribeContainerInstances:denied"])
    assert sim.calls().get("DescribeInstances", 0) == 0


@pytest.mark.parametrize("name", ["", "i-0123456789abcdef0.us-east-1.compute.internal", None])
def test_l6_dns_hostnames_are_not_needed(name, account, verify):
    """The interface was chosen by its DNS name: with hostnames off, or of the resource-name kind,
    none was found."""
    first = {"attachment": {"deviceIndex": 0}, "privateIpAddress": OTHER, "privateDnsName": ""}
    second = {"attachment": {"deviceIndex": 1}, "privateIpAddress": "10.0.7.7"}
    second["privateDnsName"] = name or "ip-10-0-7-7.internal"
    for family, address in (("own", OTHER), ("of-interface", None)):
        plain = account.add_instance(
            address, privateDnsName=name, networkInterfaces=[second, first]
        )
        account.add(family, [Container(f"{OTHER}:{PORT}")], "host", plain)
    verify()


def test_l7_host_mode_with_bindings_of_other_ports(account, host, verify):
    """The container was dropped, though every port of it can be reached."""
    bindings = [bind(8080, 8080)]
    account.add("host", [Container(f"{HOST}:{PORT}", bindings=bindings)], "host", host)
    verify()


def test_l8_dynamic_detection_with_twins_and_without_bindings(account, host, verify):
    """Two bindings of one port, for IPv4 and IPv6, were one too many, and awsvpc has none."""
    twins = [bind(PORT, 32768), bind(PORT, 32769, "::")]
    target = f"{HOST}:32768"
    account.add("dual", [Container(target, bindings=twins, dynamic=target)], "bridge", host)
    udp = [*twins, bind(PORT, 32770, protocol="udp")]
    account.add("udp", [Container(target, bindings=udp, dynamic=target)], "bridge", host)
    task_own = f"{OWN}:{PORT}"
    account.add("awsvpc", [own(dynamic=task_own)], attachments=[eni(OWN)])
    hosted = f"{HOST}:{PORT}"
    account.add("host", [Container(hosted, dynamic=hosted)], "host", host)
    two = Container("", bindings=[bind(1, 1), bind(2, 2)], dynamic="ambiguous_binding")
    account.add("two", [two], "bridge", host)
    verify(["-config.dynamic-port-detection"], wants=account.dynamic_wants)


def test_a_daemon_survives_all_of_them_together(account, host, serve, discover, output):
    """Any one of them ended the Go program or its refresh; here they are in one account."""
    gone = [Container("no_instance_address", bindings=[bind(PORT, 1)])]
    account.add("gone", gone, "bridge", host[:-1] + "f")
    stranded = account.add_container_instance("i-00000000000000bad")
    account.add("stranded", [Container("no_instance_address")], "host", stranded)
    account.add("empty", [own("no_definition", defined=False)], attachments=[eni(OWN)])
    account.add("ipv6", [own(f"[2001:db8::1]:{PORT}", interfaces=[interface(None, "2001:db8::1")])])
    ranged = Container(f"{HOST}:40002", bindings=[bind_range("9100-9109", "40000-40009")])
    account.add("ranged", [ranged], "bridge", host)
    args = ["-config.scrape-times", "3", "-config.scrape-interval", "50ms"]

    done = discover([*args, "-config.write-to", output], serve(account).environment())

    assert (done.status, done.problems) == (0, [])
    assert outcomes_in_file(read_groups(output)) == targets_of(account.wants)
