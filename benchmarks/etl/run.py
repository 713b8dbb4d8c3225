"""Measures the ETL beside a plain DuckDB script (script.sql) that does the same work: wall time and peak memory of the whole process,
in turns, at the numbers of rows in BENCH_ROWS (default: 300000 3000000 12000000). Writes benchmarks/results/etl.json."""

import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = str(ROOT / "build/release/bin/voucher")
SCRIPT = str(Path(__file__).with_name("plain_script.py"))
RESULT = ROOT / "benchmarks/results/etl.json"
ROWS = [int(rows) for rows in os.environ.get("BENCH_ROWS", "300000 3000000 12000000").split()]
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5"))
DATASET = ["-D", "customer", "-d", "voucher", "--project", str(ROOT), "--quiet"]


def measure(command: list[str]) -> tuple[float, float]:
    """Wall seconds and peak MiB of one process."""
    start = time.monotonic()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    seconds = time.monotonic() - start
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        sys.exit(f"exit code {child.returncode}: {' '.join(command)}")
    return seconds, usage.ru_maxrss / 1024


def processed_rows(folder: Path) -> int:
    """Counted in a process of its own: a child starts with the peak memory of the process that forks it."""
    count = "import sys, duckdb_shell; print(duckdb_shell.query(f\"SELECT count(*) AS rows FROM '{sys.argv[1]}'\")[0]['rows'])"
    command = [sys.executable, "-c", count, str(folder / "processed.parquet")]
    return int(subprocess.run(command, cwd=ROOT / "tests/product", check=True, capture_output=True, text=True).stdout)


def compare(rows: int, scratch: Path) -> dict:
    raw = scratch / f"raw_{rows}.parquet"
    subprocess.run([PROGRAM, "generate", *DATASET, "--rows", str(rows), "--seed", "1", "--out", str(raw)], check=True, stdout=subprocess.DEVNULL)
    ours, plain, warehouse = scratch / "ours", scratch / "plain", scratch / "warehouse"
    commands = {
        "transform": [PROGRAM, "transform", *DATASET, "--input", str(raw), "--out", str(ours)],
        "run": [PROGRAM, "run", *DATASET, "--input", str(raw), "--warehouse", f"duckdb:{warehouse}"],
        "plain_script": [sys.executable, SCRIPT, str(raw), str(plain)],
    }
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
    for _ in range(ROUNDS):
        for name, command in commands.items():
            for folder in (ours, plain, warehouse):
                shutil.rmtree(folder, ignore_errors=True)
            plain.mkdir()
            taken[name].append(measure(command))
            if name == "transform":
                our_rows = processed_rows(ours)
    if our_rows != processed_rows(plain):
        sys.exit(f"not the same work: {our_rows} processed rows, the script has {processed_rows(plain)}")
    raw.unlink()
    figures = {}
    for name, rounds in taken.items():
        seconds = statistics.median(second for second, _ in rounds)
        figures[name] = {
            "seconds": round(seconds, 3),
            "rows_per_second": round(rows / seconds),
            "peak_mib": round(max(peak for _, peak in rounds)),
        }
    for name in ("transform", "run"):
        figures[name]["seconds_to_script"] = round(figures[name]["seconds"] / figures["plain_script"]["seconds"], 3)
        figures[name]["memory_to_script"] = round(figures[name]["peak_mib"] / figures["plain_script"]["peak_mib"], 3)
    return figures


def main() -> None:
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_FOLDER")) as scratch:
        results = {str(rows): compare(rows, Path(scratch)) for rows in ROWS}
    result = {"cores": os.cpu_count(), "machine": platform.machine(), "rounds": ROUNDS, "rows": results}
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=2) + "\n")
    for rows, figures in results.items():
        for name, numbers in figures.items():
            ratio = f"  {numbers['seconds_to_script']:.2f} x its time, {numbers['memory_to_script']:.2f} x its memory" if "seconds_to_script" in numbers else ""
            print(f"etl {int(rows):>12,} rows  {name:<13} {numbers['seconds']:>8.3f} s  {numbers['peak_mib']:>6,} MiB{ratio}")


if __name__ == "__main__":
    main()
