"""Networks that do not work: a name server that never answers, and a server of something else."""

from __future__ import annotations

import os
import select
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from waiting import wait_until

# Starts a command in a mount namespace of its own in which /etc/resolv.conf is another file.
_WITH_RESOLV_CONF = 'mount --bind "$1" /etc/resolv.conf && shift && exec "$@"'


def black_hole_is_impossible() -> str:
    """Why names cannot be black-holed here, or an empty string."""
    if os.geteuid() != 0:
        return "needs root: a mount namespace, and a name server's port 53"
    if os.system("unshare --mount true 2>/dev/null") != 0:
        return "this system refuses a mount namespace"
    return ""


@dataclass(frozen=True)
class BlackHole:
    """A name server that takes every question and never answers."""

    prefix: list[str]  # the command under which a program asks it
    _server: socket.socket

    def wait_for_a_question(self) -> None:
        wait_until(
            lambda: select.select([self._server], [], [], 0)[0], "a question for the name server"
        )


@contextmanager
def black_holed_names(directory: Path) -> Iterator[BlackHole]:
    """Yields a running black hole; that nobody asked it is an error, as it proves nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        # An address of this process' own, so that two runs of the tests do not meet.
        address = f"127.53.{os.getpid() // 250 % 250}.{os.getpid() % 250 + 1}"
        server.bind((address, 53))
        resolv_conf = directory / "resolv.conf"
        resolv_conf.write_text(f"nameserver {address}\noptions timeout:30 attempts:1\n")
        shell = ["sh", "-c", _WITH_RESOLV_CONF, "sh", str(resolv_conf)]
        hole = BlackHole(["unshare", "--mount", "--propagation", "private", *shell], server)
        yield hole
        hole.wait_for_a_question()


@contextmanager
def answering(body: bytes, content_type: str, status: int = 200) -> Iterator[str]:
    """Yields the URL of an HTTP server that gives this answer to everything."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # noqa: N802 (the name is that of the base class)
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_CONNECT(self) -> None:  # noqa: N802
            self.do_POST()

        def log_message(self, *_args: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
