"""A real proxy: Debian's tinyproxy."""

from __future__ import annotations

import re
import socket
import subprocess
from pathlib import Path

import processes

BINARY = "/usr/bin/tinyproxy"


class Tinyproxy:
    """Running on loopback until stop(); everything that it carried is in requests()."""

    def __init__(self, directory: Path, login: str = "") -> None:
        self.port = processes.free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._log = directory / f"tinyproxy-{self.port}.log"
        settings = [
            f"Port {self.port}",
            "Listen 127.0.0.1",
            "Allow 127.0.0.1",
            "Timeout 60",
            "MaxClients 50",
            "LogLevel Connect",
            f'LogFile "{self._log}"',
        ]
        if login:
            settings.append(f"BasicAuth {login.replace(':', ' ')}")
        configuration = directory / f"tinyproxy-{self.port}.conf"
        configuration.write_text("\n".join(settings) + "\n")
        self._process = subprocess.Popen(
            [BINARY, "-d", "-c", str(configuration)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            preexec_fn=processes.die_with_parent,
        )
        processes.wait_until(self._is_up, "tinyproxy to listen")

    def _is_up(self) -> bool:
        assert self._process.poll() is None, "tinyproxy has ended"
        with socket.socket() as client:
            return client.connect_ex(("127.0.0.1", self.port)) == 0

    def requests(self) -> list[str]:
        """The request lines, such as `CONNECT 127.0.0.1:8443 HTTP/1.1`, in order."""
        return re.findall(r"Request \(file descriptor \d+\): (.*)", self._log.read_text())

    def stop(self) -> None:
        processes.stop(self._process)
