#!/bin/bash
# Makes or renews build/venv, the Python environment of the integration tests. Nothing is done as long as
# tools/requirements.txt is what it was made from.
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
venv=$root/build/venv
requirements=$root/tools/requirements.txt
made_from=$venv/requirements.txt

cmp -s "$requirements" "$made_from" && exit 0

echo "Making build/venv from tools/requirements.txt"
mkdir -p "$root/build"
/usr/bin/python3 -m venv --clear "$venv"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check -r "$requirements"
cp "$requirements" "$made_from"  # last: an interrupted run starts anew
