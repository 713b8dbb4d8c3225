"""Bad input is refused with a clear message and the right exit code, and what was live stays live."""

import os
import resource
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

import duckdb_shell
import programs
from datasets import VOUCHER, TestedDataset, Warehouse
from programs import DONE, REFUSED, UNAVAILABLE, Finished
from web_client import DOCUMENTED_REQUEST

COLUMNS = "timestamp, country_code, last_order_ts, first_order_ts, total_orders, voucher_amount"


def rewrite(source: Path, target: Path, columns: str, where: str = "true") -> Path:
    """A Parquet file of other columns of another one's rows."""
    duckdb_shell.execute(f"COPY (SELECT {columns} FROM '{source}' WHERE {where}) TO '{target}' (FORMAT parquet)")
    return target


@pytest.fixture
def untouched(live: Warehouse) -> Iterator[Warehouse]:
    """A live warehouse that must be the same, file by file, after the test."""
    current, files = live.current(), live.files()
    yield live
    assert live.current() == current
    assert live.files() == files


def refused(warehouse: Warehouse, *inputs: Path, code: int, words: tuple[str, ...]) -> Finished:
    finished = warehouse.run(*inputs).ended_with(code).says(*words)
    assert finished.out == "", "a refused run prints no result"
    assert finished.err.strip().count("\n") < 12, f"a message, not a listing: {finished}"
    return finished


def test_a_missing_file(untouched: Warehouse, tmp_path: Path):
    refused(untouched, tmp_path / "nowhere.parquet", code=UNAVAILABLE, words=("nowhere.parquet",))


def test_a_glob_that_matches_nothing(untouched: Warehouse, tmp_path: Path):
    refused(untouched, tmp_path / "*.parquet", code=UNAVAILABLE, words=("*.parquet",))


def test_a_folder_without_files(untouched: Warehouse, tmp_path: Path):
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw/notes.txt").write_text("nothing to read here")
    refused(untouched, tmp_path / "raw", code=UNAVAILABLE, words=(str(tmp_path / "raw"), "parquet"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(untouched: Warehouse, first: Path, tmp_path: Path):
    secret = rewrite(first, tmp_path / "secret.parquet", COLUMNS)
    secret.chmod(0)
    refused(untouched, secret, code=UNAVAILABLE, words=("secret.parquet",))


def test_a_text_file_that_is_named_parquet(untouched: Warehouse, tmp_path: Path):
    (tmp_path / "letter.parquet").write_text("Dear Sir or Madam,\n" * 50)
    refused(untouched, tmp_path / "letter.parquet", code=REFUSED, words=("letter.parquet",))


def test_an_empty_file(untouched: Warehouse, tmp_path: Path):
    (tmp_path / "empty.parquet").touch()
    refused(untouched, tmp_path / "empty.parquet", code=REFUSED, words=("empty.parquet",))


@pytest.mark.parametrize("half", ["first", "second"])
def test_half_a_parquet_file(untouched: Warehouse, second: Path, tmp_path: Path, half: str):
    content = second.read_bytes()
    middle = len(content) // 2
    (tmp_path / "half.parquet").write_bytes(content[:middle] if half == "first" else content[middle:])
    refused(untouched, tmp_path / "half.parquet", code=REFUSED, words=("half.parquet",))


def test_a_parquet_file_with_damaged_pages(untouched: Warehouse, second: Path, tmp_path: Path):
    content = bytearray(second.read_bytes())
    content[200 : len(content) // 2] = b"\xa5" * (len(content) // 2 - 200)
    (tmp_path / "damaged.parquet").write_bytes(content)
    refused(untouched, tmp_path / "damaged.parquet", code=REFUSED, words=("damaged.parquet",))


def test_a_good_file_beside_a_damaged_one_is_refused_with_it(untouched: Warehouse, second: Path, tmp_path: Path):
    (tmp_path / "broken.parquet").write_bytes(second.read_bytes()[:3000])
    refused(untouched, second, tmp_path / "broken.parquet", code=REFUSED, words=("broken.parquet",))


def test_a_missing_column(untouched: Warehouse, second: Path, tmp_path: Path):
    narrow = rewrite(second, tmp_path / "narrow.parquet", COLUMNS.replace("total_orders, ", ""))
    refused(untouched, narrow, code=REFUSED, words=("narrow.parquet", "total_orders"))


def test_a_column_missing_in_one_of_two_files(untouched: Warehouse, second: Path, tmp_path: Path):
    narrow = rewrite(second, tmp_path / "narrow.parquet", COLUMNS.replace("country_code, ", ""), "country_code = 'Peru'")
    refused(untouched, second, narrow, code=REFUSED, words=("narrow.parquet", "country_code"))


@pytest.mark.parametrize(
    "stored, shown",
    [("total_orders = '2.0'", "bool"), ("[total_orders]", "list"), ("{'n': total_orders}", "struct"), ("total_orders::BLOB", "b")],
)
def test_a_column_of_a_type_that_cannot_be_read(untouched: Warehouse, second: Path, tmp_path: Path, stored: str, shown: str):
    other = rewrite(second, tmp_path / "other.parquet", COLUMNS.replace("total_orders", f"({stored}) AS total_orders"))
    refused(untouched, other, code=REFUSED, words=("other.parquet", "total_orders", "integer", shown))


def test_a_date_where_an_integer_is_declared(untouched: Warehouse, second: Path, tmp_path: Path):
    other = rewrite(second, tmp_path / "other.parquet", COLUMNS.replace("total_orders", "DATE '2018-01-01' AS total_orders"))
    refused(untouched, other, code=REFUSED, words=("total_orders",))


def test_all_rows_rejected(untouched: Warehouse, second: Path, tmp_path: Path):
    bad = rewrite(second, tmp_path / "bad.parquet", COLUMNS, "total_orders = ''")
    refused(untouched, bad, code=REFUSED, words=("total_orders_missing",))


def test_a_file_without_rows(untouched: Warehouse, second: Path, tmp_path: Path):
    hollow = rewrite(second, tmp_path / "hollow.parquet", COLUMNS, "false")
    refused(untouched, hollow, code=REFUSED, words=("no row",))


def test_too_many_rejected_rows(untouched: Warehouse, second: Path, tmp_path: Path):
    worse = rewrite(second, tmp_path / "worse.parquet", COLUMNS, "total_orders = '' OR hash(timestamp) % 10 = 0")
    refused(untouched, worse, code=REFUSED, words=("reject", "30", "max_rejected_share"))


def test_known_path_with_new_content(live: Warehouse, first: Path, second: Path, tmp_path: Path):
    path = tmp_path / "daily.parquet"
    path.write_bytes(second.read_bytes())
    live.run(path).ended_with(DONE)
    VOUCHER.generate(path, 500, seed=9)
    before = live.files()
    live.run(path).ended_with(REFUSED).says("daily.parquet", "--full-refresh")
    assert live.files() == before


def test_a_csv_record_that_does_not_fit(tmp_path: Path):
    tariff = TestedDataset("energy", "tariff", programs.ROOT / "tests", "csv")
    raw = tariff.generate(tmp_path / "tariff.csv", 50)
    lines = raw.read_text().splitlines(keepends=True)
    raw.write_text("".join([*lines[:1], "Nord,basic\n", *lines[1:]]))
    warehouse = Warehouse(tmp_path / "warehouse", tariff)
    warehouse.run(raw).ended_with(REFUSED).says("tariff.csv", "2")
    assert warehouse.current() is None


def test_text_that_is_not_utf8(tmp_path: Path):
    tariff = TestedDataset("energy", "tariff", programs.ROOT / "tests", "csv")
    raw = tariff.generate(tmp_path / "tariff.csv", 50)
    raw.write_bytes(raw.read_bytes().replace("Süd".encode(), "Süd".encode("latin-1")))
    Warehouse(tmp_path / "warehouse", tariff).run(raw).ended_with(REFUSED).says("tariff.csv")


def test_no_input_at_all(untouched: Warehouse):
    untouched.run().ended_with(programs.USAGE).says("--input")


def test_the_old_version_is_served_after_a_refusal(live: Warehouse, serve, tmp_path: Path):
    server = serve(live)
    (tmp_path / "letter.parquet").write_text("Dear Sir or Madam,\n")
    live.run(tmp_path / "letter.parquet").ended_with(REFUSED)
    assert server.post("/get-segment-voucher", DOCUMENTED_REQUEST).json() == {"voucher_amount": 2640}
    assert server.decide().json()["version"] == 1


def test_a_full_disk(small_disk: Path, second: Path, tmp_path: Path):
    warehouse = Warehouse(small_disk / "warehouse")
    warehouse.run(second).ended_with(DONE)
    current = warehouse.current()
    large = VOUCHER.generate(tmp_path / "large.parquet", 400_000, seed=5)
    warehouse.run(large).ended_with(UNAVAILABLE).says("space")
    assert warehouse.current() == current
    assert warehouse.do("verify", "--version", "1").code in (DONE, REFUSED)
    small = VOUCHER.generate(tmp_path / "small.parquet", 500, seed=6)
    assert warehouse.run(small).ended_with(DONE).json()["published"], "what the failed run left is gone"


def test_generate_on_a_full_disk_leaves_nothing(small_disk: Path):
    finished = programs.voucher("generate", *VOUCHER.flags, "--rows", 400_000, "--out", small_disk / "a.parquet")
    finished.ended_with(UNAVAILABLE).says("a.parquet", "space")
    assert list(small_disk.iterdir()) == []


def test_a_file_size_limit_counts_as_a_full_disk(untouched: Warehouse, tmp_path: Path):
    large = VOUCHER.generate(tmp_path / "large.parquet", 100_000, seed=5)

    def limit_file_size() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))

    # Python ignores SIGXFSZ; the child keeps it so, and sees the error of write().
    command = [str(programs.VOUCHER), "run", *untouched.flags, "--input", str(large)]
    finished = subprocess.run(
        command, capture_output=True, text=True, env=programs.environment(), preexec_fn=limit_file_size, restore_signals=False
    )
    assert finished.returncode == UNAVAILABLE, finished


def test_a_warehouse_where_a_file_stands(tmp_path: Path, second: Path):
    (tmp_path / "occupied").write_text("a file")
    Warehouse(tmp_path / "occupied").run(second).ended_with(UNAVAILABLE).says("occupied")


def test_an_unknown_kind_of_warehouse(first: Path):
    finished = programs.voucher("run", *VOUCHER.flags, "--warehouse", "oracle:x", "--input", first)
    assert finished.code in (REFUSED, programs.USAGE), finished
    finished.says("oracle:x", "duckdb:")
