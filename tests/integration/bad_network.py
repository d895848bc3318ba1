"""Networks that do not work: a name server that never answers, and a server of something else."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

# Starts a command in a mount namespace of its own in which /etc/resolv.conf is another file.
_WITH_RESOLV_CONF = 'mount --bind "$1" /etc/resolv.conf && shift && exec "$@"'


def black_hole_is_impossible() -> str:
    """Why names cannot be black-holed here, or an empty string."""
    if os.geteuid() != 0:
        return "needs root: a mount namespace, and a name server's port 53"
    if os.system("unshare --mount true 2>/dev/null") != 0:
        return "this system refuses a mount namespace"
    return ""


@contextmanager
def black_holed_names(directory: Path) -> Iterator[list[str]]:
    """Yields the command prefix under which every name look-up is sent to a name server that takes
    the question and never answers."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        # An address of this process' own, so that two runs of the tests do not meet.
        address = f"127.53.{os.getpid() // 250 % 250}.{os.getpid() % 250 + 1}"
        server.bind((address, 53))
        resolv_conf = directory / "resolv.conf"
        resolv_conf.write_text(f"nameserver {address}\noptions timeout:30 attempts:1\n")
        shell = ["sh", "-c", _WITH_RESOLV_CONF, "sh", str(resolv_conf)]
        yield ["unshare", "--mount", "--propagation", "private", *shell]
        server.setblocking(False)
        assert server.recv(4096), "no name was asked for: the test proves nothing"


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
