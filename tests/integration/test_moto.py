"""Discovery of an account that moto serves and boto3 filled, with moto's authentication on."""

from __future__ import annotations

import json
import re
from collections import Counter

import processes
import pytest
from discovery_process import run
from moto_account import Keys, MotoAccount
from target_file import as_multiset, expected_multiset, read_groups

SEVEN_ACTIONS = [
    "ecs:ListClusters",
    "ecs:DescribeClusters",
    "ecs:ListTasks",
    "ecs:DescribeTasks",
    "ecs:DescribeTaskDefinition",
    "ecs:DescribeContainerInstances",
    "ec2:DescribeInstances",
]
CALLED_WITH_A_CLUSTER = "ecs:DescribeClusters"  # and by nothing else


@pytest.fixture(scope="module")
def account():
    with MotoAccount() as account:
        yield account


@pytest.fixture(scope="module")
def expected(account):
    return account.expected_targets()


def documented_policies() -> list[dict]:
    """Every IAM policy that the documentation tells people to use."""
    documents = [processes.REPOSITORY / name for name in ("README.md", "docs/switching.md")]
    text = "\n".join(path.read_text() for path in documents if path.exists())
    blocks = re.findall(r"```json\n(.*?)```", text, re.DOTALL)
    return [json.loads(block) for block in blocks if '"Statement"' in block]


def documented_discovery_actions() -> list[str]:
    """The actions of the documented policy for discovery itself (not the one for sts)."""
    statements = [s for policy in documented_policies() for s in policy["Statement"]]
    found = [s["Action"] for s in statements if s["Action"] != "sts:AssumeRole"]
    assert found, "the documentation shows no policy"
    assert all(actions == found[0] for actions in found)
    return found[0]


def test_the_account_is_what_these_tests_need(account, expected):
    ecs = account.client("ecs")
    clusters = ecs.list_clusters()["clusterArns"]
    tasks = [arn for each in clusters for arn in ecs.list_tasks(cluster=each)["taskArns"]]
    families = Counter(each["labels"]["task_name"].split("-")[0] for each in expected)
    assert (len(clusters), len(tasks)) == (2, 134)
    assert families == {"awsvpc": 92, "host": 12}


def test_the_documented_policy_grants_exactly_the_seven_actions():
    assert Counter(documented_discovery_actions()) == Counter(SEVEN_ACTIONS)


def test_the_documented_actions_are_enough_to_find_every_target(
    account, expected, discover, output
):
    keys = account.create_user(documented_discovery_actions())

    done = discover(["-config.write-to", output], account.environment(keys))

    assert (done.status, done.problems) == (0, [])
    assert as_multiset(read_groups(output)) == expected_multiset(expected)


@pytest.mark.parametrize("cluster", ["web", "batch"])
def test_one_cluster_by_name(cluster, account, discover, output):
    keys = account.create_user(SEVEN_ACTIONS)

    done = discover(
        ["-config.cluster", cluster, "-config.write-to", output], account.environment(keys)
    )

    assert (done.status, done.problems) == (0, [])
    expected = account.expected_targets(cluster)
    assert as_multiset(read_groups(output)) == expected_multiset(expected)


def test_an_assumed_role_finds_every_target_with_its_session_token(
    account, expected, discover, output
):
    role = account.create_role("discovery", SEVEN_ACTIONS)
    keys = account.create_user(["sts:AssumeRole"], resource=role)  # may do nothing else itself

    done = discover(
        ["-config.role-arn", role, "-config.write-to", output], account.environment(keys)
    )

    assert (done.status, done.problems) == (0, [])
    assert as_multiset(read_groups(output)) == expected_multiset(expected)


def test_a_session_token_of_the_environment_is_sent(account, expected, discover, output):
    session = assume(account, account.create_role("from-environment", SEVEN_ACTIONS))

    done = discover(["-config.write-to", output], account.environment(session))

    assert (done.status, done.problems) == (0, [])
    assert as_multiset(read_groups(output)) == expected_multiset(expected)


def test_a_wrong_session_token_is_refused_with_one_clear_line(account, discover, output):
    session = assume(account, account.create_role("wrong-token", SEVEN_ACTIONS))
    wrong = Keys(session.access_key, session.secret_key, session.token[:-1] + "!")

    done = discover(["-config.write-to", output], account.environment(wrong))

    assert (done.status, output.exists()) == (1, False)
    assert "InvalidClientTokenId" in done.only_problem()
    assert wrong.token not in done.stderr


def test_a_wrong_secret_is_refused_with_one_clear_line(account, discover, output):
    keys = account.create_user(SEVEN_ACTIONS)
    wrong = Keys(keys.access_key, "not-the-secret-of-this-key")

    done = discover(["-config.write-to", output], account.environment(wrong))

    assert (done.status, output.exists()) == (1, False)
    line = done.only_problem()
    assert "ListClusters" in line
    assert "SignatureDoesNotMatch" in line
    assert wrong.secret_key not in done.stderr


@pytest.mark.parametrize("missing", SEVEN_ACTIONS)
def test_a_missing_permission_is_named(missing, account, discover, output):
    keys = account.create_user([action for action in SEVEN_ACTIONS if action != missing])
    args = ["-config.cluster", "batch"] if missing == CALLED_WITH_A_CLUSTER else []

    done = discover(["-config.write-to", output, *args], account.environment(keys))

    assert (done.status, output.exists()) == (1, False)
    assert any(missing in line for line in done.problems), done.stderr


def test_a_role_that_may_not_be_assumed_is_named(account, discover, output):
    role = account.create_role("forbidden", SEVEN_ACTIONS)
    keys = account.create_user(SEVEN_ACTIONS)  # sts:AssumeRole is not among them

    done = discover(
        ["-config.role-arn", role, "-config.write-to", output], account.environment(keys)
    )

    assert (done.status, output.exists()) == (1, False)
    line = done.only_problem()
    assert role in line
    assert "sts:AssumeRole" in line


def test_an_unknown_cluster_is_named(account, discover, output):
    keys = account.create_user(SEVEN_ACTIONS)

    done = discover(
        ["-config.cluster", "nowhere", "-config.write-to", output], account.environment(keys)
    )

    assert (done.status, output.exists()) == (1, False)
    assert "nowhere" in done.only_problem()


# --- roles of a profile that are assumed one with the other -------------------------------------


@pytest.fixture
def chain(account, tmp_path):
    """chain(middle, last, keys) -> an environment in whose profile [default] `last` is assumed with
    `middle`, and that with the keys."""

    def build(middle: str, last: str, keys: Keys, more: str = "") -> dict[str, str]:
        config = tmp_path / "config"
        config.write_text(
            f"[default]\nrole_arn = {last}\nsource_profile = middle\n{more}"
            f"[profile middle]\nrole_arn = {middle}\nsource_profile = base\n"
        )
        shared = tmp_path / "credentials"
        shared.write_text(
            f"[base]\naws_access_key_id = {keys.access_key}\n"
            f"aws_secret_access_key = {keys.secret_key}\n"
        )
        shared.chmod(0o600)
        files = {"AWS_CONFIG_FILE": str(config), "AWS_SHARED_CREDENTIALS_FILE": str(shared)}
        return account.environment(Keys("", "")) | files

    return build


@pytest.fixture(scope="module")
def middle(account):
    """A role that may do nothing but assume others."""
    return account.create_role("middle", ["sts:AssumeRole"])


@pytest.fixture(scope="module")
def last(account):
    """A role that may do all that discovery needs."""
    return account.create_role("last", SEVEN_ACTIONS)


def test_a_chain_of_roles_finds_every_target(
    account, middle, last, chain, expected, discover, output
):
    keys = account.create_user(["sts:AssumeRole"], resource=middle)  # not the last one

    done = discover(["-config.write-to", output], chain(middle, last, keys))

    assert (done.status, done.problems) == (0, [])
    assert as_multiset(read_groups(output)) == expected_multiset(expected)


def test_a_role_of_the_command_line_is_assumed_with_the_chain_of_the_profile(
    account, middle, chain, expected, discover, output
):
    second = account.create_role("second", ["sts:AssumeRole"])
    third = account.create_role("third", SEVEN_ACTIONS)
    keys = account.create_user(["sts:AssumeRole"], resource=middle)

    done = discover(
        ["-config.role-arn", third, "-config.write-to", output], chain(middle, second, keys)
    )

    assert (done.status, done.problems) == (0, [])
    assert as_multiset(read_groups(output)) == expected_multiset(expected)


def test_a_link_of_the_chain_that_may_not_be_assumed_is_named(
    account, last, chain, discover, output
):
    powerless = account.create_role("powerless", SEVEN_ACTIONS)  # without sts:AssumeRole
    keys = account.create_user(["sts:AssumeRole"], resource=powerless)

    done = discover(["-config.write-to", output], chain(powerless, last, keys))

    assert (done.status, output.exists()) == (1, False)
    assert last in done.only_problem()
    assert "sts:AssumeRole" in done.only_problem()


def test_the_keys_at_the_beginning_of_a_chain_are_checked(
    account, middle, last, chain, discover, output
):
    keys = account.create_user(["sts:AssumeRole"], resource=middle)
    wrong = Keys(keys.access_key, "not-the-secret-of-this-key")

    done = discover(["-config.write-to", output], chain(middle, last, wrong))

    assert (done.status, output.exists()) == (1, False)
    assert middle in done.only_problem()
    assert "SignatureDoesNotMatch" in done.only_problem()
    assert wrong.secret_key not in done.stderr


def test_the_session_of_a_chain_has_the_name_of_the_profile(
    account, middle, last, chain, environment, tmp_path
):
    keys = account.create_user(["sts:AssumeRole"], resource=middle)
    env = environment(chain(middle, last, keys, "role_session_name = scout\n"))

    done = run(["doctor", "--json"], env, cwd=tmp_path)

    identity = [check["text"] for check in json.loads(done.stdout) if check["name"] == "identity"]
    assert identity == [last.replace(":iam:", ":sts:").replace(":role/", ":assumed-role/") + "/scout"]


def assume(account: MotoAccount, role: str) -> Keys:
    keys = account.create_user(["sts:AssumeRole"], resource=role)
    answer = account.client("sts", keys).assume_role(RoleArn=role, RoleSessionName="test")
    session = answer["Credentials"]
    return Keys(session["AccessKeyId"], session["SecretAccessKey"], session["SessionToken"])
