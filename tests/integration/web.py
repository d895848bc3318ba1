"""The program with its web server, and plain requests to it."""

from __future__ import annotations

import re
import socket
import ssl
import urllib.error
import urllib.request
from dataclasses import dataclass

import metrics
from discovery_process import Daemon
from waiting import wait_until

LISTENING = re.compile(r"msg=listening address=(\S+) tls=(true|false)")


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args: object) -> None:
        return None


def request(
    url: str,
    method: str = "GET",
    headers: dict[str, str] | None = None,
    context: ssl.SSLContext | None = None,
) -> Answer:
    """One request; any status is an answer."""
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), _NoRedirect, urllib.request.HTTPSHandler(context=context)
    )
    asked = urllib.request.Request(url, method=method, headers=headers or {})
    try:
        with opener.open(asked, timeout=30) as answer:
            return Answer(answer.status, dict(answer.headers), answer.read())
    except urllib.error.HTTPError as answer:
        with answer:
            return Answer(answer.code, dict(answer.headers), answer.read())


class Web:
    """A daemon that listens: `url` is where."""

    def __init__(self, daemon: Daemon) -> None:
        self.daemon = daemon
        match = wait_until(self._listening, "the web server to listen")
        scheme = "https" if match[2] == "true" else "http"
        self.url = f"{scheme}://{match[1]}"

    @property
    def address(self) -> tuple[str, int]:
        host, port = self.url.partition("://")[2].rsplit(":", 1)
        return host, int(port)

    def connect(self, source: str = "") -> socket.socket:
        """A TCP connection, from this address where one is given."""
        return socket.create_connection(self.address, 30, (source, 0) if source else None)

    def get(self, path: str, **options: object) -> Answer:
        return request(self.url + path, **options)

    def wait_until_ready(self) -> Web:
        """Returns itself after the first good discovery."""
        self.wait_for_status("/-/ready", 200)
        return self

    def wait_for_status(self, path: str, status: int, **options: object) -> None:
        """Returns when the path gives this status."""
        wait_until(
            lambda: self.get(path, **options).status == status,
            f"status {status} of {path}",
            seen=lambda: f"{self.get(path, **options)}, and the log\n{self.daemon.stderr}",
        )

    def metric(self, name: str, **labels: str) -> float:
        """The sum of the metric's samples that have these labels."""
        return metrics.value(self.get("/metrics").text, name, **labels)

    def refreshes(self) -> float:
        """How many refreshes have ended."""
        return self.metric("ecs_discovery_refreshes_total")

    def failed_refreshes(self) -> float:
        return self.metric("ecs_discovery_refresh_failures_total")

    def wait_for_refreshes(self, count: int = 1) -> None:
        """Returns when so many more refreshes have ended."""
        goal = self.refreshes() + count
        wait_until(lambda: self.refreshes() >= goal, f"{count} refreshes", seen=self.refreshes)

    def wait_for_failed_refreshes(self, count: int) -> None:
        """Returns when so many have failed since the start."""
        what = f"{count} refreshes to fail"
        wait_until(lambda: self.failed_refreshes() >= count, what, seen=self.failed_refreshes)

    def _listening(self) -> re.Match[str] | None:
        log = self.daemon.stderr
        assert self.daemon.process.poll() is None, log
        return LISTENING.search(log)
