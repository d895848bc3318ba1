"""Endpoints over TLS: whose certificates are believed."""

from __future__ import annotations


import pytest
from certificates import Authority
from target_file import as_multiset, read_groups

pytestmark = pytest.mark.output("targets.json")

PLAIN = ["--plain-listen", "127.0.0.1:0"]  # for the control of the simulator
TLS_1_1 = "LEGACY:-VERS-ALL:+VERS-TLS1.1:+SIGN-RSA-SHA1:%VERIFY_ALLOW_SIGN_WITH_SHA1"


@pytest.fixture
def secure_sim(start_sim, authority, data):
    """secure_sim(identity, flags) -> a simulator that speaks HTTPS."""

    def start(identity=None, *flags):
        identity = identity or authority.issue("localhost", "127.0.0.1")
        return start_sim(
            "--account", data / "account-plain.json", *PLAIN, *identity.flags, *flags
        )

    return start


@pytest.fixture
def refused(discover, output):
    """refused(sim, env) -> the one complaint of a run that got nothing."""

    def run(sim, env) -> str:
        done = discover(["-config.write-to", output], sim.environment() | env)
        assert (done.status, output.exists(), sim.calls()) == (1, False, {})
        return done.only_problem()

    return run


def by_name(sim) -> dict[str, str]:
    return {"AWS_ENDPOINT_URL": sim.url.replace("127.0.0.1", "localhost")}


@pytest.mark.parametrize("name", [lambda sim: {}, by_name], ids=["address", "name"])
def test_the_bundle_of_the_environment_is_believed(
    name, secure_sim, authority, discover, output, plain_targets
):
    sim = secure_sim()
    env = sim.environment() | name(sim) | {"AWS_CA_BUNDLE": str(authority.bundle)}
    done = discover(["-config.write-to", output], env)
    assert (done.status, done.problems) == (0, [])
    assert as_multiset(read_groups(output)) == plain_targets


def test_the_bundle_of_the_profile_is_believed(
    secure_sim, authority, discover, output, tmp_path, plain_targets
):
    sim = secure_sim()
    config = tmp_path / "config"
    config.write_text(f"[default]\nca_bundle = {authority.bundle}\n")
    done = discover(
        ["-config.write-to", output], sim.environment() | {"AWS_CONFIG_FILE": str(config)}
    )
    assert (done.status, done.problems) == (0, [])
    assert as_multiset(read_groups(output)) == plain_targets


def test_an_authority_nobody_knows_is_refused(secure_sim, refused):
    assert "certificate" in refused(secure_sim(), {})


def test_another_bundle_is_of_no_use(secure_sim, refused, tmp_path):
    other = Authority(tmp_path, "theirs")
    assert "certificate" in refused(secure_sim(), {"AWS_CA_BUNDLE": str(other.bundle)})


@pytest.mark.parametrize("host", ["elsewhere.example", "127.0.0.2"])
def test_a_certificate_for_another_host_is_refused(host, secure_sim, authority, refused):
    sim = secure_sim(authority.issue(host))
    complaint = refused(sim, {"AWS_CA_BUNDLE": str(authority.bundle)})
    assert "127.0.0.1" in complaint
    assert "certificate" in complaint


def test_an_expired_certificate_is_refused(secure_sim, authority, refused):
    sim = secure_sim(authority.issue("localhost", "127.0.0.1", days=-1))
    assert "expired" in refused(sim, {"AWS_CA_BUNDLE": str(authority.bundle)})


def test_a_server_that_speaks_no_tls_1_2_is_refused(secure_sim, authority, refused):
    sim = secure_sim(None, "--tls.priorities", TLS_1_1)
    assert "SSL" in refused(sim, {"AWS_CA_BUNDLE": str(authority.bundle)})


@pytest.mark.parametrize("version", ["1.2", "1.3"])
def test_tls_1_2_and_later_are_spoken(version, secure_sim, authority, discover, output):
    sim = secure_sim(None, "--tls.priorities", f"NORMAL:-VERS-ALL:+VERS-TLS{version}")
    env = sim.environment() | {"AWS_CA_BUNDLE": str(authority.bundle)}
    done = discover(["-config.write-to", output], env)
    assert (done.status, done.problems) == (0, [])


def test_requests_larger_than_what_is_sent_at_once_arrive_whole(
    start_sim, authority, discover, output
):
    token = "T" * 8000  # beside the names of 100 tasks, about 9,800 bytes
    sim = start_sim(
        *["--seed", "1", "--tasks", "200", "--credentials", f"AKIDEXAMPLE:secret:{token}"],
        *[*PLAIN, *authority.issue("localhost", "127.0.0.1").flags],
    )
    env = sim.environment() | {
        "AWS_CA_BUNDLE": str(authority.bundle),
        "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_SESSION_TOKEN": token,
    }
    done = discover(["-config.write-to", output], env)
    assert (done.status, done.problems) == (0, [])
    assert sim.calls()["DescribeTasks"] == 2


def test_a_bundle_that_cannot_be_read_is_an_error_before_any_call(secure_sim, discover, output):
    sim = secure_sim()
    env = sim.environment() | {"AWS_CA_BUNDLE": "/nowhere/bundle.pem"}
    done = discover(["-config.write-to", output], env)
    assert (done.status, sim.calls()) == (2, {})
    assert "AWS_CA_BUNDLE" in done.only_problem()
    assert "/nowhere/bundle.pem" in done.only_problem()


def test_the_endpoint_of_a_container_may_be_another_host_over_tls(
    secure_sim, authority, discover, output
):
    sim = secure_sim()
    sim.set_token("container", "sesame")
    env = {
        "AWS_ENDPOINT_URL": sim.url,
        "AWS_REGION": "us-east-1",
        "AWS_CA_BUNDLE": str(authority.bundle),
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": sim.url + "/v2/credentials/any",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN": "sesame",
    }
    done = discover(["-config.write-to", output], env)
    assert (done.status, done.problems) == (0, [])
    assert sim.calls()["ContainerCredentials"] == 1
