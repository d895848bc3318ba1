#!/usr/bin/env python3
"""Makes the fuzzers' seeds and dictionaries from accounts in the format of tests/data.

Usage: make_seeds.py DIRECTORY ACCOUNT.json... For each fuzzer NAME it writes DIRECTORY/NAME/ with answers of
its API call, and DIRECTORY/NAME.dict with the words of them. The same accounts give the same seeds.
"""

from __future__ import annotations

import json
import re
import sqlite3
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
YAML_WORDS = ["- targets:\n  - ", "\n  labels:\n    ", "\n    ", "task_arn: ", "job: ", "cluster_arn: ", "__scheme__: ", "[]",
              "labels: {}", "&a ", "*a", "<<: ", "!!str ", "|\n", ">-\n", "---\n", "...\n", "? ", "\\x01", "\\u2028",
              "%YAML 1.1\n", '{"targets":["', '"],"labels":{"', '"}}']
OLD_FILES = ["[]\n", """- targets:
  - 10.0.0.1:9090
  labels:
    task_arn: arn:aws:ecs:eu-west-1:123456789012:task/prod/0f1e
    task_revision: "7"
    job: 'a: b'
    cluster_arn: arn:aws:ecs:eu-west-1:123456789012:cluster/prod
    __metrics_path__: "/m\\u2028\\x01"
- targets:
  - '[2001:db8::1]:80'
  labels: {}
""", """[
  {"targets":["10.0.0.1:9090"],"labels":{"task_arn":"t","job":"a\\u2028","cluster_arn":"c"}},
  {"targets":["[::1]:80"],"labels":{}}
]
""", """--- &a
- targets: [&b x, *b]
  labels: {<<: *a, cluster_arn: !!str c, env: |
    prod}
- ? [k]
  : v
...
"""]
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


ROLE = """<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
<AccessKeyId>ASIAKEY</AccessKeyId><SecretAccessKey>secret/+</SecretAccessKey><SessionToken>token==</SessionToken>
<Expiration>2030-01-02T03:04:05Z</Expiration></Credentials><AssumedRoleUser><Arn>arn:aws:sts::1:assumed-role/r/s</Arn>
</AssumedRoleUser></AssumeRoleResult></AssumeRoleResponse>"""
IDENTITY = """<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::1:user/u</Arn><UserId>U</UserId>
<Account>1</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"""
STS_ERROR = """<ErrorResponse><Error><Type>Sender</Type><Code>ExpiredToken</Code><Message>expired</Message></Error>
</ErrorResponse>"""
REFUSALS = [
    STS_ERROR,
    "<Response><Errors><Error><Code>RequestLimitExceeded</Code><Message>slow</Message></Error></Errors></Response>",
    '{"__type":"com.amazonaws.ecs#ClusterNotFoundException:http://x","message":"Cluster not found."}',
    '{"code":"AccessDeniedException","Message":"not authorized"}',
    "ThrottlingException:http://internal.amazon.com/\n{}",
    "<!DOCTYPE html><html><body>502 Bad Gateway</body></html>",
    '{"__type":"SignatureDoesNotMatch","message":"x The Canonical String for this request should have been"}',
]
PROFILE_FILES = [
    "[default]\nregion = eu-west-1\noutput=json # c\n\n[profile prod]\nrole_arn = arn:aws:iam::1:role/r\n"
    "source_profile = default\nservices = local\n\n[services local]\necs =\n  endpoint_url = http://localhost:1\n",
    "[default]\naws_access_key_id = AKIA\naws_secret_access_key = s/+=\naws_session_token=t\n; comment\n[other ]\n",
    "[profile 'a b']\r\nsso_session = x\r\n[sso-session x]\r\nsso_region = us-east-1\r\n",
    "key = outside\n[broken\n",
]
CREDENTIAL_DOCUMENTS = [
    '{"Code":"Success","AccessKeyId":"ASIA","SecretAccessKey":"s","Token":"t","Expiration":"2026-01-02T03:04:05Z"}',
    '{"Code":"AssumeRoleUnauthorizedAccess","Message":"no trust"}',
    '{"Version":1,"AccessKeyId":"ASIA","SecretAccessKey":"s","SessionToken":"t","Expiration":"2026-01-02T04:04:05+01:00"}',
    '{"roleCredentials":{"accessKeyId":"A","secretAccessKey":"s","sessionToken":"t","expiration":1767323045000}}',
    '{"startUrl":"u","region":"r","accessToken":"t","expiresAt":"2026-01-02T03:04:05UTC"}',
    '{"code":"InvalidIdInRequest","message":"none"}',
]
CREDENTIAL_PLANS = [
    "[default]\nrole_arn = arn\nsource_profile = b\nexternal_id = e\nduration_seconds = 900\n"
    "[profile b]\nrole_arn = arn\ncredential_source = EcsContainer\n",
    "[default]\nrole_arn = arn\nsource_profile = default\naws_access_key_id = A\naws_secret_access_key = s\n",
    "[default]\nsso_session = s\nsso_account_id = 1\nsso_role_name = n\n"
    "[sso-session s]\nsso_region = r\nsso_start_url = u\n",
    "[default]\ncredential_process = /bin/tool \"a b\" 'c d' e\\ f\n",
    "[default]\nweb_identity_token_file = ~/t\nrole_arn = arn\nrole_session_name = me\n",
    "[default]\nlogin_session = x\nmfa_serial = m\n",
]
PROFILE_WORDS = ["[default]", "[profile p]", "[services s]", "\n  ", "\n", " = ", "region", "endpoint_url", "#"]
COMMAND_LINES = [
    ["-config.cluster", "prod", "--config.scrape-interval=1m30s", "-config.scrape-times=0x10"],
    ["explain", "web", "--json", "-log.level", "debug", "-log.format=json", "--", "-x"],
    ["doctor", "-config.role-arn=arn:aws:iam::1:role/r"],
    ["-config.filter-label", "TEAM=a=b", "-config.dynamic-port-detection", "-dry-run=false", "--version"],
    ["-aws.call-timeout", "2562047h47m16.854775807s", "-refresh-timeout", "1.5us", "--help"],
    ["-config.write-to", "/tmp/x.json", "-config.port-label", "", "-config.scrape-times", "-1_000"],
]
FLAG_WORDS = ["1h", "300ms", "-1.5h", "1us", ".5m", "9223372036854775807", "0b101", "0o17", "1_000", "true", "F"]

BCRYPT = "$2y$10$QOauhQNbBCuQDKes6eFzPeMqBSjb7Mr5DUmpZ/VcEd00UAV/LDeSi"
WEB_CONFIGS = [
    "tls_server_config:\n  cert_file: a.crt\n  key_file: /b.key\n  client_auth_type: RequireAndVerifyClientCert\n"
    "  client_ca_file: c.crt\n  min_version: TLS12\n  max_version: TLS13\n  prefer_server_cipher_suites: true\n",
    f"basic_auth_users: {{ann: {BCRYPT}, bob: '{BCRYPT}'}}\n",
    "http_server_config:\n  http2: false\n  headers:\n    X-Frame-Options: \"deny\"\n    Strict-Transport-Security: a\n",
    "a: &x [1]\nb: *x\n", "--- {}\n--- {}\n", "# nothing\n",
]
WEB_REQUESTS = [
    ["GET", "/", "show=skipped&q=%3Cscript%3E+a&cluster=prod&reason=no_binding&page=2", "text/html"],
    ["GET", "/rows", "q=\"><script>&page=99999999999999999999"],
    ["HEAD", "/sd", "", "application/json", "gzip;q=0.5, *;q=0", "", "", 'W/"x", "y"'],
    ["POST", "/-/refresh", "", "text/html", "", "Basic YTpi", "cross-site"],
    ["GET", "/metrics"], ["PUT", "/-/healthy"], ["GET", "/../sd%00"],
]


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
    arns = [task["taskArn"] for task in tasks]
    cluster = {"clusterArn": "arn:c", "clusterName": "c", "status": "ACTIVE", "runningTasksCount": 2}
    return {
        "assume_role": [ROLE, IDENTITY, STS_ERROR],
        "flags": ["\0".join(line) for line in COMMAND_LINES],
        "listings": [json.dumps({"taskArns": arns[:3], "nextToken": "n"}), json.dumps({"clusterArns": arns[:2]}),
                     json.dumps({"clusters": [cluster], "failures": [failure]})],
        "service_error": REFUSALS,
        "profile_file": PROFILE_FILES,
        "credential_documents": CREDENTIAL_DOCUMENTS,
        "credential_plan": CREDENTIAL_PLANS,
        "web_config": WEB_CONFIGS,
        "yaml_tree": WEB_CONFIGS + OLD_FILES,
        "web_request": ["\n".join(lines) for lines in WEB_REQUESTS],
        "describe_tasks": [json.dumps({"tasks": [task], "failures": [failure]}) for task in [ODD_TASK, *tasks]],
        "task_definition": [json.dumps({"taskDefinition": definition, "tags": []})
                            for definition in [ODD_DEFINITION, *account["taskDefinitions"]]],
        "container_instances": [json.dumps({"containerInstances": [host], "failures": [failure]}) for host in hosts],
        "instances": [ODD_INSTANCE, *map(instances_answer, account["instances"])],
        "read_targets": OLD_FILES,
        "instance_information": [json.dumps({"InstanceInformationList": known[:count], "NextToken": "n"})
                                 for count in range(len(known))],
    }


def sealed(kind: int, key: bytes, value: bytes) -> bytes:
    """The bytes of a record behind their checksum (FNV-1a of 64 bits)."""
    checksum = 0xCBF29CE484222325
    for byte in bytes([kind]) + key + value:
        checksum = (checksum ^ byte) * 0x100000001B3 % 2**64
    return checksum.to_bytes(8, "little") + value


def state_files(directory: Path) -> None:
    """A state file as the program makes it, and the records in it."""
    (directory / "state_file").mkdir(parents=True, exist_ok=True)
    (directory / "state_record").mkdir(parents=True, exist_ok=True)
    path = directory / "state_file" / "000"
    path.unlink(missing_ok=True)
    records = {(1, b"d"): b"\x01d\x01w\x01\x07\x06bridge\x01\x01c\x01i\x01\x04PORT\x0280\x01PP\x00\x00",
               (2, b"c"): b"\x01c\x03i-1",
               (3, b"i-1"): b"\x03i-1\x0810.0.0.1\x03::1",
               (4, b"t"): b"\x01t\x01c\x01g\x01w\x017\x01\x05\x07\x01\x00\x02"
                          b"\x01a\x02ca\x01\x0410:1\x01w\x01j\x017\x01c\x01i\x00\x00"
                          b"\x01b\x02cb\x00\x04\x03why",
               (5, b"c"): b"\x01c\x05"}
    file = sqlite3.connect(path, isolation_level=None)
    file.execute("PRAGMA page_size=512")
    file.execute("PRAGMA auto_vacuum=FULL")
    file.execute("PRAGMA application_id=1162040132")
    file.execute("PRAGMA user_version=2")
    file.execute("CREATE TABLE identity(name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID")
    file.execute("CREATE TABLE record(kind INTEGER NOT NULL, key BLOB NOT NULL, bytes BLOB NOT NULL, "
                 "PRIMARY KEY(kind, key))")
    # The program binds the first three names as bytes, which SQLite does not take for equal to text.
    identity = [(b"region", b"eu-west-1"), (b"role", b""), (b"profile", b""), ("scope", b"all")]
    file.executemany("INSERT INTO identity VALUES(?, ?)", identity)
    file.executemany("INSERT INTO record VALUES(?, ?, ?)", [(*key, sealed(*key, value)) for key, value in records.items()])
    file.close()
    for number, value in enumerate(records.values()):
        (directory / "state_record" / f"{number:03}").write_bytes(value)
    for name in ("state_file", "state_record"):
        (directory / f"{name}.dict").write_text('"RUNNING"\n"10.0.0.1"\n"::1"\n"SQLite format 3\\x00"\n"ECSD"\n')


def words(name: str, seeds: list[str]) -> list[str]:
    if name in ("read_targets", "yaml_tree"):
        return YAML_WORDS
    if name == "profile_file":
        return PROFILE_WORDS
    if name == "credential_plan":
        return PROFILE_WORDS + sorted({key for seed in seeds for key in re.findall(r"[a-z_]{6,}", seed)})
    if name.startswith("web_"):
        return sorted(set(re.findall(r"[\w/.<>$-]+|[&=%?:{}\[\],;]", "\n".join(seeds))))
    text = "\n".join(seeds)
    if "\0" in text:
        return sorted(set(re.findall(r"-[a-z.-]+", text))) + FLAG_WORDS
    found: set[str] = set()
    if any(seed.startswith("<") for seed in seeds):
        found |= set(re.findall(r"</?\w+>", text)) | set(XML_WORDS)
    if any(seed.startswith("{") for seed in seeds):
        keys = {word for word in re.findall(r'"[A-Za-z][\w.:/ -]*"', text) if len(word) <= MAX_WORD}
        found |= {word for word in keys if not re.search(r"[0-9a-f]{8}", word)} | set(JSON_WORDS)
    return sorted(found)


def quoted(word: str) -> str:
    return '"' + word.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\x0A") + '"'


def main(arguments: list[str]) -> int:
    directory = Path(arguments[0])
    state_files(directory)
    seeds: dict[str, list[str]] = {}
    for account in arguments[1:]:
        for name, bodies in answers(json.loads(Path(account).read_text(encoding="utf-8"))).items():
            seeds.setdefault(name, []).extend(bodies[:MAX_SEEDS])
    for name, bodies in seeds.items():
        (directory / name).mkdir(parents=True, exist_ok=True)
        for number, body in enumerate(dict.fromkeys(bodies)):
            (directory / name / f"{number:03}").write_text(body, encoding="utf-8")
        (directory / f"{name}.dict").write_text("\n".join(map(quoted, words(name, bodies))) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
