"""`voucher run`, `versions` and `rollback` on good data."""

import json
import os
import shutil
from pathlib import Path

import pytest

import duckdb_shell
import oracle
from datasets import VOUCHER, Warehouse, assert_balanced
from programs import DONE, NOTHING_NEW, REFUSED

RUN_KEYS = {"domain", "dataset", "version", "snapshot", "definition", "engine", "rows", "variants", "stages", "published", "new"}


def test_the_first_run_makes_version_1_live(empty: Warehouse, first: Path):
    result = empty.run(first).ended_with(DONE).json()
    assert RUN_KEYS <= result.keys()
    assert (result["domain"], result["dataset"], result["version"], result["published"]) == ("customer", "voucher", 1, True)
    assert result["engine"] == "duckdb"
    assert result["snapshot"].startswith("sha256:") and result["definition"].startswith("sha256:")
    assert result["new"]["rows"] == result["rows"]
    assert {"name", "seconds", "rows"} <= result["stages"][0].keys()
    assert empty.live_version() == 1


def test_the_accounting_is_that_of_a_naive_reader(empty: Warehouse, first: Path):
    result = empty.run(first).ended_with(DONE).json()
    expected = oracle.account(first)
    rows = result["rows"]
    assert_balanced(rows)
    assert rows["raw"] == expected.raw
    assert rows["rejected_by"] == dict(expected.rejected_by)
    assert rows["duplicates"] == expected.duplicates > 0
    assert rows["processed"] == expected.processed
    for variant, counts in result["variants"].items():
        assert {name: count for name, count in counts.items() if count} == dict(expected.segments[variant]), variant
    assert all(result["variants"]["recency_segment"].values()), "the sample has rows in every segment"


def test_text_output_is_for_people(empty: Warehouse, first: Path):
    finished = empty.do("run", "--input", first).ended_with(DONE)
    assert not finished.out.startswith("{")
    for word in ("processed", "rejected", "duplicates", "recency_segment", "180+"):
        assert word in finished.out, finished


def test_quiet_leaves_stderr_empty(empty: Warehouse, first: Path):
    finished = empty.run(first, arguments=("--quiet",)).ended_with(DONE)
    progress = [line for line in finished.err.splitlines() if not line.startswith("warning:")]
    assert progress == [], finished


def test_the_same_file_again_changes_nothing(live: Warehouse, first: Path):
    before = live.files()
    result = live.run(first).ended_with(DONE).json()
    assert (result["published"], result["version"]) == (False, 1)
    assert live.files() == before


def test_a_copy_of_a_file_under_another_name_is_nothing_new(live: Warehouse, first: Path, tmp_path: Path):
    shutil.copy(first, tmp_path / "copy.parquet")
    assert live.run(tmp_path / "copy.parquet").ended_with(DONE).json()["published"] is False


def test_skip_unchanged_ends_with_99(live: Warehouse, first: Path):
    result = live.run(first, arguments=("--skip-unchanged",)).ended_with(NOTHING_NEW).json()
    assert result["published"] is False


def test_equal_files_of_one_run_count_once(empty: Warehouse, first: Path, second: Path, tmp_path: Path):
    shutil.copy(second, tmp_path / "copy.parquet")
    result = empty.run(second, tmp_path / "copy.parquet").ended_with(DONE).json()
    assert result["rows"]["raw"] == oracle.account(second).raw


def test_a_second_file_makes_version_2_of_both(live: Warehouse, first: Path, second: Path):
    result = live.run(second).ended_with(DONE).json()
    assert (result["version"], result["published"]) == (2, True)
    one, two = oracle.account(first), oracle.account(second)
    assert result["rows"]["raw"] == one.raw + two.raw
    assert result["new"]["rows"]["raw"] == two.raw
    assert_balanced(result["rows"])
    assert_balanced(result["new"]["rows"])
    assert live.live_version() == 2


def test_two_runs_give_the_snapshot_of_one(live: Warehouse, first: Path, second: Path, tmp_path: Path):
    apart = live.run(second).ended_with(DONE).json()
    together = Warehouse(tmp_path / "together").run(second, first).ended_with(DONE).json()
    assert apart["snapshot"] == together["snapshot"]
    assert apart["rows"] == together["rows"]


def test_rows_that_earlier_parts_hold_are_duplicates(live: Warehouse, first: Path, tmp_path: Path):
    overlap = tmp_path / "overlap.parquet"
    duckdb_shell.execute(f"COPY (SELECT * FROM '{first}' LIMIT 4000) TO '{overlap}' (FORMAT parquet)")
    groups = live.snapshot()["groups"]
    result = live.run(overlap).ended_with(DONE).json()
    new = result["new"]["rows"]
    assert_balanced(new)
    assert new["processed"] == 0 and new["duplicates"] == 4000 - new["rejected"]
    assert live.snapshot()["groups"] == groups


def test_full_refresh_holds_exactly_its_files(live: Warehouse, second: Path):
    result = live.run(second, arguments=("--full-refresh",)).ended_with(DONE).json()
    assert result["version"] == 2
    assert result["rows"]["raw"] == oracle.account(second).raw == result["new"]["rows"]["raw"]


@pytest.mark.parametrize("arguments", [("--threads", "1"), ("--threads", "2", "--memory-limit", "300MB")])
def test_threads_and_memory_change_no_snapshot(empty: Warehouse, published: Warehouse, first: Path, arguments: tuple):
    result = empty.run(first, arguments=arguments).ended_with(DONE).json()
    assert result["snapshot"].removeprefix("sha256:") == published.manifest()["snapshot"].removeprefix("sha256:")


def test_folders_and_globs_are_read_together(tmp_path: Path, first: Path, second: Path, empty: Warehouse):
    raw = tmp_path / "raw"
    (raw / "2018/07").mkdir(parents=True)
    shutil.copy(first, raw / "2018/07/a.parquet")
    shutil.copy(second, raw / "b.parquet")
    (raw / "_temporary.parquet").write_text("not to be read")
    (raw / ".hidden.parquet").write_text("not to be read")
    (raw / "notes.txt").write_text("not to be read")
    folder = empty.run(raw).ended_with(DONE).json()
    glob = Warehouse(tmp_path / "other").run(raw / "2018/*/*.parquet", raw / "b*.parquet").ended_with(DONE).json()
    assert folder["snapshot"] == glob["snapshot"]


@pytest.mark.parametrize("row_group_size", [2048, 1_000_000])
def test_any_layout_of_row_groups_gives_the_same_snapshot(
    empty: Warehouse, published: Warehouse, first: Path, tmp_path: Path, row_group_size: int
):
    file = tmp_path / "other_layout.parquet"
    duckdb_shell.execute(f"COPY (SELECT * FROM '{first}') TO '{file}' (FORMAT parquet, ROW_GROUP_SIZE {row_group_size})")
    empty.run(file).ended_with(DONE)
    assert empty.snapshot() == published.snapshot()


@pytest.mark.parametrize("source_format, extension", [("csv", ".csv"), ("json", ".json")])
def test_csv_and_json_give_the_same_cells(project, tmp_path: Path, published: Warehouse, source_format: str, extension: str):
    definition = project.project / "domains/customer/voucher.yaml"
    definition.write_text(definition.read_text().replace("format: parquet", f"format: {source_format}"))
    raw = project.generate(tmp_path / f"first{extension}", 20_000, seed=1)
    warehouse = Warehouse(tmp_path / "warehouse", project)
    result = warehouse.run(raw).ended_with(DONE).json()
    assert result["rows"] == published.snapshot()["rows"]
    assert warehouse.snapshot()["cells"] == published.snapshot()["cells"]


def test_unknown_columns_are_named_and_ignored(empty: Warehouse, published: Warehouse, first: Path, tmp_path: Path):
    wide = tmp_path / "wide.parquet"
    duckdb_shell.execute(f"COPY (SELECT 'x' AS campaign, * FROM '{first}') TO '{wide}' (FORMAT parquet)")
    empty.run(wide).ended_with(DONE)
    assert "campaign" in json.dumps(empty.manifest())
    assert empty.snapshot() == published.snapshot()


def test_versions_lists_the_history(live: Warehouse, second: Path):
    live.run(second).ended_with(DONE)
    versions = live.do("versions", "--json").ended_with(DONE).json()["versions"]
    assert [(version["version"], version["live"]) for version in versions] == [(1, False), (2, True)]
    live.do("rollback", "--why", "too generous").ended_with(DONE)
    text = live.do("versions").ended_with(DONE).out
    heads, histories = text.split("\n\n")
    assert [row.split()[:2] for row in heads.splitlines()[1:]] == [["1", "live"], ["2", "published"]]
    first_run, second_run, rollback = histories.splitlines()[1:]
    assert " run" in first_run and " run" in second_run
    assert rollback.endswith("too generous  live") and "@" in rollback


def test_rollback_and_the_next_run(live: Warehouse, first: Path, second: Path, samples: Path, tmp_path: Path):
    live.run(second).ended_with(DONE)
    live.do("rollback").ended_with(DONE)
    assert live.live_version() == 1
    live.do("rollback", "2", "--why", "it was right after all").ended_with(DONE)
    assert live.live_version() == 2
    live.do("rollback", "1").ended_with(DONE)
    third = VOUCHER.generate(tmp_path / "third.parquet", 1000, seed=3)
    result = live.run(third).ended_with(DONE).json()
    assert result["version"] == 3, "a number is never used again"
    assert result["rows"]["raw"] == oracle.account(first).raw + 1000, "it builds on the live version"


def test_rollback_to_a_version_that_is_not_there(live: Warehouse):
    live.do("rollback", "7").ended_with(REFUSED).says("7")
    assert live.live_version() == 1


def test_a_moved_warehouse_still_works(live: Warehouse, second: Path, tmp_path: Path):
    os.rename(live.folder, tmp_path / "moved")
    moved = Warehouse(tmp_path / "moved")
    assert moved.run(second).ended_with(DONE).json()["version"] == 2


def test_a_changed_boundary_reclassifies_the_live_rows(tmp_path: Path, project, second: Path):
    warehouse = Warehouse(tmp_path / "warehouse", project)
    before = warehouse.run(second).ended_with(DONE).json()
    definition = project.project / "domains/customer/voucher.yaml"
    text = definition.read_text()
    changed = text.replace('{label: "0-4", from: 0, to: 4}, {label: "5-13", from: 5, to: 13}', '{label: "0-5", from: 0, to: 5}, {label: "6-13", from: 6, to: 13}')
    assert changed != text
    definition.write_text(changed)
    after = warehouse.run(second).ended_with(DONE).json()
    assert after["version"] == 2 and after["definition"] != before["definition"]
    assert set(after["variants"]["frequency_segment"]) == {"0-5", "6-13", "14-37", "unsegmented"}


def test_a_changed_comment_changes_nothing(tmp_path: Path, project, second: Path):
    warehouse = Warehouse(tmp_path / "warehouse", project)
    warehouse.run(second).ended_with(DONE)
    definition = project.project / "domains/customer/voucher.yaml"
    definition.write_text("# a new comment\n" + definition.read_text().replace("description: ", "description: New words, "))
    assert warehouse.run(second).ended_with(DONE).json()["published"] is False


def test_a_second_dataset_needs_no_code(published_tariff: Warehouse):
    versions = published_tariff.do("versions", "--json").ended_with(DONE).json()["versions"]
    assert len(versions) == 1
    rows = published_tariff.snapshot()["rows"]
    assert rows["raw"] == 20_000 and rows["duplicates"] == 0, "its definition keeps duplicates"
    reasons = {"contract_after_reading", "plan_missing", "plan_unknown", "balance_cents_malformed", "balance_unset", "consumption_negative"}
    assert reasons <= rows["rejected_by"].keys()
    assert_balanced(rows)
