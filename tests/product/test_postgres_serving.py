"""`voucher serve` on PostgreSQL: the database may be away at the start, go, and come back; no request ever waits for it."""

import re
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from postgres_proxy import PostgresProxy
from postgres_server import PostgresServer
from postgres_warehouse import PostgresWarehouse
from programs import DONE
from web_client import DOCUMENTED_REQUEST, Server, exchange

# A new version of PostgreSQL is live within this, with the notification or without it.
LIVE_SECONDS = 5


@pytest.fixture
def own_server(first: Path) -> Iterator[PostgresServer]:
    """A server that the test may stop, without stopping that of the others."""
    server = PostgresServer()
    try:
        server.create()
        yield server
    finally:
        server.close()


@pytest.fixture
def own(own_server: PostgresServer, second: Path) -> PostgresWarehouse:
    warehouse = PostgresWarehouse(own_server, own_server.create_database())
    warehouse.run(second).ended_with(DONE)
    return warehouse


def metric(server: Server, pattern: str) -> float:
    text = server.get("/metrics").body.decode()
    values = re.findall(rf"^{pattern}(?:\{{[^}}]*\}})? (\S+)$", text, re.MULTILINE)
    assert values, f"no {pattern} in\n{text}"
    return float(values[0])


def age(server: Server) -> float:
    """Seconds since the warehouse was last reached."""
    return metric(server, r"voucher_\w*age_seconds")


class Asking:
    """Asks for decisions without a pause, in a thread, and keeps the greatest time that an answer took."""

    def __init__(self, server: Server):
        self.server = server
        self.statuses: list[int] = []
        self.seconds: list[float] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._ask)

    def __enter__(self) -> "Asking":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _ask(self) -> None:
        connection = self.server.connect()
        while not self._stop.is_set():
            begin = time.monotonic()
            self.statuses.append(exchange(connection, "POST", "/get-segment-voucher", DOCUMENTED_REQUEST).status)
            self.seconds.append(time.monotonic() - begin)
            time.sleep(0.002)
        connection.close()


def test_a_new_version_is_live_within_five_seconds(live_postgres: PostgresWarehouse, serve: Callable, second: Path):
    server = serve(live_postgres)
    server.wait_until(lambda: server.get("/ready").status == 200, LIVE_SECONDS)
    assert server.decide().json()["version"] == 1
    live_postgres.run(second).ended_with(DONE)
    server.wait_until(lambda: server.decide().json()["version"] == 2, LIVE_SECONDS)
    live_postgres.do("rollback").ended_with(DONE)
    server.wait_until(lambda: server.decide().json()["version"] == 1, LIVE_SECONDS)


def test_a_notification_brings_it_at_once(live_postgres: PostgresWarehouse, serve: Callable, second: Path):
    """Several switches, each sooner than any polling interval on average would bring it."""
    live_postgres.run(second).ended_with(DONE)
    server = serve(live_postgres)
    server.wait_until(lambda: server.get("/ready").status == 200, LIVE_SECONDS)
    waits = []
    for version in (1, 2, 1, 2, 1):
        live_postgres.do("rollback", version).ended_with(DONE)
        waits.append(server.wait_until(lambda: server.decide().json()["version"] == version, LIVE_SECONDS))  # noqa: B023
    assert sorted(waits)[2] < 0.5, waits


def test_without_a_notification_polling_brings_it(live_postgres: PostgresWarehouse, serve: Callable, second: Path):
    """The hint is lost on its way, as a connection pool in transaction mode loses it."""
    live_postgres.run(second).ended_with(DONE)
    server = serve(live_postgres)
    server.wait_until(lambda: server.get("/ready").status == 200, LIVE_SECONDS)
    with live_postgres.connect() as admin:
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()", [live_postgres.database])
    live_postgres.do("rollback", 1).ended_with(DONE)
    server.wait_until(lambda: server.decide().json()["version"] == 1, LIVE_SECONDS)


def test_a_server_before_the_first_version(empty_postgres: PostgresWarehouse, serve: Callable, second: Path):
    server = serve(empty_postgres)
    assert server.get("/health").status == 200
    assert server.get("/ready").status == 503
    assert server.post("/get-segment-voucher", DOCUMENTED_REQUEST).status == 503
    empty_postgres.run(second).ended_with(DONE)
    server.wait_until(lambda: server.get("/ready").status == 200, LIVE_SECONDS)
    assert server.post("/get-segment-voucher", DOCUMENTED_REQUEST).json() == {"voucher_amount": 2640}


def test_absent_at_the_start(own: PostgresWarehouse, serve: Callable):
    with own.server.stopped():
        server = serve(own)
        assert server.get("/health").status == 200
        time.sleep(0.5)
        assert server.get("/ready").status == 503
        assert server.post("/get-segment-voucher", DOCUMENTED_REQUEST).status == 503
        assert server.process.poll() is None, "it waits"
    server.wait_until(lambda: server.get("/ready").status == 200, LIVE_SECONDS)
    assert server.decide().json()["version"] == 1


def test_gone_while_serving_and_back_with_a_new_version(own: PostgresWarehouse, serve: Callable, first: Path):
    server = serve(own)
    server.wait_until(lambda: server.get("/ready").status == 200, LIVE_SECONDS)
    own.run(first).ended_with(DONE)
    server.wait_until(lambda: server.decide().json()["version"] == 2, LIVE_SECONDS)
    own.do("rollback", 1).ended_with(DONE)
    server.wait_until(lambda: server.decide().json()["version"] == 1, LIVE_SECONDS)
    assert age(server) < LIVE_SECONDS
    with Asking(server) as asking:
        with own.server.stopped():
            server.wait_until(lambda: age(server) > 2, LIVE_SECONDS + 3)
            assert server.get("/ready").status == 200
            assert server.decide().json()["version"] == 1, "the old snapshot goes on"
        own.do("rollback", 2).ended_with(DONE)
        server.wait_until(lambda: server.decide().json()["version"] == 2, LIVE_SECONDS)
    assert set(asking.statuses) == {200}
    assert max(asking.seconds) < 1, "no answer waited for the database"
    assert age(server) < LIVE_SECONDS


def test_a_database_that_says_nothing_more(live_postgres: PostgresWarehouse, serve: Callable):
    """Its machine hangs, or a firewall drops what is sent: answers go on, and the end is not held up."""
    with PostgresProxy(live_postgres.server.port) as proxy:
        server = serve(live_postgres.by(port=proxy.port))
        server.wait_until(lambda: server.get("/ready").status == 200, LIVE_SECONDS)
        with Asking(server) as asking:
            proxy.stall()
            time.sleep(2)
        assert set(asking.statuses) == {200}
        assert max(asking.seconds) < 1
        begin = time.monotonic()
        assert server.stop() == DONE
        assert time.monotonic() - begin < 5


def test_a_standby_serves(postgres: PostgresServer, live_postgres: PostgresWarehouse, serve: Callable, second: Path):
    """A read-only copy cannot be listened to; polling does."""
    standby = postgres.copy_as_standby()
    try:
        server = serve(PostgresWarehouse(standby, live_postgres.database))
        server.wait_until(lambda: server.get("/ready").status == 200, LIVE_SECONDS)
        live_postgres.run(second).ended_with(DONE)
        server.wait_until(lambda: server.decide().json()["version"] == 2, 2 * LIVE_SECONDS)
    finally:
        standby.close()


def test_a_dataset_that_appears_later_is_served(live_postgres: PostgresWarehouse, serve: Callable, samples: Path, published_tariff):
    server = serve(live_postgres)
    server.wait_until(lambda: server.get("/ready").status == 200, LIVE_SECONDS)
    assert server.get("/v1/energy/tariff").status == 404
    PostgresWarehouse(live_postgres.server, live_postgres.database, published_tariff.dataset).run(samples / "tariff.csv").ended_with(DONE)
    server.wait_until(lambda: server.get("/v1/energy/tariff").status == 200, LIVE_SECONDS)


def test_a_snapshot_that_was_changed_is_not_served(live_postgres: PostgresWarehouse, serve: Callable, tmp_path: Path, second: Path):
    """It is read with its checksum: one that does not fit is left alone, and the log says so."""
    server = serve(live_postgres)
    server.wait_until(lambda: server.get("/ready").status == 200, LIVE_SECONDS)
    live_postgres.run(second).ended_with(DONE)
    server.wait_until(lambda: server.decide().json()["version"] == 2, LIVE_SECONDS)
    tamper_with_snapshots(live_postgres)
    late = serve(live_postgres)
    late.wait_until(lambda: "snapshot" in late.log.read_text().lower() and late.get("/health").status == 200, LIVE_SECONDS)
    assert late.get("/ready").status == 503
    assert server.decide().json()["version"] == 2, "what was read before goes on"


def tamper_with_snapshots(warehouse: PostgresWarehouse) -> None:
    """Changes an amount in every stored snapshot, wherever the schema keeps it."""
    with warehouse.connect() as admin:
        columns = admin.execute(
            "SELECT format('%I.%I', table_schema, table_name), column_name, data_type FROM information_schema.columns"
            " WHERE column_name = 'snapshot' AND data_type IN ('text', 'jsonb', 'json', 'bytea') AND table_schema NOT IN ('information_schema', 'pg_catalog')"
        ).fetchall()
        assert columns, "no column named snapshot"
        for table, column, kind in columns:
            text = f"convert_from({column}, 'UTF8')" if kind == "bytea" else f"{column}::text"
            changed = f"replace({text}, '2640', '9999')"
            admin.execute(f"UPDATE {table} SET {column} = " + (f"convert_to({changed}, 'UTF8')" if kind == "bytea" else f"{changed}::{kind}"))
