"""The same data in both kinds of warehouse: the same snapshot, table, views and answers, and the same commands."""

import json
import re
import shutil
from pathlib import Path

import pytest

import duckdb_shell
import oracle
from datasets import VOUCHER, AnyWarehouse, TestedDataset, Warehouse, assert_balanced
from duckdb_shell import DuckDbShell
from postgres_warehouse import PostgresWarehouse
from programs import DONE, NOTHING_NEW, REFUSED
from web_client import DOCUMENTED_REQUEST, Server

RELATIONS = {
    "customer/voucher": ["customer.voucher_assignment_segmented", "customer.frequency_voucher_details_view", "customer.recency_voucher_details_view"],
    "energy/tariff": ["energy.tariff_offers", "energy.payment_offers"],
}


@pytest.fixture(params=["customer/voucher", "energy/tariff"])
def pair(request: pytest.FixtureRequest) -> tuple[Warehouse, PostgresWarehouse]:
    """The two warehouses of one dataset, loaded from the same file."""
    suffix = "" if request.param == "customer/voucher" else "_tariff"
    return request.getfixturevalue(f"published{suffix}"), request.getfixturevalue(f"published_postgres{suffix}")


@pytest.fixture(params=["embedded", "postgresql"])
def any_live(request: pytest.FixtureRequest) -> AnyWarehouse:
    """Version 1 live, in either kind, for the test to change."""
    return request.getfixturevalue("live" if request.param == "embedded" else "live_postgres")


@pytest.fixture(params=["embedded", "postgresql"])
def any_empty(request: pytest.FixtureRequest) -> AnyWarehouse:
    return request.getfixturevalue("empty" if request.param == "embedded" else "empty_postgres")


@pytest.fixture
def served_postgres(tmp_path: Path, published_postgres: PostgresWarehouse):
    server = Server(published_postgres.url, tmp_path / "log")
    yield server
    assert server.stop() == DONE, server.log.read_text()


def test_one_snapshot(pair: tuple[Warehouse, PostgresWarehouse]):
    embedded, postgres = (warehouse.history()[-1] for warehouse in pair)
    assert embedded["snapshot"] == postgres["snapshot"]
    assert embedded["definition"] == postgres["definition"]
    assert embedded["rows"] == postgres["rows"]


def test_the_table_has_the_same_rows(pair: tuple[Warehouse, PostgresWarehouse], tmp_path: Path):
    embedded, postgres = pair
    table = RELATIONS[embedded.dataset.id][0]
    exported = postgres.export(f"SELECT * FROM {table}", tmp_path / "table.csv")
    there = f"SELECT * FROM read_csv('{exported}', all_varchar = true, allow_quoted_nulls = false)"
    with DuckDbShell(embedded.database(), read_only=True) as shell:
        here = f"SELECT COLUMNS(*)::VARCHAR FROM {table}"
        names = [row["column_name"] for row in shell.rows(f"DESCRIBE {table}")]
        assert [row["column_name"] for row in shell.rows(f"DESCRIBE ({there})")] == names
        assert shell.value(f"SELECT count(*) AS n FROM ({there})") == shell.value(f"SELECT count(*) AS n FROM {table}") > 1000
        assert shell.rows(f"({here}) EXCEPT ALL ({there})") == []
        assert shell.rows(f"({there}) EXCEPT ALL ({here})") == []


def test_the_table_has_the_declared_types(published_postgres: PostgresWarehouse):
    columns = published_postgres.rows(
        "SELECT column_name AS name, data_type AS type FROM information_schema.columns"
        " WHERE table_schema = 'customer' AND table_name = 'voucher_assignment_segmented' ORDER BY ordinal_position"
    )
    assert [(column["name"], column["type"]) for column in columns] == [
        ("timestamp", "timestamp without time zone"), ("country_code", "text"), ("last_order_ts", "timestamp without time zone"),
        ("first_order_ts", "timestamp without time zone"), ("total_orders", "bigint"), ("voucher_amount", "bigint"),
        ("frequency_segment", "text"), ("recency_segment", "text"),
    ]  # fmt: skip


def test_the_views_are_the_same_row_for_row(pair: tuple[Warehouse, PostgresWarehouse]):
    embedded, postgres = pair
    for view in RELATIONS[embedded.dataset.id][1:]:
        with DuckDbShell(embedded.database(), read_only=True) as shell:
            here = shell.rows(f"SELECT * FROM {view}")
        there = postgres.rows(f"SELECT * FROM {view}")
        assert len(here) > 3 and [list(row) for row in there] == [list(row) for row in here], view
        for expected, row in zip(here, there, strict=True):
            assert row | {"share": None} == expected | {"share": None}, view
            assert float(row["share"]) == pytest.approx(expected["share"]), row


def requests() -> list[dict]:
    """One for each kind of answer: every segment, none, an unknown country, and mistakes."""
    days = ["2018-07-01", "2018-06-01", "2018-05-01", "2018-04-01", "2018-02-01", "2017-06-01"]
    recency = [{"last_order_ts": f"{day} 00:00:00", "first_order_ts": "2017-05-03 00:00:00"} for day in days]
    frequency = [{"segment_name": "frequency_segment", "total_orders": orders} for orders in (0, 5, 14, 38)]
    other = [{"country_code": "pErU"}, {"country_code": "Atlantis"}, {"total_orders": -1}, {"segment_name": "nothing"}]
    places = [{"country_code": country} | change for country in ("Peru", "China", "Latvia", "Australia") for change in recency + frequency]
    return [DOCUMENTED_REQUEST | {"as_of": "2018-07-10T00:00:00Z"} | change for change in places + other]


def test_the_api_answers_the_same(served: Server, served_postgres: Server):
    seen = set()
    for request in requests():
        for path in ("/get-segment-voucher", "/v1/customer/voucher/decisions"):
            here, there = (server.post(path, request) for server in (served, served_postgres))
            assert (here.status, here.headers["ETag"]) == (there.status, there.headers["ETag"]), request
            if here.status != 204:
                answers = [answer.json() | {"decision_id": None} for answer in (here, there)]
                assert answers[0] == answers[1], request
                seen.add((here.status, answers[0].get("reason")))
    assert {reason for _, reason in seen} >= {"SEGMENT", "FALLBACK_GROUP", "NO_DATA"} and (422, None) in seen
    cells = [server.get("/v1/customer/voucher").json() for server in (served, served_postgres)]
    assert cells[0]["definition"] == cells[1]["definition"] and cells[0]["cells"] == cells[1]["cells"]


def test_the_same_file_again_changes_nothing(any_live: AnyWarehouse, first: Path):
    result = any_live.run(first).ended_with(DONE).json()
    assert (result["published"], result["version"]) == (False, 1)
    assert any_live.run(first, arguments=("--skip-unchanged",)).ended_with(NOTHING_NEW).json()["published"] is False


def test_a_second_file_makes_version_2_of_both(any_live: AnyWarehouse, first: Path, second: Path, tmp_path: Path):
    result = any_live.run(second).ended_with(DONE).json()
    assert (result["version"], result["published"]) == (2, True)
    assert result["rows"]["raw"] == oracle.account(first).raw + oracle.account(second).raw
    assert_balanced(result["rows"])
    assert_balanced(result["new"]["rows"])
    together = Warehouse(tmp_path / "together").run(second, first).ended_with(DONE).json()
    assert result["snapshot"] == together["snapshot"] and result["rows"] == together["rows"]


def test_rows_that_earlier_parts_hold_are_duplicates(any_live: AnyWarehouse, first: Path, tmp_path: Path):
    overlap = tmp_path / "overlap.parquet"
    duckdb_shell.execute(f"COPY (SELECT * FROM '{first}' LIMIT 4000) TO '{overlap}' (FORMAT parquet)")
    new = any_live.run(overlap).ended_with(DONE).json()["new"]["rows"]
    assert_balanced(new)
    assert new["processed"] == 0 and new["duplicates"] == 4000 - new["rejected"]


def test_full_refresh_holds_exactly_its_files(any_live: AnyWarehouse, second: Path):
    result = any_live.run(second, arguments=("--full-refresh",)).ended_with(DONE).json()
    assert result["version"] == 2
    assert result["rows"]["raw"] == oracle.account(second).raw == result["new"]["rows"]["raw"]


def test_a_file_that_changed_takes_the_place_of_its_rows(any_empty: AnyWarehouse, first: Path, second: Path, tmp_path: Path):
    raw = tmp_path / "raw.parquet"
    shutil.copy(second, raw)
    any_empty.run(raw).ended_with(DONE)
    shutil.copy(first, raw)
    any_empty.run(raw).ended_with(REFUSED).says("raw.parquet", "--replace", "--append")
    replaced = any_empty.run(raw, arguments=("--replace",)).ended_with(DONE).json()
    rebuilt = Warehouse(tmp_path / "rebuilt").run(first).ended_with(DONE).json()
    assert (replaced["version"], replaced["snapshot"]) == (2, rebuilt["snapshot"])


def test_a_changed_boundary_classifies_the_parts_anew(any_empty: AnyWarehouse, project: TestedDataset, second: Path, tmp_path: Path):
    any_empty.dataset = project
    any_empty.run(second).ended_with(DONE)
    definition = project.project / "domains/customer/voucher.yaml"
    text = definition.read_text()
    definition.write_text(text.replace('{label: "0-4", from: 0, to: 4}, {label: "5-13", from: 5', '{label: "0-5", from: 0, to: 5}, {label: "6-13", from: 6'))
    assert definition.read_text() != text
    changed = any_empty.run(second).ended_with(DONE).json()
    rebuilt = Warehouse(tmp_path / "rebuilt", project).run(second).ended_with(DONE).json()
    assert (changed["version"], changed["snapshot"]) == (2, rebuilt["snapshot"])
    assert set(changed["variants"]["frequency_segment"]) == {"0-5", "6-13", "14-37", "unsegmented"}


def test_rollback_and_the_next_run(any_live: AnyWarehouse, second: Path, tmp_path: Path):
    any_live.run(second).ended_with(DONE)
    any_live.do("rollback").ended_with(DONE)
    assert any_live.live_version() == 1
    any_live.do("rollback", "2", "--why", "it was right after all").ended_with(DONE)
    assert any_live.live_version() == 2
    any_live.do("rollback", "1").ended_with(DONE)
    before = any_live.history()[0]["rows"]["raw"]
    third = VOUCHER.generate(tmp_path / "third.parquet", 1000, seed=3)
    result = any_live.run(third).ended_with(DONE).json()
    assert result["version"] == 3, "a number is never used again"
    assert result["rows"]["raw"] == before + 1000, "it builds on the live version"
    assert "it was right after all" in json.dumps(any_live.history())


def test_rollback_to_a_version_that_is_not_there(any_live: AnyWarehouse):
    any_live.do("rollback", "7").ended_with(REFUSED).says("7")
    assert any_live.live_version() == 1


def test_step_by_step_is_the_same_as_a_run(any_live: AnyWarehouse, first: Path, second: Path, tmp_path: Path):
    any_live.do("transform", "--input", second, "--out", tmp_path / "out").ended_with(DONE)
    any_live.do("load", "--from", tmp_path / "out").ended_with(DONE)
    any_live.do("publish").ended_with(REFUSED).says("verif")
    assert any_live.live_version() == 1
    any_live.do("verify").ended_with(DONE)
    any_live.do("publish").ended_with(DONE)
    assert any_live.live_version() == 2
    run = Warehouse(tmp_path / "run")
    run.run(first).ended_with(DONE)
    run.run(second).ended_with(DONE)
    assert any_live.history()[-1]["snapshot"] == run.history()[-1]["snapshot"]


def without_id(document: dict) -> dict:
    """Without what names the one decision; wherever it stands."""
    return json.loads(re.sub(r'"decision_id": "[^"]*"', '"decision_id": ""', json.dumps(document)))


def test_explain_says_the_same(published: Warehouse, published_postgres: PostgresWarehouse):
    request = DOCUMENTED_REQUEST | {"as_of": "2018-07-10T00:00:00Z"}
    words = [f"{field}={value}" for field, value in request.items()]
    here, there = (warehouse.do("explain", "--json", *words) for warehouse in (published, published_postgres))
    assert without_id(here.ended_with(DONE).json()) == without_id(there.ended_with(DONE).json())


def test_a_second_dataset_in_the_same_database(live_postgres: PostgresWarehouse, samples: Path, published_tariff: Warehouse):
    tariff = PostgresWarehouse(live_postgres.server, live_postgres.database, published_tariff.dataset)
    tariff.run(samples / "tariff.csv").ended_with(DONE)
    assert tariff.history()[-1]["snapshot"] == published_tariff.history()[-1]["snapshot"]
    assert [version["version"] for version in live_postgres.history()] == [1]
