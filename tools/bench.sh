#!/usr/bin/env bash
# Runs every benchmark and records its numbers in benchmarks/results/: the programs made from *_benchmark.cc, and each
# benchmarks/<name>/run.py, which writes benchmarks/results/<name>.json.
set -euo pipefail
cd "$(dirname "$0")/.."

mkdir -p benchmarks/results
for program in build/bench/bin/*_benchmark; do
  [ -x "$program" ] || continue
  "$program" --benchmark_min_time=0.2 --benchmark_out_format=json --benchmark_out="benchmarks/results/$(basename "$program").json"
done
for script in benchmarks/*/run.py; do
  venv/bin/python "$script"
done
