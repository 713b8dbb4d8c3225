"""Runs clang-tidy 19 on the sources of build/release/compile_commands.json, on every core. A file whose text, headers, flags and
rules passed once is not read again: build/tidy/ remembers it. check_tidy.py [FILE...] reads only these."""

import concurrent.futures
import hashlib
import json
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import tree

INCLUDE = re.compile(rb'^\s*#\s*include\s+"([^"]+)"', re.MULTILINE)
FINDING = re.compile(r"^(?P<place>/.*?:\d+:\d+): (?:error|warning): (?P<text>.*)$")
PASSED = tree.ROOT / "build/tidy"


@cache
def reached(file: Path) -> frozenset[Path]:
    """The file and all of the project's headers that it includes, directly or through others."""
    files = {file}
    waiting = [file]
    while waiting:
        for name in INCLUDE.findall(waiting.pop().read_bytes()):
            header = tree.ROOT / "src" / name.decode()
            if header not in files and header.is_file():
                files.add(header)
                waiting.append(header)
    return frozenset(files)


@cache
def digest(file: Path) -> bytes:
    return hashlib.sha256(file.read_bytes()).digest()


def key(entry: dict, rules: bytes) -> str:
    """What decides the outcome for one file."""
    state = hashlib.sha256(rules + entry["command"].encode())
    for file in sorted(reached(Path(entry["file"]))):
        state.update(str(file.relative_to(tree.ROOT)).encode() + digest(file))
    return state.hexdigest()


def run_tidy(entry: dict) -> tuple[bool, str]:
    command = ["clang-tidy-19", "--quiet", "-p", str(tree.ROOT / "build/release"), "--extra-arg=-Wno-unknown-warning-option", entry["file"]]
    run = subprocess.run(command, capture_output=True, text=True)
    return run.returncode == 0, run.stdout if run.stdout.strip() else run.stderr


def is_read(file: Path) -> bool:
    """Tests and benchmarks are left to the compilers' warnings: their frameworks' headers would double the time."""
    return file.is_relative_to(tree.ROOT / "src") and file.is_file() and not file.stem.endswith(("_test", "_benchmark"))


def entries(only: list[Path]) -> list[dict]:
    """The project's own sources; largest first, so that the cores end together."""
    database = json.loads((tree.ROOT / "build/release/compile_commands.json").read_text())
    own = [entry for entry in database if is_read(Path(entry["file"])) and (not only or Path(entry["file"]) in only)]
    return sorted(own, key=lambda entry: -Path(entry["file"]).stat().st_size)


def main(only: list[Path]) -> int:
    PASSED.mkdir(parents=True, exist_ok=True)
    version = subprocess.run(["clang-tidy-19", "--version"], capture_output=True, check=True).stdout
    rules = version + (tree.ROOT / ".clang-tidy").read_bytes()
    keys = {entry["file"]: key(entry, rules) for entry in entries(only)}
    waiting = [entry for entry in entries(only) if not (PASSED / keys[entry["file"]]).exists()]
    shown: set[str] = set()
    failed = False
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for entry, (passed, output) in zip(waiting, pool.map(run_tidy, waiting)):
            if passed:
                (PASSED / keys[entry["file"]]).touch()
                continue
            failed = True
            findings = [match for line in output.splitlines() if (match := FINDING.match(line))]
            for finding in findings:
                line = f"{os.path.relpath(finding['place'], tree.ROOT)}: {finding['text']}"
                if line not in shown:
                    shown.add(line)
                    print(line, flush=True)
            if not findings:
                print(f"{os.path.relpath(entry['file'], tree.ROOT)}:1: clang-tidy failed:\n{output}", flush=True)
    print(f"clang-tidy read {len(waiting)} of {len(keys)} files", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main([Path(argument).resolve() for argument in sys.argv[1:]]))
