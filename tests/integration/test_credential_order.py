"""Which credentials are found where several could be: the program against botocore, the referee.

Every place alone, broken alone, with every other, and broken before every other. Where the
two differ it is in DIFFERENCES; docs/credentials.md has the reason.
"""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import pytest
from botocore_client import new_session, process_environment
from credential_places import EXCLUSIVE, PLACES, accepted_keys, arn_of, build, place_of
from discovery_process import run
from documented import differences
from sim_process import SimProcess

pytestmark = pytest.mark.sim(*accepted_keys())

FAILS = "an error"
NOTHING = "no credentials"

# What docs/credentials.md calls the differences; all three follow the order of the Go SDK.
ROLE = "web identity of the environment and a profile with a role"
KEYS = "a profile with keys and `web_identity_token_file` or SSO"
PROCESS = "a profile with keys in `config` and a `credential_process`"


def _both(places: tuple[str, ...], others: tuple[str, ...]) -> list[tuple[str, str]]:
    return list(itertools.product(places, others))


# The pairs of which botocore takes the second.
DIFFERENCES = {
    **dict.fromkeys(_both(("env-web",), ("role", "role-instance")), ROLE),
    **dict.fromkeys(
        _both(("credentials-file", "config-file"), ("profile-web", "sso-session", "sso-legacy")),
        KEYS,
    ),
    ("config-file", "process"): PROCESS,
}

# Pairs that are a contradiction for both, so that there is no first.
CONTRADICTIONS = {("role", "role-instance")}

PAIRS = [
    pair for pair in itertools.combinations(PLACES, 2) if set(pair) not in map(set, EXCLUSIVE)
]
names = "-before-".join

# What our message about a broken place must name.
NAMED = {
    "env": "AWS_SECRET_ACCESS_KEY",
    "env-web": "no-env-token",
    "role": "source_profile base",
    "role-instance": "credential_source",
    "credentials-file": '/credentials: AWS profile "default" has no aws_secret_access_key',
    "config-file": '/config: AWS profile "default" has no aws_secret_access_key',
    "profile-web": "no-web-token",
    "sso-session": "aws sso login --profile default",
    "sso-legacy": "aws sso login --profile default",
    "process": "process.sh",
    "container": "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "pod": "no-pod-token",
    "metadata": "127.0.0.1",
}

# And what we call it when it is good.
CALLED = {
    "env": "environment variables",
    "env-web": f"role {arn_of('env-web')} by web identity of AWS_WEB_IDENTITY_TOKEN_FILE",
    "role": f"role {arn_of('role')} by profile base",
    "role-instance": f"role {arn_of('role-instance')} by EC2 instance metadata, "
    "role ecs-sim-instance",
    "credentials-file": "profile default",
    "config-file": "profile default",
    "profile-web": f"role {arn_of('profile-web')} by web identity of profile default",
    "sso-session": "SSO of profile default",
    "sso-legacy": "SSO of profile default",
    "process": "credential_process of profile default",
    "container": "the container's endpoint of AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "pod": "the container's endpoint of AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "metadata": "EC2 instance metadata, role ecs-sim-instance",
}


def botocore_choice(environment: dict[str, str], sim: SimProcess) -> str:
    """The place that botocore takes the keys of."""
    with process_environment(environment):
        try:
            credentials = new_session().get_credentials()
            key = credentials and credentials.get_frozen_credentials().access_key
        except Exception:  # every place has its own
            return FAILS
    return place_of(key, sim) if key else NOTHING


def our_check(environment: dict[str, str], tmp_path: Path, *flags: str) -> dict[str, str]:
    """What the program's `doctor` says about credentials; good ones were used for a call."""
    done = run(["doctor", "--json", *flags], environment, cwd=tmp_path)
    checks = {check["name"]: check for check in json.loads(done.stdout)}
    if done.status == 2:
        return checks["configuration"]
    if checks["credentials"]["state"] == "ok":
        assert checks["identity"]["state"] == "ok", checks["identity"]
    return checks["credentials"]


def our_choice(environment: dict[str, str], sim: SimProcess, tmp_path: Path) -> str:
    """The place that the program takes the keys of."""
    check = our_check(environment, tmp_path)
    return place_of(check["access_key_id"], sim) if check["state"] == "ok" else FAILS


@pytest.mark.parametrize("place", PLACES)
def test_a_place_alone_is_found_by_both(place, shared_sim, tmp_path):
    environment = build(tmp_path, shared_sim, [place])
    check = our_check(environment, tmp_path)
    ours = place_of(check["access_key_id"], shared_sim)
    assert (ours, botocore_choice(environment, shared_sim)) == (place, place)
    assert check["source"] == CALLED[place]


@pytest.mark.parametrize("place", PLACES)
def test_a_broken_place_alone_is_an_error_that_names_it(place, shared_sim, tmp_path):
    environment = build(tmp_path, shared_sim, [], broken=[place])
    check = our_check(environment, tmp_path)
    assert check["state"] == "fail"
    assert NAMED[place] in check["text"]
    # botocore tells no broken metadata service from none at all.
    assert botocore_choice(environment, shared_sim) == (NOTHING if place == "metadata" else FAILS)


def test_no_place_at_all(shared_sim, tmp_path):
    environment = build(tmp_path, shared_sim, [])
    check = our_check(environment, tmp_path)
    assert (check["state"], botocore_choice(environment, shared_sim)) == ("fail", NOTHING)
    assert "no AWS credentials" in check["text"]


@pytest.mark.parametrize("pair", PAIRS, ids=names)
def test_of_two_places_both_take_the_first(pair, shared_sim, tmp_path):
    environment = build(tmp_path, shared_sim, pair)
    expected = FAILS if pair in CONTRADICTIONS else pair[0]
    referee = pair[1] if pair in DIFFERENCES else expected
    assert our_choice(environment, shared_sim, tmp_path) == expected
    assert botocore_choice(environment, shared_sim) == referee


@pytest.mark.parametrize("pair", PAIRS, ids=names)
def test_a_broken_place_is_not_passed_over(pair, shared_sim, tmp_path):
    environment = build(tmp_path, shared_sim, [pair[1]], broken=[pair[0]])
    referee = pair[1] if pair in DIFFERENCES else FAILS
    assert our_choice(environment, shared_sim, tmp_path) == FAILS
    assert botocore_choice(environment, shared_sim) == referee


def test_the_differences_are_documented():
    assert set(DIFFERENCES.values()) <= set(differences())
