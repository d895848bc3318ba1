#!/bin/bash
# Every check that needs no build, over the files that git knows or would add. All of them run; the exit
# status is 1 when one has found something.
set -uo pipefail

cd "$(dirname "$0")/.." || exit 1
failed=0

# files PATTERN...: the matching files that are there, one a line.
files() {
  git ls-files --cached --others --exclude-standard -- "$@" | while read -r file; do
    if [ -f "$file" ]; then echo "$file"; fi
  done
}

# check NAME COMMAND...: runs it and remembers a failure.
check() {
  local name=$1
  shift
  if "$@"; then
    echo "ok    $name"
  else
    echo "FAIL  $name"
    failed=1
  fi
}

# Names the files only; `clang-format-19 -i FILE` mends one.
# shellcheck disable=SC2317  # called by `check`
formatted() {
  local report
  report=$(clang-format-19 --dry-run -Werror "$@" 2>&1) && return
  sed -n -E 's/^([^ ].*):[0-9]+:[0-9]+: error: .*/\1: run clang-format-19 -i/p' <<<"$report" | sort -u
  grep -q 'code should be clang-formatted' <<<"$report" || echo "$report"
  return 1
}

mapfile -t cpp < <(files '*.h' '*.cc')
mapfile -t python < <(files '*.py')
mapfile -t scripts < <(files '*.sh' .ci/run)

check "clang-format (${#cpp[@]} files)" formatted "${cpp[@]}"
check "layers" python3 -B tools/check_layers.py
check "tree" python3 -B tools/check_tree.py
check "pyflakes (${#python[@]} files)" pyflakes3 "${python[@]}"
check "shellcheck (${#scripts[@]} files)" shellcheck "${scripts[@]}"
exit "$failed"
