#!/usr/bin/env python3
"""Prints the bill of materials of a Debian package of ours as CycloneDX 1.5 in JSON.

Usage: make_sbom.py DEB DEBIAN. DEBIAN has DEB and all that it depends on, as tools/unpack_debian.sh unpacks
it. Listed is every package with version, licences and package URL, and what each depends on. Equal input
gives equal bytes: the time is SOURCE_DATE_EPOCH, the serial number comes from the bytes of DEB.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import os
import re
import sys
import uuid
from pathlib import Path
from urllib.parse import quote

SUPPLIER = "Debian"


def stanzas(text: str) -> list[dict[str, str]]:
    """The fields of each stanza of a file that is written as Debian writes control files."""
    found = []
    for block in re.split(r"\n\s*\n", text.strip()):
        fields: dict[str, str] = {}
        name = ""
        for line in block.splitlines():
            if line[:1] in " \t":
                fields[name] = f"{fields.get(name, '')}\n{line.strip()}"
            elif ":" in line:
                name, value = line.split(":", 1)
                fields[name] = value.strip()
        found.append(fields)
    return found


def licences(copyright_file: Path) -> list[str]:
    """Debian's short names, if the file can be read by machines."""
    try:
        text = copyright_file.read_text("utf-8", errors="replace")
    except OSError:
        return []
    if not text.startswith("Format:"):
        return []
    lines = (fields["License"].splitlines() for fields in stanzas(text) if "License" in fields and "Files" in fields)
    return sorted({each[0] for each in lines if each and each[0]})


def package_url(package: dict[str, str], vendor: str) -> str:
    name, version = package["Package"], package["Version"]
    distribution = "&distro=debian-12" if vendor == "debian" else ""
    return f"pkg:deb/{vendor}/{name}@{quote(version, safe='.~-')}?arch={package['Architecture']}{distribution}"


def component(package: dict[str, str], debian: Path, vendor: str = "debian") -> dict:
    url = package_url(package, vendor)
    made = {"type": "library", "bom-ref": url, "name": package["Package"], "version": package["Version"], "purl": url}
    if vendor == "debian":
        made["supplier"] = {"name": SUPPLIER}
    names = licences(debian / "usr/share/doc" / package["Package"] / "copyright")
    if names:
        made["licenses"] = [{"license": {"name": name}} for name in names]
    return made


def dependencies(package: dict[str, str], known: dict[str, str]) -> list[str]:
    """The package URLs of what it depends on; of alternatives, those that are there."""
    fields = ",".join(package.get(name, "") for name in ("Depends", "Pre-Depends"))
    names = re.findall(r"(?:^|[,|])\s*([a-z0-9][a-z0-9.+-]+)", fields)
    return sorted({known[name] for name in names if name in known})


def known_urls(packages: list[dict[str, str]], url_of) -> dict[str, str]:
    """By the name of each package, and by the names that it provides."""
    urls = {}
    for package in packages:
        for name in re.findall(r"(?:^|,)\s*([a-z0-9][a-z0-9.+-]+)", package.get("Provides", "")):
            urls.setdefault(name, url_of(package))
    urls.update((package["Package"], url_of(package)) for package in packages)
    return urls


def bill(deb: Path, debian: Path) -> dict:
    packages = stanzas((debian / "var/lib/dpkg/status").read_text("utf-8"))
    packages.sort(key=lambda each: each["Package"])
    ours = next((each for each in packages if deb.name.startswith(f"{each['Package']}_")), None)
    if ours is None:
        raise SystemExit(f"{debian}: {deb.name} is not unpacked there")

    def url_of(package: dict[str, str]) -> str:
        return package_url(package, package["Package"] if package is ours else "debian")

    digest = hashlib.sha256(deb.read_bytes()).hexdigest()
    known = known_urls(packages, url_of)
    time = datetime.datetime.fromtimestamp(int(os.environ.get("SOURCE_DATE_EPOCH", "0")), datetime.timezone.utc)
    root = component(ours, debian, ours["Package"])
    root.update(type="application", hashes=[{"alg": "SHA-256", "content": digest}])
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, digest)}",
        "version": 1,
        "metadata": {"timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ"), "component": root},
        "components": [component(each, debian) for each in packages if each is not ours],
        "dependencies": [{"ref": url_of(each), "dependsOn": dependencies(each, known)} for each in packages],
    }


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    print(json.dumps(bill(Path(sys.argv[1]), Path(sys.argv[2])), indent=2))
