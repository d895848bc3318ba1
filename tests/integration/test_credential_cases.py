"""The corners of profiles and documents of credentials: the program beside botocore, the referee.

Cases that come out alike, then the differences; docs/credentials.md has the reasons for these.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import botocore.session
import pytest
import test_credential_order
import test_region_and_endpoints
from botocore_client import process_environment
from credential_places import (
    ACCOUNT,
    START_URL,
    Surroundings,
    accepted_keys,
    arn_of,
    key_of,
    place_of,
    static_keys,
)
from discovery_process import run
from documented import differences
from sim_process import SimProcess
from test_credential_order import FAILS, NOTHING, botocore_choice, our_check

pytestmark = pytest.mark.sim(*accepted_keys())

Add = Callable[[Surroundings], None]


@pytest.fixture
def around(shared_sim, tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    return Surroundings(tmp_path, home, shared_sim)


def _role(**keys: str) -> Add:
    """A profile with a role and these keys beside it."""

    def add(around: Surroundings) -> None:
        around.config |= {"role_arn": arn_of("role")} | keys
        around.source_keys = True

    return add


def _profile(**keys: str) -> Add:
    return lambda around: around.config.update(keys)


def _with(add: Add, section: str) -> Add:
    """The same with another section."""

    def both(around: Surroundings) -> None:
        add(around)
        around.sections.append(section)

    return both


def _process(output: str | dict) -> Add:
    """A credential_process that prints this."""
    text = output if isinstance(output, str) else json.dumps(output)

    def add(around: Surroundings) -> None:
        path = around.file("process.sh", f"#!/bin/sh\ncat <<'END'\n{text}\nEND\n", 0o700)
        around.config["credential_process"] = path

    return add


def _document(**changed: object) -> dict:
    key, secret = key_of("process")
    return {"Version": 1, "AccessKeyId": key, "SecretAccessKey": secret} | changed


def _quoted_process(around: Surroundings) -> None:
    script = f"#!/bin/sh\n[ \"$1\" = 'a b' ] && echo '{json.dumps(_document())}'\n"
    path = around.file("my process.sh", script, 0o700)
    around.config["credential_process"] = f"\"{path}\" 'a b'"


def _container(uri: str, **variables: str) -> Add:
    """`{sim}` in the address is the simulator's."""

    def add(around: Surroundings) -> None:
        address = uri.format(sim=around.sim.url)
        around.variables |= {"AWS_CONTAINER_CREDENTIALS_FULL_URI": address} | variables

    return add


def _env_keys(**variables: str) -> Add:
    key, secret = key_of("env")
    keys = {"AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": secret}
    return lambda around: around.variables.update(keys | variables)


def _split_pair(around: Surroundings) -> None:
    around.credentials["aws_access_key_id"] = key_of("credentials-file")[0]
    around.config["aws_secret_access_key"] = key_of("credentials-file")[1]


def _upper_case(around: Surroundings) -> None:
    around.credentials |= {name.upper(): text for name, text in static_keys("env").items()}


LOOP = f"[profile other]\nrole_arn = {arn_of('role')}\nsource_profile = default\n"
NO_KEYS = "[profile other]\nregion = us-east-1\n"

# What both find.
FOUND: dict[str, tuple[Add, str]] = {
    "a role of its own keys": (_role(source_profile="default", **static_keys("env")), "role"),
    "a role of a container": (
        lambda around: (
            _role(credential_source="EcsContainer")(around),
            _container("{sim}/v2/credentials/x")(around),
        )
        and None,
        "role",
    ),
    "the words of a process": (_quoted_process, "process"),
    "members of a document that nobody knows": (_process(_document(Moon=1)), "process"),
    "keys in the environment beside another profile": (
        _with(_env_keys(AWS_PROFILE="other"), NO_KEYS),
        "env",
    ),
    "names of keys in capitals": (_upper_case, "env"),
}

# What both refuse, and what our message must name.
REFUSED: dict[str, tuple[Add, str]] = {
    "half a pair in each file": (_split_pair, "aws_secret_access_key"),
    "a profile that is its own source": (_role(source_profile="default"), "leads back to itself"),
    "profiles in a circle": (_with(_role(source_profile="other"), LOOP), "leads back to itself"),
    "a source without keys": (_with(_role(source_profile="other"), NO_KEYS), "other"),
    "a role without a source": (_role(), "source_profile"),
    "a role with two sources": (
        _role(source_profile="base", credential_source="Environment"),
        "credential_source",
    ),
    "a role of an empty environment": (_role(credential_source="Environment"), "Environment"),
    "a role of a place that is none": (_role(credential_source="Moon"), "credential_source"),
    "a session that is too short": (
        _role(source_profile="base", duration_seconds="600"),
        "duration_seconds",
    ),
    "a web identity without a role": (_profile(web_identity_token_file="/token"), "role_arn"),
    "an SSO session that is not there": (
        _profile(sso_session="nowhere", sso_account_id=ACCOUNT, sso_role_name="x"),
        "nowhere",
    ),
    "SSO without a region": (
        _profile(sso_start_url=START_URL, sso_account_id=ACCOUNT, sso_role_name="x"),
        "sso_region",
    ),
    "a process that is not there": (_profile(credential_process="/no/program"), "/no/program"),
    "a document of another version": (_process(_document(Version=2)), "Version"),
    "a document that is none": (_process("keys? none"), "credential_process"),
    "a document without a secret": (
        _process({"Version": 1, "AccessKeyId": "AKIA"}),
        "SecretAccessKey",
    ),
    "a document that has expired": (
        _process(_document(SessionToken="t", Expiration="2020-01-01T00:00:00Z")),
        "expired",
    ),
    "a container endpoint elsewhere": (_container("http://10.0.0.1/v1"), "10.0.0.1"),
    "a container endpoint with another scheme": (
        _container("ftp://127.0.0.1/v1"),
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    ),
    "a profile that is not there": (_env_keys(AWS_PROFILE="nobody"), "nobody"),
    "a login session": (_profile(login_session="arn:aws:iam::1:user/me"), "login_session"),
}


def our_place(check: dict[str, str], sim: SimProcess) -> str:
    return place_of(check["access_key_id"], sim) if check["state"] == "ok" else FAILS


@pytest.mark.parametrize("case", FOUND)
def test_what_both_find(case, around, shared_sim, tmp_path):
    add, place = FOUND[case]
    add(around)
    environment = around.environment()
    ours = our_place(our_check(environment, tmp_path), shared_sim)
    assert (ours, botocore_choice(environment, shared_sim)) == (place, place)


@pytest.mark.parametrize("case", REFUSED)
def test_what_both_refuse(case, around, shared_sim, tmp_path):
    add, named = REFUSED[case]
    add(around)
    environment = around.environment()
    check = our_check(environment, tmp_path)
    assert (check["state"], botocore_choice(environment, shared_sim)) == ("fail", FAILS)
    assert named in check["text"]


def _split_web_identity(around: Surroundings) -> None:
    around.variables["AWS_ROLE_ARN"] = arn_of("env-web")
    around.config["web_identity_token_file"] = around.file("token", "ey.env")


def _token_with_line_break(around: Surroundings) -> None:
    token = around.file("token", "ey.pod\n")
    add = _container("{sim}/v1/credentials", AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=token)
    add(around)


def _old_file_of_boto(around: Surroundings) -> None:
    key, secret = key_of("env")
    text = f"[Credentials]\naws_access_key_id = {key}\naws_secret_access_key = {secret}\n"
    (around.home / ".boto").write_text(text)


def _empty_profile(around: Surroundings) -> None:
    around.variables["AWS_PROFILE"] = ""
    around.credentials |= static_keys("credentials-file")


def _secret_with_line_break(around: Surroundings) -> None:
    _env_keys()(around)
    around.variables["AWS_SECRET_ACCESS_KEY"] += "\n"


# What the documentation calls it; what we do; what botocore does.
DIFFERENT: dict[str, tuple[Add, str, str]] = {
    "`role_arn` beside keys, without `source_profile`": (
        _role(**static_keys("env")),
        "role",
        FAILS,
    ),
    "`AWS_ROLE_ARN` in the environment, `web_identity_token_file` in the profile": (
        _split_web_identity,
        FAILS,
        "env-web",
    ),
    "white space or a control character in keys": (_secret_with_line_break, FAILS, "env"),
    "newline at the end of the token file": (_token_with_line_break, "pod", FAILS),
    "boto's own files (`/etc/boto.cfg`, `~/.boto`)": (_old_file_of_boto, FAILS, "env"),
    "an empty `AWS_PROFILE`": (_empty_profile, "credentials-file", FAILS),
    "`AWS_SECRET_ACCESS_KEY` without `AWS_ACCESS_KEY_ID`": (
        lambda around: around.variables.update(AWS_SECRET_ACCESS_KEY="only"),
        FAILS,
        NOTHING,
    ),
}


@pytest.mark.parametrize("case", DIFFERENT)
def test_what_differs(case, around, shared_sim, tmp_path):
    add, ours, referee = DIFFERENT[case]
    add(around)
    environment = around.environment()
    assert our_place(our_check(environment, tmp_path), shared_sim) == ours
    assert botocore_choice(environment, shared_sim) == referee


def test_a_profile_of_the_command_line_comes_before_the_environment(around, shared_sim, tmp_path):
    _env_keys()(around)
    section = "".join(f"{key} = {text}\n" for key, text in static_keys("config-file").items())
    around.sections.append(f"[profile other]\n{section}")
    environment = around.environment()
    assert our_place(our_check(environment, tmp_path), shared_sim) == "env"
    flag = our_check(environment, tmp_path, "--aws.profile=other")
    assert our_place(flag, shared_sim) == "config-file"
    with process_environment(environment):  # a profile that is named in code
        credentials = botocore.session.Session(profile="other").get_credentials()
    assert credentials.access_key == key_of("config-file")[0]


def test_the_source_is_logged_when_the_program_starts(around, tmp_path):
    _container("{sim}/v2/credentials/x")(around)
    done = run(["-config.scrape-times=1"], around.environment(), cwd=tmp_path)
    sources = [line["source"] for line in done.log if line["msg"] == "using AWS credentials"]
    assert sources == ["the container's endpoint of AWS_CONTAINER_CREDENTIALS_FULL_URI"]


def test_a_long_session_of_a_chained_role_is_refused_before_any_call(around, shared_sim, tmp_path):
    middle = f"[profile middle]\nrole_arn = {arn_of('middle')}\nsource_profile = base\n"
    _with(_role(source_profile="middle", duration_seconds="7200"), middle)(around)
    environment = around.environment()
    shared_sim.reset()
    assert "duration_seconds" in our_check(environment, tmp_path)["text"]
    assert shared_sim.calls() == {}
    assert botocore_choice(environment, shared_sim) == FAILS
    assert shared_sim.calls()["AssumeRole"] == 2


def test_a_device_for_a_code_is_refused(around, tmp_path):
    _role(source_profile="base", mfa_serial="arn:aws:iam::1:mfa/me")(around)
    assert "mfa_serial" in our_check(around.environment(), tmp_path)["text"]


def _instance(around: Surroundings) -> dict[str, str]:
    around.variables |= {
        "AWS_EC2_METADATA_DISABLED": "false",
        "AWS_EC2_METADATA_SERVICE_ENDPOINT": around.sim.url,
        "AWS_METADATA_SERVICE_TIMEOUT": "20",
    }
    return around.environment()


@pytest.fixture
def own_around(start_sim, data, tmp_path) -> Surroundings:
    """With a simulator of its own, for tests that set faults."""
    (tmp_path / "home").mkdir()
    return Surroundings(
        tmp_path, tmp_path / "home", start_sim("--account", data / "account-plain.json")
    )


def test_the_metadata_service_is_never_asked_without_a_token(own_around, tmp_path):
    sim = own_around.sim
    sim.set_faults("MetadataToken:404")
    environment = _instance(own_around)
    assert our_check(environment, tmp_path)["state"] == "fail"
    assert "_rejected" not in sim.calls()
    assert botocore_choice(environment, sim) == NOTHING
    assert sim.calls()["_rejected"] >= 1


def test_the_metadata_service_is_asked_twice(own_around, tmp_path: Path):
    sim = own_around.sim
    sim.set_faults("MetadataToken:503")
    environment = _instance(own_around)
    assert our_check(environment, tmp_path)["state"] == "fail"
    assert sim.calls() == {"MetadataToken": 2}
    sim.reset()
    assert botocore_choice(environment, sim) == NOTHING
    assert sim.calls()["MetadataToken"] == 1


# Differences with tests of their own above, and the one without: no endpoint here forgets a member.
TESTED = {
    "`duration_seconds` above an hour for a chained role",
    "`mfa_serial`",
    "`login_session`",
    "IMDSv1",
    "IMDS tries",
    "container endpoint, `Expiration` missing",
}


def test_every_difference_that_is_documented_is_tested():
    tested = (
        set(test_credential_order.DIFFERENCES.values())
        | test_region_and_endpoints.DIFFERENCES
        | set(DIFFERENT)
        | TESTED
    )
    assert set(differences()) == tested
