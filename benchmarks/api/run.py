"""Measures the API: requests a second, CPU time of the server for each request, and latency at 64 connections, for the classic and
the v1 endpoint, each without and with a decision log. Writes benchmarks/results/api.json. Needs `make build`; wrk makes the load on
the same machine."""

import json
import os
import platform
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "build/release/bin/voucher"
RESULT = ROOT / "benchmarks/results/api.json"
ROWS = 100_000
CONNECTIONS = 64
SECONDS = int(os.environ.get("BENCH_SECONDS", "10"))
BODY = {
    "customer_id": 123,
    "country_code": "Peru",
    "last_order_ts": "2018-05-03 00:00:00",
    "first_order_ts": "2017-05-03 00:00:00",
    "total_orders": 15,
    "segment_name": "recency_segment",
}
PATHS = {"classic": "/get-segment-voucher", "v1": "/v1/customer/voucher/decisions"}
UNITS = {"us": 1, "ms": 1_000, "s": 1_000_000}


def publish_sample(folder: Path) -> str:
    """Makes sample data and publishes it; returns the warehouse's URL."""
    warehouse = f"duckdb:{folder / 'warehouse'}"
    raw = str(folder / "raw.parquet")
    dataset = ["-D", "customer", "-d", "voucher"]
    for command in (["generate", *dataset, "--rows", str(ROWS), "--seed", "1", "--out", raw], ["run", *dataset, "--input", raw, "--warehouse", warehouse]):
        subprocess.run([PROGRAM, *command, "--quiet"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return warehouse


def start_server(warehouse: str, log: Path, *arguments: str) -> tuple[subprocess.Popen, str]:
    with log.open("w") as output:
        server = subprocess.Popen([PROGRAM, "serve", "--warehouse", warehouse, "--port", "0", *arguments], stdout=output, stderr=output)
    for _ in range(500):
        if address := re.search(r"http://127\.0\.0\.1:\d+", log.read_text()):
            return server, address[0]
        time.sleep(0.02)
    sys.exit(f"the server did not start:\n{log.read_text()}")


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def peak_mebibytes(pid: int) -> float:
    return int(re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())[1]) / 1024


def latency_us(report: str, percentile: str) -> float:
    number, unit = re.search(rf"{percentile}%\s+([\d.]+)(us|ms|s)", report).groups()
    return float(number) * UNITS[unit]


def measure(server: subprocess.Popen, url: str, script: Path) -> dict:
    load = ["wrk", "--latency", "-t1", f"-c{CONNECTIONS}", "-s", str(script)]
    subprocess.run([*load, "-d1s", url], check=True, capture_output=True)
    before = cpu_seconds(server.pid)
    report = subprocess.run([*load, f"-d{SECONDS}s", url], check=True, capture_output=True, text=True).stdout
    used = cpu_seconds(server.pid) - before
    requests = int(re.search(r"(\d+) requests in", report)[1])
    if "Non-2xx" in report or "Socket errors" in report:
        sys.exit(f"not every answer was good:\n{report}")
    return {
        "requests_per_second": round(float(re.search(r"Requests/sec:\s+([\d.]+)", report)[1])),
        "cpu_us_per_request": round(used / requests * 1e6, 2),
        "p50_us": latency_us(report, "50"),
        "p99_us": latency_us(report, "99"),
    }


def dropped_decisions(address: str) -> int:
    page = urllib.request.urlopen(f"{address}/metrics", timeout=10).read().decode()
    return int(re.search(r"^voucher_decision_log_dropped_total (\d+)$", page, re.MULTILINE)[1])


def measure_all(warehouse: str, folder: Path, script: Path, *arguments: str) -> dict:
    """Both endpoints, on a server of their own."""
    server, address = start_server(warehouse, folder / "serve.log", *arguments)
    try:
        result = {"endpoints": {name: measure(server, address + path, script) for name, path in PATHS.items()}}
        result["peak_mib"] = round(peak_mebibytes(server.pid), 1)
        if arguments:
            result["decisions_dropped"] = dropped_decisions(address)
        return result
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=10)


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        script = folder / "post.lua"
        headers = 'wrk.headers["Content-Type"] = "application/json"'
        script.write_text(f"wrk.method = 'POST'\nwrk.body = '{json.dumps(BODY)}'\n{headers}\n")
        warehouse = publish_sample(folder)
        result = {"cores": os.cpu_count(), "machine": platform.machine(), "connections": CONNECTIONS, "seconds": SECONDS}
        result |= measure_all(warehouse, folder, script)
        result["with_decision_log"] = measure_all(warehouse, folder, script, "--decision-log", str(folder / "decisions.jsonl"))
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=2) + "\n")
    logged = {f"{name} logged": numbers for name, numbers in result["with_decision_log"]["endpoints"].items()}
    for name, numbers in (result["endpoints"] | logged).items():
        print(f"api {name:<15} {numbers['requests_per_second']:>8,} requests/s  {numbers['cpu_us_per_request']:>6.2f} us CPU a request  "
              f"p50 {numbers['p50_us']:.0f} us  p99 {numbers['p99_us']:.0f} us")


if __name__ == "__main__":
    main()
