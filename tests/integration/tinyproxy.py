"""A real proxy: Debian's tinyproxy."""

from __future__ import annotations

import re
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
        self._process = processes.start_server([BINARY, "-d", "-c", str(configuration)], self.port)

    def requests(self) -> list[str]:
        """The request lines, such as `CONNECT 127.0.0.1:8443 HTTP/1.1`, in order."""
        return re.findall(r"Request \(file descriptor \d+\): (.*)", self._log.read_text())

    def stop(self) -> None:
        processes.stop(self._process)
