"""Settings that cannot work end the program at once, with what is wrong and where it was said."""

from __future__ import annotations

import os

import pytest
from discovery_process import run

CLUSTER = "arn:aws:ecs:{}:{}:cluster/cluster-000"


@pytest.fixture
def start(plain_sim, environment, tmp_path):
    """start(flags, variables) -> one finished run with the plain account."""

    def finish(flags=(), variables=None, command=(), **options):
        flags = [*command, "-config.write-to", tmp_path / "targets.yml", *flags]
        if not command:
            flags.append("-config.scrape-times=1")
        return run(flags, environment(plain_sim.environment(), variables or {}), **options)

    return finish


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (
            ["-config.cluster", CLUSTER.format("eu-west-1", "123456789012")],
            "the cluster is in eu-west-1, but the region is us-east-1 (AWS_REGION)",
        ),
        (
            [
                *["-config.cluster", CLUSTER.format("us-east-1", "222222222222")],
                *["-config.role-arn", "arn:aws:iam::123456789012:role/r"],
            ],
            "the cluster is in account 222222222222, but the credentials are of account "
            "123456789012 (-config.role-arn)",
        ),
        (["-config.cluster", "a,b"], "one cluster only"),
        (["-config.cluster", "prod.eu"], "not the name of an ECS cluster"),
        (["-aws.region", "us-east-1a"], "looks like an availability zone; use us-east-1"),
    ],
)
def test_a_cluster_or_region_that_cannot_work_ends_with_status_2(flags, said, start):
    done = start(flags, {"AWS_REGION": "us-east-1"})
    assert done.status == 2
    assert said in done.only_problem().replace('\\"', '"')
    if "config.cluster" in flags[0] and "only" not in said and "name" not in said:
        examined = start(flags, {"AWS_REGION": "us-east-1"}, command=["doctor"])
        assert examined.status == 2
        assert said in examined.only_problem()


def test_doctor_checks_the_account_and_the_existence_of_the_cluster(start):
    region = {"AWS_REGION": "us-east-1"}
    for cluster, said in [
        (CLUSTER.format("us-east-1", "222222222222"), "the cluster is in account 222222222222"),
        ("nowhere", "FAIL  cluster"),
    ]:
        done = start(["-config.cluster", cluster], region, command=["doctor"])
        assert done.status == 1
        assert said in done.stdout


def test_the_last_of_a_repeated_flag_wins_with_a_warning(start):
    done = start(["-config.cluster", "first", "-config.cluster", "cluster-000"])
    (line,) = [each for each in done.problems if "more than once" in each]
    assert "flag=-config.cluster value=cluster-000" in line
    assert "one cluster only" in line


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-16-le"])
@pytest.mark.parametrize("variable", ["AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"])
def test_a_shared_file_in_utf_16_is_named(variable, encoding, start, tmp_path):
    path = tmp_path / "file"
    path.write_bytes("[default]\r\naws_access_key_id = AKIA\r\n".encode(encoding))
    done = start(variables={variable: str(path)})
    assert done.status == 2
    assert f"{path}: is UTF-16; save it as UTF-8" in done.only_problem()


def test_a_file_that_only_its_owner_can_read_gets_a_warning(start, tmp_path):
    def hide():
        os.umask(0o077)

    done = start(preexec=hide)
    assert done.status == 0
    assert "its mode is 0600, so Prometheus running as another user cannot" in done.only_problem()
    examined = start(command=["doctor"])
    assert examined.status == 0
    assert "warn  output" in examined.stdout
    assert "chmod 644" in examined.stdout
