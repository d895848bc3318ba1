"""`healthcheck` against the running program: docs/running.md."""

from __future__ import annotations

import socket

import processes
import pytest
from discovery_process import run
from test_web_server import HASH
from web_certificates import Authority


@pytest.fixture
def check(environment):
    """check(*args) -> one finished health check."""

    def start(*args: object, **variables: str):
        return run(["healthcheck", *args], environment(variables), timeout=60)

    return start


def complaint(done) -> str:
    """What a failed check says, in its one line."""
    assert (done.status, done.stdout) == (1, ""), done.stderr
    (line,) = done.stderr.splitlines()
    return line


def assert_healthy(done) -> None:
    assert (done.status, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("host", ["127.0.0.1", "", "0.0.0.0", "localhost"])
def test_a_healthy_program(host, plain_sim, start_web, check):
    address = f"{host}:{processes.free_port()}"
    start_web(plain_sim, listen=address)
    assert_healthy(check(f"-web.listen-address={address}"))


@pytest.mark.parametrize("host", ["[::1]", "[::]", ""])
def test_a_healthy_program_by_ipv6(host, plain_sim, start_web, check):
    if not socket.has_ipv6:
        pytest.skip("no IPv6 here")
    port = processes.free_port()
    start_web(plain_sim, listen=f"{host}:{port}")
    assert_healthy(check(f"-web.listen-address={host}:{port}"))
    assert_healthy(check(f"http://[::1]:{port}"))


def test_a_program_that_reads_nothing_for_long(start_sim, start_web, check):
    sim = start_sim("--seed", 1, "--tasks", 5)
    sim.set_faults("ListClusters:denied")
    web = start_web(sim, ["-config.scrape-interval=100ms", "-web.unhealthy-after=1s"])
    web.wait_for_status("/-/healthy", 503)
    assert f"{web.url}/-/healthy: HTTP status 503: " in complaint(check(web.url))


def test_a_program_that_does_not_run(check):
    port = processes.free_port()
    said = complaint(check(f"-web.listen-address=:{port}"))
    assert f"http://127.0.0.1:{port}/-/healthy: " in said
    assert "connect" in said


def test_a_program_that_does_not_respond(check):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        done = check(f"http://127.0.0.1:{listener.getsockname()[1]}")
    assert "time" in complaint(done).lower()
    assert done.seconds >= 3


def test_no_proxy_is_asked(plain_sim, start_web, check):
    web = start_web(plain_sim)
    proxy = f"http://127.0.0.1:{processes.free_port()}"
    assert_healthy(check(web.url, http_proxy=proxy, HTTP_PROXY=proxy, ALL_PROXY=proxy))


@pytest.fixture
def configured(plain_sim, start_web, tmp_path):
    """configured(text) -> the flags of a program with this web configuration, which listens."""

    def start(text: str) -> tuple[list[str], str]:
        (tmp_path / "web.yml").write_text(text)
        address = f"127.0.0.1:{processes.free_port()}"
        flags = ["-web.config.file", str(tmp_path / "web.yml")]
        web = start_web(plain_sim, flags, listen=address)
        return ["-web.listen-address", address, *flags], web.url

    return start


TLS = "tls_server_config: {cert_file: server.crt, key_file: server.key}\n"


def test_tls_of_a_certificate_for_another_name(configured, check, tmp_path):
    Authority(tmp_path, "ca").for_server()
    flags, url = configured(TLS)
    assert url.startswith("https://")
    assert_healthy(check(*flags))


def test_a_given_url_is_verified(configured, check, tmp_path):
    Authority(tmp_path, "ca").for_server()
    _, url = configured(TLS)
    assert "certificate" in complaint(check(url))


def test_a_login(configured, check):
    flags, url = configured(f"basic_auth_users: {{ann: {HASH}}}\n")
    assert "set HEALTHCHECK_LOGIN=USER:PASSWORD" in complaint(check(*flags))
    assert_healthy(check(*flags, HEALTHCHECK_LOGIN="ann:s3cret"))
    assert_healthy(check(url.replace("//", "//ann:s3cret@")))
    wrong = complaint(check(*flags, HEALTHCHECK_LOGIN="ann:hunter2"))
    assert "HTTP status 401" in wrong
    assert "hunter2" not in wrong


def test_a_login_over_tls(configured, check, tmp_path):
    Authority(tmp_path, "ca").for_server()
    flags, _ = configured(f"{TLS}basic_auth_users: {{ann: {HASH}}}\n")
    assert_healthy(check(*flags, HEALTHCHECK_LOGIN="ann:s3cret"))


def test_allowed_hosts(plain_sim, start_web, check):
    address = f"127.0.0.1:{processes.free_port()}"
    hosts = "-web.allowed-hosts=ecs.example.org,10.0.0.5"
    start_web(plain_sim, [hosts], listen=address)
    assert_healthy(check(f"-web.listen-address={address}", hosts))
    assert "--web.allowed-hosts" in complaint(check(f"-web.listen-address={address}"))


@pytest.mark.parametrize(
    ("args", "reason"),
    [
        ([], "no address to ask"),
        (["-web.listen-address=:0"], "port 0"),
        (["127.0.0.1:8080"], "is not a URL"),
        (["http://a", "http://b"], "one URL only"),
        (["-web.listen-address=:8080", "-web.config.file=/nowhere/web.yml"], "/nowhere/web.yml"),
    ],
)
def test_nobody_to_ask(args, reason, check):
    done = check(*args)
    assert done.status == 2
    (line,) = done.stderr.splitlines()
    assert reason in line
