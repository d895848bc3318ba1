#!/bin/bash
# Builds the container image of this source tree: build/packages/prometheus-ecs-discovery_VERSION_ARCH.oci.tar,
# an OCI layout for `docker load`, `podman load` and `skopeo copy oci-archive:...`.
#
#   tools/make_image.sh [amd64|arm64] [DEB]
#
# DEB is the Debian package of the program; it is built first where none is given.
# It holds the program of the Debian package, the libraries that it needs, the CA certificates, and nothing
# else: no shell, no package manager. Needs root, but neither a daemon nor a registry.
set -euo pipefail

cd "$(dirname "$0")/.."
arch=${1:-amd64}
name=prometheus-ecs-discovery
version=$(cat VERSION)
: "${SOURCE_DATE_EPOCH:=$(git log -1 --format=%ct 2>/dev/null || stat -c %Y CHANGELOG.md)}"
export SOURCE_DATE_EPOCH
[ "$(id -u)" -eq 0 ] || { echo "$0: this needs root, to unpack Debian packages" >&2; exit 1; }

deb=${2:-}
if [ -z "$deb" ]; then
  tools/make_deb.sh "$arch"
  deb=build/packages/${name}_${version}-1_$arch.deb
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# What only the scripts of the package use is left out.
SKIP='adduser init-system-helpers' tools/unpack_debian.sh "$deb" "$work/debian" ca-certificates
python3 -B tools/image_root.py "$work/debian" "$work/root" "usr/bin/$name"

image=$work/oci:$version
created=$(date --utc --date="@$SOURCE_DATE_EPOCH" +%Y-%m-%dT%H:%M:%SZ)
find "$work/root" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
umoci init --layout "$work/oci"
umoci new --image "$image"
umoci insert --image "$image" --history.created "$created" "$work/root" /
umoci config --image "$image" --no-history --created "$created" --os linux --architecture "$arch" \
  --config.user 65532:65532 --config.workingdir /var/lib/prometheus/ecs \
  --config.volume /var/lib/prometheus/ecs --config.stopsignal SIGTERM \
  --config.entrypoint "/usr/bin/$name" \
  --config.label "org.opencontainers.image.title=$name" \
  --config.label "org.opencontainers.image.version=$version" \
  --config.label "org.opencontainers.image.licenses=Apache-2.0"
umoci gc --layout "$work/oci"
python3 -B tools/finish_image.py "$work/oci" "$name:$version" "/usr/bin/$name" healthcheck

mkdir -p build/packages
tar --create --file "build/packages/${name}_${version}_$arch.oci.tar" --directory "$work/oci" \
  --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" .
echo "build/packages/${name}_${version}_$arch.oci.tar"
