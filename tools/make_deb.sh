#!/bin/bash
# Builds the Debian package of this source tree into build/packages, and lets lintian judge it.
#
#   tools/make_deb.sh [amd64]
#
# Equal sources give equal bytes: what is packed has the time of the last commit (SOURCE_DATE_EPOCH, if it
# is not set already).
set -euo pipefail

cd "$(dirname "$0")/.."
arch=${1:-amd64}
: "${SOURCE_DATE_EPOCH:=$(git log -1 --format=%ct 2>/dev/null || stat -c %Y CHANGELOG.md)}"
export SOURCE_DATE_EPOCH

if [ "$arch" != "$(dpkg --print-architecture)" ]; then
  echo "$0: no package for $arch can be built on this machine" >&2
  exit 1
fi
umask 022
rm -rf build/packages/*_"$arch".deb
cmake --preset package
cmake --build --preset package
(cd build/package && cpack)
deb=$(ls build/packages/*_"$arch".deb)
lintian --fail-on error --tag-display-limit 0 "$deb"
echo "$deb"
