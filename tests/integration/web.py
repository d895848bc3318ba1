"""The program with its web server, and plain requests to it."""

from __future__ import annotations

import re
import ssl
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import discovery_process
import processes

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

    def __init__(self, daemon: discovery_process.Daemon) -> None:
        self.daemon = daemon
        match = processes.wait_until(self._listening, "the web server to listen")
        scheme = "https" if match[2] == "true" else "http"
        self.url = f"{scheme}://{match[1]}"

    def get(self, path: str, **options: object) -> Answer:
        return request(self.url + path, **options)

    def wait_until_ready(self) -> None:
        processes.wait_until(lambda: self.get("/-/ready").status == 200, "a good discovery", timeout=60)

    def _listening(self) -> re.Match[str] | None:
        log = self.daemon.stderr
        assert self.daemon.process.poll() is None, log
        return LISTENING.search(log)


def starter(start_daemon: Callable[..., discovery_process.Daemon], tmp_path: Path) -> Callable[..., Web]:
    """start(sim, flags, listen="127.0.0.1:0") -> the program, listening."""

    def start(sim, flags=(), listen: str = "127.0.0.1:0", output: Path | str | None = None) -> Web:
        file = tmp_path / "targets.json" if output is None else output
        args = ["-config.write-to", file, "-web.listen-address", listen, *flags]
        return Web(start_daemon(args, sim.environment()))

    return start
