"""`voucher explain`: the answer that is served, the counts behind it, and the very rows of the raw files."""

import json
from collections import Counter
from pathlib import Path

import pytest

import duckdb_shell
import oracle
from datasets import TARIFF, AnyWarehouse, Warehouse
from postgres_warehouse import PostgresWarehouse
from programs import DONE, REFUSED, USAGE, Finished

COLUMNS = ["timestamp", "country_code", "last_order_ts", "first_order_ts", "total_orders", "voucher_amount"]
PERU = "country_code=Peru"
RECENCY = "segment_name=recency_segment"


def explain(warehouse: AnyWarehouse, *words: object) -> dict:
    return warehouse.do("explain", "--json", *words).ended_with(DONE).json()


def raw_row(file: str, number: int) -> dict:
    """A row of a raw file by its number, as anyone's DuckDB reads it."""
    columns = ", ".join(f'"{name}"::VARCHAR AS "{name}"' for name in COLUMNS)
    (row,) = duckdb_shell.query(
        f"SELECT {columns} FROM (SELECT *, row_number() OVER () AS number FROM read_parquet('{file}')) WHERE number = {number}"
    )
    return row


def cell_rows(warehouse: Warehouse, segment: str | None) -> list[dict]:
    parts = ", ".join(f"'{part}'" for part in warehouse.parts())
    label = f"= '{segment}'" if segment else "IS NULL"
    return duckdb_shell.query(
        f"SELECT voucher_amount AS amount, source_file AS file, source_row AS row FROM read_parquet([{parts}]) "
        f"WHERE lower(country_code) = 'peru' AND recency_segment {label}"
    )


@pytest.mark.parametrize("segment", ["30-60", "61-90", "180+"])
def test_a_cell_without_a_customer(published: Warehouse, segment: str):
    explained = explain(published, PERU, RECENCY, "--segment", segment)
    amounts = Counter(row["amount"] for row in cell_rows(published, segment))
    assert explained["null_rows"] == amounts.pop(None, 0)
    assert {entry["amount"]: entry["rows"] for entry in explained["amounts"]} == amounts
    best = min(amounts, key=lambda amount: (-amounts[amount], amount))
    assert (explained["voucher_amount"], explained["reason"], explained["segment"]) == (best, "SEGMENT", segment)
    assert explained["evidence"]["support"] == amounts[best]
    assert explained["evidence"]["total"] == amounts.total()
    assert "rows" not in explained


def test_rows_are_those_of_the_raw_file(published: Warehouse):
    explained = explain(published, PERU, RECENCY, "--segment", "61-90", "--rows", "--limit", 7)
    rows = explained["rows"]
    expected = cell_rows(published, "61-90")
    assert rows["total"] == len(expected)
    assert rows["cell"] == {"group": "peru", "segment_name": "recency_segment", "segment": "61-90"}
    assert len(rows["items"]) == 7
    places = {(row["file"], row["row"]): row["amount"] for row in expected}
    for item in rows["items"]:
        assert places[item["source_file"], item["source_row"]] == explained["voucher_amount"] == item["values"]["voucher_amount"]
        raw = raw_row(item["source_file"], item["source_row"])
        assert raw["country_code"] == item["values"]["country_code"]
        assert float(raw["total_orders"]) == item["values"]["total_orders"]
        assert oracle.parse_instant(raw["last_order_ts"]).isoformat() + "Z" == item["values"]["last_order_ts"]


def test_all_rows_come_the_chosen_amount_first(published: Warehouse):
    explained = explain(published, PERU, RECENCY, "--segment", "61-90", "--rows", "--limit", 100_000)
    items = explained["rows"]["items"]
    amounts = [item["values"]["voucher_amount"] for item in items]
    support = explained["evidence"]["support"]
    assert set(amounts[:support]) == {explained["voucher_amount"]}
    rest = amounts[support:]
    assert rest == sorted(rest, key=lambda amount: (amount is None, amount)) and explained["voucher_amount"] not in rest
    listed = sorted((item["source_file"], item["source_row"]) for item in items)
    assert listed == sorted((row["file"], row["row"]) for row in cell_rows(published, "61-90"))


def test_a_fallback_lists_the_rows_of_the_whole_group(published: Warehouse):
    explained = explain(published, PERU, RECENCY, "--segment", "unsegmented", "--rows", "--limit", 1)
    assert (explained["reason"], explained["segment"]) == ("FALLBACK_GROUP", None)
    assert explained["rows"]["cell"] == {"group": "peru", "segment_name": None, "segment": None}
    alone = explain(published, "country_code=pERU", "--rows", "--limit", 1)
    assert alone["rows"] == explained["rows"]
    assert alone["voucher_amount"] == explained["voucher_amount"]
    assert alone["segment_name"] is None


def test_a_group_without_history_has_no_rows(published: Warehouse):
    explained = explain(published, "country_code=Atlantis", RECENCY, "--segment", "61-90", "--rows")
    assert (explained["voucher_amount"], explained["reason"]) == (None, "NO_DATA")
    assert explained["rows"]["total"] == explained["rejected"]["total"] == 0
    assert explained["rows"]["items"] == explained["rejected"]["items"] == explained["amounts"] == []


def rejected_of(warehouse: Warehouse, segment: str | None) -> list[tuple[dict, bool]]:
    """Rejected rows of Peru that may be of the segment, and whether that is certain; by the oracle."""
    columns = ", ".join(f'"{name}"' for name in COLUMNS)
    rows = duckdb_shell.query(
        f"SELECT {columns}, source_file, source_row, reason FROM read_parquet('{warehouse.home}/rejected/*.parquet') "
        "WHERE lower(country_code) = 'peru' ORDER BY source_file, source_row"
    )
    found = []
    for row in rows:
        last, clock = oracle.parse_instant(row["last_order_ts"]), oracle.parse_instant(row["timestamp"])
        if last is None or clock is None:
            found.append((row, False))
        elif oracle.recency(last.date(), clock.date()) == segment:
            found.append((row, True))
    return found


@pytest.mark.parametrize("segment", ["30-60", "91-120", "180+"])
def test_rejected_rows_of_the_cell_come_with_their_reasons(published: Warehouse, segment: str):
    expected = rejected_of(published, segment)
    assert expected, "the sample rejects nothing here: the test would show nothing"
    rejected = explain(published, PERU, RECENCY, "--segment", segment, "--rows", "--limit", 100_000)["rejected"]
    assert rejected["total"] == len(expected)
    assert rejected["rejected_by"] == Counter(row["reason"] for row, _ in expected)
    assert [
        (item["source_row"], item["reason"], item["segment_known"], item["values"]["total_orders"]) for item in rejected["items"]
    ] == [(row["source_row"], row["reason"], known, row["total_orders"]) for row, known in expected]
    assert all(item["reasons"][0] == item["reason"] for item in rejected["items"])


def test_rejected_rows_keep_to_the_limit_and_are_all_counted(published: Warehouse):
    rejected = explain(published, PERU, RECENCY, "--segment", "180+", "--rows", "--limit", 2)["rejected"]
    assert len(rejected["items"]) == 2 < rejected["total"] == len(rejected_of(published, "180+"))


def test_an_earlier_version_explains_as_it_did(live: Warehouse, second: Path):
    before = explain(live, PERU, RECENCY, "--segment", "61-90", "--rows")
    live.run(second).ended_with(DONE)
    after = explain(live, PERU, RECENCY, "--segment", "61-90", "--rows")
    assert after["version"] == before["version"] + 1
    assert after["rows"]["total"] > before["rows"]["total"]
    assert explain(live, PERU, RECENCY, "--segment", "61-90", "--rows", "--version", before["version"]) == before


def test_the_text_names_files_and_rows(published: Warehouse, first: Path):
    text = published.do("explain", PERU, RECENCY, "--segment", "61-90", "--rows", "--limit", 3).ended_with(DONE).out
    total = len(cell_rows(published, "61-90"))
    assert f"Rows of Peru recency_segment 61-90: 3 of {total:,}" in text
    assert text.count(str(first)) == 6, text
    assert f"Rejected rows of Peru recency_segment 61-90: 3 of {len(rejected_of(published, '61-90')):,}" in text


def test_a_second_dataset_explains_its_rows(published_tariff: Warehouse):
    explained = explain(published_tariff, "Region=Süd", "segment_name=payment", "--segment", "on time", "--rows", "--limit", 1)
    (item,) = explained["rows"]["items"]
    assert item["values"]["Region"].lower() in ("süd", "sÜd"), item
    assert explained["rows"]["total"] > 1
    assert TARIFF.name in item["source_file"]


@pytest.mark.parametrize("segment", ["61-90", "unsegmented"])
def test_both_warehouses_explain_alike(published: Warehouse, published_postgres: PostgresWarehouse, segment: str):
    words = [PERU, RECENCY, "--segment", segment, "--rows", "--limit", 200]
    assert explain(published_postgres, *words) == explain(published, *words)


@pytest.mark.parametrize(
    "words, code, said",
    [
        ([], USAGE, ["FIELD=VALUE"]),
        ([PERU, RECENCY, "--segment", "61-91"], USAGE, ["61-91", "did you mean '61-90'", "unsegmented"]),
        ([PERU, "segment_name=recency", "--segment", "61-90"], USAGE, ["recency_segment"]),
        ([PERU, "--segment", "61-90"], USAGE, ["segment_name"]),
        ([RECENCY, "--segment", "61-90"], USAGE, ["country_code"]),
        ([PERU, RECENCY, "total_orders=1", "--segment", "61-90"], USAGE, ["total_orders"]),
        ([PERU, "--version", "99"], REFUSED, ["99"]),
        ([PERU, "--rows", "--limit", "0"], USAGE, ["--limit"]),
        ([PERU, RECENCY], REFUSED, ["last_order_ts"]),
    ],
)
def test_mistaken_questions_say_what_to_ask(published: Warehouse, words: list[str], code: int, said: list[str]):
    published.do("explain", *words).ended_with(code).says(*said)


def test_explaining_needs_no_lock_and_writes_nothing(published: Warehouse):
    before = published.files()
    finished: Finished = published.do("explain", PERU, "--rows", "--json").ended_with(DONE)
    assert json.loads(finished.out)["rows"]["total"] > 0
    assert published.files() == before
