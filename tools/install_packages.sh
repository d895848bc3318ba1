#!/bin/bash
# Installs the Debian packages of the named lists that are missing; does nothing when all are there.
#
#   tools/install_packages.sh build test lint     reads tools/packages-build.txt, ...
#
# Debian's `prometheus` package would start a daemon on port 9090 and at every boot from then on. It is
# wanted here for its programs only, so for the time of the installation a policy-rc.d (Debian's own
# switch for this, see invoke-rc.d(8)) says that nothing may be started, and it is taken away again. One
# that is there already is left as it is. Where systemd is used the new service is then disabled.
set -euo pipefail

policy=${POLICY_RC_D:-/usr/sbin/policy-rc.d}  # the tests put it elsewhere
tools=$(cd "$(dirname "$0")" && pwd)

wanted() {
  local list
  for list in "$@"; do
    grep --no-filename -v -e '^#' -e '^[[:space:]]*$' "$tools/packages-$list.txt"
  done | sort -u
}

is_installed() {
  dpkg-query -W -f='${Status}' "$1" 2>/dev/null | grep -q '^install ok installed$'
}

missing() {
  local package
  for package in $(wanted "$@"); do
    is_installed "$package" || echo "$package"
  done
}

give_up() {
  echo "$1" >&2
  echo "Please run, as root:" >&2
  echo "  apt-get update && apt-get install --no-install-recommends ${packages[*]}" >&2
  exit 1
}

forbid_starting() {
  [ -e "$policy" ] && return
  # shellcheck disable=SC2016  # $1 belongs to the inner shell
  "${as_root[@]}" sh -c 'printf "#!/bin/sh\nexit 101\n" > "$1" && chmod 755 "$1"' sh "$policy" ||
    give_up "Services could not be kept from starting during the installation."
  trap '"${as_root[@]}" rm -f "$policy"' EXIT
  trap 'exit 130' INT TERM HUP
}

# Only for a package that this run has brought, so a Prometheus somebody uses is never touched.
disable_new_service() {
  case " ${packages[*]} " in
    *" prometheus "*) ;;
    *) return ;;
  esac
  [ -d /run/systemd/system ] || return 0
  "${as_root[@]}" systemctl --quiet disable prometheus.service
}

[ "$#" -gt 0 ] || { echo "usage: $0 LIST..." >&2; exit 1; }
for list in "$@"; do
  [ -r "$tools/packages-$list.txt" ] ||
    { echo "$0: there is no list tools/packages-$list.txt" >&2; exit 1; }
done
command -v dpkg-query >/dev/null ||
  { echo "This is not a Debian system. Install the counterparts of:" >&2; wanted "$@" >&2; exit 1; }

mapfile -t packages < <(missing "$@")
[ "${#packages[@]}" -gt 0 ] || exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || give_up "Packages are missing, and this is neither root nor is there sudo."
  as_root=(sudo)
fi
echo "Installing: ${packages[*]}"
forbid_starting
apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q)
"${apt[@]}" update || give_up "The package lists could not be renewed."
"${apt[@]}" install -y --no-install-recommends "${packages[@]}" ||
  give_up "The packages could not be installed."
disable_new_service
