#!/usr/bin/env python3
"""Makes the root file system of the image: the program, what it is linked with, and the CA certificates.

Usage: image_root.py DEBIAN ROOT PROGRAM. DEBIAN has unpacked Debian packages, ROOT is made, PROGRAM is a
path in both. Works for every architecture, since no program of DEBIAN is run.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

USER = 65532  # nobody's on any system, as distroless images have it
# Read with dlopen by the C library, or by what is linked with it: name look-ups, and the unwinder of threads.
LOADED_LATER = ("libnss_dns.so.2", "libnss_files.so.2", "libgcc_s.so.1")
WRITABLE = ("var/lib/prometheus/ecs",)
PASSWD = f"root:x:0:0:root:/root:/sbin/nologin\nprometheus:x:{USER}:{USER}::/var/lib/prometheus/ecs:/sbin/nologin\n"
GROUP = f"root:x:0:\nprometheus:x:{USER}:\n"
NSSWITCH = "passwd: files\ngroup: files\nhosts: files dns\n"


def needed(binary: Path) -> tuple[list[str], str | None]:
    """The libraries and the program loader that an ELF file names."""
    text = subprocess.run(["readelf", "--wide", "--dynamic", "--program-headers", binary], check=True,
                          capture_output=True, text=True).stdout  # fmt: skip
    loader = re.search(r"Requesting program interpreter: (\S+)\]", text)
    return re.findall(r"\(NEEDED\)\s+Shared library: \[(.+?)\]", text), loader and loader[1]


def libraries(debian: Path) -> dict[str, Path]:
    """Every shared library by its name."""
    found = {}
    for directory in ("usr/lib", "lib"):
        for path in sorted((debian / directory).glob("*-linux-gnu/*.so.*")):
            found.setdefault(path.name, path)
    return found


def copy(path: Path, debian: Path, root: Path) -> None:
    """`path` with the links that lead to it, all inside of `debian`."""
    target = root / path.relative_to(debian)
    if target.is_symlink() or target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    if path.is_symlink():
        link = os.readlink(path)
        target.symlink_to(link)
        copy(debian / link.lstrip("/") if link.startswith("/") else path.parent / link, debian, root)
    else:
        shutil.copy2(path, target)


def copy_program(program: Path, debian: Path, root: Path) -> None:
    known = libraries(debian)
    open_names, loader = needed(program)
    copy(program, debian, root)
    if loader is None:
        raise SystemExit(f"{program}: not linked dynamically")
    copy(debian / loader.lstrip("/"), debian, root)
    open_names += [name for name in LOADED_LATER if name in known]
    done = set()
    while open_names:
        name = open_names.pop()
        if name in done or name.startswith("ld-linux"):
            continue
        done.add(name)
        if name not in known:
            raise SystemExit(f"{name} is needed and in none of the packages")
        copy(known[name], debian, root)
        open_names += needed(known[name])[0]


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def is_in(root: Path, listed: Path) -> bool:
    """Whether a library or program of the package with this list of files has been copied."""
    names = (name for name in listed.read_text("utf-8").splitlines() if not name.startswith("/usr/share/"))
    return any((root / name.lstrip("/")).is_file() for name in names)


def copy_packages(debian: Path, root: Path) -> None:
    """For scanners: the status of the packages that these files are of; and their licences."""
    state = "var/lib/dpkg"
    kept = []
    for stanza in (debian / state / "status").read_text("utf-8").strip().split("\n\n"):
        name = re.search(r"^Package: (\S+)$", stanza, re.M)[1]
        if name != "ca-certificates" and not is_in(root, debian / state / "info" / f"{name}.list"):
            continue
        kept.append(stanza)
        licence = Path("usr/share/doc") / name / "copyright"
        write(root / licence, (debian / licence).read_text("utf-8"))
    write(root / state / "status", "\n\n".join(kept) + "\n")


def main(debian: Path, root: Path, program: str) -> None:
    copy_program(debian / program, debian, root)
    # What update-ca-certificates would have made, had it run.
    certificates = sorted((debian / "usr/share/ca-certificates").rglob("*.crt"))
    if not certificates:
        raise SystemExit("there are no CA certificates")
    write(root / "etc/ssl/certs/ca-certificates.crt", "".join(each.read_text("utf-8") for each in certificates))
    write(root / "etc/passwd", PASSWD)
    write(root / "etc/group", GROUP)
    write(root / "etc/nsswitch.conf", NSSWITCH)
    copy_packages(debian, root)
    for name in WRITABLE:
        (root / name).mkdir(parents=True)
        os.chown(root / name, USER, USER)
    (root / "tmp").mkdir(mode=0o1777)


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
