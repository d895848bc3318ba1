#!/usr/bin/env python3
"""The software bill of materials of a Debian package, in CycloneDX 1.5, on standard output.

Usage: sbom.py FILE.deb. Its components are the packages that it depends on, with the versions that the
apt of this machine would install for the package's architecture.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import uuid
from pathlib import Path


def output(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def field(deb: Path, name: str) -> str:
    return output("dpkg-deb", "--field", str(deb), name).strip()


def dependencies(deb: Path) -> list[str]:
    """The names of the packages that it depends on."""
    return sorted(re.match(r"[^ (:]+", each.strip())[0] for each in field(deb, "Depends").split(","))


def newest(package: str, architecture: str) -> dict[str, str]:
    """What apt knows of the version of `package` that it would install."""
    for name in (f"{package}:{architecture}", package):  # packages for all architectures have none
        done = subprocess.run(["apt-cache", "show", "--no-all-versions", name], capture_output=True,
                              text=True, check=False)  # fmt: skip
        if done.returncode == 0 and done.stdout:
            return dict(re.findall(r"^([\w-]+): (.*)$", done.stdout, re.M))
    raise SystemExit(f"apt does not know {package}; run apt-get update")


def purl(name: str, version: str, architecture: str) -> str:
    return f"pkg:deb/debian/{name}@{version.replace('+', '%2B')}?arch={architecture}&distro=debian-12"


def component(package: str, architecture: str) -> dict:
    known = newest(package, architecture)
    made = {
        "type": "library",
        "bom-ref": package,
        "name": package,
        "version": known["Version"],
        "purl": purl(package, known["Version"], known["Architecture"]),
    }
    if "SHA256" in known:
        made["hashes"] = [{"alg": "SHA-256", "content": known["SHA256"]}]
    return made


def bill(deb: Path) -> dict:
    name, version, architecture = (field(deb, each) for each in ("Package", "Version", "Architecture"))
    digest = hashlib.sha256(deb.read_bytes()).hexdigest()
    packages = dependencies(deb)
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, digest)}",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": name,
                "name": name,
                "version": version,
                "purl": purl(name, version, architecture),
                "hashes": [{"alg": "SHA-256", "content": digest}],
                "licenses": [{"license": {"id": "Apache-2.0"}}],
            }
        },
        "components": [component(package, architecture) for package in packages],
        "dependencies": [{"ref": name, "dependsOn": packages}],
    }


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    json.dump(bill(Path(sys.argv[1])), sys.stdout, indent=2)
    print()
