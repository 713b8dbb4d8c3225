"""The datasets that the tests run through everything, and what a pipeline leaves of them."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

import programs
from programs import Finished


@dataclass(frozen=True)
class TestedDataset:
    """A definition with its sample, and where its project is."""

    __test__ = False  # a name for people, not a class of tests

    domain: str
    name: str
    project: Path
    format: str

    @property
    def id(self) -> str:
        return f"{self.domain}/{self.name}"

    @property
    def flags(self) -> list[str]:
        return ["--project", str(self.project), "-D", self.domain, "-d", self.name]

    def generate(self, out: Path, rows: int, seed: int = 1) -> Path:
        programs.voucher("generate", *self.flags, "--rows", rows, "--seed", seed, "--out", out).ended_with(programs.DONE)
        return out


VOUCHER = TestedDataset("customer", "voucher", programs.ROOT, "parquet")
TARIFF = TestedDataset("energy", "tariff", programs.ROOT / "tests", "csv")


class AnyWarehouse:
    """A warehouse of one dataset, known by its URL: what every kind of warehouse can do."""

    def __init__(self, url: str, dataset: TestedDataset = VOUCHER):
        self.url = url
        self.dataset = dataset

    @property
    def flags(self) -> list[str]:
        return [*self.dataset.flags, "--warehouse", self.url]

    def do(self, command: str, *arguments: object, **options: object) -> Finished:
        """A command of voucher on this dataset and warehouse."""
        return programs.voucher(command, *self.flags, *arguments, **options)

    def run(self, *inputs: Path, arguments: tuple[object, ...] = (), **options: object) -> Finished:
        return self.do("run", "--json", *[word for path in inputs for word in ("--input", path)], *arguments, **options)

    def history(self) -> list[dict]:
        """What `versions --json` lists."""
        return self.do("versions", "--json").ended_with(programs.DONE).json()["versions"]

    def live_version(self) -> int:
        live = [version["version"] for version in self.history() if version["live"]]
        assert len(live) == 1, f"live are {live}"
        return live[0]


class Warehouse(AnyWarehouse):
    """An embedded warehouse, in a folder of its own."""

    def __init__(self, folder: Path, dataset: TestedDataset = VOUCHER):
        super().__init__(f"duckdb:{folder}", dataset)
        self.folder = folder

    @property
    def home(self) -> Path:
        return self.folder / self.dataset.domain / self.dataset.name

    def current(self) -> str | None:
        """What CURRENT says, to the byte."""
        file = self.home / "CURRENT"
        return file.read_text() if file.exists() else None

    def live_version(self) -> int:
        line = self.current()
        assert line is not None, f"nothing is live in {self.home}"
        match = re.fullmatch(r"versions/(\d+)\n?", line)
        assert match, f"CURRENT says {line!r}"
        return int(match[1])

    def version_folder(self, version: int | None = None) -> Path:
        return self.home / "versions" / str(version or self.live_version())

    def manifest(self, version: int | None = None) -> dict:
        return json.loads((self.version_folder(version) / "manifest.json").read_text())

    def snapshot(self, version: int | None = None) -> dict:
        return json.loads((self.version_folder(version) / "snapshot.json").read_text())

    def database(self, version: int | None = None) -> Path:
        return self.version_folder(version) / "warehouse.duckdb"

    def parts(self) -> list[Path]:
        return sorted((self.home / "parts").glob("*.parquet"))

    def files(self) -> dict[str, int]:
        """Every file with its size: what a refused run must not change."""
        return {
            str(file.relative_to(self.home)): file.stat().st_size
            for file in sorted(self.home.rglob("*"))
            if file.is_file() and not is_lock(file)
        }


def is_lock(file: Path) -> bool:
    return "lock" in file.name.lower()


def assert_balanced(rows: dict) -> None:
    assert rows["raw"] == rows["processed"] + rows["rejected"] + rows["duplicates"], rows
    assert rows["rejected"] == sum(rows["rejected_by"].values()), rows
