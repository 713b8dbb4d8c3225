"""`voucher plan`: what it says of a change is what the run then does, and until then nothing is touched."""

import fcntl
import os
import re
import shutil
from pathlib import Path

import pytest

import plan_oracle
import programs
from datasets import AnyWarehouse, TestedDataset, Warehouse
from postgres_warehouse import PostgresWarehouse
from programs import CHANGES, DONE, REFUSED, USAGE
from test_definitions import alter

MERGE = ('{label: "61-90", from: 61, to: 90}, {label: "91-120", from: 91, to: 120}', '{label: "61-120", from: 61, to: 120}')
SPLIT = ('{label: "5-13", from: 5, to: 13}', '{label: "5-7", from: 5, to: 7}, {label: "8-13", from: 8, to: 13}')
MOVED = ('{label: "0-4", from: 0, to: 4}, {label: "5-13", from: 5, to: 13}', '{label: "0-4", from: 0, to: 2}, {label: "5-13", from: 3, to: 13}')
RENAMED = ('{label: "180+", from: 181}', '{label: "half a year", from: 181}')
NEW_RULE = ("- {id: total_orders_negative, require: total_orders >= 0}", "- {id: no_order, require: total_orders >= 1}")
SUPPORT = ("min_support: 1", "min_support: 400")
NO_FALLBACK = ("fallback: [group]", "fallback: []")
COMMENT = ("description: Voucher assignments", "description: All voucher assignments")


@pytest.fixture
def planned(live: Warehouse, project: TestedDataset) -> Warehouse:
    """The published warehouse with a project of its own, to be changed."""
    return Warehouse(live.folder, project)


def plan(warehouse: AnyWarehouse, *arguments: object, code: int = CHANGES, **options: object) -> dict:
    return warehouse.do("plan", "--json", *arguments, **options).ended_with(code).json()


@pytest.mark.parametrize(
    "changes",
    [[MERGE], [SPLIT], [MOVED], [RENAMED], [NEW_RULE], [SUPPORT], [NO_FALLBACK, SUPPORT], [MERGE, MOVED, NEW_RULE]],
    ids=["merge", "split", "moved", "renamed", "rule", "support", "fallback", "all"],
)
def test_a_changed_definition_does_what_its_plan_says(planned: Warehouse, first: Path, changes: list[tuple[str, str]]):
    before = plan_oracle.read_state(planned)
    alter(planned.dataset, *changes)
    said = plan(planned)
    run = planned.run(first).ended_with(DONE).json()
    plan_oracle.assert_came_true(said, before, plan_oracle.read_state(planned), run)
    assert plan(planned, code=DONE)["changes"] is False


def test_merged_segments_name_the_moved_rows_and_the_changed_cells(planned: Warehouse):
    alter(planned.dataset, MERGE)
    said = plan(planned)
    assert [change["text"] for change in said["definition"]] == [
        "recency_segment: segments 61-90 and 91-120 are merged into 61-120 (61..120)"
    ]
    recency = said["variants"][1]
    assert {(move["from"], move["to"]) for move in recency["moves"]} == {("61-90", "61-120"), ("91-120", "61-120")}
    assert recency["moved"] == sum(move["rows"] for move in recency["moves"]) > 0
    assert said["variants"][0]["moves"] == []
    changed = {(change["segment_before"], change["segment_after"], change["kind"]) for change in said["cells"]["changes"]}
    assert {("61-90", None, "disappears"), (None, "61-120", "appears")} <= changed


@pytest.mark.parametrize("changes", [[], [MERGE], [NEW_RULE]], ids=["data", "data and variants", "data and rules"])
def test_new_data_does_what_its_plan_says(planned: Warehouse, first: Path, second: Path, changes: list[tuple[str, str]]):
    before = plan_oracle.read_state(planned)
    alter(planned.dataset, *changes)
    said = plan(planned, "--input", first, "--input", second)
    run = planned.run(first, second).ended_with(DONE).json()
    plan_oracle.assert_came_true(said, before, plan_oracle.read_state(planned), run)
    assert said["rows"]["joining"] > 0


def test_the_first_version_can_be_planned(empty: Warehouse, first: Path):
    said = plan(empty, "--input", first)
    assert (said["version"], said["snapshot"]["before"], said["rows"]["kept"]) == (None, None, 0)
    assert not empty.folder.exists()
    assert empty.run(first).ended_with(DONE).json()["snapshot"] == said["snapshot"]["after"]


@pytest.mark.parametrize("change", [None, COMMENT], ids=["same", "comment"])
def test_nothing_changes_in_one_line(planned: Warehouse, first: Path, change: tuple[str, str] | None):
    alter(planned.dataset, *([change] if change else []))
    for arguments in ([], ["--input", first]):
        finished = planned.do("plan", *arguments).ended_with(DONE)
        assert finished.out == "customer/voucher: nothing changes against version 1\n"
    said = plan(planned, code=DONE)
    assert (said["changes"], said["definition"], said["decisions"]) == (False, [], [])
    assert said["rows"]["kept"] == said["rows"]["after"]["processed"]
    assert said["money"]["difference"] == 0 < said["money"]["rows"]


def test_people_read_the_same_numbers(planned: Warehouse):
    alter(planned.dataset, MERGE, MOVED)
    said = plan(planned)
    text = planned.do("plan").ended_with(CHANGES).out
    for variant in said["variants"]:
        assert f"Moves in {variant['segment_name']}: {variant['moved']:,} of {said['rows']['kept']:,} rows" in text
    for move in said["variants"][0]["moves"]:
        assert re.search(rf"all +{move['from']} +{move['to']} +{move['rows']:,}\n", text), text
    assert f"{said['money']['difference']:+,}".replace("+0", "0") in text
    assert text.endswith(f"Snapshot: {said['snapshot']['after']}\n")
    assert max(map(len, text.splitlines())) <= 160


def test_a_plan_touches_nothing(planned: Warehouse, second: Path, tmp_path: Path):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    before = planned.files()
    alter(planned.dataset, MERGE)
    plan(planned, "--input", second, env={"TMPDIR": str(scratch)})
    assert planned.files() == before
    assert list(scratch.iterdir()) == []


def test_a_plan_works_while_a_writer_does(planned: Warehouse):
    alter(planned.dataset, MERGE)
    alone = plan(planned)
    with (planned.home / "LOCK").open("r+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        planned.do("run", "--input", planned.folder).ended_with(programs.UNAVAILABLE)
        assert plan(planned) == alone


def test_the_page_holds_all_and_needs_nothing_beside_itself(planned: Warehouse, tmp_path: Path):
    alter(planned.dataset, MERGE, NEW_RULE)
    page = tmp_path / "plan.html"
    said = plan(planned, "--html", page)
    html = page.read_text()
    assert html.startswith("<!doctype html>") and html.rstrip().endswith("</html>")
    assert not re.search(r"(?:src|href)=|@import|https?://|<script", html)
    for change in said["definition"]:
        assert change["text"].replace(">", "&gt;") in html
    for variant in said["variants"]:
        for move in variant["moves"]:
            assert f"{move['rows']:,}" in html
    assert f"{said['money']['difference']:+,}".replace("+0", "0") in html
    assert said["snapshot"]["after"] in html
    assert html.count("<svg") == len(said["variants"])


@pytest.mark.parametrize(
    "changes, said",
    [
        ([("to: 90}", "to: 95}")], ["91-120", "overlap"]),
        ([NEW_RULE, ("max_rejected_share: 0.30", "max_rejected_share: 0.001")], ["rejected", "0.1"]),
    ],
    ids=["definition", "quality"],
)
def test_a_change_that_a_run_would_refuse_is_refused(planned: Warehouse, changes: list[tuple[str, str]], said: list[str]):
    alter(planned.dataset, *changes)
    planned.do("plan").ended_with(REFUSED).says(*said)


def test_a_raw_file_that_is_gone_is_named(planned: Warehouse, first: Path, tmp_path: Path):
    raw = shutil.copy(first, tmp_path / "raw.parquet")
    warehouse = Warehouse(tmp_path / "other", planned.dataset)
    warehouse.run(raw).ended_with(DONE)
    Path(raw).unlink()
    alter(planned.dataset, NEW_RULE)
    warehouse.do("plan").ended_with(REFUSED).says("raw.parquet", "--full-refresh")


@pytest.mark.parametrize(
    "arguments, code, said",
    [
        (["--replace", "--append"], USAGE, ["--replace", "--append"]),
        (["--full-refresh"], USAGE, ["--input"]),
        (["--input", "nowhere.parquet"], programs.UNAVAILABLE, ["nowhere.parquet"]),
        (["--htlm", "x"], USAGE, ["--html"]),
    ],
)
def test_mistaken_questions_say_what_to_ask(planned: Warehouse, arguments: list[str], code: int, said: list[str]):
    planned.do("plan", *arguments).ended_with(code).says(*said)


def test_nothing_to_compare_with_is_refused(empty: Warehouse):
    empty.do("plan").ended_with(REFUSED).says("no published version", "--input")


@pytest.mark.parametrize("changes", [[MERGE, MOVED], [NEW_RULE], []], ids=["variants", "rules", "data"])
def test_both_warehouses_give_the_same_plan(
    planned: Warehouse, published_postgres: PostgresWarehouse, second: Path, changes: list[tuple[str, str]]
):
    alter(planned.dataset, *changes)
    other = PostgresWarehouse(published_postgres.server, published_postgres.database, planned.dataset)
    inputs = [] if changes else ["--input", second]
    said = plan(planned, *inputs)
    assert plan(other, *inputs) == said
    assert said["variants"][1]["moves"] or said["rows"]["leaving"], "a plan in which nothing moves would show nothing"


REAL = os.environ.get("VOUCHER_REAL_DATA", "")


@pytest.mark.skipif(not REAL, reason="VOUCHER_REAL_DATA does not name the file with real voucher assignments")
def test_merging_on_the_real_data_does_what_its_plan_says(tmp_path: Path, project: TestedDataset):
    file = Path(REAL) / "voucher_assignments_2018.parquet" if Path(REAL).is_dir() else Path(REAL)
    warehouse = Warehouse(tmp_path / "real", project)
    warehouse.run(file).ended_with(DONE)
    before = plan_oracle.read_state(warehouse)
    alter(project, MERGE)
    said = plan(warehouse)
    run = warehouse.run(file).ended_with(DONE).json()
    plan_oracle.assert_came_true(said, before, plan_oracle.read_state(warehouse), run)
    assert said["variants"][1]["moved"] > 0
