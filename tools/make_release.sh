#!/bin/bash
# Makes what a release of this source tree consists of, in build/prometheus-ecs-discovery-VERSION: Debian
# packages and images of both architectures, the bill of materials of each package (CycloneDX), release
# notes (the section of CHANGELOG.md), and SHA256SUMS. Needs root; takes minutes.
#
#   tools/make_release.sh [ARCH...]
#
# Refuses a tree with changes that are not committed, and a VERSION that CHANGELOG.md does not know.
set -euo pipefail

cd "$(dirname "$0")/.."
name=prometheus-ecs-discovery
version=$(cat VERSION)
release=build/$name-$version
[ "$#" -gt 0 ] || set -- amd64 arm64

changes=$(git status --porcelain)
[ -z "$changes" ] || { echo "$0: commit these changes first, or remove them:" >&2; echo "$changes" >&2; exit 1; }
notes=$(python3 -B tools/release_notes.py "$version")
[ "$(id -u)" -eq 0 ] || { echo "$0: this needs root, to unpack Debian packages" >&2; exit 1; }
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH

new=$(mktemp -d)
trap 'rm -rf "$new"' EXIT
mkdir "$new/release"
for arch in "$@"; do
  deb=build/packages/${name}_${version}-1_$arch.deb
  tools/make_deb.sh "$arch"
  tools/make_image.sh "$arch" "$deb"
  tools/unpack_debian.sh "$deb" "$new/debian-$arch"
  python3 -B tools/make_sbom.py "$deb" "$new/debian-$arch" > "$new/release/$(basename "$deb" .deb).cdx.json"
  cp "$deb" "build/packages/${name}_${version}_$arch.oci.tar" "$new/release/"
  rm -rf "$new/debian-$arch"
done
echo "$notes" > "$new/release/RELEASE_NOTES.md"
(cd "$new/release" && sha256sum -- * > "$new/SHA256SUMS")
mv "$new/SHA256SUMS" "$new/release/"

rm -rf "$release"
mv "$new/release" "$release"
ls -l "$release"
