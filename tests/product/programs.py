"""The built programs, run as a user runs them: arguments in, exit code and both outputs out."""

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
BIN = Path(os.environ.get("VOUCHER_BIN", ROOT / "build/release/bin"))
VOUCHER = BIN / "voucher"
VOUCHER_ETL = BIN / "voucher_etl"
TIMEOUT_SECONDS = 120

DONE = 0
REFUSED = 1
USAGE = 2
UNAVAILABLE = 3
CHANGES = 10
NOTHING_NEW = 99
INTERRUPTED = 130


@dataclass
class Finished:
    """What a program left behind."""

    command: list[str]
    code: int
    out: str
    err: str

    def json(self) -> dict:
        try:
            return json.loads(self.out)
        except json.JSONDecodeError as error:
            raise AssertionError(f"not one JSON document ({error}): {self}") from error

    def ended_with(self, code: int) -> "Finished":
        assert self.code == code, f"expected exit code {code}, got {self}"
        return self

    def says(self, *words: str) -> "Finished":
        """All words stand in what went to stderr, whatever their case."""
        missing = [word for word in words if word.lower() not in self.err.lower()]
        assert not missing, f"{missing} are not in the message of {self}"
        return self

    def __str__(self) -> str:
        return f"exit code {self.code} of: {' '.join(self.command)}\n--- stdout\n{self.out}\n--- stderr\n{self.err}"


def environment(extra: dict[str, str] | None = None) -> dict[str, str]:
    """The caller's environment without its own VOUCHER_ flags."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("VOUCHER_")}
    return clean | (extra or {})


def run(program: Path, *arguments: object, env: dict[str, str] | None = None, cwd: Path | None = None, **options: object) -> Finished:
    """Runs to the end; a program that hangs fails the test."""
    command = [str(program), *map(str, arguments)]
    finished = subprocess.run(
        command, capture_output=True, text=True, timeout=TIMEOUT_SECONDS, env=environment(env), cwd=cwd, **options
    )
    return Finished(command, finished.returncode, finished.stdout, finished.stderr)


def voucher(*arguments: object, **options: object) -> Finished:
    return run(VOUCHER, *arguments, **options)


def voucher_etl(*arguments: object, **options: object) -> Finished:
    return run(VOUCHER_ETL, *arguments, **options)


def start(program: Path, *arguments: object, **options: object) -> subprocess.Popen:
    """Starts without waiting; the caller ends it."""
    return subprocess.Popen([str(program), *map(str, arguments)], env=environment(), text=True, **options)
