#!/bin/bash
# Unpacks a Debian package of ours, and everything of Debian 12 that it depends on, into an empty directory.
# Nothing is installed, so it works for every architecture. Needs root.
#
#   tools/unpack_debian.sh DEB DIRECTORY [PACKAGE...]
#
# DIRECTORY/var/lib/dpkg then has the status of all these packages and the list of files of each. The
# PACKAGEs are unpacked too. SKIP="NAME..." leaves out what DEB depends on by these names.
set -euo pipefail

deb=$1
directory=$2
shift 2
skip=" ${SKIP:-} "

# record DEBIAN DEB...: what dpkg would remember of the packages.
record() {
  local state=$1/var/lib/dpkg each name
  shift
  for each in "$@"; do
    name=$(dpkg-deb --field "$each" Package)
    { dpkg-deb --field "$each" | sed -E 's/^(Package: .*)$/\1\nStatus: install ok installed/'; echo; } >> "$state/status"
    dpkg-deb --fsys-tarfile "$each" | tar --list | sed -E 's|^\./?|/|; s|(.)/$|\1|' > "$state/info/$name.list"
  done
}

wanted=()
for name in $(dpkg-deb --field "$deb" Depends | tr ',' '\n' | sed -E 's/^ *([^ |]+).*/\1/'); do
  case "$skip" in *" $name "*) ;; *) wanted+=("$name") ;; esac
done
include=$(IFS=,; echo "${wanted[*]}${1:+,$*}")
sources=/etc/apt/sources.list.d/debian.sources
[ -e "$sources" ] || sources=/etc/apt/sources.list
# shellcheck disable=SC2016  # $1 is mmdebstrap's
mmdebstrap --quiet --variant=extract --architectures="$(dpkg-deb --field "$deb" Architecture)" \
  --include="$include" --extract-hook="$(declare -f record); record \"\$1\" \"\$1\"/var/cache/apt/archives/*.deb" \
  bookworm "$directory" "$sources"
record "$directory" "$deb"
dpkg-deb --extract "$deb" "$directory"
