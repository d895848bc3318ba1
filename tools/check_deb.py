#!/usr/bin/env python3
"""Fails when a Debian package of ours lacks a file of a service, or holds what it must not.

Usage: check_deb.py DEB. One line for each finding.
"""

from __future__ import annotations

import re
import subprocess
import sys

NAME = "prometheus-ecs-discovery"
LARGEST_PROGRAM = 4 * 1024 * 1024
# Every file outside of the documents, with its mode.
FILES = {
    f"/usr/bin/{NAME}": "-rwxr-xr-x",
    f"/etc/default/{NAME}": "-rw-r--r--",
    f"/lib/systemd/system/{NAME}.service": "-rw-r--r--",
    f"/usr/share/bash-completion/completions/{NAME}": "-rw-r--r--",
    f"/usr/share/man/man1/{NAME}.1.gz": "-rw-r--r--",
}
DOCUMENTS = f"/usr/share/doc/{NAME}/"
WANTED_DOCUMENTS = ("README.md", "changelog.Debian.gz", "changelog.gz", "copyright", "docs/install.md",
                    "deploy/prometheus/file_sd.yml")  # fmt: skip
SCRIPTS = ("conffiles", "md5sums", "postinst", "postrm", "prerm")


def dpkg_deb(*arguments: str) -> str:
    return subprocess.run(["dpkg-deb", *arguments], check=True, capture_output=True, text=True).stdout


def files_of(deb: str) -> dict[str, tuple[str, str, int]]:
    """Mode, owner and size of each file, without directories."""
    lines = re.findall(r"^(\S+) (\S+) +(\d+) \S+ \S+ \.(.+)$", dpkg_deb("--contents", deb), re.M)
    return {name: (mode, owner, int(size)) for mode, owner, size, name in lines if not mode.startswith("d")}


def file_findings(files: dict[str, tuple[str, str, int]]) -> list[str]:
    wanted = FILES | {DOCUMENTS + name: "-rw-r--r--" for name in WANTED_DOCUMENTS}
    found = [f"{name} is missing" for name in wanted if name not in files]
    for name, (mode, owner, size) in files.items():
        if name not in wanted and not name.startswith(DOCUMENTS):
            found.append(f"{name} does not belong there")
        if mode != wanted.get(name, "-rw-r--r--"):
            found.append(f"{name} has the mode {mode}")
        if owner != "root/root":
            found.append(f"{name} is owned by {owner}")
        if name == f"/usr/bin/{NAME}" and size > LARGEST_PROGRAM:
            found.append(f"{name} has {size} bytes, more than {LARGEST_PROGRAM}: is it stripped?")
    return found


def findings(deb: str) -> list[str]:
    found = file_findings(files_of(deb))
    control = dpkg_deb("--info", deb)
    found += [f"the control file {name} is missing" for name in SCRIPTS if not re.search(rf" {name}\b", control)]
    architecture = dpkg_deb("--field", deb, "Architecture").strip()
    if not deb.endswith(f"_{architecture}.deb"):
        found.append(f"its architecture is {architecture}, not that of its name")
    if not re.search(r"\blibc6 \(>=", dpkg_deb("--field", deb, "Depends")):
        found.append("it depends on no library")
    return found


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    all_found = findings(sys.argv[1])
    sys.exit("\n".join(f"{sys.argv[1]}: {each}" for each in all_found) if all_found else 0)
