"""Every place that credentials can come from, built for a test: there, or there and broken.

A place adds variables, keys of the profile [default] and other sections. Which keys are found tells
which place was asked: static ones by their id, those of the simulator by the role they are of.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import processes
from sim_process import SimProcess

ACCOUNT = "123456789012"
START_URL = "https://example.awsapps.com/start"


def key_of(place: str) -> tuple[str, str]:
    """The static keys of a place; the simulator takes them with accepted_keys()."""
    return "AKIA" + place.replace("-", "").upper(), f"secret-of-{place}"


def accepted_keys() -> list[str]:
    """Flags of the simulator so that it takes the static keys of all places."""
    pairs = [":".join(key_of(place)) for place in STATIC]
    return [part for pair in pairs for part in ("--credentials", pair)]


def arn_of(role: str) -> str:
    return f"arn:aws:iam::{ACCOUNT}:role/{role}"


@dataclass
class Surroundings:
    """What the places add up to."""

    root: Path  # of all files
    home: Path
    sim: SimProcess
    variables: dict[str, str] = field(default_factory=dict)
    config: dict[str, str] = field(default_factory=dict)  # keys of [default] in the config file
    credentials: dict[str, str] = field(default_factory=dict)  # the same in the credentials file
    sections: list[str] = field(default_factory=list)  # others of the config file
    source_keys: bool = False  # [base] in the credentials file

    def file(self, name: str, text: str, mode: int = 0o600) -> str:
        path = self.root / name
        path.write_text(text)
        path.chmod(mode)
        return str(path)

    def environment(self) -> dict[str, str]:
        """Writes the shared files; the variables of a process that finds all of it."""
        base = _section("base", static_keys("role")) if self.source_keys else ""
        config = _section("default", self.config) + "".join(self.sections)
        files = {
            "AWS_CONFIG_FILE": self.file("config", config),
            "AWS_SHARED_CREDENTIALS_FILE": self.file(
                "credentials", _section("default", self.credentials) + base
            ),
        }
        common = {
            "AWS_ENDPOINT_URL": self.sim.url,
            "AWS_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1",  # all that botocore knows
            "AWS_EC2_METADATA_DISABLED": "true",
        }
        return processes.clean_environment(self.home, common | files | self.variables)


def static_keys(place: str) -> dict[str, str]:
    """The keys of a place as keys of a profile."""
    key, secret = key_of(place)
    return {"aws_access_key_id": key, "aws_secret_access_key": secret}


def _section(title: str, keys: dict[str, str]) -> str:
    return "".join([f"[{title}]\n", *(f"{name} = {text}\n" for name, text in keys.items()), "\n"])


def _env(around: Surroundings, broken: bool) -> None:
    key, secret = key_of("env")
    around.variables["AWS_ACCESS_KEY_ID"] = key
    if not broken:
        around.variables["AWS_SECRET_ACCESS_KEY"] = secret


def _env_web(around: Surroundings, broken: bool) -> None:
    around.variables["AWS_ROLE_ARN"] = arn_of("env-web")
    missing = str(around.root / "no-env-token")
    around.variables["AWS_WEB_IDENTITY_TOKEN_FILE"] = (
        missing if broken else around.file("env-token", "ey.env")
    )


def _role(around: Surroundings, broken: bool) -> None:
    around.config |= {"role_arn": arn_of("role"), "source_profile": "base"}
    around.source_keys = not broken


def _role_of_instance(around: Surroundings, broken: bool) -> None:
    around.config |= {"role_arn": arn_of("role-instance")}
    around.config["credential_source"] = "Ec2" if broken else "Ec2InstanceMetadata"
    _metadata(around, False)


def _profile_web(around: Surroundings, broken: bool) -> None:
    missing = str(around.root / "no-web-token")
    around.config["role_arn"] = arn_of("profile-web")
    around.config["web_identity_token_file"] = (
        missing if broken else around.file("web-token", "ey.web")
    )


def write_login(home: Path, key: str, **changed: str) -> None:
    """A login of SSO as the AWS CLI leaves it in its cache."""
    cache = home / ".aws" / "sso" / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    expires = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=8)
    login = {"accessToken": "sso-token", "expiresAt": expires.strftime("%Y-%m-%dT%H:%M:%SZ")}
    file = cache / f"{hashlib.sha1(key.encode()).hexdigest()}.json"
    file.write_text(json.dumps(login | {"startUrl": START_URL, "region": "us-east-1"} | changed))
    file.chmod(0o600)


def _sso_session(around: Surroundings, broken: bool) -> None:
    where = {"sso_start_url": START_URL, "sso_region": "us-east-1"}
    around.config |= {"sso_session": "ours", "sso_account_id": ACCOUNT}
    around.config["sso_role_name"] = "sso-session"
    around.sections.append(_section("sso-session ours", where))
    if not broken:
        write_login(around.home, "ours")


def _sso_legacy(around: Surroundings, broken: bool) -> None:
    around.config |= {"sso_start_url": START_URL, "sso_region": "us-east-1"}
    around.config |= {"sso_account_id": ACCOUNT, "sso_role_name": "sso-legacy"}
    expiry = {"expiresAt": "2020-01-01T00:00:00Z"} if broken else {}
    write_login(around.home, START_URL, **expiry)


def _credentials_file(around: Surroundings, broken: bool) -> None:
    around.credentials |= static_keys("credentials-file")
    if broken:
        del around.credentials["aws_secret_access_key"]


def _config_file(around: Surroundings, broken: bool) -> None:
    around.config |= static_keys("config-file")
    if broken:
        del around.config["aws_secret_access_key"]


def _process(around: Surroundings, broken: bool) -> None:
    key, secret = key_of("process")
    document = {"Version": 1, "AccessKeyId": key, "SecretAccessKey": secret}
    script = "exit 3" if broken else f"echo '{json.dumps(document)}'"
    path = around.file("process.sh", f"#!/bin/sh\n{script}\n", 0o700)
    around.config["credential_process"] = path


def _container(around: Surroundings, broken: bool) -> None:
    path = "/nothing/here" if broken else "/v2/credentials/any"
    around.variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = around.sim.url + path


def _pod(around: Surroundings, broken: bool) -> None:
    around.variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = around.sim.url + "/v1/credentials"
    missing = str(around.root / "no-pod-token")
    around.variables["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = (
        missing if broken else around.file("pod-token", "ey.pod")
    )


def _metadata(around: Surroundings, broken: bool) -> None:
    around.variables["AWS_EC2_METADATA_DISABLED"] = "false"
    nobody = f"http://127.0.0.1:{processes.free_port()}"
    around.variables["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = nobody if broken else around.sim.url
    around.variables["AWS_METADATA_SERVICE_TIMEOUT"] = "20"  # for a busy machine


# In the order of the program under test.
PLACES: dict[str, Callable[[Surroundings, bool], None]] = {
    "env": _env,
    "env-web": _env_web,
    "role": _role,
    "role-instance": _role_of_instance,
    "credentials-file": _credentials_file,
    "config-file": _config_file,
    "profile-web": _profile_web,
    "sso-session": _sso_session,
    "sso-legacy": _sso_legacy,
    "process": _process,
    "container": _container,
    "pod": _pod,
    "metadata": _metadata,
}

# Places that share a variable or a key of the profile, so that they cannot both be there.
EXCLUSIVE = (
    {"role", "profile-web"},
    {"role-instance", "profile-web"},
    {"sso-session", "sso-legacy"},
    {"container", "pod"},
)

# Those with keys of their own.
STATIC = ("env", "role", "credentials-file", "config-file", "process")

# Whose keys the others get, in the simulator's words.
ROLES = {
    "env-web": "env-web",
    "role": "role",
    "role-instance": "role-instance",
    "profile-web": "profile-web",
    "AWSReservedSSO_sso-session_0ec551a000000001": "sso-session",
    "AWSReservedSSO_sso-legacy_0ec551a000000001": "sso-legacy",
    "ecs-sim-task": "container",
    "ecs-sim-pod": "pod",
    "ecs-sim-instance": "metadata",
}


def build(
    root: Path, sim: SimProcess, present: Iterable[str], broken: Iterable[str] = ()
) -> dict[str, str]:
    """The environment in which these places are, the broken ones broken."""
    home = root / "home"
    home.mkdir(exist_ok=True)
    around = Surroundings(root, home, sim)
    spoiled = set(broken)
    for place, add in PLACES.items():
        if place in spoiled or place in present:
            add(around, place in spoiled)
    return around.environment()


def place_of(access_key_id: str, sim: SimProcess) -> str:
    """Which place gave keys with this id."""
    for place in STATIC:
        if access_key_id == key_of(place)[0]:
            return place
    return ROLES[sim.keys()[access_key_id]["arn"].split("/")[1]]
