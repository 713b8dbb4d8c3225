"""`voucher run` on what earlier runs left: files that changed, definitions that changed, many small parts."""

import shutil
from pathlib import Path

import duckdb_shell
from datasets import VOUCHER, TestedDataset, Warehouse, assert_balanced
from programs import DONE, NOTHING_NEW, REFUSED, USAGE


def rows_of(source: Path, out: Path, first: int, count: int) -> Path:
    """Rows of a raw file as a file of their own."""
    duckdb_shell.execute(f"COPY (SELECT * FROM '{source}' LIMIT {count} OFFSET {first}) TO '{out}' (FORMAT parquet)")
    return out


def rebuilt(folder: Path, *files: Path, dataset: TestedDataset = VOUCHER) -> str:
    return Warehouse(folder / "rebuilt", dataset).run(*files).ended_with(DONE).json()["snapshot"]


def relabel(project: TestedDataset) -> None:
    definition = project.project / "domains/customer/voucher.yaml"
    text = definition.read_text()
    assert 'label: "180+"' in text
    definition.write_text(text.replace('label: "180+"', 'label: "half a year"'))


def test_a_changed_file_is_refused_and_the_refusal_says_what_to_do(live: Warehouse, first: Path, second: Path, tmp_path: Path):
    daily = rows_of(second, tmp_path / "daily.parquet", 0, 1000)
    live.run(daily).ended_with(DONE)
    rows_of(second, daily, 500, 1000)
    live.run(daily).ended_with(REFUSED).says("daily.parquet", "--replace", "--append", "--full-refresh")
    live.run(daily, arguments=("--replace", "--append")).ended_with(USAGE).says("--replace", "--append")


def test_replace_leaves_only_the_new_rows(live: Warehouse, first: Path, second: Path, tmp_path: Path):
    daily = rows_of(second, tmp_path / "daily.parquet", 0, 1000)
    after = rows_of(second, tmp_path / "after.parquet", 200, 1000)
    live.run(daily).ended_with(DONE)
    live.run(after).ended_with(DONE)
    rows_of(second, daily, 900, 600)
    result = live.run(daily, arguments=("--replace",)).ended_with(DONE).json()
    assert_balanced(result["rows"])
    assert result["snapshot"] == rebuilt(tmp_path, first, after, daily)


def test_append_keeps_the_old_rows_beside_the_new(live: Warehouse, first: Path, second: Path, tmp_path: Path):
    daily = rows_of(second, tmp_path / "daily.parquet", 0, 1000)
    old = shutil.copy(daily, tmp_path / "old.parquet")
    live.run(daily).ended_with(DONE)
    rows_of(second, daily, 500, 1000)
    result = live.run(daily, arguments=("--append",)).ended_with(DONE).json()
    assert result["snapshot"] == rebuilt(tmp_path, first, Path(old), daily)
    live.run(first, daily, arguments=("--skip-unchanged",)).ended_with(NOTHING_NEW)


def test_other_labels_need_no_raw_file(project: TestedDataset, second: Path, tmp_path: Path):
    raw = shutil.copy(second, tmp_path / "raw.parquet")
    warehouse = Warehouse(tmp_path / "warehouse", project)
    warehouse.run(Path(raw)).ended_with(DONE)
    warehouse.do("run").ended_with(USAGE).says("--input", "definition is the same")
    relabel(project)
    Path(raw).unlink()
    result = warehouse.run(arguments=("--skip-unchanged",)).ended_with(DONE).json()
    assert result["published"] and result["new"]["rows"]["raw"] == 0
    assert result["variants"]["recency_segment"]["half a year"] > 0
    assert result["snapshot"] == rebuilt(tmp_path, second, dataset=project)


def test_other_rules_read_the_files_again(project: TestedDataset, second: Path, tmp_path: Path):
    raw = Path(shutil.copy(second, tmp_path / "raw.parquet"))
    warehouse = Warehouse(tmp_path / "warehouse", project)
    warehouse.run(raw).ended_with(DONE)
    definition = project.project / "domains/customer/voucher.yaml"
    definition.write_text(definition.read_text().replace("deduplicate: all_columns", "deduplicate: none"))
    raw.rename(tmp_path / "elsewhere.parquet")
    warehouse.run().ended_with(REFUSED).says("raw.parquet", "gone", "--full-refresh")
    result = warehouse.run(tmp_path / "elsewhere.parquet").ended_with(DONE).json()
    assert result["rows"]["duplicates"] == 0
    assert result["snapshot"] == rebuilt(tmp_path, second, dataset=project)


def test_a_run_without_files_needs_a_live_version(empty: Warehouse):
    empty.run().ended_with(USAGE).says("--input", "nothing is published")
    assert not empty.folder.exists()


def test_many_small_runs_leave_few_parts(second: Path, tmp_path: Path):
    warehouse = Warehouse(tmp_path / "warehouse")
    files = [rows_of(second, tmp_path / f"{day}.parquet", 60 * day, 80) for day in range(10)]
    for file in files:
        result = warehouse.run(file).ended_with(DONE).json()
    parts = warehouse.manifest()["parts"]
    assert len(parts) == 3, "eight as one, and two after them"
    assert sorted(file["path"] for part in parts for file in part["files"]) == sorted(map(str, files))
    assert result["snapshot"] == rebuilt(tmp_path, *files)
