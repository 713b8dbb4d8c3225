"""Guards of the repository: no path of one machine, no address of a package registry, lockfiles with hashes and without addresses,
no large file, nothing left unfinished."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import tree

LARGEST_BYTES = 1_000_000
MACHINE_PATH = re.compile(r"(?<![\w.:-])/(?:home|Users|work|farm|root)/[\w.-]+")
REGISTRY = re.compile(r"\b(?:registry\.(?:npm|yarn)\w+|(?:test\.)?pypi|files\.python\w+|proxy\.golang|(?:deb|snapshot|security)\.debian)\.(?:org|com|io)\b")
UNFINISHED = re.compile(r"\b(?:TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b")
TEXT_RULES = (
    (MACHINE_PATH, "is a path of one machine; make it relative, or take it from an argument"),
    (REGISTRY, "is the address of a package registry; each machine has its own settings, name none"),
    (UNFINISHED, "marks something unfinished; finish it, or write it down as an issue"),
)


def line_problems(line: str) -> Iterator[str]:
    for pattern, advice in TEXT_RULES:
        if found := pattern.search(line):
            yield f"`{found[0]}` {advice}"


def lockfile_problems(lockfile: dict) -> Iterator[str]:
    for name, package in lockfile.get("packages", {}).items():
        if "resolved" in package:
            yield f"{name} has a download address; .npmrc leaves them out: run npm install --package-lock-only again"
        if name and not package.get("link") and not package.get("integrity", "").startswith("sha512-"):
            yield f"{name} has no sha512 hash, so npm would take any file for it"


def file_problems(root: Path, file: Path) -> Iterator[str]:
    path = file.relative_to(root)
    if file.stat().st_size > LARGEST_BYTES:
        yield f"{path}:1: {file.stat().st_size} bytes; files over {LARGEST_BYTES} are downloaded or made, not kept here"
        return
    content = file.read_bytes()
    if b"\0" in content:
        return
    text = content.decode(errors="replace")
    if file.name == "package-lock.json":
        for problem in lockfile_problems(json.loads(text)):
            yield f"{path}:1: {problem}"
    for number, line in enumerate(text.splitlines(), start=1):
        for problem in line_problems(line):
            yield f"{path}:{number}: {problem}"


def find_problems(root: Path) -> Iterator[str]:
    for file in tree.project_files(root):
        yield from file_problems(root, file)


if __name__ == "__main__":
    tree.main(find_problems)
