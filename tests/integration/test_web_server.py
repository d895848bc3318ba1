"""The web server: configuration, TLS, logins, and requests that nobody should send."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import socket
import ssl
import subprocess
import time
from pathlib import Path

import pytest
from discovery_process import COMPLETE, REFRESHED
from waiting import wait_until
from web_certificates import Authority

# bcrypt of "s3cret", at the lowest cost.
HASH = "$2b$04$7AbzTDkZsXT.n9EeXYkocuNYFg9w3xPukSAU6F984PgHCsbma6Cn."


def login(user: str, password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


@pytest.fixture
def configured(plain_sim, start_web, tmp_path):
    """configured(text) -> the program with this web configuration, listening."""

    def start(text: str):
        (tmp_path / "web.yml").write_text(text)
        return start_web(plain_sim, ["-web.config.file", tmp_path / "web.yml"])

    return start


def test_no_port_is_opened_without_the_flag(plain_sim, start_daemon, output):
    daemon = start_daemon(["-config.write-to", output], plain_sim.environment())
    daemon.wait_for(COMPLETE)

    sockets = {each.split()[1] for each in _listening_of(daemon.process.pid)}
    assert sockets == set()


def _listening_of(pid: int) -> list[str]:
    """The lines of /proc/net/tcp that are listening sockets of `pid`."""
    own = set()
    for fd in (Path("/proc") / str(pid) / "fd").iterdir():
        try:
            own.add(str(fd.readlink()))
        except OSError:
            continue
    lines = []
    for table in ("tcp", "tcp6"):
        for line in (Path("/proc/net") / table).read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and f"socket:[{fields[9]}]" in own:
                lines.append(line)
    return lines


def test_an_address_in_use_ends_the_program(plain_sim, discover, output):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        address = f"127.0.0.1:{listener.getsockname()[1]}"
        flags = ["-config.write-to", output, "-web.listen-address", address]
        done = discover(flags, plain_sim.environment())

    assert done.status == 4
    assert f"cannot listen at {address}: Address already in use" in done.only_problem()
    assert not (output).exists()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("basic_auth_user: {}", "line 1: basic_auth_user is no known key"),
        ("basic_auth_users: {ann: hunter2}", "basic_auth_users.ann is no bcrypt hash"),
        ("tls_server_config: {cert_file: no.crt, key_file: no.key}", "no.crt cannot be read"),
    ],
)
def test_a_wrong_configuration_ends_the_program(text, reason, plain_sim, discover, tmp_path, output):
    (tmp_path / "web.yml").write_text(text)
    flags = ["-config.write-to", output, "-web.listen-address", "127.0.0.1:0"]
    done = discover([*flags, "-web.config.file", tmp_path / "web.yml"], plain_sim.environment())

    assert done.status == 2
    assert reason in done.only_problem()
    assert "hunter2" not in done.stderr


def test_only_users_come_in(configured, tmp_path):
    web = configured(f"basic_auth_users: {{ann: {HASH}}}")

    statuses = {
        "nobody": web.get("/sd").status,
        "wrong": web.get("/-/healthy", headers=login("ann", "wrong")).status,
        "ann": web.get("/-/healthy", headers=login("ann", "s3cret")).status,
    }
    (tmp_path / "web.yml").write_text(f"basic_auth_users: {{bob: {HASH}}}")
    web.wait_for_status("/-/healthy", 200, headers=login("bob", "s3cret"))

    assert statuses == {"nobody": 401, "wrong": 401, "ann": 200}
    assert web.get("/-/healthy", headers=login("ann", "s3cret")).status == 401
    assert "s3cret" not in web.daemon.stderr


def trusting(authority, client=None) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(authority.file))
    if client:
        context.load_cert_chain(*map(str, client))
    return context


def test_tls_with_a_certificate_that_is_renewed(configured, tmp_path):
    authority = Authority(tmp_path, "ca")
    authority.for_server()
    web = configured("tls_server_config: {cert_file: server.crt, key_file: server.key}")
    port = int(web.url.rsplit(":", 1)[1])
    assert web.get("/-/healthy", context=trusting(authority)).status == 200
    first = ssl.get_server_certificate(("127.0.0.1", port))

    authority.for_server()

    wait_until(
        lambda: ssl.get_server_certificate(("127.0.0.1", port)) != first, "the new certificate"
    )
    assert web.get("/-/healthy", context=trusting(authority)).status == 200


def test_tls_1_1_is_refused(configured, tmp_path):
    authority = Authority(tmp_path, "ca")
    authority.for_server()
    web = configured("tls_server_config: {cert_file: server.crt, key_file: server.key}")
    context = trusting(authority)
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = ssl.TLSVersion.TLSv1
    context.maximum_version = ssl.TLSVersion.TLSv1_1

    with pytest.raises(OSError):
        web.get("/-/healthy", context=context)


def refuses(web, context) -> bool:
    try:
        web.get("/-/healthy", context=context)
    except OSError:
        return True
    return False


def test_clients_without_a_certificate_of_the_ca_stay_out(configured, tmp_path):
    authority = Authority(tmp_path, "ca")
    others = Authority(tmp_path, "others")
    authority.for_server()
    web = configured(
        "tls_server_config: {cert_file: server.crt, key_file: server.key, client_ca_file: ca.crt, "
        "client_auth_type: RequireAndVerifyClientCert}"
    )

    known = trusting(authority, authority.for_client())
    assert web.get("/-/healthy", context=known).status == 200
    assert refuses(web, trusting(authority))
    assert refuses(web, trusting(authority, others.for_client("stranger")))
    assert refuses(web, trusting(authority, authority.for_server("no-client")))


def test_a_client_certificate_may_be_missing_but_not_wrong(configured, tmp_path):
    authority = Authority(tmp_path, "ca")
    others = Authority(tmp_path, "others")
    authority.for_server()
    web = configured(
        "tls_server_config: {cert_file: server.crt, key_file: server.key, client_ca_file: ca.crt, "
        "client_auth_type: VerifyClientCertIfGiven}"
    )

    assert web.get("/-/healthy", context=trusting(authority)).status == 200
    assert web.get("/-/healthy", context=trusting(authority, authority.for_client())).status == 200
    stranger = trusting(authority, others.for_client("stranger"))
    # The server names its CA, so a client may send nothing; make it send.
    stranger.maximum_version = ssl.TLSVersion.TLSv1_2
    assert refuses(web, stranger)


def test_prometheus_comes_in_with_tls_and_a_login(configured, start_prometheus, tmp_path):
    authority = Authority(tmp_path, "ca")
    authority.for_server()
    web = configured(
        "tls_server_config: {cert_file: server.crt, key_file: server.key}\n"
        f"basic_auth_users: {{prometheus: {HASH}}}\n"
    )
    prometheus = start_prometheus(f"""
scrape_configs:
  - job_name: ecs
    http_sd_configs:
      - url: {web.url}/sd
        refresh_interval: 1s
        tls_config: {{ca_file: '{authority.file}'}}
        basic_auth: {{username: prometheus, password: s3cret}}
""")

    wait_until(prometheus.active_targets, "targets")


def test_a_refresh_can_be_asked_for_where_that_is_enabled(plain_sim, start_web):
    refused = start_web(plain_sim).get("/-/refresh", method="POST")
    web = start_web(plain_sim, ["-web.enable-lifecycle"]).wait_until_ready()
    count = web.refreshes()

    accepted = web.get("/-/refresh", method="POST")

    assert (refused.status, accepted.status) == (403, 202)
    wait_until(lambda: web.refreshes() > count, "another refresh", seen=web.refreshes)


def test_it_becomes_unhealthy_when_nothing_can_be_read(sim, start_web):
    sim.set_faults("ListClusters:denied")
    web = start_web(sim, ["-config.scrape-interval", "200ms", "-web.unhealthy-after", "1s"])

    web.wait_for_status("/-/healthy", 503)
    assert web.get("/-/ready").status == 503
    sim.set_faults()
    web.wait_for_status("/-/healthy", 200)


def test_what_strangers_send_forges_no_log_line(plain_sim, start_web):
    web = start_web(plain_sim, ["-log.level", "debug"])
    forged = b'GET /x%0Alevel=error%0Ats=2026 HTTP/1.1\r\nHost: x\r\nX: \n a\r\nlevel=error msg="forged"\r\n\r\n'
    for bytes_sent in (forged, b"\x00\xff\n\nlevel=error msg=forged\n\n", b"GET / HTTP/9.9\r\n\r\n"):
        with web.connect() as connection:
            connection.sendall(bytes_sent)
            connection.settimeout(0.5)
            try:
                connection.recv(4096)
            except OSError:
                pass

    assert web.get("/-/healthy").status == 200
    assert web.daemon.problems == []


@pytest.mark.parametrize("target", ["/../../etc/passwd", "/%2e%2e/sd", "/sd%00", "//sd", "/static/../sd"])
def test_other_paths_lead_nowhere(target, plain_sim, start_web):
    web = start_web(plain_sim)
    with web.connect() as connection:
        connection.sendall(f"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        answer = b"".join(iter(lambda: connection.recv(65536), b""))

    assert answer.startswith(b"HTTP/1.1 404")


def test_connections_leave_descriptors_to_the_refreshes(plain_sim, start_web):
    """They took all that there were: new calls had none, and a thread ran in circles to accept more."""
    few = ["prlimit", "--nofile=90"]
    web = start_web(plain_sim, ["-config.scrape-interval=1s"], file="", prefix=few)
    web.wait_until_ready()
    with contextlib.ExitStack() as connections:
        for _ in range(120):
            connections.enter_context(web.connect())
        web.daemon.wait_for(REFRESHED, len(web.daemon.lines(REFRESHED)) + 3)
        taken = len(list(Path(f"/proc/{web.daemon.process.pid}/fd").iterdir()))

    assert taken <= 70
    assert web.daemon.problems == []


def test_it_holds_under_load_while_it_refreshes(start_sim, start_web):
    sim = start_sim("--seed", 5, "--clusters", 2, "--tasks", 500)
    web = start_web(sim, ["-config.scrape-interval", "300ms", "-web.enable-lifecycle"])
    web.wait_until_ready()
    before = web.refreshes()

    done = subprocess.run(
        ["wrk", "-t2", "-c32", "-d3", "--timeout", "60s", "-H", "Accept-Encoding: gzip", web.url + "/sd"],
        capture_output=True, text=True, timeout=60, check=True,
    )

    assert "Non-2xx" not in done.stdout and "Socket errors" not in done.stdout, done.stdout
    wait_until(lambda: web.refreshes() > before, "a refresh", seen=web.refreshes)
    assert len(json.loads(web.get("/sd").body)) > 300
    assert web.metric("process_threads") < 20
    # A sanitizer that has found something ends the program with another status.
    assert web.daemon.stop() == 0


@pytest.mark.parametrize("kind", ["fifo", "directory", "device"])
@pytest.mark.parametrize("which", ["web.yml", "server.key"])
def test_what_is_no_regular_file_ends_the_program(which, kind, plain_sim, discover, tmp_path, output):
    """Opening a FIFO used to wait for a writer, before anything was listened at."""
    Authority(tmp_path, "ca").for_server()
    (tmp_path / "web.yml").write_text(
        "tls_server_config: {cert_file: server.crt, key_file: server.key}"
    )
    replace_by(kind, tmp_path / which)
    flags = ["-config.write-to", output, "-web.listen-address", "127.0.0.1:0"]
    done = discover([*flags, "-web.config.file", tmp_path / "web.yml"], plain_sim.environment())

    assert done.status == 2
    assert f"{tmp_path / which} cannot be read: it is a" in done.only_problem()


def replace_by(kind: str, path: Path) -> None:
    path.unlink()
    if kind == "fifo":
        os.mkfifo(path)
    elif kind == "directory":
        path.mkdir()
    else:
        path.symlink_to("/dev/zero")


@pytest.mark.parametrize("which", ["web.yml", "server.key", "server.crt"])
def test_a_fifo_in_place_of_a_file_holds_up_no_request(which, configured, tmp_path):
    authority = Authority(tmp_path, "ca")
    authority.for_server()
    web = configured("tls_server_config: {cert_file: server.crt, key_file: server.key}")

    replace_by("fifo", tmp_path / which)

    web.daemon.wait_for("it is a FIFO")
    assert web.get("/-/healthy", context=trusting(authority)).status == 200


def test_only_hosts_that_are_allowed_are_answered(plain_sim, start_web):
    web = start_web(plain_sim, ["-web.allowed-hosts", "ecs.example.org,[::1]:8080"])

    def status(host: str, path: str = "/-/healthy") -> int:
        return web.get(path, headers={"Host": host}).status

    assert status("ecs.example.org") == status("ECS.example.org.:9090") == status("[::1]:8080") == 200
    assert status("evil.example") == status("evil.example", "/sd") == status("[::1]") == 421
    assert web.get("/-/healthy").status == 421


def test_a_wrong_list_of_hosts_ends_the_program(plain_sim, discover, output):
    flags = ["-config.write-to", output, "-web.listen-address", "127.0.0.1:0"]
    done = discover([*flags, "-web.allowed-hosts", "*.example.org"], plain_sim.environment())

    assert done.status == 2
    assert "is not a host; write each as ecs.example.org, 10.0.0.5:8080" in done.only_problem()


def test_pages_of_other_sites_cannot_ask_for_a_refresh(plain_sim, start_web):
    web = start_web(plain_sim, ["-web.enable-lifecycle"])

    def status(origin: str) -> int:
        return web.get("/-/refresh", method="POST", headers={"Origin": origin}).status

    assert status("http://evil.example") == status("null") == status("http://127.0.0.1:1") == 403
    assert status(web.url) == 202


@pytest.mark.parametrize("key", ["rsa", "ec"])
def test_every_key_exchange_has_forward_secrecy(key, configured, tmp_path):
    """AES256-SHA and its kind were taken: whoever gets the key could read what was recorded."""
    authority = Authority(tmp_path, "ca")
    authority.for_server(key=key)
    web = configured("tls_server_config: {cert_file: server.crt, key_file: server.key}")

    def context(ciphers: str) -> ssl.SSLContext:
        made = trusting(authority)
        made.maximum_version = ssl.TLSVersion.TLSv1_2
        made.set_ciphers(ciphers)
        return made

    assert refuses(web, context("kRSA:@SECLEVEL=0"))
    assert web.get("/-/healthy", context=context("ECDHE")).status == 200
    assert web.get("/-/healthy", context=trusting(authority)).status == 200


def test_it_waits_where_it_has_no_descriptors(plain_sim, start_web):
    """Two cores were burnt by trying to accept without a pause."""
    if "asan" in os.environ["ECSD_BUILD"]:
        pytest.skip("UBSan needs descriptors to look at objects, and ends the program without")
    few = ["prlimit", "--nofile=24"]
    web = start_web(plain_sim, ["-config.scrape-interval=1h"], file="", prefix=few)
    web.wait_until_ready()
    subprocess.run(["prlimit", "--pid", str(web.daemon.process.pid), "--nofile=8:"], check=True)
    begun = time.monotonic()
    with contextlib.ExitStack() as connections:
        for _ in range(12):
            connections.enter_context(web.connect())
        web.daemon.wait_for("another connection")
        wait_until(lambda: cores_in_use(web.daemon.process.pid) < 0.05, "a quiet moment")
    subprocess.run(["prlimit", "--pid", str(web.daemon.process.pid), "--nofile=24:"], check=True)

    minutes = (time.monotonic() - begun) // 60
    assert 1 <= web.daemon.stderr.count("another connection") <= 1 + minutes
    assert web.get("/-/healthy").status == 200


def cores_in_use(pid: int) -> float:
    """Over the next two seconds. What accepts without a pause never has a quiet moment."""
    cpu, wall = cpu_seconds(pid), time.monotonic()
    time.sleep(2)
    return (cpu_seconds(pid) - cpu) / (time.monotonic() - wall)


def cpu_seconds(pid: int) -> float:
    fields = (Path("/proc") / str(pid) / "stat").read_text().rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@pytest.mark.parametrize("stranger", ["127.0.0.2", "127.0.0.1"])
def test_wrong_logins_do_not_hold_off_the_first_right_one(stranger, configured):
    """While two wrong ones were being checked, every other login got 503."""
    slow = "$2b$10$" + HASH[7:]  # another cost, so the hash of no password
    web = configured(f"basic_auth_users: {{ann: {HASH}, slow: {slow}}}")
    with contextlib.ExitStack() as connections:
        for i in range(20):
            wrong = web.connect(stranger)
            connections.enter_context(wrong)
            header = login("slow", f"wrong{i}")["Authorization"]
            wrong.sendall(f"GET /sd HTTP/1.1\r\nHost: x\r\nAuthorization: {header}\r\n\r\n".encode())

        assert web.get("/-/healthy", headers=login("ann", "s3cret")).status == 200


@pytest.mark.parametrize(
    ("header", "status"),
    [
        (b"X: a\0b", b"400"),
        (b"X\0Y: a", b"400"),
        (b"Transfer-Encoding: gzip, chunked", b"501"),
        (b"Transfer-Encoding: identity", b"400"),
        (b"Transfer-Encoding : chunked", b"400"),
    ],
)
def test_what_others_could_read_in_another_way_is_refused(header, status, configured, tmp_path):
    authority = Authority(tmp_path, "ca")
    authority.for_server()
    web = configured("tls_server_config: {cert_file: server.crt, key_file: server.key}")
    with web.connect() as plain:
        with trusting(authority).wrap_socket(plain, server_hostname="127.0.0.1") as connection:
            connection.sendall(b"POST /-/refresh HTTP/1.1\r\nHost: x\r\n" + header + b"\r\n\r\n0\r\n\r\n")
            answer = b"".join(iter(lambda: connection.recv(65536), b""))

    assert answer.startswith(b"HTTP/1.1 " + status)
    assert answer.count(b"HTTP/1.1 ") == 1
