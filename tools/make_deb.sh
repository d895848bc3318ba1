#!/bin/bash
# Builds the Debian package of this source tree into build/packages, and checks it (lintian, check_deb.py).
#
#   tools/make_deb.sh [amd64|arm64]
#
# Equal sources give equal bytes: what is packed has the time of the last commit (SOURCE_DATE_EPOCH, if it
# is not set already).
#
# For another processor than this machine's it is cross-built in a Debian of its own (build/cross-ARCH.tar,
# made once), since the development packages of two architectures cannot be installed side by side. That
# needs root.
set -euo pipefail

cd "$(dirname "$0")/.."
arch=${1:-amd64}
: "${SOURCE_DATE_EPOCH:=$(git log -1 --format=%ct 2>/dev/null || stat -c %Y CHANGELOG.md)}"
export SOURCE_DATE_EPOCH
umask 022

# configure_build_pack [CMAKE ARGUMENT...]: in the source tree that is the current directory.
# shellcheck disable=SC2120  # the other call is in the other Debian
configure_build_pack() {
  cmake --preset package "$@"
  cmake --build --preset package
  (cd build/package && cpack)
}

# The packages to build with, in a Debian with two architectures: programs of this one, libraries of the other.
# Headers alone are for all.
cross_packages() {
  echo "crossbuild-essential-$arch dpkg-dev fakeroot file gzip libexpected-dev"
  grep -v -e '^#' -e '^g++' -e '^libexpected-' tools/packages-build.txt |
    sed -E "s/^(.*-dev)\$/\1:$arch/"
}

make_cross_root() {
  local sources=/etc/apt/sources.list.d/debian.sources
  [ -e "$sources" ] || sources=/etc/apt/sources.list
  mkdir -p build
  mmdebstrap --quiet --variant=apt --architectures="$(dpkg --print-architecture),$arch" \
    --include="$(cross_packages | tr -s ' \n' ',' | sed 's/,$//')" bookworm "${1%.tar}.new.tar" "$sources"
  mv "${1%.tar}.new.tar" "$1"
}

cross_build() {
  local archive=build/cross-$arch.tar
  [ "$(id -u)" -eq 0 ] || { echo "$0: a package for $arch needs root, for a Debian to build it in" >&2; exit 1; }
  [ -e "cmake/$arch.cmake" ] || { echo "$0: there is no toolchain for $arch" >&2; exit 1; }
  [ -e "$archive" ] || make_cross_root "$archive"
  root=$(mktemp -d)
  trap 'rm -rf "$root"' EXIT
  tar --extract --file "$archive" --directory "$root" --exclude './dev/*'
  mkdir -p "$root/dev" "$root/src"
  for node in null:3 zero:5 urandom:9; do mknod -m 666 "$root/dev/${node%:*}" c 1 "${node#*:}"; done
  git ls-files -z --cached --others --exclude-standard | tar --create --null --files-from=- |
    tar --extract --directory "$root/src"
  chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 \
    SOURCE_DATE_EPOCH="$SOURCE_DATE_EPOCH" \
    bash -euc "cd /src && $(declare -f configure_build_pack) && configure_build_pack --toolchain cmake/$arch.cmake"
  cp "$root"/src/build/packages/*.deb build/packages/
}

mkdir -p build/packages
rm -f build/packages/*_"$arch".deb
if [ "$arch" = "$(dpkg --print-architecture)" ]; then
  # shellcheck disable=SC2119
  configure_build_pack
else
  cross_build
fi
deb=$(ls build/packages/*_"$arch".deb)
python3 -B tools/check_deb.py "$deb"
lintian --allow-root --fail-on error --tag-display-limit 0 "$deb"
echo "$deb"
