"""The real data, where VOUCHER_REAL_DATA names the file: the accounting that is known of it."""

import os
from pathlib import Path

import pytest

from datasets import Warehouse
from duckdb_shell import DuckDbShell
from programs import DONE
from web_client import DOCUMENTED_REQUEST

PLACE = os.environ.get("VOUCHER_REAL_DATA", "")
pytestmark = pytest.mark.skipif(not PLACE, reason="VOUCHER_REAL_DATA does not name the file with real voucher assignments")


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    place = Path(PLACE)
    file = place / "voucher_assignments_2018.parquet" if place.is_dir() else place
    assert file.is_file(), f"VOUCHER_REAL_DATA is {PLACE}, where no file is"
    warehouse = Warehouse(tmp_path_factory.mktemp("real") / "warehouse")
    warehouse.result = warehouse.run(file).ended_with(DONE).json()
    return warehouse


def test_the_accounting(real: Warehouse):
    assert real.result["rows"] == {
        "raw": 285_570,
        "processed": 241_723,
        "rejected": 43_837,
        "duplicates": 10,
        "rejected_by": {"total_orders_missing": 22_845, "last_order_after_assignment": 20_992},
    }
    assert real.result["published"] is True


def test_nulls_and_zero_orders(real: Warehouse):
    with DuckDbShell(real.database(), read_only=True) as shell:
        table = "customer.voucher_assignment_segmented"
        assert shell.value(f"SELECT count(*) AS n FROM {table} WHERE voucher_amount IS NULL") == 1466
        assert shell.value(f"SELECT count(*) AS n FROM {table} WHERE total_orders = 0") == 30_851


def test_rows_that_fail_two_rules_keep_both_reasons(real: Warehouse):
    both = "reasons::VARCHAR LIKE '%total_orders_missing%last_order_after_assignment%'"
    with DuckDbShell() as shell:
        assert shell.value(f"SELECT count(*) AS n FROM '{real.home}/rejected/*.parquet' WHERE {both}") == 1853


def test_peru_is_2640_in_every_segment(real: Warehouse):
    with DuckDbShell(real.database(), read_only=True) as shell:
        for view in ("frequency_voucher_details_view", "recency_voucher_details_view"):
            amounts = {row["a"] for row in shell.rows(f"SELECT voucher_amount AS a FROM customer.{view} WHERE country_code = 'Peru'")}
            assert amounts == {2640}


def test_the_documented_request(real: Warehouse, serve):
    server = serve(real)
    for segment_name in ("recency_segment", "frequency_segment"):
        answer = server.post("/get-segment-voucher", DOCUMENTED_REQUEST | {"segment_name": segment_name})
        assert answer.json() == {"voucher_amount": 2640}
