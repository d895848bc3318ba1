#!/usr/bin/env python3
"""Gives the one image of an OCI layout what umoci cannot: a health command, and a name for `docker load`.

Usage: finish_image.py LAYOUT NAME COMMAND... . `Healthcheck` is Docker's addition to the image
configuration; what does not know it (ECS, Kubernetes) has its own setting for it. Docker finds an image in
an archive by its `manifest.json`, containerd by an annotation.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

SECOND = 1_000_000_000


class Layout:
    """Blobs by digest; what is stored in the place of another one removes that."""

    def __init__(self, path: Path) -> None:
        self._blobs = path / "blobs" / "sha256"

    def _path(self, descriptor: dict) -> Path:
        return self._blobs / descriptor["digest"].removeprefix("sha256:")

    def read(self, descriptor: dict) -> dict:
        return json.loads(self._path(descriptor).read_bytes())

    def replace(self, descriptor: dict, value: dict) -> None:
        """`descriptor` then names `value`."""
        old = self._path(descriptor)
        data = json.dumps(value, sort_keys=True, separators=(",", ":")).encode()
        old.unlink()
        descriptor.update(digest=f"sha256:{hashlib.sha256(data).hexdigest()}", size=len(data))
        self._path(descriptor).write_bytes(data)


def blob(descriptor: dict) -> str:
    return "blobs/" + descriptor["digest"].replace(":", "/")


def main(path: Path, name: str, command: list[str]) -> None:
    layout = Layout(path)
    index = json.loads((path / "index.json").read_bytes())
    (manifest_descriptor,) = index["manifests"]
    manifest = layout.read(manifest_descriptor)
    configuration = layout.read(manifest["config"])
    configuration["config"]["Healthcheck"] = {
        "Test": ["CMD", *command],
        "Interval": 30 * SECOND,
        "Timeout": 5 * SECOND,
        "StartPeriod": 60 * SECOND,
        "Retries": 3,
    }
    layout.replace(manifest["config"], configuration)
    layout.replace(manifest_descriptor, manifest)
    manifest_descriptor.setdefault("annotations", {})["io.containerd.image.name"] = f"docker.io/library/{name}"
    (path / "index.json").write_text(json.dumps(index, sort_keys=True), "utf-8")
    layers = [blob(each) for each in manifest["layers"]]
    for_docker = [{"Config": blob(manifest["config"]), "RepoTags": [name], "Layers": layers}]
    (path / "manifest.json").write_text(json.dumps(for_docker), "utf-8")


if __name__ == "__main__":
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3:])
