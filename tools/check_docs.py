"""Checks the documents against the tree: folders of ARCHITECTURE.md, links, paths, `make` targets, and commands and flags of `voucher`
(these once build/release/bin/voucher is built)."""

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import tree

DOCUMENTS = ("*.md", "docs/*.md")
LINK = re.compile(r"\[[^\]]*\]\((?P<target>[^)\s]+)\)")
SPAN = re.compile(r"`([^`]+)`")
FOLDER_ROW = re.compile(r"^\| `(?P<folder>[\w./-]+)/` \|")
PATH_IN_SPAN = re.compile(r"(?:src|tests|tools|docs|cmake|web|domains|benchmarks)/[\w./-]+")
COMMAND = re.compile(r"(?:^|[\s/])voucher (?P<command>[a-z]+)(?P<rest>[^|;&]*)")
FLAG = re.compile(r"(?<![\w-])--[a-z][a-z-]+")


@dataclass(frozen=True)
class Place:
    """A piece of code in a document: a code span, or a line of a code block."""

    file: Path
    line: int
    code: str


def code_places(root: Path, file: Path) -> Iterator[Place]:
    in_block = False
    for number, line in enumerate(file.read_text().splitlines(), start=1):
        if line.lstrip().startswith("```"):
            in_block = not in_block
        elif in_block:
            yield Place(file.relative_to(root), number, line.split(" #")[0])
        else:
            for span in SPAN.findall(line):
                yield Place(file.relative_to(root), number, span)


def heading_anchors(text: str) -> set[str]:
    """The anchors of a document's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def link_problems(root: Path, file: Path) -> Iterator[str]:
    for number, line in enumerate(file.read_text().splitlines(), start=1):
        for link in LINK.finditer(SPAN.sub("", line)):
            target, _, anchor = link["target"].partition("#")
            if "://" in target or target.startswith("mailto:"):
                continue
            linked = (file.parent / target).resolve() if target else file
            where = f"{file.relative_to(root)}:{number}"
            if not linked.exists():
                yield f"{where}: the link {link['target']} leads nowhere; mend or remove it"
            elif anchor and linked.suffix == ".md" and anchor not in heading_anchors(linked.read_text()):
                yield f"{where}: {target or file.name} has no heading #{anchor}; there are {', '.join(sorted(heading_anchors(linked.read_text())))}"


def tree_folders(root: Path) -> set[str]:
    """Folders of the top level and of src/ that hold a file of the project; hidden ones are left out."""
    folders = set()
    for file in tree.project_files(root):
        parts = file.relative_to(root).parts
        if len(parts) > 1 and not parts[0].startswith("."):
            folders.add(parts[0])
        if len(parts) > 2 and parts[0] == "src":
            folders.add(f"src/{parts[1]}")
    return folders


def folder_problems(root: Path) -> Iterator[str]:
    named: dict[str, int] = {}
    for number, line in enumerate((root / "ARCHITECTURE.md").read_text().splitlines(), start=1):
        if row := FOLDER_ROW.match(line):
            named[row["folder"]] = number
    present = tree_folders(root)
    for folder in sorted(present - set(named)):
        yield f"ARCHITECTURE.md:1: says nothing of {folder}/; add its row to the table of folders"
    for folder in sorted(set(named) - present):
        yield f"ARCHITECTURE.md:{named[folder]}: {folder}/ does not exist; take its row out"


def path_problems(root: Path, place: Place) -> Iterator[str]:
    for path in PATH_IN_SPAN.findall(place.code):
        if not (root / path).exists() and "..." not in path:
            yield f"{place.file}:{place.line}: {path} does not exist; mend the path"


def make_targets(root: Path) -> set[str]:
    return set(re.findall(r"^([a-z-]+):.*## ", (root / "Makefile").read_text(), re.MULTILINE))


def make_problems(place: Place, targets: set[str]) -> Iterator[str]:
    call = re.match(r"^\s*(?:\$ )?make ((?:[a-z-]+ ?)+)$", place.code.split("=")[0].rstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ_").rstrip())
    for target in call[1].split() if call else ():
        if target not in targets:
            yield f"{place.file}:{place.line}: there is no `make {target}`; `make help` lists the targets"


@cache
def help_text(program: str, *command: str) -> str:
    run = subprocess.run([program, *command, "--help"], capture_output=True, text=True, timeout=30)
    return run.stdout + run.stderr if run.returncode == 0 else ""


def command_problems(program: str, place: Place) -> Iterator[str]:
    if "`" in place.code or "{" in place.code:
        return
    for call in COMMAND.finditer(place.code):
        command = call["command"]
        known = re.search(rf"^\s+{command}\b", help_text(program), re.MULTILINE)
        if not known:
            yield f"{place.file}:{place.line}: `voucher {command}` is no command; `voucher --help` lists them"
            continue
        for flag in FLAG.findall(call["rest"]):
            if flag not in help_text(program, command):
                yield f"{place.file}:{place.line}: `voucher {command}` has no {flag}; `voucher {command} --help` lists its flags"


def find_problems(root: Path) -> Iterator[str]:
    yield from folder_problems(root)
    targets = make_targets(root)
    program = root / "build/release/bin/voucher"
    for file in tree.project_files(root, *DOCUMENTS):
        yield from link_problems(root, file)
        for place in code_places(root, file):
            yield from path_problems(root, place)
            yield from make_problems(place, targets)
            if program.exists():
                yield from command_problems(str(program), place)


if __name__ == "__main__":
    tree.main(find_problems)
