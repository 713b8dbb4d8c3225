"""Publishing and rolling back are a few rows in one transaction: no reader blocks them, and they block no reader."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from datasets import VOUCHER, TestedDataset
from postgres_reader import ReaderLoop
from postgres_warehouse import FINGERPRINT, TABLE, VIEWS, PostgresWarehouse
from programs import DONE

SWITCHES = 200
# A run of these small files takes half a second; one that waits for a reader never ends.
RUN_SECONDS = 20


@pytest.fixture
def two_versions(live_postgres: PostgresWarehouse, second: Path) -> PostgresWarehouse:
    """Version 2 is live, version 1 was."""
    live_postgres.run(second).ended_with(DONE)
    return live_postgres


@contextmanager
def open_reader(warehouse: PostgresWarehouse, isolation: str = "REPEATABLE READ") -> Iterator[psycopg.Connection]:
    """A transaction that has read the table and both views, and stays open."""
    with warehouse.connect() as reader:
        reader.execute(f"BEGIN ISOLATION LEVEL {isolation}")
        for relation in (TABLE, *VIEWS.values()):
            reader.execute(f"SELECT * FROM {relation}").fetchall()
        yield reader
        reader.execute("ROLLBACK")


def fingerprints(warehouse: PostgresWarehouse) -> dict[int, tuple[int, ...]]:
    """What the table and the views show, for each of the two versions; version 2 is live at the end."""
    shown = {}
    for version in (1, 2):
        warehouse.do("rollback", version).ended_with(DONE)
        shown[version] = warehouse.fingerprint()
    assert shown[1][0] != shown[2][0] and shown[1][1] != shown[2][1] and shown[1][2] != shown[2][2], "the two can be told apart by each"
    return shown


@pytest.mark.parametrize("isolation", ["READ COMMITTED", "REPEATABLE READ"])
def test_publishing_takes_less_than_a_second_under_an_open_reader(two_versions: PostgresWarehouse, isolation: str):
    shown = fingerprints(two_versions)
    with open_reader(two_versions, isolation) as reader, ReaderLoop(two_versions, reconnect=True) as newcomers:
        for version in (1, 2, 1):
            begin = time.monotonic()
            two_versions.do("rollback", version).ended_with(DONE)
            assert time.monotonic() - begin < 1
            expected = shown[2] if isolation == "REPEATABLE READ" else shown[version]
            assert reader.execute(FINGERPRINT).fetchone() == expected
    assert newcomers.errors == []
    assert newcomers.versions == set(shown.values())


def test_a_whole_run_waits_for_no_reader(live_postgres: PostgresWarehouse, second: Path):
    before = live_postgres.fingerprint()
    with open_reader(live_postgres) as reader, ReaderLoop(live_postgres, reconnect=True) as newcomers:
        begin = time.monotonic()
        live_postgres.run(second).ended_with(DONE)
        assert time.monotonic() - begin < RUN_SECONDS
        assert reader.execute(FINGERPRINT).fetchone() == before
    assert newcomers.errors == []
    assert newcomers.versions == {before, live_postgres.fingerprint()}


def test_readers_see_one_version_through_200_publications(two_versions: PostgresWarehouse):
    shown = fingerprints(two_versions)
    with ReaderLoop(two_versions) as reader:
        for switch in range(SWITCHES):
            two_versions.do("rollback", 1 + switch % 2, "--quiet").ended_with(DONE)
    assert reader.errors == [], "no read failed, and none waited for a lock"
    assert reader.versions == set(shown.values()), "the table and both views are of one version in every read"
    assert len(reader.seen) > SWITCHES
    # The machine may be busy with something else now and then; a publication that held readers up would show 200 times.
    assert reader.quantile(0.99) < 0.1, f"{reader.quantile(0.99)} s, at most {reader.greatest_seconds} s"
    assert reader.greatest_seconds < 1


def test_one_transaction_of_a_reader_is_of_one_version(two_versions: PostgresWarehouse):
    """Several statements under REPEATABLE READ, as a report of several pages has."""
    shown = fingerprints(two_versions)
    statements = [f"SELECT count(*) FROM {TABLE}", *[f"SELECT sum(total) FROM {view}" for view in VIEWS.values()]]
    with two_versions.connect() as reader:
        for switch in range(10):
            reader.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
            first = reader.execute(statements[0]).fetchone()
            two_versions.do("rollback", 1 + switch % 2).ended_with(DONE)
            rest = [reader.execute(statement).fetchone() for statement in statements[1:]]
            reader.execute("COMMIT")
            assert tuple(value for (value,) in (first, *rest)) in shown.values()


@pytest.fixture
def brief(project: TestedDataset, empty_postgres: PostgresWarehouse) -> PostgresWarehouse:
    """A warehouse that keeps two versions."""
    definition = project.project / "domains/customer/voucher.yaml"
    definition.write_text(definition.read_text().replace("keep: 30 ", "keep: 2 "))
    return PostgresWarehouse(empty_postgres.server, empty_postgres.database, project)


def test_old_parts_leave_but_never_under_a_reader(brief: PostgresWarehouse, tmp_path: Path):
    files = [VOUCHER.generate(tmp_path / f"{seed}.parquet", 1000, seed=seed) for seed in range(1, 7)]

    def refresh(file: Path) -> None:
        begin = time.monotonic()
        brief.run(file, arguments=("--full-refresh",)).ended_with(DONE)
        assert time.monotonic() - begin < RUN_SECONDS

    for file in files[:3]:
        refresh(file)
    settled = brief.tables()
    with open_reader(brief) as reader, ReaderLoop(brief, reconnect=True) as newcomers:
        before = reader.execute(FINGERPRINT).fetchone()
        for file in files[3:5]:
            refresh(file)
        assert reader.execute(FINGERPRINT).fetchone() == before, "what it reads is still there"
    assert newcomers.errors == []
    refresh(files[5])
    assert len(brief.tables()) == len(settled), "what waited for the reader is gone"
    assert len(brief.history()) == 2


def test_a_view_costs_the_same_at_any_size_of_history(live_postgres: PostgresWarehouse):
    """It reads a few pages of the small table of cells, and no part."""
    for view in VIEWS.values():
        plan = live_postgres.value(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT json) SELECT * FROM {view}")
        scans = list(scanned(plan[0]["Plan"]))
        assert scans
        table_pages = live_postgres.value("SELECT max(pg_relation_size(oid)) / 8192 FROM pg_class WHERE relkind = 'r' AND relnamespace >= 16384")
        read = plan[0]["Plan"]["Shared Hit Blocks"] + plan[0]["Plan"]["Shared Read Blocks"]
        assert read < 100 < table_pages, plan
        assert max(scan["Actual Rows"] for scan in scans) < 1000, plan


def scanned(node: dict) -> Iterator[dict]:
    """The nodes of a plan that read a relation."""
    if "Relation Name" in node:
        yield node
    for child in node.get("Plans", []):
        yield from scanned(child)
