"""Runs script.sql in a process of its own, with the library that the product uses: plain_script.py RAW FOLDER."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/product"))

import duckdb_shell  # noqa: E402


def main(raw: str, folder: Path) -> None:
    text = Path(__file__).with_name("script.sql").read_text()
    names = {"raw": raw, "processed": folder / "processed.parquet", "rejected": folder / "rejected.parquet", "views": folder / "views.csv"}
    for name, place in names.items():
        text = text.replace(f"{{{name}}}", str(place))
    with duckdb_shell.DuckDbShell() as shell:
        shell.execute("SET preserve_insertion_order = false")
        shell.execute(text)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
