#!/usr/bin/env python3
"""Makes the fuzzers' seeds and dictionaries from accounts in the format of tests/data.

Usage: make_seeds.py DIRECTORY ACCOUNT.json... For each fuzzer NAME it writes DIRECTORY/NAME/ with answers of
its API call, and DIRECTORY/NAME.dict with the words of them. The same accounts give the same seeds.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from xml.sax.saxutils import escape

MAX_SEEDS = 60
MAX_WORD = 60
# Words that no account holds, but the decoders know.
JSON_WORDS = ["null", "true", "{}", "[]", "-1", "65536", "9223372036854775808", '"containerPortRange"',
              '"hostPortRange"', '"9100-9110"', '"ipv6Address"', '"2001:db8::1"', '"udp"', '"::"', '"127.0.0.1"']
XML_WORDS = ["<ipv6AddressesSet>", "<ipv6Address>", "2001:db8::1", "<attachment>", "<deviceIndex>0</deviceIndex>",
             "<networkCardIndex>0</networkCardIndex>", "<nextToken>", "<![CDATA[", "]]>", "&#x41;", "<!DOCTYPE "]
# Shapes that the accounts do not have.
ODD_TASK = {
    "taskArn": "t", "desiredStatus": "RUNNING", "lastStatus": "RUNNING",
    "attachments": [{"type": "ElasticBlockStorage", "details": [{"name": "volumeId", "value": "v"}]},
                    {"type": "eni", "details": [{"name": "ipv6Address", "value": "2001:db8::1"}]}],
    "containers": [{"name": "c0", "networkInterfaces": [{"ipv6Address": "2001:db8::2"}]},
                   {"name": "c1", "networkBindings": [
                       {"containerPortRange": "5000-5010", "hostPortRange": "40000-40010", "protocol": "tcp"}]},
                   {"name": "c2", "lastStatus": None, "networkBindings": [
                       {"bindIP": "10.0.7.7", "containerPort": 9105, "hostPort": 0, "protocol": "tcp"},
                       {"bindIP": "::", "containerPort": 9105, "hostPort": 32769, "protocol": "tcp"},
                       {"bindIP": "127.0.0.1", "containerPort": 9105, "hostPort": 32770, "protocol": "udp"}]}],
}
ODD_DEFINITION = {
    "taskDefinitionArn": "d", "revision": 1, "networkMode": "bridge",
    "containerDefinitions": [
        {"name": "c0", "dockerLabels": {"PROMETHEUS_EXPORTER_PORT": "8080", "TEAM": "a",
                                        "PROMETHEUS_EXPORTER_SERVER_NAME": "2001:db8::7//"}},
        {"name": "c1", "dockerLabels": {"PROMETHEUS_EXPORTER_PORT": " +9100 ", "PROMETHEUS_DYNAMIC_EXPORT": "1"},
         "portMappings": [{"containerPortRange": "9100-9110", "protocol": "tcp"}, {"containerPort": 53,
                                                                                   "protocol": "udp"}]}],
}
ODD_INSTANCE = """<DescribeInstancesResponse><reservationSet><item><instancesSet><item><instanceId>i-1</instanceId>
<networkInterfaceSet><item><attachment><deviceIndex>1</deviceIndex></attachment><privateIpAddress>10.2.0.1
</privateIpAddress></item><item><attachment><deviceIndex>0</deviceIndex><networkCardIndex>0</networkCardIndex>
</attachment><privateIpAddress>10.1.0.1</privateIpAddress><ipv6AddressesSet><item><ipv6Address>2001:db8::1</ipv6Address>
</item></ipv6AddressesSet></item></networkInterfaceSet></item></instancesSet></item></reservationSet>
<nextToken>n</nextToken></DescribeInstancesResponse>"""


def as_xml(value: object) -> str:
    if isinstance(value, dict):
        return "".join(f"<{name}>{as_xml(member)}</{name}>" for name, member in value.items())
    if isinstance(value, list):
        return "".join(f"<item>{as_xml(member)}</item>" for member in value)
    return escape(str(value))


def instances_answer(instance: dict) -> str:
    item = {"networkInterfaceSet" if name == "networkInterfaces" else name: member
            for name, member in instance.items()}
    reservation = {"reservationSet": [{"reservationId": "r", "instancesSet": [item]}]}
    return as_xml({"DescribeInstancesResponse": {"requestId": "q", **reservation}})


def answers(account: dict) -> dict[str, list[str]]:
    tasks = [task for cluster in account["clusters"] for task in cluster["tasks"]]
    hosts = [host for cluster in account["clusters"] for host in cluster["containerInstances"]]
    failure = {"arn": "arn:gone", "reason": "MISSING", "detail": "it is gone"}
    known = [{"InstanceId": f"mi-{number}", "IPAddress": instance.get("privateIpAddress"), "PingStatus": "Online"}
             for number, instance in enumerate(account["instances"])]
    return {
        "describe_tasks": [json.dumps({"tasks": [task], "failures": [failure]}) for task in [ODD_TASK, *tasks]],
        "task_definition": [json.dumps({"taskDefinition": definition, "tags": []})
                            for definition in [ODD_DEFINITION, *account["taskDefinitions"]]],
        "container_instances": [json.dumps({"containerInstances": [host], "failures": [failure]}) for host in hosts],
        "instances": [ODD_INSTANCE, *map(instances_answer, account["instances"])],
        "instance_information": [json.dumps({"InstanceInformationList": known[:count], "NextToken": "n"})
                                 for count in range(len(known))],
    }


def words(seeds: list[str]) -> list[str]:
    text = "\n".join(seeds)
    if text.startswith("<"):
        return sorted(set(re.findall(r"</?\w+>", text)) | set(XML_WORDS))
    found = {word for word in re.findall(r'"[A-Za-z][\w.:/ -]*"', text) if len(word) <= MAX_WORD}
    return sorted(word for word in found if not re.search(r"[0-9a-f]{8}", word)) + JSON_WORDS


def quoted(word: str) -> str:
    return '"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"'


def main(arguments: list[str]) -> int:
    directory = Path(arguments[0])
    seeds: dict[str, list[str]] = {}
    for account in arguments[1:]:
        for name, bodies in answers(json.loads(Path(account).read_text(encoding="utf-8"))).items():
            seeds.setdefault(name, []).extend(bodies[:MAX_SEEDS])
    for name, bodies in seeds.items():
        (directory / name).mkdir(parents=True, exist_ok=True)
        for number, body in enumerate(dict.fromkeys(bodies)):
            (directory / name / f"{number:03}").write_text(body, encoding="utf-8")
        (directory / f"{name}.dict").write_text("\n".join(map(quoted, words(bodies))) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
