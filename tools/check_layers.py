"""Checks the order of the folders of src/ (tools/layers.txt): includes, engine names, and product words in neutral folders."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import tree

INCLUDE = re.compile(r'^\s*#\s*include\s+"(?P<path>[^"]+)"')
ENGINE_NAME = re.compile(r"duckdb|postgres|libpq|spark", re.IGNORECASE)
PRODUCT_WORD = re.compile(
    r"voucher|segment|(?<!in)variant|snapshot|dataset|decision|customer|country|warehouse", re.IGNORECASE
)
# The namespace, macros and the standard library's own words are no product words.
NEUTRAL_SPELLING = re.compile(r"namespace voucher\S*|voucher::|VOUCHER_[A-Z_]+|std::variant\w*|<variant>|std::monostate")


@dataclass(frozen=True)
class Layer:
    name: str
    position: int
    marks: frozenset[str]


def read_layers(file: Path) -> dict[str, Layer]:
    layers: dict[str, Layer] = {}
    for line in file.read_text().splitlines():
        if line.strip() and not line.startswith("#"):
            name, *marks = line.split()
            layers[name] = Layer(name, len(layers), frozenset(marks))
    return layers


def include_problem(layer: Layer, included: str, layers: dict[str, Layer]) -> str | None:
    folder = included.split("/")[0]
    if "/" not in included:
        return f'includes "{included}" without its folder; write "{layer.name}/{included}"'
    if folder not in layers:
        return f'includes "{included}", but {folder}/ is not in tools/layers.txt'
    if layers[folder].position > layer.position:
        return f'includes "{included}", but {folder}/ stands below {layer.name}/; turn the dependency round, or move the code'
    return None


def line_problems(layer: Layer, line: str, layers: dict[str, Layer], is_test: bool) -> Iterator[str]:
    include = INCLUDE.match(line)
    if include and (problem := include_problem(layer, include["path"], layers)):
        yield problem
    if is_test:
        return
    code = line.split("//")[0]
    if "engines" not in layer.marks and (name := ENGINE_NAME.search(code)):
        yield f"names the engine `{name[0]}`; only sql/, engine/, warehouse/, cli/ and tests may: ask an interface instead"
    if "neutral" in layer.marks and (word := PRODUCT_WORD.search(NEUTRAL_SPELLING.sub("", line))):
        yield f"says `{word[0]}`, but {layer.name}/ holds no word of the product: name what it is in general"


def find_problems(root: Path) -> Iterator[str]:
    layers = read_layers(root / "tools/layers.txt")
    for file in tree.cpp_files(root):
        path = file.relative_to(root)
        layer = layers.get(path.parts[1])
        if layer is None:
            yield f"{path}:1: the folder src/{path.parts[1]}/ is not in tools/layers.txt; add it at its place in the order"
            continue
        for number, line in enumerate(file.read_text().splitlines(), start=1):
            for problem in line_problems(layer, line, layers, tree.is_test(path)):
                yield f"{path}:{number}: {problem}"


if __name__ == "__main__":
    tree.main(find_problems)
