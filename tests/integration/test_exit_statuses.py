"""What the exit status tells whatever starts the program again: docs/running.md. Status 3 is in
test_stuck.py."""

from __future__ import annotations

import os
import socket

import pytest
from discovery_process import run
from target_file import wait_for_file


@pytest.fixture
def finish(plain_sim, environment, tmp_path):
    """finish(*args) -> one run that ends by itself."""

    def start(*args: object, **options: object):
        flags = ["-config.write-to", tmp_path / "out.json", *args]
        return run(flags, environment(plain_sim.environment()), **options)

    return start


def test_0_a_complete_refresh(finish):
    assert finish("-config.scrape-times=1").status == 0


def test_1_the_last_refresh_failed(start_sim, discover, tmp_path):
    sim = start_sim("--seed", 1, "--tasks", 5)
    sim.set_faults("ListClusters:denied")
    done = discover(["-config.write-to", tmp_path / "out.json"], sim.environment())
    assert done.status == 1
    assert "ecs:ListClusters" in done.only_problem()


@pytest.mark.parametrize(
    ("flags", "reason"),
    [
        (["-config.scrape-interval=soon"], "-config.scrape-interval"),
        (["-config.write-to=/nowhere/out.json"], "/nowhere"),
        (["-web.listen-address=127.0.0.1:0", "-web.config.file=/nowhere/web.yml"], "/nowhere/web.yml"),
        (["-web.listen-address=nonsense"], "the port is missing"),
        (["-state.path=/nowhere/state.db"], "directory /nowhere does not exist"),
    ],
)
def test_2_a_restart_cannot_cure_it(flags, reason, finish):
    done = finish(*flags)
    assert done.status == 2, done.stderr
    assert reason in done.stderr.splitlines()[-1]


def test_2_a_port_that_needs_a_privilege(finish):
    lowest = int(open("/proc/sys/net/ipv4/ip_unprivileged_port_start", encoding="ascii").read())
    if lowest < 2 or os.geteuid() == 0 and not can_drop_privileges():
        pytest.skip("every port may be bound here")
    prefix = ["setpriv", "--bounding-set=-net_bind_service", "--inh-caps=-net_bind_service"]
    done = finish("-web.listen-address=127.0.0.1:1", prefix=prefix if os.geteuid() == 0 else ())
    assert done.status == 2, done.stderr
    assert "CAP_NET_BIND_SERVICE" in done.only_problem()


def can_drop_privileges() -> bool:
    return os.path.exists("/usr/bin/setpriv")


def test_4_an_address_in_use(finish):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        done = finish(f"-web.listen-address=127.0.0.1:{listener.getsockname()[1]}")
    assert done.status == 4
    assert "Address already in use; stop what listens there" in done.only_problem()


def test_4_an_address_that_the_machine_has_not(finish):
    done = finish("-web.listen-address=192.0.2.1:8080")
    assert done.status == 4
    assert "Cannot assign requested address; give the machine this address" in done.only_problem()


def test_4_a_state_file_in_use(plain_sim, start_daemon, finish, tmp_path):
    state = tmp_path / "state.db"
    start_daemon(
        ["-config.write-to", tmp_path / "other.json", "-state.path", state], plain_sim.environment()
    )
    wait_for_file(tmp_path / "other.json")
    done = finish("-state.path", state)
    assert done.status == 4
    assert "another process is using it; stop that" in done.only_problem()


def test_4_no_descriptors_for_the_web_server(finish):
    done = finish("-web.listen-address=127.0.0.1:0", prefix=["prlimit", "--nofile=9"])
    assert done.status == 4, done.stderr
    assert "open files" in done.problems[-1]
