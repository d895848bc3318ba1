"""Each member of what AWS answers is taken out, or made something else, in one copy of a small account;
what it is not a part of must be as it was. The copies are clusters of one account, to be read in one go."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from discovery_process import Finished, explain
from modes_account import (
    PORT,
    Account,
    Container,
    bind,
    bind_range,
    check,
    eni,
    outcomes_explained,
    volume,
)
from modes_cases import HOST, V6, own

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
