"""Measures the load into PostgreSQL: rows a second of `voucher load`, next to the server's own COPY … FREEZE of the same rows from a
binary file, and to `psql \\copy` of them as text, each into a new table of the same shape, in turn and on the same server.
Writes benchmarks/results/load.json. Needs `make build`; starts a PostgreSQL of its own that keeps its promises (fsync)."""

import json
import os
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/product"))

import programs  # noqa: E402
from datasets import VOUCHER  # noqa: E402
from postgres_server import BIN, PostgresServer  # noqa: E402
from postgres_warehouse import PostgresWarehouse  # noqa: E402

RESULT = ROOT / "benchmarks/results/load.json"
ROWS = int(os.environ.get("BENCH_LOAD_ROWS", "2000000"))
ROUNDS = int(os.environ.get("BENCH_LOAD_ROUNDS", "5"))
SETTINGS = """
fsync = on
full_page_writes = on
shared_buffers = 128MB
max_wal_size = 8GB
checkpoint_timeout = 1h
log_min_duration_statement = 100
"""
COPIED = re.compile(r"duration: ([\d.]+) ms +(?:statement|execute [^:]*): *COPY [^\n]*FROM STDIN", re.IGNORECASE)


class Comparison:
    """The three ways of getting the same rows into the server."""

    def __init__(self, server: PostgresServer, processed: Path):
        self.server = server
        self.processed = processed
        self.binary = server.folder / "rows.bin"
        self.text = server.folder / "rows.txt"
        self.database = server.create_database(owner="postgres")
        self.rows = self._export()

    def _settle(self) -> None:
        """What the server still has to write is written before the clock starts."""
        with self.server.connect() as admin:
            admin.execute("CHECKPOINT")

    def _export(self) -> int:
        """Loads once, and writes the largest table, the processed rows, as the files of the other two."""
        warehouse = PostgresWarehouse(self.server, self.server.create_database())
        warehouse.do("load", "--from", self.processed).ended_with(programs.DONE)
        with warehouse.connect() as source:
            (table,) = source.execute(
                "SELECT oid::regclass::text FROM pg_class WHERE relkind = 'r' AND relnamespace >= 16384 ORDER BY pg_relation_size(oid) DESC LIMIT 1"
            ).fetchone()
            source.execute(f"COPY {table} TO '{self.binary}' (FORMAT binary)")
            source.execute(f"COPY {table} TO '{self.text}'")
            columns = source.execute(
                "SELECT string_agg(format('%%I %%s', attname, format_type(atttypid, atttypmod)), ', ' ORDER BY attnum)"
                " FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0",
                [table],
            ).fetchone()[0]
            (rows,) = source.execute(f"SELECT count(*) FROM {table}").fetchone()
        self.create = f"CREATE TABLE copied ({columns})"
        warehouse.drop()
        return rows

    def load(self) -> tuple[float, float]:
        """Seconds of the whole command, with reading Parquet, counting and committing; and of its COPY as the server logged it."""
        warehouse = PostgresWarehouse(self.server, self.server.create_database())
        self._settle()
        logged = self.server.log.stat().st_size
        begin = time.monotonic()
        warehouse.do("load", "--from", self.processed, "--quiet").ended_with(programs.DONE)
        seconds = time.monotonic() - begin
        durations = [float(match) for match in COPIED.findall(self.server.log.read_text()[logged:])]
        warehouse.drop()
        return seconds, max(durations, default=0.0) / 1000

    def server_copy(self) -> float:
        """The server reads the binary file itself."""
        self._settle()
        with self.server.connect(self.database) as admin:
            begin = time.monotonic()
            admin.execute(f"BEGIN; {self.create}; COPY copied FROM '{self.binary}' (FORMAT binary, FREEZE); COMMIT")
            seconds = time.monotonic() - begin
            admin.execute("DROP TABLE copied")
        return seconds

    def psql_copy(self) -> float:
        """What people do by hand."""
        with self.server.connect(self.database) as admin:
            admin.execute(self.create)
        self._settle()
        begin = time.monotonic()
        command = f"\\copy copied from '{self.text}'"
        subprocess.run([BIN / "psql", "--no-psqlrc", "--quiet", self.server.url(self.database, "postgres"), "-c", command], check=True)
        seconds = time.monotonic() - begin
        with self.server.connect(self.database) as admin:
            admin.execute("DROP TABLE copied")
        return seconds


def measure(comparison: Comparison) -> dict:
    seconds: dict[str, list[float]] = {"load": [], "load_copy": [], "server_copy": [], "psql_copy": []}
    for _ in range(ROUNDS):
        whole, copied = comparison.load()
        seconds["load"].append(whole)
        seconds["load_copy"].append(copied)
        seconds["server_copy"].append(comparison.server_copy())
        seconds["psql_copy"].append(comparison.psql_copy())
    best = {name: statistics.median(values) for name, values in seconds.items()}
    return {
        "cores": os.cpu_count(),
        "machine": platform.machine(),
        "rows": comparison.rows,
        "rounds": ROUNDS,
        "median_seconds": {name: round(value, 3) for name, value in best.items()},
        "rows_per_second": {name: round(comparison.rows / value) for name, value in best.items()},
        "load_to_server_copy": round(best["server_copy"] / best["load"], 3),
        "load_to_psql_copy": round(best["psql_copy"] / best["load"], 3),
        "load_copy_to_server_copy": round(best["server_copy"] / best["load_copy"], 3),
        "load_copy_to_psql_copy": round(best["psql_copy"] / best["load_copy"], 3),
    }


def main() -> None:
    server = PostgresServer(SETTINGS)
    try:
        server.create()
        with tempfile.TemporaryDirectory() as scratch:
            raw = VOUCHER.generate(Path(scratch) / "raw.parquet", ROWS)
            processed = Path(scratch) / "processed"
            programs.voucher("transform", *VOUCHER.flags, "--input", raw, "--out", processed).ended_with(programs.DONE)
            result = measure(Comparison(server, processed))
    finally:
        server.close()
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=2) + "\n")
    for name, rate in result["rows_per_second"].items():
        print(f"load {name:<12} {rate:>10,} rows/s  {result['median_seconds'][name]:.2f} s")
    for name, what in (("load", "the whole load"), ("load_copy", "its COPY")):
        print(f"{what} is {result[f'{name}_to_server_copy']:.2f} x the server's own COPY, {result[f'{name}_to_psql_copy']:.2f} x psql \\copy")


if __name__ == "__main__":
    main()
