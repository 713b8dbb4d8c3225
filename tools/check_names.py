"""Checks names: no file, folder or type is called after nothing (util, helper, …)."""

import re
from collections.abc import Iterator
from pathlib import Path

import tree

BANNED = {"util", "utils", "utility", "utilities", "helper", "helpers", "common", "misc", "manager", "managers", "abstract"}
TYPE = re.compile(r"^\s*(?:class|struct|enum class|enum|union|concept|namespace)\s+(?:\[\[\w+\]\]\s+)?(?P<name>\w+)")
NAMED_FOLDERS = ("src/*", "tests/*", "tools/*", "web/*", "cmake/*", "benchmarks/*", "fuzz/*", "domains/*", "examples/*", "docs/*")


def words(name: str) -> list[str]:
    """`HTTPServer_utils` -> http, server, utils."""
    return [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)]


def line_problem(line: str) -> str | None:
    declared = TYPE.match(line)
    if declared and (banned := BANNED.intersection(words(declared["name"]))):
        return f"the name {declared['name']} holds `{banned.pop()}`; name it after its idea"
    return None


def find_problems(root: Path) -> Iterator[str]:
    for file in tree.project_files(root, *NAMED_FOLDERS):
        path = file.relative_to(root)
        for part in path.parts:
            if banned := BANNED.intersection(words(part)):
                yield f"{path}:1: `{banned.pop()}` in a path says nothing; name it after its idea"
        if path.suffix in {".h", ".cc", ".py"}:
            for number, line in enumerate(file.read_text().splitlines(), start=1):
                if problem := line_problem(line):
                    yield f"{path}:{number}: {problem}"


if __name__ == "__main__":
    tree.main(find_problems)
