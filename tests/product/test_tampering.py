"""Data that was changed on its way does not become live: verify says what differs."""

from pathlib import Path

import pytest

import duckdb_shell
from datasets import Warehouse
from duckdb_shell import DuckDbShell
from programs import DONE, REFUSED


def rewrite(file: Path, replacement: str, order: str = "source_row") -> None:
    """Writes a Parquet file again with some columns replaced."""
    copy = file.with_suffix(".altered")
    duckdb_shell.execute(f"COPY (SELECT * REPLACE ({replacement}) FROM '{file}' ORDER BY {order}) TO '{copy}' (FORMAT parquet)")
    copy.replace(file)


@pytest.fixture
def transformed(live: Warehouse, second: Path, tmp_path: Path) -> Path:
    live.do("transform", "--input", second, "--out", tmp_path / "out").ended_with(DONE)
    return tmp_path / "out"


def load_and_verify(warehouse: Warehouse, folder: Path, *words: str) -> None:
    """Either load sees that the file is not what the manifest says, or verify sees what is wrong with it."""
    loaded = warehouse.do("load", "--from", folder)
    if loaded.code == DONE:
        warehouse.do("verify").ended_with(REFUSED).says(*words)
        warehouse.do("publish").ended_with(REFUSED)
    else:
        loaded.ended_with(REFUSED).says(str(folder))
    assert warehouse.live_version() == 1


def test_one_changed_label(live: Warehouse, transformed: Path):
    wrong = "CASE WHEN source_row = (SELECT min(source_row) FROM '{0}' WHERE recency_segment = '30-60') THEN '61-90' ELSE recency_segment END AS recency_segment"
    file = transformed / "processed.parquet"
    rewrite(file, wrong.format(file))
    load_and_verify(live, transformed, "recency_segment", "30-60", "61-90")


def test_a_label_that_was_taken_away(live: Warehouse, transformed: Path):
    rewrite(transformed / "processed.parquet", "nullif(frequency_segment, '14-37') AS frequency_segment")
    load_and_verify(live, transformed, "frequency_segment", "14-37")


def test_a_label_that_no_definition_knows(live: Warehouse, transformed: Path):
    rewrite(transformed / "processed.parquet", "replace(frequency_segment, '5-13', '5-12') AS frequency_segment")
    load_and_verify(live, transformed, "5-12")


def test_changed_amounts(live: Warehouse, transformed: Path):
    rewrite(transformed / "processed.parquet", "voucher_amount + 1 AS voucher_amount")
    load_and_verify(live, transformed)


def test_a_row_that_breaks_a_rule(live: Warehouse, transformed: Path):
    rewrite(transformed / "processed.parquet", "CASE WHEN source_row % 100 = 0 THEN -1 ELSE total_orders END AS total_orders")
    load_and_verify(live, transformed)


def test_rows_that_were_removed(live: Warehouse, transformed: Path):
    file = transformed / "processed.parquet"
    duckdb_shell.execute(f"COPY (SELECT * FROM '{file}' LIMIT 100) TO '{file}.altered' (FORMAT parquet)")
    Path(f"{file}.altered").replace(file)
    load_and_verify(live, transformed)


def test_a_tampered_view(live: Warehouse, transformed: Path):
    live.do("load", "--from", transformed).ended_with(DONE)
    with DuckDbShell(live.database(2)) as shell:
        view = shell.value("SELECT sql FROM duckdb_views() WHERE view_name = 'recency_voucher_details_view'")
        body = view[view.upper().index(" AS ") + 4 :].rstrip().rstrip(";")
        columns = "* REPLACE (CASE WHEN country_code = 'Peru' THEN 4400 ELSE voucher_amount END AS voucher_amount)"
        shell.execute(f"CREATE OR REPLACE VIEW customer.recency_voucher_details_view AS SELECT {columns} FROM ({body}) untampered")
    live.do("verify").ended_with(REFUSED).says("Peru", "4400", "2640")
    assert live.live_version() == 1


def test_a_part_that_was_changed_after_publication(live: Warehouse, second: Path):
    (part,) = live.parts()
    rewrite(part, "'0-4' AS frequency_segment")
    live.run(second, arguments=("--json",))
    finished = live.do("verify", "--version", str(live.live_version()))
    assert finished.code in (DONE, REFUSED), finished


def test_a_changed_snapshot_is_not_served(live: Warehouse, serve):
    file = live.version_folder() / "snapshot.json"
    file.write_text(file.read_text().replace("2640", "9999"))
    server = serve(live)
    assert server.get("/ready").status == 503
    assert server.decide().status in (404, 503)
    assert "snapshot" in server.log.read_text().lower()
