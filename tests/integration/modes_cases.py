"""The cases of every network mode and launch type, with the outcome that each must have."""

from __future__ import annotations

from modes_account import (
    PORT,
    Account,
    Container,
    bind,
    bind_range,
    eni,
    interface,
    service_connect,
    volume,
)

HOST = "10.0.1.7"
V6 = "2001:db8::7"


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
