"""botocore, which nobody of this project wrote, gets its credentials from the simulator: what holds
for it there holds for the program under test. And the simulator's refusals, request by request."""

from __future__ import annotations

import datetime
import hashlib
import http.client
import json
import time
from pathlib import Path

import boto3
import botocore.exceptions
import botocore.session
import pytest
from botocore_client import SOURCES, client, new_session, process_environment
from sim_process import DATA, SimProcess

ROLE = "arn:aws:iam::123456789012:role/reader"


@pytest.fixture
def sim(start_sim):
    return start_sim("--account", DATA / "account-plain.json", "--plain-listen", "[::1]:0")


@pytest.fixture
def bare(environment, sim):
    """bare({...}) -> an environment without credentials, whose endpoints are the simulator's."""
    nothing = {
        "AWS_ENDPOINT_URL": sim.url,
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_SERVICE_ENDPOINT": sim.url,
        "AWS_METADATA_SERVICE_TIMEOUT": "20",
    }
    return lambda extra=None: environment(nothing, extra or {})


def identity(environment: dict[str, str]) -> tuple[str, str]:
    """The source that botocore uses and whose keys they are, by a signed call."""
    with process_environment(environment):
        session = new_session()
        credentials = session.get_credentials()
        arn = client(session, "sts").get_caller_identity()["Arn"]
        client(session, "ecs").list_clusters()
        return SOURCES[credentials.method], arn.split(":", 5)[5].rsplit("/", 1)[0]


def write_sso_token(home: str, name: str, token: str) -> None:
    cache = Path(home, ".aws", "sso", "cache")
    cache.mkdir(parents=True)
    expires = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=8)
    text = {"accessToken": token, "expiresAt": expires.strftime("%Y-%m-%dT%H:%M:%SZ")}
    (cache / f"{hashlib.sha1(name.encode()).hexdigest()}.json").write_text(json.dumps(text))


def test_the_keys_of_an_instance(bare, sim):
    assert identity(bare()) == ("metadata", "assumed-role/ecs-sim-instance")
    calls = sim.calls()
    assert (calls["MetadataToken"], calls["MetadataCredentials"]) == (1, 1)
    assert "_rejected" not in calls


def test_the_keys_of_an_instance_over_ipv6(bare, sim):
    over_ipv6 = bare({"AWS_EC2_METADATA_SERVICE_ENDPOINT": sim.plain_urls[0]})
    assert sim.plain_urls[0].startswith("http://[::1]:")
    assert identity(over_ipv6) == ("metadata", "assumed-role/ecs-sim-instance")


def test_the_region_of_an_instance(bare, sim):
    with process_environment(bare()):
        fetcher = botocore.utils.IMDSRegionProvider(new_session())
        assert fetcher.provide() == "us-east-1"


def test_the_keys_of_a_task_with_and_without_a_token(bare, sim):
    task = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": sim.url + "/v2/credentials/any"}
    assert identity(bare(task)) == ("container", "assumed-role/ecs-sim-task")
    sim.set_token("container", "sesame")
    with pytest.raises(botocore.exceptions.CredentialRetrievalError):
        identity(bare(task))
    task["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = "sesame"
    assert identity(bare(task)) == ("container", "assumed-role/ecs-sim-task")


def test_the_keys_of_a_pod_by_its_token_file(bare, sim, tmp_path):
    (tmp_path / "token").write_text("ey.pod")
    sim.set_token("pod-identity", "ey.pod")
    pod = {
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": sim.url + "/v1/credentials",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": str(tmp_path / "token"),
    }
    assert identity(bare(pod)) == ("container", "assumed-role/ecs-sim-pod")


@pytest.mark.parametrize("legacy", [False, True], ids=["session", "legacy"])
def test_the_keys_of_a_user_of_sso(legacy, bare, sim, tmp_path):
    where = "sso_start_url = https://example.awsapps.com/start\nsso_region = us-east-1\n"
    section = "" if legacy else f"[sso-session ours]\n{where}"
    profile = where if legacy else "sso_session = ours\n"
    profile += "sso_account_id = 123456789012\nsso_role_name = Reader\n"
    (tmp_path / "config").write_text(f"{section}[default]\n{profile}")
    env = bare({"AWS_CONFIG_FILE": str(tmp_path / "config")})
    name = "https://example.awsapps.com/start" if legacy else "ours"
    write_sso_token(env["HOME"], name, "sso-token")
    sim.set_token("sso", "sso-token")
    assert identity(env) == ("sso", "assumed-role/AWSReservedSSO_Reader_0ec551a000000001")
    sim.set_token("sso", "another")
    with pytest.raises(botocore.exceptions.UnauthorizedSSOTokenError):
        identity(env)


def test_the_keys_for_a_web_identity(bare, sim, tmp_path):
    (tmp_path / "token").write_text("ey.web")
    sim.set_token("web-identity", "ey.web")
    env = bare({"AWS_ROLE_ARN": ROLE, "AWS_WEB_IDENTITY_TOKEN_FILE": str(tmp_path / "token")})
    assert identity(env) == ("web-identity", "assumed-role/reader")
    (tmp_path / "token").write_text("ey.stale")
    with pytest.raises(botocore.exceptions.ClientError, match="InvalidIdentityToken"):
        identity(env)


def test_a_role_with_an_external_id(start_sim):
    with SimProcess.start(
        ["--account", DATA / "account-plain.json", "--external-id", f"{ROLE}=ours"]
    ) as sim:
        sts = boto3.client("sts", endpoint_url=sim.url, **_static(sim))
        named = {"RoleArn": ROLE, "RoleSessionName": "test"}
        with pytest.raises(botocore.exceptions.ClientError, match="AccessDenied"):
            sts.assume_role(**named)
        assert sts.assume_role(**named, ExternalId="ours")["Credentials"]["SessionToken"]


def test_keys_are_refused_once_they_have_expired(bare, sim):
    sim.set_faults("ContainerCredentials:expiring=6s")
    task = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": sim.url + "/v2/credentials/any"}
    with process_environment(bare(task)):
        # So that botocore has read what it knows of the service before the keys begin to age.
        warm = new_session()
        warm.set_credentials("warm", "up")
        client(warm, "ecs")
        session = new_session()
        frozen = session.get_credentials().get_frozen_credentials()
        session.set_credentials(frozen.access_key, frozen.secret_key, frozen.token)
        client(session, "ecs").list_clusters()
        until = sim.keys()[frozen.access_key]["expiration"]
        while datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ") <= until:
            time.sleep(0.05)
        with pytest.raises(botocore.exceptions.ClientError, match="ExpiredTokenException"):
            client(session, "ecs").list_clusters()


@pytest.mark.parametrize(
    "fault, raised",
    [
        ("ContainerCredentials:404", botocore.exceptions.CredentialRetrievalError),
        ("ContainerCredentials:500", botocore.exceptions.CredentialRetrievalError),
        ("ContainerCredentials:html", botocore.exceptions.CredentialRetrievalError),
        ("ContainerCredentials:reset", botocore.exceptions.CredentialRetrievalError),
    ],
)
def test_botocore_meets_the_faults_of_the_container_endpoint(fault, raised, bare, sim):
    sim.set_faults(fault)
    task = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": sim.url + "/v2/credentials/any"}
    with pytest.raises(raised):
        identity(bare(task))


@pytest.mark.parametrize("fault", ["MetadataToken:400", "MetadataRole:404", "MetadataToken:hang"])
def test_botocore_finds_no_keys_where_the_metadata_service_fails(fault, bare, sim):
    sim.set_faults(fault)
    with pytest.raises(botocore.exceptions.NoCredentialsError):
        identity(bare({"AWS_METADATA_SERVICE_TIMEOUT": "1"}))


def test_a_slow_answer_comes_late_and_whole(sim):
    sim.set_faults("MetadataToken:slow=300ms:1")
    started = time.monotonic()
    status, token = _metadata(sim, "PUT", "/latest/api/token", {"ttl-seconds": "60"})
    assert (status, len(token) > 40, time.monotonic() - started >= 0.3) == (200, True, True)


def test_metadata_is_refused_without_a_token_and_through_a_proxy(sim):
    roles = "/latest/meta-data/iam/security-credentials/"
    _, token = _metadata(sim, "PUT", "/latest/api/token", {"ttl-seconds": "60"})
    assert _metadata(sim, "GET", roles)[0] == 401
    assert _metadata(sim, "GET", roles, {"": token})[0] == 200
    assert _metadata(sim, "GET", roles, {"": token}, {"X-Forwarded-For": "10.0.0.1"})[0] == 403
    assert sim.calls()["_rejected"] == 2


def _static(sim: SimProcess) -> dict[str, str]:
    env = sim.environment()
    return {
        "region_name": "us-east-1",
        "aws_access_key_id": env["AWS_ACCESS_KEY_ID"],
        "aws_secret_access_key": env["AWS_SECRET_ACCESS_KEY"],
    }


def _metadata(
    sim: SimProcess, method: str, path: str, named: dict | None = None, more: dict | None = None
) -> tuple[int, str]:
    """Status and body; `named` are headers whose names begin with that of the token."""
    begin = "X-aws-ec2-metadata-token"
    headers = {f"{begin}-{end}" if end else begin: text for end, text in (named or {}).items()}
    connection = http.client.HTTPConnection("127.0.0.1", sim.port, timeout=30)
    try:
        connection.request(method, path, headers=headers | (more or {}))
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()
