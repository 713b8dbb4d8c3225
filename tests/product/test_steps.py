"""transform, load, verify and publish one by one, as a scheduler calls them."""

import json
from pathlib import Path

import duckdb_shell
import oracle
from datasets import Warehouse, assert_balanced
from programs import DONE, NOTHING_NEW, REFUSED, Finished


def transform(warehouse: Warehouse, raw: Path, out: Path, *arguments: object) -> Finished:
    return warehouse.do("transform", "--input", raw, "--out", out, *arguments)


def load(warehouse: Warehouse, folder: Path, *arguments: object) -> Finished:
    return warehouse.do("load", "--from", folder, "--json", *arguments)


def test_the_steps_one_by_one_equal_a_run(empty: Warehouse, published: Warehouse, first: Path, tmp_path: Path):
    transform(empty, first, tmp_path / "out").ended_with(DONE)
    assert empty.current() is None
    assert load(empty, tmp_path / "out").ended_with(DONE).json()["version"] == 1
    assert empty.current() is None, "loaded is not live"
    empty.do("verify").ended_with(DONE)
    assert empty.current() is None, "verified is not live"
    empty.do("publish").ended_with(DONE)
    assert empty.live_version() == 1
    assert empty.manifest()["snapshot"] == published.manifest()["snapshot"]
    assert empty.snapshot() == published.snapshot()


def test_transform_writes_processed_rejected_and_manifest(empty: Warehouse, second: Path, tmp_path: Path):
    transform(empty, second, tmp_path / "out").ended_with(DONE)
    expected = oracle.account(second)
    manifest = json.loads((tmp_path / "out/manifest.json").read_text())
    assert_balanced(manifest["rows"])
    assert manifest["rows"]["processed"] == expected.processed
    processed = duckdb_shell.query(f"SELECT * FROM '{tmp_path}/out/processed.parquet'")
    assert len(processed) == expected.processed
    rejected = duckdb_shell.query(f"SELECT * FROM '{tmp_path}/out/rejected.parquet' ORDER BY source_row")
    assert len(rejected) == expected.rejected


def test_rejected_rows_keep_their_values_and_all_their_reasons(empty: Warehouse, second: Path, tmp_path: Path):
    transform(empty, second, tmp_path / "out").ended_with(DONE)
    raw = duckdb_shell.query(f'SELECT "timestamp", country_code, last_order_ts, total_orders FROM \'{second}\'')
    rejected = duckdb_shell.query(f"SELECT * FROM '{tmp_path}/out/rejected.parquet'")
    several = 0
    for row in rejected:
        original = raw[row["source_row"] - 1]
        assert {name: row[name] for name in original} == original, row
        assert row["source_file"] == str(second)
        reasons = row["reasons"] if isinstance(row["reasons"], list) else row["reasons"].split(",")
        assert row["reason"] == reasons[0].strip()
        several += len(reasons) > 1
    assert several > 0, "some rows of the sample fail two rules"


def test_transform_to_csv_is_the_table_alone(empty: Warehouse, second: Path, tmp_path: Path):
    transform(empty, second, tmp_path / "out", "--format", "csv").ended_with(DONE)
    rows = duckdb_shell.query(f"SELECT * FROM read_csv('{tmp_path}/out/processed.csv', all_varchar = true)")
    assert len(rows) == oracle.account(second).processed
    assert "source_file" not in rows[0]


def test_transform_skips_files_that_the_warehouse_holds(live: Warehouse, first: Path, tmp_path: Path):
    transform(live, first, tmp_path / "out", "--skip-unchanged").ended_with(NOTHING_NEW)
    assert not (tmp_path / "out/processed.parquet").exists()


def test_the_same_output_is_loaded_once(live: Warehouse, second: Path, tmp_path: Path):
    transform(live, second, tmp_path / "out").ended_with(DONE)
    load(live, tmp_path / "out").ended_with(DONE)
    live.do("verify").ended_with(DONE)
    live.do("publish").ended_with(DONE)
    before = live.files()
    load(live, tmp_path / "out").ended_with(REFUSED).says("second.parquet")
    assert live.files() == before


def test_an_unverified_version_is_not_published(live: Warehouse, second: Path, tmp_path: Path):
    transform(live, second, tmp_path / "out").ended_with(DONE)
    load(live, tmp_path / "out").ended_with(DONE)
    live.do("publish").ended_with(REFUSED).says("verif")
    assert live.live_version() == 1


def test_publish_refuses_a_version_that_was_overtaken(live: Warehouse, second: Path, samples: Path, tmp_path: Path):
    transform(live, second, tmp_path / "out").ended_with(DONE)
    load(live, tmp_path / "out").ended_with(DONE)
    live.do("verify").ended_with(DONE)
    other = tmp_path / "other.parquet"
    live.dataset.generate(other, 500, seed=8)
    live.run(other).ended_with(DONE)
    assert live.live_version() == 3
    live.do("publish", "--version", "2").ended_with(REFUSED).says("2", "1", "3")
    assert live.live_version() == 3


def test_load_of_something_else(empty: Warehouse, tmp_path: Path):
    (tmp_path / "out").mkdir()
    finished = load(empty, tmp_path / "out")
    assert finished.code in (1, 3), finished
    finished.says(str(tmp_path / "out"))
    assert empty.current() is None


def test_nothing_to_verify_or_publish(live: Warehouse):
    live.do("verify").ended_with(REFUSED)
    live.do("publish").ended_with(REFUSED)
    assert live.live_version() == 1
