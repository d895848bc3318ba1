"""A real proxy in the way: what goes through it, and what never does."""

from __future__ import annotations

import bad_network
import pytest
from certificates import Authority
from stunnel import Stunnel
from tinyproxy import Tinyproxy

pytestmark = pytest.mark.output("targets.json")


@pytest.fixture
def sim(start_sim, authority, data):
    """HTTPS for the APIs, HTTP for the metadata service."""
    flags = authority.issue("localhost", "127.0.0.1").flags
    account = ["--account", data / "account-plain.json"]
    return start_sim(*account, *flags, "--plain-listen", "127.0.0.1:0")


@pytest.fixture
def start_proxy(tmp_path):
    started: list[Tinyproxy] = []

    def start(login: str = "") -> Tinyproxy:
        started.append(Tinyproxy(tmp_path, login))
        return started[-1]

    yield start
    for proxy in started:
        proxy.stop()


@pytest.fixture
def start_secure_proxy(start_proxy, tmp_path):
    """start_secure_proxy(identity) -> a proxy, and the https:// URL at which it can be had."""
    started: list[Stunnel] = []

    def start(identity):
        proxy = start_proxy()
        started.append(Stunnel(tmp_path, identity, proxy.port))
        return proxy, f"https://127.0.0.1:{started[-1].port}"

    yield start
    for front in started:
        front.stop()


@pytest.fixture
def instance(sim, authority):
    """An EC2 instance: keys and region by its metadata service, calls over TLS."""
    return {
        "AWS_ENDPOINT_URL": sim.url,
        "AWS_EC2_METADATA_SERVICE_ENDPOINT": sim.plain_urls[0],
        "AWS_METADATA_SERVICE_TIMEOUT": "20",
        "AWS_CA_BUNDLE": str(authority.bundle),
    }


def tunnel(sim) -> str:
    return f"CONNECT {sim.url.removeprefix('https://')} HTTP/1.1"


def both_cases(name: str, value: str) -> dict[str, str]:
    return {name: value, name.lower(): value}


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy"])
def test_calls_go_through_the_proxy_and_metadata_does_not(
    variable, sim, start_proxy, instance, discover, output
):
    proxy = start_proxy()
    env = instance | both_cases("HTTP_PROXY", proxy.url) | {variable: proxy.url}
    done = discover(["-config.write-to", output], env)
    assert (done.status, done.problems) == (0, [])
    calls = sim.calls()
    assert calls["MetadataCredentials"] == 1 and calls["ListClusters"] == 1
    assert set(proxy.requests()) == {tunnel(sim)}


def test_no_container_endpoint_goes_through_the_proxy(
    sim, start_proxy, instance, discover, output
):
    proxy = start_proxy()
    env = instance | both_cases("HTTP_PROXY", proxy.url) | both_cases("HTTPS_PROXY", proxy.url)
    uri = sim.plain_urls[0] + "/v2/credentials/any"
    more = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": uri, "AWS_REGION": "us-east-1"}
    done = discover(["-config.write-to", output], env | more)
    assert (done.status, done.problems) == (0, [])
    assert sim.calls()["ContainerCredentials"] == 1
    assert set(proxy.requests()) == {tunnel(sim)}


@pytest.mark.parametrize("excepted", ["127.0.0.1", "127.0.0.0/8", "example.org,127.0.0.1", "*"])
@pytest.mark.parametrize("variable", ["NO_PROXY", "no_proxy"])
def test_hosts_of_no_proxy_are_called_directly(
    variable, excepted, start_proxy, instance, discover, output
):
    proxy = start_proxy()
    done = discover(
        ["-config.write-to", output],
        instance | {"HTTPS_PROXY": proxy.url, variable: excepted},
    )
    assert (done.status, done.problems, proxy.requests()) == (0, [], [])


def test_other_hosts_of_no_proxy_change_nothing(sim, start_proxy, instance, discover, output):
    proxy = start_proxy()
    env = instance | {"HTTPS_PROXY": proxy.url, "NO_PROXY": "example.org,10.0.0.0/8"}
    done = discover(["-config.write-to", output], env)
    assert (done.status, set(proxy.requests())) == (0, {tunnel(sim)})


def test_plain_endpoints_have_the_proxy_for_http(sim, start_proxy, instance, discover, output):
    proxy = start_proxy()
    plain = {"AWS_ENDPOINT_URL": sim.plain_urls[0], "HTTP_PROXY": proxy.url}
    done = discover(["-config.write-to", output], instance | plain)
    assert (done.status, done.problems) == (0, [])
    address = sim.plain_urls[0]
    assert set(proxy.requests()) == {f"POST {address}/ HTTP/1.1"}


def test_a_proxy_that_wants_a_login_gets_it_and_nobody_else_does(
    start_proxy, instance, discover, output
):
    proxy = start_proxy(login="user:sesame-open")
    address = proxy.url.removeprefix("http://")
    env = instance | {"HTTPS_PROXY": f"http://user:sesame-open@{address}"}
    done = discover(["-log.level=debug", "-config.write-to", output], env)
    assert (done.status, done.problems) == (0, [])
    assert "sesame-open" not in done.stderr
    wrong = discover(
        ["-log.level=debug", "-config.write-to", output],
        instance | {"HTTPS_PROXY": f"http://user:sesame-shut@{address}"},
    )
    assert wrong.status == 1
    problem = wrong.only_problem()
    said = f"the proxy of HTTPS_PROXY, {address}, refuses the login (HTTP status 401); write it as "
    assert said in problem
    assert "sesame-shut" not in wrong.stderr


@pytest.mark.parametrize(
    "status, said",
    [
        (407, "refuses the login (HTTP status 407); write it as http://USER:PASSWORD@HOST:PORT"),
        (403, "does not let the call through (HTTP status 403); allow this host there"),
    ],
)
def test_a_proxy_that_refuses_a_tunnel_is_named(status, said, instance, discover, output):
    with bad_network.answering(b"no", "text/plain", status) as proxy:
        env = instance | {"HTTPS_PROXY": proxy, "AWS_REGION": "us-east-1"}
        problem = discover(["-config.write-to", output], env).only_problem()
    assert f"the proxy of HTTPS_PROXY, {proxy}, {said}" in problem


def test_a_proxy_for_plain_endpoints_that_wants_a_login_is_named(
    sim, instance, discover, output
):
    with bad_network.answering(b"who?", "text/plain", 407) as proxy:
        env = instance | {"AWS_ENDPOINT_URL": sim.plain_urls[0], "HTTP_PROXY": proxy}
        problem = discover(["-config.write-to", output], env).only_problem()
    assert f"the proxy of HTTP_PROXY, {proxy}, refuses the login (HTTP status 407)" in problem


def test_a_proxy_that_is_not_there_is_named(sim, instance, discover, output):
    done = discover(
        ["-config.write-to", output], instance | {"HTTPS_PROXY": "http://127.0.0.1:1"}
    )
    assert (done.status, output.exists()) == (1, False)
    assert "127.0.0.1 port 1" in done.only_problem()
    assert sim.calls().get("ListClusters") is None


def test_a_proxy_url_that_is_none_does_not_give_its_login_away(instance, discover, output):
    env = instance | {"HTTPS_PROXY": "http://user:sesame/shut-up@127.0.0.1:1", "AWS_REGION": "us-east-1"}
    done = discover(["-log.level=debug", "-config.write-to", output], env)
    assert done.status == 1
    assert "the proxy of the environment is none that can be used" in done.only_problem()
    assert "sesame" not in done.stderr
    assert "shut-up" not in done.stderr


def test_a_proxy_spoken_to_over_tls(
    sim, start_secure_proxy, authority, instance, discover, output
):
    proxy, url = start_secure_proxy(authority.issue("127.0.0.1"))
    done = discover(["-config.write-to", output], instance | {"HTTPS_PROXY": url})
    assert (done.status, done.problems) == (0, [])
    assert set(proxy.requests()) == {tunnel(sim)}


def test_a_proxy_of_an_authority_nobody_knows_is_refused(
    start_secure_proxy, tmp_path, instance, discover, output
):
    other = Authority(tmp_path, "theirs")
    proxy, url = start_secure_proxy(other.issue("127.0.0.1"))
    env = instance | {"HTTPS_PROXY": url, "AWS_REGION": "us-east-1"}
    done = discover(["-config.write-to", output], env)
    assert (done.status, output.exists(), proxy.requests()) == (1, False, [])
    assert "AWS_CA_BUNDLE" in done.only_problem()


def test_a_server_of_an_authority_nobody_knows_is_refused_behind_a_proxy_over_tls(
    start_sim, start_secure_proxy, authority, tmp_path, instance, discover, output, data
):
    stranger = Authority(tmp_path, "theirs").issue("127.0.0.1")
    sim = start_sim("--account", data / "account-plain.json", *stranger.flags)
    proxy, url = start_secure_proxy(authority.issue("127.0.0.1"))
    env = instance | {"HTTPS_PROXY": url, "AWS_ENDPOINT_URL": sim.url, "AWS_REGION": "us-east-1"}
    done = discover(["-config.write-to", output], env)
    assert (done.status, output.exists()) == (1, False)
    assert set(proxy.requests()) == {tunnel(sim)}
    assert "AWS_CA_BUNDLE" in done.only_problem()
