"""A bare Debian 12 in a directory, to install packages in: no service manager, and this machine's network."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SOURCES = [
    path
    for path in (
        Path("/etc/apt/sources.list.d/debian.sources"),
        Path("/etc/apt/sources.list"),
    )
    if path.exists()
]


class DebianRoot:
    """Runs commands in it, as root or as another user."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def run(self, *command: object, check: bool = True, **variables: str) -> str:
        """What the command prints on both outputs; it must succeed unless `check` is false."""
        done = subprocess.run(
            ["chroot", str(self.path), "env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
             "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C.UTF-8",
             *(f"{name}={value}" for name, value in {**proxies(), **variables}.items()),
             *map(str, command)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            check=False,
        )  # fmt: skip
        assert done.returncode == 0 or not check, f"{command}: {done.returncode}\n{done.stdout}"
        return done.stdout

    def __truediv__(self, name: str) -> Path:
        return self.path / name.lstrip("/")

    def status_of(self, package: str) -> str:
        """As dpkg has it: "install ok installed"; empty: it knows nothing of it."""
        return self.run("dpkg-query", "-W", "-f=${Status}", package, check=False).split("dpkg-query")[0]


def proxies() -> dict[str, str]:
    names = ("http_proxy", "https_proxy", "no_proxy")
    return {name: os.environ[name] for name in names if name in os.environ}


@contextmanager
def debian_root(path: Path, *packages: str) -> Iterator[DebianRoot]:
    """A Debian 12 with what is essential, apt and `packages`, which is removed afterwards."""
    include = [f"--include={','.join(packages)}"] if packages else []
    # Package lists stay, since packages are installed from them.
    command = ["mmdebstrap", "--quiet", "--variant=apt", "--skip=cleanup/apt", *include, "bookworm",
               str(path), *map(str, SOURCES[:1])]  # fmt: skip
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    for node in ("null", "zero", "urandom"):  # mmdebstrap may leave them out
        if not (path / "dev" / node).exists():
            subprocess.run(["mknod", "-m", "666", path / "dev" / node, "c", "1",
                            {"null": "3", "zero": "5", "urandom": "9"}[node]], check=True)  # fmt: skip
    try:
        yield DebianRoot(path)
    finally:
        shutil.rmtree(path)
