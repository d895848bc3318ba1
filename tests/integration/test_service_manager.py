"""What the program tells the service manager (systemd) that started it."""

from __future__ import annotations

import signal
import socket
from collections.abc import Iterator

import processes
import pytest


@pytest.fixture
def manager(tmp_path) -> Iterator[socket.socket]:
    """A socket as systemd gives one."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiver:
        receiver.bind(str(tmp_path / "notify"))
        receiver.settimeout(120)
        yield receiver


def heard_until(manager: socket.socket, last: str) -> list[str]:
    heard = [manager.recv(4096).decode()]
    while not heard[-1].startswith(last):
        heard.append(manager.recv(4096).decode())
    return heard


def test_it_is_ready_then_alive_and_tells_when_it_stops(manager, plain_sim, start_daemon, tmp_path):
    service = {"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "1000000"}
    daemon = start_daemon(
        ["-config.write-to", tmp_path / "targets.yml", "-config.scrape-interval", "1h"],
        plain_sim.environment() | service,
    )
    started = [each for each in heard_until(manager, "STATUS=") if each != "WATCHDOG=1"]
    assert started[0] == "READY=1"
    assert started[1].endswith("everything was read")
    assert set(heard_until(manager, "WATCHDOG=1")) == {"WATCHDOG=1"}
    daemon.process.send_signal(signal.SIGTERM)
    heard_until(manager, "STOPPING=1")
    assert daemon.process.wait(processes.SOON) == 0


def test_the_status_tells_what_failed(manager, start_sim, start_daemon, tmp_path):
    sim = start_sim("--seed", 1, "--clusters", 1, "--tasks", 3, "--fault", "ListClusters:denied")
    start_daemon(
        ["-config.write-to", tmp_path / "targets.yml"],
        sim.environment() | {"NOTIFY_SOCKET": str(tmp_path / "notify")},
    )
    assert "AccessDeniedException" in heard_until(manager, "STATUS=")[-1]


def test_a_wrong_configuration_is_never_ready(manager, discover, tmp_path):
    done = discover(
        ["-config.write-to", "/nowhere/targets.yml"], {"NOTIFY_SOCKET": str(tmp_path / "notify")}
    )
    assert done.status == 2
    manager.setblocking(False)
    with pytest.raises(BlockingIOError):
        manager.recv(4096)
