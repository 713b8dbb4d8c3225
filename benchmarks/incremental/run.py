"""Measures what a daily run costs beside a full one: BENCH_ROWS rows of history (default 12000000), then days of one hundredth as many
rows each, all files named every time. A day holds assignments of its own date; the worst case, measured too, is a file whose times lie all
over the history, so that every row may meet an earlier one. Wall and CPU time of the whole process; the snapshot must be that of a full
run over all files. Writes benchmarks/results/incremental.json."""

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
RESULT = ROOT / "benchmarks/results/incremental.json"
ROWS = int(os.environ.get("BENCH_ROWS", "12000000"))
DAYS = ("2018-08-01", "2018-08-02", "2018-08-03")
DATASET = ["-D", "customer", "-d", "voucher"]
HISTORY = "{from: 2018-06-01, to: 2018-07-31}"


def measure(command: list[str]) -> tuple[dict, dict]:
    """The figures of one process, and the document that it prints."""
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        start = time.monotonic()
        child = subprocess.Popen(command, stdout=output, stderr=errors)
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.monotonic() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        errors.seek(0)
        if child.returncode != 0:
            sys.exit(f"exit code {child.returncode}: {' '.join(command)}\n{errors.read().decode()}")
        figures = {"seconds": seconds, "cpu_seconds": usage.ru_utime + usage.ru_stime, "peak_mib": usage.ru_maxrss / 1024}
        return figures, json.loads(output.read())


def generate(folder: Path, name: str, rows: int, seed: int, day: str = "") -> str:
    """A raw file; with `day`, its assignments are of that date."""
    project = folder / f"project-{name}"
    shutil.copytree(ROOT / "domains", project / "domains")
    sample = project / "domains/customer/voucher.sample.yaml"
    if day:
        text = sample.read_text()
        assert HISTORY in text, f"{sample} has other times"
        sample.write_text(text.replace(HISTORY, f"{{from: {day}, to: {day}}}"))
    raw = folder / f"{name}.parquet"
    command = [PROGRAM, "generate", *DATASET, "--project", str(project), "--quiet", "--rows", str(rows), "--seed", str(seed), "--out", str(raw)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return str(raw)


class Runs:
    def __init__(self, warehouse: Path):
        self.command = [PROGRAM, "run", *DATASET, "--project", str(ROOT), "--quiet", "--json", "--warehouse", f"duckdb:{warehouse}"]

    def over(self, files: list[str]) -> tuple[dict, dict]:
        return measure([*self.command, *(argument for file in files for argument in ("--input", file))])


def rounded(figures: dict) -> dict:
    return {name: round(number, 3 if "seconds" in name else 0) for name, number in figures.items()}


def main() -> None:
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_FOLDER")) as scratch:
        folder = Path(scratch)
        files = [generate(folder, "history", ROWS, 1)]
        runs = Runs(folder / "warehouse")
        runs.over(files)
        days, stages = [], []
        for seed, day in enumerate(DAYS, start=2):
            files.append(generate(folder, day, ROWS // 100, seed, day))
            figures, document = runs.over(files)
            days.append(figures)
            stages.append(document["stages"])
        files.append(generate(folder, "overlapping", ROWS // 100, 9))
        overlapping, document = runs.over(files)
        full, rebuilt = Runs(folder / "rebuilt").over(files)
    if document["snapshot"] != rebuilt["snapshot"]:
        sys.exit(f"not the same snapshot: {document['snapshot']}, a full run makes {rebuilt['snapshot']}")
    daily = {name: statistics.median(figures[name] for figures in days) for name in days[0]}
    result = {"cores": os.cpu_count(), "machine": platform.machine(), "rows": ROWS, "rows_a_day": ROWS // 100}
    result |= {"full": rounded(full), "daily": rounded(daily), "overlapping": rounded(overlapping)}
    for name, figures in (("daily", daily), ("overlapping", overlapping)):
        for measured in ("seconds", "cpu_seconds"):
            result[name][f"{measured}_to_full"] = round(figures[measured] / full[measured], 4)
    result["daily"]["stages"] = {stage["name"]: round(stage["seconds"], 3) for stage in stages[-1]}
    result["overlapping"]["stages"] = {stage["name"]: round(stage["seconds"], 3) for stage in document["stages"]}
    result["snapshot"] = rebuilt["snapshot"]
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=2) + "\n")
    for name in ("full", "daily", "overlapping"):
        print(f"incremental {name:<12} {result[name]['seconds']:>8.3f} s wall  {result[name]['cpu_seconds']:>8.3f} s CPU  "
              f"{result[name]['peak_mib']:>6.0f} MiB  {result[name].get('seconds_to_full', 1):.2%} of a full run")


if __name__ == "__main__":
    main()
