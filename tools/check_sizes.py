"""Checks sizes: headers 250 lines, other sources 400, functions 70. tools/size_ratchet.txt lists the files that may be longer,
up to 500; what stands there may only shrink, and leaves the list once it fits."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import tree

HEADER_LINES = 250
SOURCE_LINES = 400
HARD_LINES = 500
FUNCTION_LINES = 70
SOURCES = ("src/*.h", "src/*.cc", "tests/*.py", "tools/*.py", "tools/*.sh", "benchmarks/*", "web/*.js", "cmake/*", "CMakeLists.txt", "Makefile")
# With the project's format a function opens at the indentation where its closing brace stands alone.
OPENS_NO_FUNCTION = re.compile(r"\s*(?:namespace|class|struct|enum|union|extern|template|else|\}|#|//|const\w* .*=|static const.*=|constexpr.*=|inline const.*=)")


def read_ratchet(file: Path) -> dict[str, int]:
    if not file.exists():
        return {}
    rows = [line.split() for line in file.read_text().splitlines() if line.strip() and not line.startswith("#")]
    return {path: int(lines) for lines, path in rows}


def file_problem(path: str, lines: int, allowed: int | None) -> str | None:
    limit = HEADER_LINES if path.endswith(".h") else SOURCE_LINES
    if lines > HARD_LINES:
        return f"{lines} lines, and none may have over {HARD_LINES}; split it by ideas"
    if allowed is None and lines > limit:
        return f"{lines} lines, the limit is {limit}; split it by ideas"
    if allowed is not None and lines > allowed:
        return f"{lines} lines, tools/size_ratchet.txt has it at {allowed}, and it may only shrink"
    if allowed is not None and lines <= limit:
        return f"fits its limit now ({lines} of {limit}); take it out of tools/size_ratchet.txt"
    if allowed is not None and lines < allowed:
        return f"shrank to {lines}; write that into tools/size_ratchet.txt in place of {allowed}"
    return None


def opens_function(lines: list[str], index: int) -> bool:
    line = lines[index]
    return line.endswith("{") and not OPENS_NO_FUNCTION.match(line) and "(" in line + lines[index - 1]


def closing_line(lines: list[str], start: int, indentation: int) -> int:
    closing = re.compile(" " * indentation + r"\}(?:;|\s.*)?$")
    return next((i for i in range(start + 1, len(lines)) if closing.match(lines[i])), start)


def cpp_functions(lines: list[str]) -> Iterator[tuple[int, int]]:
    """First line number and length of each function that stands in a namespace or, two blanks in, in a class there."""
    index = 0
    while index < len(lines):
        indentation = len(lines[index]) - len(lines[index].lstrip(" "))
        if indentation in (0, 2) and opens_function(lines, index):
            end = closing_line(lines, index, indentation)
            yield index + 1, end - index + 1
            index = end
        index += 1


def python_functions(source: str) -> Iterator[tuple[int, int]]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.lineno, node.end_lineno - node.lineno + 1


def functions(file: Path, text: str) -> Iterator[tuple[int, int]]:
    if file.suffix in {".h", ".cc"}:
        return cpp_functions(text.splitlines())
    if file.suffix == ".py":
        return python_functions(text)
    return iter(())


def find_problems(root: Path) -> Iterator[str]:
    ratchet = read_ratchet(root / "tools/size_ratchet.txt")
    for file in tree.project_files(root, *SOURCES):
        path = str(file.relative_to(root))
        text = file.read_text(errors="replace")
        if problem := file_problem(path, text.count("\n"), ratchet.pop(path, None)):
            yield f"{path}:1: {problem}"
        for number, length in functions(file, text):
            if length > FUNCTION_LINES:
                yield f"{path}:{number}: a function of {length} lines, the limit is {FUNCTION_LINES}; take a step of it out"
    for path in ratchet:
        yield f"tools/size_ratchet.txt:1: {path} is gone; take it out"


if __name__ == "__main__":
    tree.main(find_problems)
