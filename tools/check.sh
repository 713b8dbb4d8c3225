#!/usr/bin/env bash
# All that `make check` does: one line for each check with its seconds, what each found above its line, and 1 if any found something.
# `--quick` leaves out clang-tidy, which takes minutes when it has not seen a file before.
set -uo pipefail
cd "$(dirname "$0")/.."

failed=0

run() {
  local name=$1 start=$EPOCHREALTIME result=ok
  shift
  "$@" || { result=FAILED; failed=1; }
  awk -v name="$name" -v start="$start" -v now="$EPOCHREALTIME" -v result="$result" 'BEGIN { printf "%-11s %6.1f s  %s\n", name, now - start, result }'
}

formatted() {
  local files
  mapfile -t files < <(git ls-files -co --exclude-standard 'src/*.h' 'src/*.cc' | while read -r file; do [ -f "$file" ] && echo "$file"; done)
  printf '%s\0' "${files[@]}" | xargs -0 -P "$(nproc)" -n 40 clang-format-19 --dry-run --Werror 2>&1 |
    grep -E 'error:' | sed 's/error: .*/not formatted; `make format` mends it/' | sort -u -t: -k1,1
  [ "${PIPESTATUS[1]}" = 0 ]
}

run layers venv/bin/python tools/check_layers.py
run names venv/bin/python tools/check_names.py
run sizes venv/bin/python tools/check_sizes.py
run docs venv/bin/python tools/check_docs.py
run repository venv/bin/python tools/check_repository.py
run format formatted
[ "${1:-}" = --quick ] || run clang-tidy venv/bin/python tools/check_tidy.py
exit "$failed"
