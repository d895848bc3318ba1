"""The region and where calls go: the program against botocore, the referee.

Nothing is called: without credentials `doctor` only says what it would do. Differences have tests
of their own; docs/credentials.md has the reasons.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from pathlib import Path

import processes
import pytest
from botocore_client import endpoints, new_session, process_environment
from discovery_process import run
from documented import differences

FAILS = "an error"
SWITCHES = {"fips": "AWS_USE_FIPS_ENDPOINT", "dualstack": "AWS_USE_DUALSTACK_ENDPOINT"}

# What docs/credentials.md calls the differences that are tested here.
DIFFERENCES = {
    "`AWS_REGION`",
    "`AWS_PROFILE` and `AWS_DEFAULT_PROFILE` together",
    "an endpoint of one's own together with FIPS or dual-stack",
    "a FIPS or dual-stack switch that is neither true nor false",
    "dual-stack in eu-isoe-west-1 and us-isof-south-1",
    "region of the EC2 instance",
}


@pytest.fixture
def surroundings(tmp_path) -> Callable[..., dict[str, str]]:
    """surroundings({...}, config) -> an environment with these variables and this config file."""
    (tmp_path / "home").mkdir()

    def build(variables: dict[str, str], config: str = "", credentials: str = "") -> dict[str, str]:
        (tmp_path / "config").write_text(config)
        (tmp_path / "credentials").write_text(credentials)
        (tmp_path / "credentials").chmod(0o600)
        files = {
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": str(tmp_path / "config"),
            "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "credentials"),
        }
        return processes.clean_environment(tmp_path / "home", files | variables)

    return build


def _bare(urls: dict[str, str]) -> dict[str, str]:
    return {service: url.rstrip("/") for service, url in urls.items()}


def botocore_says(environment: dict[str, str]) -> tuple[str | None, dict[str, str] | str]:
    """The region and the endpoint of every service."""
    with process_environment(environment):
        session = new_session()
        region = session.get_config_variable("region")
        try:
            return region, _bare(endpoints(session, region))
        except AssertionError:
            raise
        except Exception:  # there is one for each way to be wrong
            return region, FAILS


def we_say(environment: dict[str, str], cwd: Path) -> tuple[str | None, dict[str, str] | str]:
    """The same of the program."""
    done = run(["doctor", "--json"], environment, cwd=cwd)
    checks = json.loads(done.stdout)
    if done.status == 2:
        assert checks[0]["name"] == "configuration"
        return None, FAILS
    region = next(check["region"] for check in checks if check["name"] == "region")
    found = {c["service"]: c["endpoint"] for c in checks if c["name"].startswith("endpoint ")}
    found.pop("SSO", None)  # only there when it is configured
    return region, _bare(found)


def both(environment: dict[str, str], cwd: Path) -> tuple:
    """What the program says; botocore must say the same."""
    ours = we_say(environment, cwd)
    assert ours == botocore_says(environment)
    return ours


FILES = {
    "variable": ({"AWS_DEFAULT_REGION": "eu-north-1"}, "", ""),
    "config": ({}, "[default]\nregion = eu-west-1\n", ""),
    "credentials": ({}, "", "[default]\nregion = eu-west-2\n"),
    "profile default": ({}, "[profile default]\nregion = eu-west-3\n", ""),
    "named": ({"AWS_PROFILE": "me"}, "[profile me]\nregion = eu-south-1\n", ""),
}


def test_no_region_is_an_error_for_both(surroundings, tmp_path):
    environment = surroundings({})
    assert we_say(environment, tmp_path) == botocore_says(environment) == (None, FAILS)


@pytest.mark.parametrize(
    "parts", [p for n in (1, 2) for p in itertools.combinations(FILES, n)], ids="+".join
)
def test_the_region_of_the_variable_or_the_profile(parts, surroundings, tmp_path):
    variables: dict[str, str] = {}
    texts = ["", ""]
    for part in parts:
        variables |= FILES[part][0]
        texts = [text + more for text, more in zip(texts, FILES[part][1:], strict=True)]
    region, _ = both(surroundings(variables, *texts), tmp_path)
    assert region is not None


def test_aws_region_comes_first_which_botocore_does_not_know(surroundings, tmp_path):
    environment = surroundings({"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-2"})
    assert we_say(environment, tmp_path)[0] == "eu-west-1"
    assert botocore_says(environment)[0] == "eu-west-2"


def test_aws_profile_comes_first_unlike_in_botocore(surroundings, tmp_path):
    config = "[profile one]\nregion = eu-west-1\n[profile two]\nregion = eu-west-2\n"
    environment = surroundings({"AWS_PROFILE": "one", "AWS_DEFAULT_PROFILE": "two"}, config)
    assert we_say(environment, tmp_path)[0] == "eu-west-1"
    assert botocore_says(environment)[0] == "eu-west-2"


def test_the_profile_of_aws_default_profile(surroundings, tmp_path):
    config = "[profile two]\nregion = eu-west-2\n"
    assert both(surroundings({"AWS_DEFAULT_PROFILE": "two"}, config), tmp_path)[0] == "eu-west-2"


@pytest.mark.parametrize(
    "variables",
    [{"AWS_PROFILE": "nobody", "AWS_DEFAULT_REGION": "eu-west-1"}, {"AWS_DEFAULT_REGION": "a/b"}],
    ids=["profile", "region"],
)
def test_a_profile_or_region_that_cannot_be_is_an_error_for_both(variables, surroundings, tmp_path):
    environment = surroundings(variables, "[default]\nregion = eu-west-1\n")
    assert we_say(environment, tmp_path)[1] == botocore_says(environment)[1] == FAILS


def test_the_region_of_the_instance(surroundings, start_sim, tmp_path):
    sim = start_sim("--seed", 1, "--region", "ap-south-1")
    environment = surroundings(
        {"AWS_EC2_METADATA_DISABLED": "false", "AWS_EC2_METADATA_SERVICE_ENDPOINT": sim.url}
    )
    sim.set_faults("MetadataRole:404")  # no role: then nothing is called
    assert we_say(environment, tmp_path)[0] == "ap-south-1"
    assert botocore_says(environment)[0] is None


REGIONS = [
    "us-east-1",
    "il-central-1",
    "mx-central-1",
    "cn-north-1",
    "us-gov-west-1",
    "us-iso-east-1",
    "us-isob-east-1",
    "eu-isoe-west-1",
    "us-isof-south-1",
    "eusc-de-east-1",
    "mars-north-1",
]


@pytest.mark.parametrize(
    "switches", [(), ("fips",), ("dualstack",), ("fips", "dualstack")], ids="+".join
)
@pytest.mark.parametrize("region", REGIONS)
def test_the_endpoints_of_every_partition(region, switches, surroundings, tmp_path):
    variables = {"AWS_REGION": region, "AWS_DEFAULT_REGION": region}
    environment = surroundings(variables | {SWITCHES[name]: "true" for name in switches})
    if "dualstack" in switches and region in ("eu-isoe-west-1", "us-isof-south-1"):
        domain = {"eu-isoe-west-1": "api.cloud-aws.adc-e.uk", "us-isof-south-1": "api.aws.hci.ic.gov"}
        fips = "-fips" if "fips" in switches else ""
        ours = we_say(environment, tmp_path)[1]
        assert ours["ECS"] == f"https://ecs{fips}.{region}.{domain[region]}"
        assert botocore_says(environment)[1] == FAILS
        return
    both(environment, tmp_path)


SERVICES = (
    "[services mine]\n"
    "ecs =\n  endpoint_url = http://services.ecs:1\n"
    "sts =\n  endpoint_url = http://services.sts:1/base\n"
)
# Variables, keys of the profile, other sections.
ENDPOINTS = {
    "own": ({"AWS_ENDPOINT_URL_ECS": "http://own.ecs:1"}, "", ""),
    "all": ({"AWS_ENDPOINT_URL": "http://all:2/base/"}, "", ""),
    "services": ({}, "services = mine\n", SERVICES),
    "profile": ({}, "endpoint_url = http://profile:3\n", ""),
    "ignore": ({"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"}, "", ""),
    "profile-ignores": ({}, "ignore_configured_endpoint_urls = true\n", ""),
}


def configured(surroundings, parts: tuple[str, ...], more: dict[str, str]) -> dict[str, str]:
    """An environment with these ways to name an endpoint."""
    variables = {"AWS_DEFAULT_REGION": "us-east-1"} | more
    keys = sections = ""
    for part in parts:
        variables |= ENDPOINTS[part][0]
        keys += ENDPOINTS[part][1]
        sections += ENDPOINTS[part][2]
    return surroundings(variables, f"[default]\n{keys}{sections}")


@pytest.mark.parametrize(
    "parts",
    [p for n in range(1, 4) for p in itertools.combinations(ENDPOINTS, n)],
    ids="+".join,
)
def test_endpoints_of_the_variables_and_the_profile(parts, surroundings, tmp_path):
    both(configured(surroundings, parts, {}), tmp_path)


@pytest.mark.parametrize("switch", SWITCHES)
@pytest.mark.parametrize("part", ["own", "all", "services", "profile"])
def test_an_endpoint_and_a_switch_contradict_each_other(part, switch, surroundings, tmp_path):
    environment = configured(surroundings, (part,), {SWITCHES[switch]: "true"})
    assert we_say(environment, tmp_path) == (None, FAILS)
    assert botocore_says(environment)[1] != FAILS


@pytest.mark.parametrize("switch", SWITCHES)
def test_switches_of_the_profile_come_after_the_variables(switch, surroundings, tmp_path):
    config = f"[default]\nregion = us-east-1\nuse_{switch}_endpoint = true\n"
    switched = both(surroundings({}, config), tmp_path)[1]
    plain = both(surroundings({SWITCHES[switch]: "false"}, config), tmp_path)[1]
    assert switched["ECS"] != plain["ECS"]


@pytest.mark.parametrize("switch", SWITCHES)
def test_a_switch_is_true_or_false(switch, surroundings, tmp_path):
    region = {"AWS_DEFAULT_REGION": "us-east-1"}
    both(surroundings(region | {SWITCHES[switch]: "TRUE"}), tmp_path)
    wrong = surroundings(region | {SWITCHES[switch]: "yes"})
    assert we_say(wrong, tmp_path) == (None, FAILS)
    assert botocore_says(wrong)[1] != FAILS


@pytest.mark.parametrize(
    "variables, keys",
    [({"AWS_ENDPOINT_URL": "example:1"}, ""), ({}, "services = nowhere\n")],
    ids=["url", "services"],
)
def test_an_endpoint_that_is_none_is_an_error_for_both(variables, keys, surroundings, tmp_path):
    environment = surroundings({"AWS_DEFAULT_REGION": "us-east-1"} | variables, f"[default]\n{keys}")
    assert we_say(environment, tmp_path)[1] == botocore_says(environment)[1] == FAILS


def test_the_differences_are_documented():
    assert set(differences()) >= DIFFERENCES
