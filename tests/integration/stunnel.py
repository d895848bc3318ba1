"""TLS in front of a plain port: Debian's stunnel."""

from __future__ import annotations

from pathlib import Path

import processes
from certificates import Identity

BINARY = "/usr/bin/stunnel4"


class Stunnel:
    """Takes TLS as `identity` and passes it on to `port`, until stop()."""

    def __init__(self, directory: Path, identity: Identity, port: int) -> None:
        self.port = processes.free_port()
        configuration = directory / f"stunnel-{self.port}.conf"
        configuration.write_text(
            "foreground = yes\n"
            "pid =\n"
            f"output = {directory}/stunnel-{self.port}.log\n"
            "[front]\n"
            f"accept = 127.0.0.1:{self.port}\n"
            f"connect = 127.0.0.1:{port}\n"
            f"cert = {identity.certificate}\n"
            f"key = {identity.key}\n"
        )
        self._process = processes.start_server([BINARY, str(configuration)], self.port)

    def stop(self) -> None:
        processes.stop(self._process)
