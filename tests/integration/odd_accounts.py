"""Makes an account odd: tasks, containers, definitions and instances as they are seldom, or never should be.

    document = make_odd(sim.account(), "odd-01")

The same account and name give the same document, with every version of Python.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

Json = dict

STATUSES = ("PROVISIONING", "PENDING", "ACTIVATING", "DEACTIVATING", "STOPPING", "DEPROVISIONING")
STATUSES += ("STOPPED", "SIDEWAYS", "")
PORTS = ("0", "65536", "-1", "+9102", " 9102", "09102", "9102.0", "0x238e", "", "abc", "9102/tcp")
PORTS += ("\u0669\u0661", "65535", "1", "9102", "99999999999999999999")
TEXTS = ("yes", "null", "~", "1e3", "0o17", "- a", ": b", "a: b", "# c", "a #c", "'q'", '"d"')
TEXTS += ("a\\b", "\t", "a\nb", "\u2028", "\u0085", "\U0001f600", "\x7f", "<<", "=", "2026-01-01")
TEXTS += ("", " ", " x", "x ", "%zz", "{a}", "[b]", "&c", "*d", "!e", "|", ">", "@f", "`g`", "<b>&amp;")
PATHS = ("metrics", "/m?x=1&y=2", "/a b", "/\u00fcber", "//x", "/m#top", "/%7Ex") + TEXTS
SCHEMES = ("http", "https", "HTTP", "ftp", "http ", "", "https:")
SERVER_NAMES = ("metrics.example.com", "[::1]", "host:9", "a b", "", "M\u00fcnchen.example", "10.0.0.300")
MODES = ("awsvpc", "bridge", "host", "none", "default", "nat", "", None)
V6 = ("2001:db8::7", "fd00:0:0::1", "::ffff:10.0.0.1", "fe80::1", "2001:DB8:0:0:0:0:0:9", "not-an-address")
V4 = ("10.1.2.3", "010.1.2.3", "10.1.2", "0.0.0.0", "", "169.254.169.254", "10.1.2.3 ")
BIND_ADDRESSES = ("0.0.0.0", "::", "127.0.0.1", "10.9.8.7", "::1", "2001:db8::5", "", None)
TEAMS = ("team-0", "team-1", "TEAM-0", "")


class Dice:
    """Draws that depend on a text alone."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._count = 0

    def below(self, bound: int) -> int:
        self._count += 1
        digest = hashlib.sha256(f"{self._text} {self._count}".encode()).digest()
        return int.from_bytes(digest[:8], "big") % bound

    def choose(self, values: Sequence):
        return values[self.below(len(values))]

    def percent(self, often: int) -> bool:
        return self.below(100) < often


def set_or_drop(thing: Json, name: str, value: object) -> None:
    """Sets a member; None removes it."""
    thing.pop(name, None)
    if value is not None:
        thing[name] = value


# Tasks.


def odd_status(task: Json, dice: Dice) -> None:
    task["lastStatus"] = dice.choose(STATUSES)
    task["desiredStatus"] = dice.choose(("RUNNING", "RUNNING", "STOPPED", "PENDING"))


def odd_container_status(task: Json, dice: Dice) -> None:
    for container in task["containers"]:
        set_or_drop(container, "lastStatus", dice.choose(STATUSES + ("RUNNING", None)))


def ipv6_task(task: Json, dice: Dice) -> None:
    """An address of IPv6 beside that of IPv4, or instead of it."""
    alone, address = dice.percent(50), dice.choose(V6)
    for container in task["containers"]:
        for interface in container["networkInterfaces"]:
            interface["ipv6Address"] = address
            if alone:
                del interface["privateIpv4Address"]
    for attachment in task["attachments"]:
        details = attachment["details"]
        kept = [each for each in details if not (alone and each["name"] == "privateIPv4Address")]
        attachment["details"] = [*kept, {"name": "ipv6Address", "value": address}]


def odd_address(task: Json, dice: Dice) -> None:
    for container in task["containers"]:
        for interface in container["networkInterfaces"]:
            set_or_drop(interface, "privateIpv4Address", dice.choose(V4 + (None,)))


def without_interfaces(task: Json, dice: Dice) -> None:
    """The attachment alone tells the address, or nothing does."""
    for container in task["containers"]:
        container["networkInterfaces"] = []
    if dice.percent(40):
        task["attachments"] = []
    elif dice.percent(40):
        for attachment in task["attachments"]:
            attachment["status"] = dice.choose(("PRECREATED", "ATTACHING", "DETACHED", "DELETED"))


def other_attachments(task: Json, dice: Dice) -> None:
    volume = {"id": "ebs-1", "type": "AmazonElasticBlockStorage", "status": "ATTACHED"}
    volume["details"] = [{"name": "privateIPv4Address", "value": "203.0.113.66"}]
    connect = {"id": "sc-1", "type": "ServiceConnect", "status": "ATTACHED", "details": []}
    task["attachments"].insert(0, volume)
    if dice.percent(50):
        task["attachments"].append(connect)


def odd_bindings(task: Json, dice: Dice) -> None:
    for container in task["containers"]:
        ports = [each.get("containerPort", 9102) for each in container["networkBindings"]] or [9102]
        container["networkBindings"] = [_binding(dice.choose(ports), dice) for _ in range(dice.below(4))]


def _binding(port: int, dice: Dice) -> Json:
    binding: Json = {"protocol": dice.choose(("tcp", "tcp", "tcp", "udp", "TCP"))}
    set_or_drop(binding, "bindIP", dice.choose(BIND_ADDRESSES))
    if dice.percent(25):
        first = 30000 + dice.below(1000)
        ranges = {"containerPortRange": f"{port - 1}-{port + 1}", "hostPortRange": f"{first}-{first + 2}"}
        return binding | ranges
    binding["containerPort"] = port
    set_or_drop(binding, "hostPort", dice.choose((0, 32768, 32769, 40000, port, None)))
    return binding


def odd_group(task: Json, dice: Dice) -> None:
    set_or_drop(task, "group", dice.choose((None, "", "family:x", "service:", "a:b:c", "\u00fc <g>")))
    set_or_drop(task, "launchType", dice.choose((None, "EC2", "FARGATE", "EXTERNAL", "MANAGED_INSTANCES")))


def odd_images(task: Json, dice: Dice) -> None:
    for container in task["containers"]:
        image = dice.choose((None, "", "app@sha256:" + "0" * 64, "registry:5000/app", "'a: b'"))
        set_or_drop(container, "image", image)


def other_instance(task: Json, dice: Dice) -> None:
    if "containerInstanceArn" in task and dice.percent(50):
        task["containerInstanceArn"] = task["containerInstanceArn"][:-4] + "dead"
    else:
        task.pop("containerInstanceArn", None)


def odd_names(task: Json, dice: Dice) -> None:
    """Names that the definition does not have, or gives to others; no name is there twice."""
    taken = {container["name"] for container in task["containers"]}
    name = dice.choose(("app", "log-router", "exporter", "ecs-service-connect-x1", "\u00fc"))
    if name not in taken:
        dice.choose(task["containers"])["name"] = name


# Definitions and instances.


def odd_labels(definition: Json, dice: Dice) -> None:
    for container in definition["containerDefinitions"]:
        labels = container["dockerLabels"]
        drawn = {"PORT": PORTS, "PATH": PATHS, "SCHEME": SCHEMES, "JOB_NAME": TEXTS}
        drawn["SERVER_NAME"] = SERVER_NAMES
        for name, values in drawn.items():
            if dice.percent(15 if name in ("PORT", "SERVER_NAME") else 40):
                labels[f"PROMETHEUS_EXPORTER_{name}"] = dice.choose(values)
        if dice.percent(50):
            labels["com.example.team"] = dice.choose(TEAMS)


def dynamic_labels(definition: Json, dice: Dice) -> None:
    for container in definition["containerDefinitions"]:
        container["dockerLabels"]["PROMETHEUS_DYNAMIC_EXPORT"] = dice.choose(("1", "1", "1", "true", "0", ""))


def odd_mode(definition: Json, dice: Dice) -> None:
    set_or_drop(definition, "networkMode", dice.choose(MODES))


def odd_mappings(definition: Json, dice: Dice) -> None:
    for container in definition["containerDefinitions"]:
        more = {"containerPort": 9102, "hostPort": dice.choose((0, 9102, 8080)), "protocol": "udp"}
        container["portMappings"] = dice.choose(([], [more], [*container["portMappings"], more]))


def odd_instance(instance: Json, dice: Dice) -> None:
    kind = dice.below(4)
    if kind == 0:
        instance.pop("privateIpAddress", None)
    elif kind == 1:
        instance["state"] = {"code": 48, "name": "terminated"}
    elif kind == 2:
        instance["networkInterfaces"] = []
    else:
        instance.pop("privateIpAddress", None)
        addresses = [{"ipv6Address": "2001:db8::42"}]
        instance["networkInterfaces"] = [{"networkInterfaceId": "eni-6", "ipv6Addresses": addresses}]


def odd_managed_instance(instance: Json, dice: Dice) -> None:
    set_or_drop(instance, "IPAddress", dice.choose(V4 + V6 + (None,)))
    instance["PingStatus"] = dice.choose(("Online", "ConnectionLost", "Inactive"))


Change = Callable[[Json, Dice], None]
OF_TASKS: tuple[Change, ...] = (odd_status, odd_container_status, ipv6_task, odd_address)
OF_TASKS += (without_interfaces, other_attachments, odd_bindings, odd_bindings, odd_group, odd_images)
OF_TASKS += (other_instance, odd_names)
OF_DEFINITIONS: tuple[Change, ...] = (odd_labels, odd_labels, odd_labels, odd_mode, odd_mappings)


def make_odd(account: Json, name: str) -> Json:
    """`account` is what GET /_sim/account shows; it is changed and returned."""
    dice = Dice(name)
    for cluster in account["clusters"]:
        for task in cluster["tasks"]:
            if dice.percent(55):
                dice.choose(OF_TASKS)(task, dice)
    for definition in account["taskDefinitions"]:
        if dice.percent(50):
            dynamic_labels(definition, dice)
        if dice.percent(60):
            dice.choose(OF_DEFINITIONS)(definition, dice)
    for instance in account["instances"]:
        if dice.percent(20):
            odd_instance(instance, dice)
    for instance in account.get("managedInstances", []):
        if dice.percent(40):
            odd_managed_instance(instance, dice)
    return _lose_some(account, dice)


def _lose_some(account: Json, dice: Dice) -> Json:
    """Some things that tasks refer to are not there."""
    for kind in ("taskDefinitions", "instances", "managedInstances"):
        often = 4 if kind == "taskDefinitions" else 8
        account[kind] = [each for each in account.get(kind, []) if not dice.percent(often)]
    return account
