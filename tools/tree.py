"""The files of the project, and how a check reports: shared by the checks beside it."""

import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def project_files(root: Path, *patterns: str) -> list[Path]:
    """Files that git holds, or would add, whose path below the root matches a glob of git; sorted, with the root in front."""
    listing = subprocess.run(
        ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *patterns],
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    files = sorted({root / name for name in listing.split("\0") if name})
    return [file for file in files if file.is_file()]


def cpp_files(root: Path) -> list[Path]:
    return project_files(root, "src/*.h", "src/*.cc")


def is_test(file: Path) -> bool:
    """Tests, their fixtures, benchmarks and fuzz targets: they may name what the code beside them may not."""
    return file.stem.endswith(("_test", "_fixture", "_benchmark", "_fuzz"))


def main(find_problems: Callable[[Path], Iterable[str]]) -> None:
    """Prints the problems of this project, each `file:line: what, how to mend`, and ends with 1 where there is one."""
    problems = list(find_problems(ROOT))
    for problem in problems:
        print(problem)
    sys.exit(1 if problems else 0)
