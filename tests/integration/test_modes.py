"""Every network mode and launch type, from API bytes to the file and to what explain says."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator

import pytest
from discovery_process import Finished, explain, read_groups, run
from modes_account import (
    PORT,
    Account,
    Container,
    bind,
    bind_range,
    check,
    eni,
    interface,
    is_target,
    outcomes_explained,
    outcomes_in_file,
    service_connect,
    targets_of,
    volume,
)
from processes import clean_environment
from sim_process import SimProcess

HOST = "10.0.1.7"
V6 = "2001:db8::7"
DYNAMIC = ["-config.dynamic-port-detection"]
FILTER = ["-config.filter-label", "com.example.scrape=yes"]


def own(ipv4="10.0.2.1", ipv6=None, **members) -> Container:
    """A container that has the task's network interface."""
    want = f"{ipv4}:{PORT}" if ipv4 else f"[{ipv6}]:{PORT}"
    return Container(**{"want": want, "interfaces": [interface(ipv4, ipv6)], **members})


def add_awsvpc(account: Account, host: str, managed: str) -> None:
    for launch_type, where in (("FARGATE", None), ("EC2", host), ("MANAGED_INSTANCES", managed)):
        account.add(
            f"awsvpc-{launch_type}",
            [own(dynamic=f"10.0.2.1:{PORT}")],
            host=where,
            launch_type=launch_type,
            attachments=[eni("10.0.2.1")],
        )
    account.add(
        "awsvpc-unmapped-port", [own(mappings=[], dynamic="no_binding")], attachments=[eni()]
    )
    account.add("awsvpc-eni-only", [own(interfaces=[])], attachments=[eni("10.0.2.1")])
    account.add("awsvpc-no-attachment", [own()])
    account.add(
        "awsvpc-ipv4-of-eni-before-ipv6",
        [own(interfaces=[interface(None, V6)])],
        attachments=[eni("10.0.2.1", V6)],
    )
    account.add("awsvpc-ipv6-only", [own(None, V6)], attachments=[eni(None, V6)])
    account.add("awsvpc-ipv6-eni", [own(None, V6, interfaces=[])], attachments=[eni(None, V6)])
    account.add("awsvpc-dual-stack", [own("10.0.2.1", V6)], attachments=[eni("10.0.2.1", V6)])
    account.add(
        "awsvpc-two-interfaces",
        [own(interfaces=[interface(None, V6), interface("10.0.2.1")])],
        attachments=[eni("10.0.2.1", V6)],
    )
    for name, order in (
        ("first", [eni("10.0.2.1"), volume(), service_connect()]),
        ("last", [service_connect(), volume(), eni("10.0.2.1")]),
        ("between", [volume(), eni("10.0.2.1"), service_connect()]),
    ):
        account.add(f"awsvpc-eni-{name}", [own(interfaces=[])], attachments=order)
    for status in ("PRECREATED", "ATTACHING"):
        waiting = Container(want="no_address", dynamic="no_address")
        account.add(
            f"awsvpc-{status}",
            [waiting],
            host=host,
            attachments=[eni(status=status)],
            lastStatus="ACTIVATING",
        )
    account.add("awsvpc-volume-only", [Container(want="no_address")], attachments=[volume()])
    account.add(
        "awsvpc-each-its-own",
        [
            own(name="first"),
            own("10.0.2.2", name="second"),
            own(name="none", interfaces=[]),
        ],
        attachments=[eni("10.0.2.1")],
    )
    mappings = [{"containerPort": 9000, "protocol": "udp"}, {"containerPort": 9001}]
    account.add("awsvpc-udp-beside", [own(mappings=mappings, dynamic="10.0.2.1:9001")])
    mappings = [{"containerPort": 9000}, {"containerPort": 9001}]
    account.add("awsvpc-two-ports", [own(mappings=mappings, dynamic="ambiguous_binding")])
    mappings = [{"containerPortRange": "9000-9009"}]
    account.add("awsvpc-range", [own(mappings=mappings, dynamic="ambiguous_binding")])


def add_bridge(account: Account, host: str, host6: str, dual: str) -> None:
    def bridged(family, want, bindings, dynamic=None, where=host, mode="bridge", **members):
        container = Container(want=want, bindings=bindings, dynamic=dynamic, **members)
        account.add(family, [container], mode=mode, host=where)

    at, at6 = f"{HOST}:", f"[{V6}]:"
    bridged("bridge-static", f"{at}9102", [bind(PORT, 9102)], f"{at}9102")
    bridged("bridge-dynamic", f"{at}32768", [bind(PORT, 32768)], f"{at}32768")
    bridged("windows-default", f"{at}49153", [bind(PORT, 49153)], f"{at}49153", mode="default")
    bridged("bridge-no-bind-ip", f"{at}32769", [bind(PORT, 32769, None)], f"{at}32769")
    bridged("bridge-no-protocol", f"{at}32769", [bind(PORT, 32769, protocol=None)], f"{at}32769")

    ranged = [bind_range("9100-9109", "40000-40009")]
    bridged("bridge-range", f"{at}40002", ranged, "ambiguous_binding")
    bridged("bridge-range-first", f"{at}40000", ranged, label="9100")
    bridged("bridge-range-last", f"{at}40009", ranged, label="9109")
    bridged("bridge-range-past-it", "no_binding", ranged, label="9110")
    bridged("bridge-range-of-one", f"{at}5002", [bind_range("9102-9102", "5002-5002")], f"{at}5002")
    ranges = [bind_range("9000-9009", "40000-40009"), bind_range("9100-9109", "41000-41009")]
    bridged("bridge-two-ranges", f"{at}41002", ranges, "ambiguous_binding")
    singles = [bind(9101, 50001), bind(9102, 50007), bind(9103, 50003)]
    mappings = [{"containerPortRange": "9101-9103"}]
    bridged(
        "bridge-range-as-singles", f"{at}50007", singles, "ambiguous_binding", mappings=mappings
    )

    twins = [bind(PORT, 32771, "::"), bind(PORT, 32770)]
    bridged("bridge-dual-stack", f"{at}32770", twins, f"{at}32770")
    bridged("bridge-dual-stack-turned", f"{at}32770", twins[::-1], f"{at}32770")
    bridged("bridge-only-ipv6-binding", f"{at}32771", [bind(PORT, 32771, "::")], f"{at}32771")
    bridged("bridge-ipv6-host", f"{at6}32771", twins, f"{at6}32771", where=host6)
    bridged("bridge-ipv6-host-ipv4-bind", f"{at6}7", [bind(PORT, 7)], f"{at6}7", where=host6)
    bridged("bridge-dual-stack-host", "10.0.1.9:32770", twins, "10.0.1.9:32770", where=dual)

    own_ip = "10.0.9.9:32772"
    bridged("bridge-bound", own_ip, [bind(PORT, 32772, "10.0.9.9")], own_ip)
    bound6 = "[2001:db8::99]:32772"
    bridged("bridge-bound-ipv6", bound6, [bind(PORT, 32772, "2001:db8::99")], bound6)
    for name, ip in (("ipv4", "127.0.0.1"), ("other", "127.9.9.9"), ("ipv6", "::1")):
        bridged(f"bridge-loopback-{name}", "no_binding", [bind(PORT, 32773, ip)], "no_binding")
    both = [bind(PORT, 32773, "127.0.0.1"), bind(PORT, 32774)]
    bridged("bridge-loopback-beside", f"{at}32774", both, f"{at}32774")

    udp = [bind(PORT, 32775, protocol="udp"), bind(PORT, 32776)]
    bridged("bridge-udp-beside-tcp", f"{at}32776", udp, f"{at}32776")
    bridged("bridge-udp-after-tcp", f"{at}32776", udp[::-1], f"{at}32776")
    bridged("bridge-udp-only", "no_binding", udp[:1], "no_binding")
    bridged("bridge-not-bound-yet", "no_binding", [], "no_binding")
    bridged("bridge-port-not-chosen", "no_binding", [bind(PORT, 0)], "no_binding")
    bridged("bridge-no-host-port", "no_binding", [bind(PORT, None)], "no_binding")
    others = [bind(8080, 32768), bind(9103, 32769)]
    bridged("bridge-other-ports", "no_binding", others, "ambiguous_binding")
    bridged("bridge-host-port-in-label", "no_binding", [bind(8080, 32768)], label="32768")
    bridged("bridge-no-instance", "no_instance_address", [bind(PORT, 32768)], where=None)


def add_host(account: Account, host: str, host6: str, managed: str) -> None:
    def hosted(family, bindings=(), want=f"{HOST}:{PORT}", where=host, mappings=None, **members):
        maps = [{"containerPort": PORT}] if mappings is None else mappings
        container = Container(want, bindings=list(bindings), mappings=maps, dynamic=want, **members)
        account.add(family, [container], mode="host", host=where)

    hosted("host-no-bindings")
    hosted("host-bindings-of-others", [bind(8080, 8080)])
    hosted("host-own-binding", [bind(PORT, PORT)])
    hosted("host-ipv6", want=f"[{V6}]:{PORT}", where=host6)
    account.add(
        "host-managed-instances",
        [Container(want=f"10.0.3.1:{PORT}")],
        mode="host",
        host=managed,
        launch_type="MANAGED_INSTANCES",
    )
    account.add(
        "host-unmapped-port",
        [Container(want=f"{HOST}:{PORT}", mappings=[], dynamic="no_binding")],
        mode="host",
        host=host,
    )


def add_modes(account: Account, host: str) -> None:
    bound = [bind(PORT, 32768)]
    account.add("none", [Container(want="no_network", dynamic="no_network")], "none", host)
    moon = Container(want="no_network", bindings=bound)
    account.add("mode-unknown", [moon], "moon_bridge", host)
    account.add("mode-absent", [Container(f"{HOST}:32768", bindings=bound)], None, host)
    account.add("mode-absent-eni", [own()], None, host, attachments=[eni("10.0.2.1")])
    account.add(
        "mode-absent-volume",
        [Container(f"{HOST}:32768", bindings=bound)],
        None,
        host,
        attachments=[volume(), service_connect()],
    )


def add_containers(account: Account, host: str) -> None:
    account.add(
        "injected",
        [
            Container("no_definition", "ecs-service-connect-Ab1", defined=False, label=None),
            own(),
            Container("no_definition", "aws-guardduty-agent-x", defined=False, label=None),
        ],
        attachments=[eni("10.0.2.1"), service_connect()],
    )
    # The definition has them in another order, and one that never started.
    task = account.add(
        "not-started",
        [own(name="b"), Container("", "ghost", run=False), own("10.0.2.2", name="a", label="81")],
    )
    task["containers"].reverse()
    account.wants["not-started", "a"] = "10.0.2.2:81"
    account.add(
        "init-container",
        [
            own(name="init", want="container_stopped", status="STOPPED"),
            own(),
        ],
    )
    account.add("container-pending", [own(status="PENDING")])
    account.add("container-status-unknown", [own(status="HOVERING")])
    account.add("container-status-absent", [own(status=None)])
    account.add("no-label", [own(want="no_port_label", label=None)])
    for number, text in enumerate(["", "0", "65536", "-1", "80a", "9102/tcp", "0x50", "8 0"]):
        account.add(f"bad-label-{number}", [own(want="invalid_port", label=text)])
    for number, text in enumerate([" 9102 ", "+9102", "09102", "\t9102\n"]):
        account.add(f"good-label-{number}", [own(label=text)])
    account.add("label-65535", [own(label="65535", want="10.0.2.1:65535")])


def add_statuses(account: Account) -> None:
    not_running = {"want": "task_not_running"}
    for status in ("PROVISIONING", "PENDING", "DEACTIVATING", "STOPPING", "STOPPED", "LEVITATING"):
        account.add(f"task-{status}", [own(**not_running)], lastStatus=status)
    account.add("task-ACTIVATING", [own()], lastStatus="ACTIVATING")
    account.add("task-status-absent", [own(**not_running)], lastStatus=None)
    account.add("launch-type-unknown", [own()], launchType="MOONBASE")
    account.add("launch-type-absent", [own()], launchType=None)
    account.add("group-absent", [own()], group=None)


def add_odd_instances(account: Account) -> None:
    def on(family: str, host: str, want: str) -> None:
        account.add(family, [Container(want=want)], mode="host", host=host)

    primary = {"attachment": {"deviceIndex": 0}, "privateIpAddress": "10.0.4.1"}
    second = {"attachment": {"deviceIndex": 1}, "privateIpAddress": "10.0.4.2"}
    for name, order in (("first", [primary, second]), ("last", [second, primary])):
        host = account.add_instance(networkInterfaces=order, privateDnsName="")
        on(f"instance-primary-{name}", host, f"10.0.4.1:{PORT}")
    host = account.add_instance("10.0.4.3", networkInterfaces=[second], privateDnsName="")
    on("instance-without-dns-names", host, f"10.0.4.3:{PORT}")
    host = account.add_instance("10.0.4.4")
    on("instance-without-interfaces", host, f"10.0.4.4:{PORT}")
    ipv6 = {"attachment": {"deviceIndex": 0}, "ipv6Addresses": [{"ipv6Address": "2001:db8::4"}]}
    host = account.add_instance(networkInterfaces=[second | {"privateIpAddress": None}, ipv6])
    on("instance-ipv6-interface", host, f"[2001:db8::4]:{PORT}")
    card = {"attachment": {"deviceIndex": 0, "networkCardIndex": 1}}
    host = account.add_instance(
        networkInterfaces=[card | {"privateIpAddress": "10.0.4.5"}, primary]
    )
    on("instance-second-card", host, f"10.0.4.1:{PORT}")
    on("instance-without-address", account.add_instance(), "no_instance_address")
    vanished = account.add_container_instance("i-0000000000000dead")
    on("instance-unknown-to-ec2", vanished, "no_instance_address")
    on("instance-unknown-to-ecs", vanished[:-1] + "f", "no_instance_address")
    on("instance-of-no-kind", account.add_container_instance("moon-1"), "no_instance_address")


def add_anywhere(account: Account) -> set[str]:
    """Tasks of ECS Anywhere; returns the families of those whose address only SSM knows."""
    bound = [bind(PORT, 32768)]
    host = account.add_instance("192.168.1.5", id="mi-0123456789abcdef0")
    host6 = account.add_instance("2001:db8::5", id="mi-0123456789abcdef1")
    unknown = account.add_container_instance("mi-0123456789abcdef2")
    nowhere = account.add_instance(None, id="mi-0123456789abcdef3")
    for family, want, mode, where in (
        ("anywhere-bridge", "192.168.1.5:32768", "bridge", host),
        ("anywhere-host", f"192.168.1.5:{PORT}", "host", host),
        ("anywhere-ipv6", "[2001:db8::5]:32768", "bridge", host6),
        ("anywhere-unregistered", "no_instance_address", "bridge", unknown),
        ("anywhere-without-address", "no_instance_address", "host", nowhere),
    ):
        container = Container(want=want, bindings=bound if mode == "bridge" else [])
        account.add(family, [container], mode=mode, host=where, launch_type="EXTERNAL")
    bound_ip = [bind(PORT, 32768, "192.168.1.77")]
    account.add(
        "anywhere-bound",
        [Container(want="192.168.1.77:32768", bindings=bound_ip)],
        mode="bridge",
        host=host,
        launch_type="EXTERNAL",
    )
    none = Container(want="no_network")
    account.add("anywhere-none", [none], mode="none", host=host, launch_type="EXTERNAL")
    return {"anywhere-bridge", "anywhere-host", "anywhere-ipv6"}


def build_account() -> Account:
    """Every case but ECS Anywhere."""
    account = Account()
    host = account.add_instance(HOST)
    ipv6 = {"attachment": {"deviceIndex": 0}, "ipv6Addresses": [{"ipv6Address": V6}]}
    host6 = account.add_instance(networkInterfaces=[ipv6])
    dual = account.add_instance("10.0.1.9", ipv6Address="2001:db8::9")
    managed = account.add_instance(
        "10.0.3.1", operator={"managed": True, "hiddenByDefault": True, "principal": "ecs"}
    )
    add_awsvpc(account, host, managed)
    add_bridge(account, host, host6, dual)
    add_host(account, host, host6, managed)
    add_modes(account, host)
    add_containers(account, host)
    add_statuses(account)
    add_odd_instances(account)
    return account


@pytest.fixture(scope="module")
def account() -> Account:
    return build_account()


def test_every_container_is_the_right_target_or_has_the_right_reason(account, serve, outcomes):
    check(outcomes(serve(account)), account.wants)


def test_short_and_empty_pages_change_nothing(account, serve, outcomes):
    check(outcomes(serve(account, "--page-size", "5", "--empty-pages")), account.wants)


def test_the_order_of_the_answers_changes_nothing(serve, outcomes):
    account = build_account()
    document = account.document()
    document["clusters"][0]["tasks"].reverse()
    document["taskDefinitions"].reverse()
    document["instances"].reverse()
    for task in account.tasks:
        task["containers"].reverse()
        task["attachments"].reverse()
        for container in task["containers"]:
            container["networkBindings"].reverse()
    check(outcomes(serve(account)), account.wants)


def test_dynamic_detection_finds_the_only_tcp_port(account, serve, outcomes):
    check(outcomes(serve(account), DYNAMIC), account.dynamic_wants)


def with_scrape_label() -> Account:
    """The same account, where every second family has the label that the filter asks for."""
    account = build_account()
    for number, definition in enumerate(account.definitions):
        for container in definition["containerDefinitions"]:
            container["dockerLabels"]["com.example.scrape"] = "yes" if number % 2 else "no"
    return account


@pytest.mark.parametrize("dynamic", [[], DYNAMIC])
def test_the_filter_narrows_both_ways_of_finding_ports(dynamic, serve, outcomes):
    account = with_scrape_label()
    wants = dict(account.dynamic_wants if dynamic else account.wants)
    # What is decided before the filter is asked.
    earlier = "task_not_running container_stopped no_definition no_port_label no_dynamic_label"
    for definition in account.definitions[::2]:
        for container in definition["containerDefinitions"]:
            key = definition["family"], container["name"]
            if wants.get(key, "no_definition") not in earlier.split():
                wants[key] = "filtered"
    assert "filtered" in wants.values()
    assert targets_of(wants)
    check(outcomes(serve(account), [*FILTER, *dynamic]), wants)


def test_the_log_counts_the_reasons_once_while_they_are_the_same(
    account, serve, discover, tmp_path
):
    args = ["-config.scrape-times", "3", "-config.scrape-interval", "50ms"]
    sim = serve(account)

    done = discover([*args, "-config.write-to", tmp_path / "targets.yml"], sim.environment())

    assert (done.status, done.problems) == (0, [])
    assert sim.calls()["ListClusters"] == 3
    said = [line["reasons"] for line in done.log if "reasons" in line]
    counts = Counter(want for want in account.wants.values() if not is_target(want))
    assert [dict(pair.split("=") for pair in each.split()) for each in said] == [
        {reason: str(count) for reason, count in counts.items()}
    ]


def test_another_port_label_is_followed(serve, outcomes):
    account = Account()
    account.add("other", [own(label=None, labels={"port.example": "81"}, want="10.0.2.1:81")])
    account.add("usual", [own(want="no_port_label")])
    check(outcomes(serve(account), ["-config.port-label", "port.example"]), account.wants)


# ECS Anywhere.


@pytest.fixture
def anywhere() -> tuple[Account, set[str]]:
    account = Account()
    account.add(
        "bridge", [Container(f"{HOST}:5", bindings=[bind(PORT, 5)])], "bridge",
        account.add_instance(HOST),
    )
    account.add("fargate", [own()])
    return account, add_anywhere(account)


def test_ssm_knows_the_addresses_of_ecs_anywhere(anywhere, serve, outcomes):
    account, _ = anywhere
    sim = serve(account)
    check(outcomes(sim), account.wants)
    assert sim.calls()["DescribeInstanceInformation"] == 2  # one for each program run


def test_more_instances_of_ecs_anywhere_than_ssm_takes_at_once(serve, outcomes):
    account = Account()
    for number in range(230):
        ip = f"192.168.{number // 200}.{1 + number % 200}"
        host = account.add_instance(ip, id=f"mi-{number:017x}")
        account.add(
            f"far-{number}",
            [Container(want=f"{ip}:{PORT}")],
            mode="host",
            host=host,
            launch_type="EXTERNAL",
        )
    sim = serve(account)
    check(outcomes(sim), account.wants)
    # 100 ids in a call, 50 answers in a page: 2 + 2 + 1 pages, for each program run.
    assert sim.calls()["DescribeInstanceInformation"] == 10


def test_without_permission_for_ssm_only_its_tasks_are_lost(
    anywhere, serve, discover, environment, tmp_path
):
    account, families = anywhere
    sim = serve(account, "--fault", "DescribeInstanceInformation:denied")
    wants = {
        key: "no_instance_address" if key[0] in families else want
        for key, want in account.wants.items()
    }
    output = tmp_path / "targets.json"

    done = discover(["-config.write-to", output], sim.environment())
    explained = explain(["--json"], environment(sim.environment()))
    dry = run(["--dry-run", "-config.write-to", output], environment(sim.environment()))

    assert outcomes_in_file(read_groups(output)) == targets_of(wants)
    assert outcomes_explained(explained.stdout) == wants
    assert dry.stdout == output.read_text()
    assert (done.status, explained.status, dry.status) == (0, 0, 0)
    details = [each.get("detail", "") for each in json.loads(explained.stdout)]
    assert any("ssm:DescribeInstanceInformation" in detail for detail in details)


def test_a_synthetic_account_with_ecs_anywhere_is_found_whole(start_sim, discover, tmp_path):
    sim = start_sim("--seed", "5", "--clusters", "2", "--tasks", "40", "--external", "12")
    output = tmp_path / "targets.json"

    done = discover(["-config.write-to", output], sim.environment())

    assert (done.status, done.problems) == (0, [])
    document = sim.account()
    tasks = {task["taskArn"]: task for each in document["clusters"] for task in each["tasks"]}
    hosts = {
        task["taskArn"]: each["ec2InstanceId"]
        for cluster in document["clusters"]
        for each in cluster["containerInstances"]
        for task in cluster["tasks"]
        if task.get("containerInstanceArn") == each["containerInstanceArn"]
    }
    addresses = {each["InstanceId"]: each["IPAddress"] for each in document["managedInstances"]}
    external = [arn for arn, task in tasks.items() if task["launchType"] == "EXTERNAL"]
    found = {group["labels"]["task_arn"]: group["targets"][0] for group in read_groups(output)}
    assert len(external) == 12
    assert [found[arn].rsplit(":", 1)[0] for arn in external] == [
        addresses[hosts[arn]] for arn in external
    ]


def test_no_call_is_made_for_what_the_account_does_not_have(serve, outcomes):
    account = Account()
    account.add("fargate", [own()])
    sim = serve(account)
    check(outcomes(sim), account.wants)
    needless = ("DescribeInstanceInformation", "DescribeInstances", "DescribeContainerInstances")
    for action in needless:
        assert sim.calls().get(action, 0) == 0


def test_instances_of_ecs_anywhere_are_never_sent_to_ec2(anywhere, serve, outcomes):
    account, families = anywhere
    account.tasks[:] = [task for task in account.tasks if task["launchType"] == "EXTERNAL"]
    sim = serve(account)
    outcomes(sim)
    assert sim.calls().get("DescribeInstances", 0) == 0


# Members. Each is taken out, or made something else, in one copy of a small account; what it is not
# a part of must be as it was. The copies are clusters of one account, to be read in one go.

SMALL = ["own", "bridged", "hosted", "far"]


def small_account() -> Account:
    """One task in each mode, everything optional there; names that can be replaced as text."""
    account = Account()
    primary = {
        "networkInterfaceId": "eni-1",
        "privateIpAddress": HOST,
        "ipv6Addresses": [{"ipv6Address": V6}],
        "attachment": {"deviceIndex": 0, "status": "attached"},
    }
    host = account.add_instance(HOST, privateDnsName="ip.internal", networkInterfaces=[primary])
    far = account.add_instance("192.168.1.5", id="mi-0123456789abcdef0", PingStatus="Online")
    attachments = [eni("10.0.2.1", V6), volume()]
    account.add("case-own", [own("10.0.2.1", V6)], attachments=attachments, version=3)
    bindings = [bind(PORT, 32768), bind_range("9000-9001", "41000-41001")]
    mappings = [
        {"containerPort": PORT, "hostPort": 0, "protocol": "tcp"},
        {"containerPortRange": "9000-9001", "protocol": "tcp"},
    ]
    bridged = Container(f"{HOST}:32768", bindings=bindings, mappings=mappings)
    account.add("case-bridged", [bridged], mode="bridge", host=host)
    account.add("case-hosted", [Container(f"{HOST}:{PORT}")], mode="host", host=host)
    account.add("case-far", [Container(f"192.168.1.5:{PORT}")], mode="host", host=far)
    return account


def copy_of(text: str, number: int) -> dict:
    """A copy of the small account, as a document, that shares nothing with other copies."""
    for old, new in (
        ("modes", f"modes{number}"),
        ("case-", f"case{number}-"),
        (f"i-{0:017x}", f"i-{number:017x}"),
        ("mi-0123456789abcdef0", f"mi-{number:017x}"),
    ):
        text = text.replace(old, new)
    return json.loads(text)


def members_of(value: object, path: tuple = ()) -> Iterator[tuple]:
    """The path of every member of every object in `value`."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in items:
        if isinstance(value, dict):
            yield *path, key
        if isinstance(inner, dict | list):
            yield from members_of(inner, (*path, key))


# Where a part is, and what it decides about.
PARTS = {
    "task": [(("clusters", 0, "tasks", n), {SMALL[n]}) for n in range(4)],
    "definition": [(("taskDefinitions", n), {SMALL[n]}) for n in range(4)],
    "container instance": [
        (("clusters", 0, "containerInstances", 0), {"bridged", "hosted"}),
        (("clusters", 0, "containerInstances", 1), {"far"}),
    ],
    "instance": [(("instances", 0), {"bridged", "hosted"})],
    "managed instance": [(("managedInstances", 0), {"far"})],
}
ABSENT = object()
VALUES = {
    "absent": ABSENT,
    "null": None,
    "a number": 7,
    "a negative number": -(2**63),
    "a fraction": 1e300,
    "text": 'x"\\\n\u2028<&',
    "empty text": "",
    "a list": [],
    "a list of numbers": [7, None],
    "an object": {},
    "true": True,
}


def at(document: dict, path: tuple) -> dict | list:
    for key in path:
        document = document[key]
    return document


def change(document: dict, path: tuple, value: object) -> None:
    *way, last = path
    if value is ABSENT:
        del at(document, way)[last]
    else:
        at(document, way)[last] = value


def merged(documents: list[dict]) -> dict:
    whole = dict(documents[0])
    for name in ("clusters", "taskDefinitions", "instances", "managedInstances"):
        whole[name] = [each for document in documents for each in document[name]]
    return whole


@pytest.fixture
def explain_document(start_sim, environment, tmp_path):
    """explain_document(document) -> the finished `explain --json` of that account."""

    def read(document: dict) -> Finished:
        path = tmp_path / "members.json"
        path.write_text(json.dumps(document))
        return explain(["--json"], environment(start_sim("--account", path).environment()))

    return read


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("part", PARTS)
def test_any_member_may_be_anything(part, value, explain_document):
    account = small_account()
    text = json.dumps(account.document())
    changes = [
        (path, decides)
        for where, decides in PARTS[part]
        for path in members_of(at(account.document(), where), where)
    ]
    documents = [copy_of(text, number) for number in range(len(changes))]
    for document, (path, _) in zip(documents, changes, strict=True):
        change(document, path, VALUES[value])

    done = explain_document(merged(documents))

    assert done.status in (0, 1), done.stderr
    found = {
        (row["family"], row["container"]): row.get("target", row.get("reason"))
        for row in json.loads(done.stdout)
    }
    for number, (path, decides) in enumerate(changes):
        for family in set(SMALL) - decides:
            got = found.get((f"case{number}-{family}:1", "app"))
            assert got == account.wants[f"case-{family}", "app"], (family, path)


@pytest.mark.parametrize("value", ["absent", "null"])
def test_members_that_decide_nothing_change_nothing(value, explain_document):
    whole = small_account()
    document = whole.document()
    for name, path in (
        ("group", ("clusters", 0, "tasks", 0)),
        ("launchType", ("clusters", 0, "tasks", 1)),
        ("clusterArn", ("clusters", 0, "tasks", 2)),
        ("attachments", ("clusters", 0, "tasks", 2)),
        ("family", ("taskDefinitions", 3)),
        ("revision", ("taskDefinitions", 1)),
        ("image", ("taskDefinitions", 1, "containerDefinitions", 0)),
        ("portMappings", ("taskDefinitions", 1, "containerDefinitions", 0)),
        ("containerArn", ("clusters", 0, "tasks", 1, "containers", 0)),
        ("taskArn", ("clusters", 0, "tasks", 1, "containers", 0)),
        ("lastStatus", ("clusters", 0, "tasks", 1, "containers", 0)),
        ("networkInterfaces", ("clusters", 0, "tasks", 1, "containers", 0)),
        ("networkBindings", ("clusters", 0, "tasks", 0, "containers", 0)),
        ("privateDnsName", ("instances", 0)),
        ("networkInterfaces", ("instances", 0)),
        ("status", ("clusters", 0, "containerInstances", 0)),
    ):
        change(document, (*path, name), VALUES[value])

    done = explain_document(document)

    assert (done.status, done.problems) == (0, [])
    assert outcomes_explained(done.stdout) == whole.wants


BROKEN_BINDINGS = [
    {},
    {"containerPort": PORT},
    {"containerPort": PORT, "hostPort": 65536},
    {"containerPort": PORT, "hostPort": -1},
    {"containerPort": PORT, "hostPort": 32768, "protocol": "sctp"},
    {"containerPort": PORT + 65536, "hostPort": 32768},
    {"hostPort": 32768},
    {"containerPortRange": "9100-9109"},
    {"containerPortRange": "9109-9100", "hostPortRange": "40000-40009"},
    {"containerPortRange": "9100-9109", "hostPortRange": "40009-40000"},
    {"containerPortRange": "9100-9109", "hostPortRange": "40000-40001"},
    {"containerPortRange": "9100-9109", "hostPortRange": "65534-65543"},
    {"containerPortRange": "9100-", "hostPortRange": "40000-40009"},
    {"containerPortRange": "-9109", "hostPortRange": "40000-40009"},
    {"containerPortRange": "a-b", "hostPortRange": "c-d"},
]


def test_bindings_that_make_no_sense_are_no_bindings(serve, outcomes):
    account = Account()
    host = account.add_instance(HOST)
    for number, binding in enumerate(BROKEN_BINDINGS):
        alone = Container("no_binding", bindings=[binding])
        account.add(f"alone-{number}", [alone], "bridge", host)
        beside = Container(f"{HOST}:32770", bindings=[binding, bind(PORT, 32770)])
        account.add(f"beside-{number}", [beside], "bridge", host)
    check(outcomes(serve(account)), account.wants)


# Facts beside the outcome.


def test_explain_tells_the_facts_that_decide(serve, environment):
    account = Account()
    host = account.add_instance(HOST)
    bindings = [bind(8080, 32768), bind_range("9200-9201", "41000-41001")]
    account.add(
        "web",
        [
            Container("no_binding", label="32768", bindings=bindings, mappings=[
                {"containerPort": 8080, "protocol": "tcp"}, {"containerPort": 53, "protocol": "udp"}
            ]),
        ],
        mode="bridge",
        host=host,
    )  # fmt: skip
    done = explain(["--json"], environment(serve(account).environment()))

    assert (done.status, done.problems) == (0, [])
    (row,) = json.loads(done.stdout)
    detail, change_ = row.pop("detail"), row.pop("change")
    assert row == {
        "cluster": "modes",
        "service": "web",
        "family": "web:1",
        "task": f"{1:032x}",
        "container": "app",
        "reason": "no_binding",
        "network_mode": "bridge",
        "label": "PROMETHEUS_EXPORTER_PORT=32768",
        "bindings": "8080->32768/tcp on 0.0.0.0, 9200-9201->41000-41001/tcp on 0.0.0.0",
        "port_mappings": "8080/tcp, 53/udp",
        "address": "",
    }
    assert "32768" in detail
    assert "host port" in detail
    assert "it must be the container port: 8080" in detail
    assert "8080" in change_


@pytest.mark.parametrize(
    ("family", "address"),
    [
        ("bridge-static", f"{HOST} (private address of i-{0:017x})"),
        ("bridge-bound", "10.0.9.9 (the address that the port is bound to)"),
        ("awsvpc-FARGATE", "10.0.2.1 (the container's network interface)"),
        ("awsvpc-eni-only", "10.0.2.1 (the task's network interface)"),
    ],
)
def test_explain_tells_where_an_address_comes_from(family, address, account, explained_rows):
    rows = [row for row in explained_rows if row["service"] == family]
    assert [row["address"] for row in rows] == [address]


@pytest.fixture(scope="module")
def explained_rows(account, tmp_path_factory):
    """What explain says of the whole account."""
    directory = tmp_path_factory.mktemp("explained")
    with SimProcess.start(["--account", account.write(directory / "account.json")]) as sim:
        done = explain(["--json"], clean_environment(directory, sim.environment()))
    assert done.status == 0
    return json.loads(done.stdout)


def test_every_reason_comes_with_words_and_a_way_out(explained_rows):
    reasons = {row["reason"] for row in explained_rows if "reason" in row}
    assert reasons == {
        "task_not_running",
        "container_stopped",
        "no_definition",
        "no_port_label",
        "invalid_port",
        "no_network",
        "no_address",
        "no_instance_address",
        "no_binding",
    }
    for row in explained_rows:
        if "reason" in row:
            assert len(row["detail"]) > 10, row
            assert len(row["change"]) > 10, row
            assert row["address"] == "", row
        else:
            assert is_target(row["target"]), row
            assert row["address"], row
