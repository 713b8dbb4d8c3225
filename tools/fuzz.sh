#!/usr/bin/env bash
# Runs each fuzz target in a folder for some seconds, from the seeds in fuzz/<target>/ where there are any: fuzz.sh FOLDER SECONDS.
# What it finds stays in build/fuzz/corpus/<target>/; an input that breaks a target ends with 1 and is named.
set -uo pipefail
cd "$(dirname "$0")/.."

failed=0
count=0
for program in "$1"/*_fuzz; do
  [ -x "$program" ] || continue
  count=$((count + 1))
  name=$(basename "$program")
  corpus=build/fuzz/corpus/$name
  mkdir -p "$corpus"
  folders=("$corpus")
  [ -d "fuzz/$name" ] && folders+=("fuzz/$name")
  if "$program" -max_total_time="$2" -timeout=10 -rss_limit_mb=2048 -verbosity=0 -print_final_stats=1 -artifact_prefix="$corpus/broken-" \
    "${folders[@]}" >"$corpus.log" 2>&1; then
    printf '%-28s %s runs\n' "$name" "$(sed -n 's/stat::number_of_executed_units: *//p' "$corpus.log")"
  else
    failed=1
    tail -n 40 "$corpus.log"
    printf '%-28s FAILED, the input is %s\n' "$name" "$(ls -t "$corpus"/broken-* 2>/dev/null | head -n 1)"
  fi
done
[ "$count" != 0 ] || { echo "no fuzz target in $1: build them first with make fuzz"; failed=1; }
exit "$failed"
