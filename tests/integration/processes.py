"""Starting programs so that none outlives its test."""

from __future__ import annotations

import ctypes
import os
import random
import signal
import socket
import subprocess
from pathlib import Path

from waiting import wait_until

REPOSITORY = Path(__file__).resolve().parents[2]

# Settings of a sanitizer or coverage build; nothing else of our environment reaches a program.
INSTRUMENTATION = ("ASAN_OPTIONS", "LSAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS", "GCOV_PREFIX")

# Seconds for what takes two or three and, where it waits for what never comes, half a minute. The
# machine may be busy with other tests.
SOON = 12.0
# Seconds for what is promised within one. The program ends itself after five when it is stuck, with
# status 3, and so cannot be late for long and still end well.
AT_ONCE = 3.5

_LIBC = ctypes.CDLL(None, use_errno=True)
_PR_SET_PDEATHSIG = 1


def die_with_parent() -> None:
    """For `preexec_fn`: the kernel kills the child when the test process ends, however it ends."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def clean_environment(home: Path, extra: dict[str, str] | None = None) -> dict[str, str]:
    """An environment in which only what the test says takes part."""
    environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": str(home)}
    environment.update({name: os.environ[name] for name in INSTRUMENTATION if name in os.environ})
    environment.update(extra or {})
    return environment


def stop(process: subprocess.Popen, timeout: float = 30.0) -> int:
    """Ends `process`, by force if it does not go, and returns its exit status."""
    if process.poll() is None:
        process.terminate()
    try:
        return process.wait(timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()


def start_server(command: list[str], port: int) -> subprocess.Popen:
    """A program that says nothing, once it listens on `port` of 127.0.0.1."""
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=die_with_parent,
    )

    def is_up() -> bool:
        assert process.poll() is None, f"{command[0]} has ended"
        with socket.socket() as client:
            return client.connect_ex(("127.0.0.1", port)) == 0

    wait_until(is_up, f"{command[0]} to listen")
    return process


def sanitized() -> bool:
    """Whether the programs under test are those of a sanitizer's build."""
    return any(name in os.environ["ECSD_BUILD"] for name in ("asan", "tsan"))


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody listens on now, and that the kernel gives to nobody who
    lets it choose, as most servers of these tests and all clients do."""
    while True:
        port = random.randrange(10000, 30000)
        with socket.socket() as client:
            if client.connect_ex(("127.0.0.1", port)) != 0:
                return port
