"""warehouse.duckdb in anyone's DuckDB shell: the table and the views say what the API says."""

from pathlib import Path

import pytest

import oracle
from datasets import Warehouse
from duckdb_shell import DuckDbShell
from programs import DONE

VIEWS = {"frequency_segment": "frequency_voucher_details_view", "recency_segment": "recency_voucher_details_view"}


def test_the_table_has_the_declared_columns_and_one_for_each_variant(published: Warehouse, first: Path):
    with DuckDbShell(published.database(), read_only=True) as shell:
        columns = {row["column_name"]: row["column_type"] for row in shell.rows("DESCRIBE customer.voucher_assignment_segmented")}
        count = shell.value("SELECT count(*) AS n FROM customer.voucher_assignment_segmented")
    assert list(columns) == [
        "timestamp", "country_code", "last_order_ts", "first_order_ts", "total_orders", "voucher_amount", "frequency_segment", "recency_segment",
    ]  # fmt: skip
    assert columns["timestamp"] == columns["last_order_ts"] == "TIMESTAMP"
    assert columns["total_orders"] == columns["voucher_amount"] == "BIGINT"
    assert columns["recency_segment"] == "VARCHAR"
    assert count == oracle.account(first).processed


def test_the_table_keeps_each_rows_own_spelling(published: Warehouse):
    with DuckDbShell(published.database(), read_only=True) as shell:
        spellings = {row["c"] for row in shell.rows("SELECT DISTINCT country_code AS c FROM customer.voucher_assignment_segmented")}
    assert {"Peru", "PERU", "China"} <= spellings


def test_labels_are_those_of_the_oracle(published: Warehouse):
    columns = 'total_orders AS orders, last_order_ts::DATE AS last, "timestamp"::DATE AS today, frequency_segment, recency_segment'
    with DuckDbShell(published.database(), read_only=True) as shell:
        rows = shell.rows(f"SELECT DISTINCT {columns} FROM customer.voucher_assignment_segmented")
    for row in rows:
        assert row["frequency_segment"] == oracle.frequency(row["orders"]), row
        last, today = (oracle.date.fromisoformat(row[name]) for name in ("last", "today"))
        assert row["recency_segment"] == oracle.recency(last, today), row


@pytest.mark.parametrize("variant", VIEWS)
def test_a_view_has_one_row_for_each_cell_with_a_voucher(published: Warehouse, variant: str):
    history = oracle.History(published.parts())
    with DuckDbShell(published.database(), read_only=True) as shell:
        rows = shell.rows(f"SELECT * FROM customer.{VIEWS[variant]}")
    assert list(rows[0]) == [
        "country_code", variant, "voucher_amount", "support", "total", "share", "runner_up_amount", "runner_up_support", "tie",
    ]  # fmt: skip
    expected = {key for key, amounts in history.cells.items() if key[1] == variant and key[2] and amounts}
    assert {(row["country_code"].lower(), variant, row[variant]) for row in rows} == expected
    for row in rows:
        reason, evidence = history.decide(row["country_code"], variant, row[variant])
        assert reason == "SEGMENT"
        runner_up = (row["runner_up_amount"], row["runner_up_support"])
        assert (row["voucher_amount"], row["support"], row["total"]) == (evidence.amount, evidence.support, evidence.total), row
        assert runner_up == (evidence.runner_up or (None, None)), row
        assert row["share"] == pytest.approx(evidence.support / evidence.total)
        assert row["tie"] == (evidence.runner_up is not None and evidence.runner_up[1] == evidence.support)


def test_groups_are_shown_in_their_most_frequent_spelling(published: Warehouse):
    with DuckDbShell(published.database(), read_only=True) as shell:
        groups = {row["c"] for row in shell.rows("SELECT DISTINCT country_code AS c FROM customer.recency_voucher_details_view")}
    assert groups == {"Australia", "China", "Latvia", "Peru"}


def test_peru_gets_2640_in_every_segment(published: Warehouse):
    with DuckDbShell(published.database(), read_only=True) as shell:
        for view, segments in zip(VIEWS.values(), (3, 5), strict=True):
            amounts = [row["a"] for row in shell.rows(f"SELECT voucher_amount AS a FROM customer.{view} WHERE country_code = 'Peru'")]
            assert amounts == [2640] * segments, view


def test_a_moved_warehouse_is_relinked(live: Warehouse, tmp_path: Path):
    live.folder.rename(tmp_path / "moved")
    moved = Warehouse(tmp_path / "moved")
    moved.do("load", "--relink").ended_with(DONE)
    with DuckDbShell(moved.database(), read_only=True) as shell:
        assert shell.value("SELECT count(*) AS n FROM customer.voucher_assignment_segmented") > 10_000


def test_a_second_version_shows_the_rows_of_both_files(live: Warehouse, second: Path):
    result = live.run(second).ended_with(DONE).json()
    with DuckDbShell(live.database(2), read_only=True) as shell:
        assert shell.value("SELECT count(*) AS n FROM customer.voucher_assignment_segmented") == result["rows"]["processed"]
    with DuckDbShell(live.database(1), read_only=True) as shell:
        assert shell.value("SELECT count(*) AS n FROM customer.recency_voucher_details_view") == 20


def test_the_second_datasets_table_and_view(published_tariff: Warehouse):
    with DuckDbShell(published_tariff.database(), read_only=True) as shell:
        names = {row["table_name"]: row["table_schema"] for row in shell.rows("SELECT table_name, table_schema FROM information_schema.tables")}
        assert "tariff_offers" in names and "payment_offers" in names
        schema = names["tariff_offers"]
        labels = {row["l"] for row in shell.rows(f"SELECT DISTINCT tenure AS l FROM {schema}.tariff_offers")}
        best = shell.rows(f"SELECT * FROM {schema}.payment_offers WHERE Region = 'Süd' AND payment = 'on time'")
    assert labels == {"first month", "first year", "mehr als 1 Jahr – treu"}
    assert best[0]["discount_cents"] == 500
