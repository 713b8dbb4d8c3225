"""The product in one go: sample data, the pipeline, the API, one request and its decision. Everything is written to data/demo/."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROGRAM = "build/release/bin/voucher"
FOLDER = Path("data/demo")
RAW = FOLDER / "raw/voucher.parquet"
WAREHOUSE = FOLDER / "warehouse"
ROWS = 300_000
DATASET = ["--domain", "customer", "--dataset", "voucher"]
REQUEST = {
    "customer_id": 123,
    "country_code": "Peru",
    "last_order_ts": "2018-05-03 00:00:00",
    "first_order_ts": "2017-05-03 00:00:00",
    "total_orders": 15,
    "segment_name": "recency_segment",
}
# The request again as of a day in the history, so that the segment is one that a customer can still leave.
RICH_REQUEST = REQUEST | {"as_of": "2018-07-10T00:00:00Z"}
START_SECONDS = 20


def run(*arguments: str) -> str:
    """Runs a command of voucher, shows it, and returns what it printed; its failure ends the demo with its exit code."""
    print(f"\n$ voucher {' '.join(arguments)}", flush=True)
    finished = subprocess.run([PROGRAM, *arguments], stdout=subprocess.PIPE, text=True)
    if finished.returncode != 0:
        sys.exit(finished.returncode)
    return finished.stdout


def show_run(result: dict) -> None:
    rows = result["rows"]
    print(f"  {rows['raw']:,} raw = {rows['processed']:,} processed + {rows['rejected']:,} rejected + {rows['duplicates']:,} duplicates")
    for rule, count in rows["rejected_by"].items():
        print(f"    rejected by {rule}: {count:,}")
    for variant, labels in result["variants"].items():
        print(f"  {variant}: " + ", ".join(f"{label} {count:,}" for label, count in labels.items()))
    print("  " + ", ".join(f"{stage['name']} {stage['seconds']:.2f} s" for stage in result["stages"]))
    print(f"  version {result['version']}, published: {result['published']}, {result['snapshot']}")
    total = rows["processed"] + rows["rejected"] + rows["duplicates"]
    if rows["raw"] != total or rows["raw"] != ROWS:
        sys.exit(f"the rows do not add up: {rows}")


def wait_for_address(server: subprocess.Popen, log: Path) -> str:
    """The address that the server prints once it listens on the port that it took."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        address = re.search(r"http://127\.0\.0\.1:\d+", log.read_text())
        if address:
            return address[0]
        time.sleep(0.02)
    sys.exit(f"the server did not start within {START_SECONDS} s:\n{log.read_text()}")


def post(address: str, path: str, body: dict) -> dict:
    print(f"\n$ curl -X POST {address}{path} -H 'content-type: application/json' -d '{json.dumps(body)}'", flush=True)
    request = urllib.request.Request(address + path, json.dumps(body).encode(), {"content-type": "application/json"})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=10) as answer:
        return json.load(answer)


def ask(address: str) -> None:
    classic = post(address, "/get-segment-voucher", REQUEST)
    print(json.dumps(classic))
    if classic != {"voucher_amount": 2640}:
        sys.exit("this is not the answer that the documents promise")
    print(json.dumps(post(address, "/v1/customer/voucher/decisions", RICH_REQUEST), indent=2))


def main() -> None:
    start = time.monotonic()
    shutil.rmtree(FOLDER, ignore_errors=True)
    RAW.parent.mkdir(parents=True)
    run("generate", *DATASET, "--rows", str(ROWS), "--seed", "1", "--out", str(RAW))
    warehouse = f"duckdb:{WAREHOUSE}"
    show_run(json.loads(run("run", *DATASET, "--input", str(RAW), "--warehouse", warehouse, "--json", "--quiet")))

    print(f"\n$ voucher serve --warehouse {warehouse} --port 0", flush=True)
    log = FOLDER / "serve.log"
    with log.open("w") as output:
        server = subprocess.Popen([PROGRAM, "serve", "--warehouse", warehouse, "--port", "0"], stdout=output, stderr=output)
    try:
        ask(wait_for_address(server, log))
    finally:
        server.terminate()
        code = server.wait(timeout=START_SECONDS)
    if code != 0:
        sys.exit(f"the server ended with {code}:\n{log.read_text()}")

    print(f"\ndone in {time.monotonic() - start:.1f} s")
    print(f"  sample data  {RAW}\n  warehouse    {WAREHOUSE}/customer/voucher (any DuckDB shell opens versions/*/warehouse.duckdb)")
    print(f"  server log   {log}\nnext: `make serve` keeps the API up at http://127.0.0.1:8000, with its description at /docs")


if __name__ == "__main__":
    os.chdir(ROOT)
    main()
