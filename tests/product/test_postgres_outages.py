"""The server or the way to it goes away at any moment of a run: nothing is half-published, and the next run needs no repair."""

import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import programs
from postgres_proxy import (
    AFTER_COMMIT_OF_LOAD,
    AFTER_COMMIT_OF_PUBLISH,
    AFTER_COPY,
    BEFORE_COMMIT_OF_LOAD,
    BEFORE_COMMIT_OF_PUBLISH,
    BEFORE_COPY,
    DURING_COPY,
    END_OF_COPY,
    Moment,
    PostgresProxy,
)
from postgres_server import PASSWORD
from postgres_warehouse import PostgresWarehouse
from programs import DONE, INTERRUPTED, UNAVAILABLE, Finished

MOMENTS = [BEFORE_COPY, DURING_COPY, END_OF_COPY, AFTER_COPY]
MOMENTS += [BEFORE_COMMIT_OF_LOAD, AFTER_COMMIT_OF_LOAD, BEFORE_COMMIT_OF_PUBLISH, AFTER_COMMIT_OF_PUBLISH]
# A client that waits for a server that is gone ends within this.
CUT_SECONDS = 45


@pytest.fixture(scope="module")
def undisturbed(postgres_template: PostgresWarehouse, second: Path) -> PostgresWarehouse:
    """The warehouse after a run that nothing disturbed."""
    warehouse = postgres_template.copy()
    warehouse.run(second).ended_with(DONE)
    return warehouse


def run_through(warehouse: PostgresWarehouse, raw: Path, moment: Moment, action: Callable[[PostgresProxy], None]) -> Finished:
    """A run whose connection goes through a proxy that acts at the moment."""
    with PostgresProxy(warehouse.server.port, moment, action) as proxy:
        begin = time.monotonic()
        finished = warehouse.by(port=proxy.port).run(raw)
        assert time.monotonic() - begin < CUT_SECONDS
        assert proxy.happened.wait(timeout=20), f"{moment.name} never came"
    assert PASSWORD not in finished.out + finished.err
    return finished


def assert_recovered(warehouse: PostgresWarehouse, raw: Path, whole: PostgresWarehouse, finished: Finished) -> None:
    """Readers see all of the old version or all of the new; the next run leads to where an undisturbed one does."""
    live = warehouse.live_version()
    assert live == 1 or warehouse.fingerprint() == whole.fingerprint()
    # Whoever loses the answer to COMMIT looks for what it did; who cannot look says that a retry is worth it.
    assert finished.code == UNAVAILABLE or (finished.code == DONE and live == 2), finished
    result = warehouse.run(raw).ended_with(DONE).json()
    assert result["published"] == (live == 1), result
    assert warehouse.fingerprint() == whole.fingerprint()
    published = [version for version in warehouse.history() if version["publications"]]
    assert [version["live"] for version in published] == [False, True], f"a double version: {published}"
    assert [version["snapshot"] for version in published] == [version["snapshot"] for version in whole.history()]
    unpublished = len(warehouse.history()) - len(published)
    assert len(warehouse.tables()) <= len(whole.tables()) + 2 * unpublished, "no table that no version names"


@pytest.mark.parametrize("moment", MOMENTS, ids=lambda moment: moment.name)
def test_a_cut_connection(live_postgres: PostgresWarehouse, undisturbed: PostgresWarehouse, second: Path, moment: Moment):
    finished = run_through(live_postgres, second, moment, PostgresProxy.refuse)
    live_postgres.server.wait_for_clients_to_leave(live_postgres.database)
    assert_recovered(live_postgres, second, undisturbed, finished)


@pytest.mark.parametrize("moment", MOMENTS, ids=lambda moment: moment.name)
def test_a_server_that_stops_at_once(live_postgres: PostgresWarehouse, undisturbed: PostgresWarehouse, second: Path, moment: Moment):
    """It is back soon, as after a crash or a failover: what it had committed is there, and nothing else."""
    server = live_postgres.server

    def crash(proxy: PostgresProxy) -> None:
        server.stop("immediate")
        server.start()

    try:
        finished = run_through(live_postgres, second, moment, crash)
    finally:
        if not server.is_running():
            server.start()
    assert_recovered(live_postgres, second, undisturbed, finished)


def test_a_cut_that_lasts_a_moment_is_got_over_after_commit(live_postgres: PostgresWarehouse, undisturbed: PostgresWarehouse, second: Path):
    """The answer to COMMIT is lost and the server is there: the run finds out what it did, and goes on."""
    finished = run_through(live_postgres, second, AFTER_COMMIT_OF_PUBLISH, PostgresProxy.cut).ended_with(DONE)
    assert finished.json()["published"] and live_postgres.live_version() == 2
    assert_recovered(live_postgres, second, undisturbed, finished)


@pytest.mark.parametrize("moment", [DURING_COPY, AFTER_COPY, BEFORE_COMMIT_OF_PUBLISH], ids=lambda moment: moment.name)
def test_a_server_that_says_nothing_more_can_be_interrupted(live_postgres: PostgresWarehouse, second: Path, moment: Moment):
    with PostgresProxy(live_postgres.server.port, moment, PostgresProxy.stall) as proxy:
        flags = [*live_postgres.by(port=proxy.port).flags, "--input", second]
        process = programs.start(programs.VOUCHER, "run", *flags, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        try:
            assert proxy.happened.wait(timeout=30)
            time.sleep(0.2)
            assert process.poll() is None, "it waits"
            process.send_signal(signal.SIGINT)
            begin = time.monotonic()
            process.communicate(timeout=30)
            assert process.returncode == INTERRUPTED
            assert time.monotonic() - begin < 5, "it stops at once"
        finally:
            process.kill()
            process.communicate()
    assert live_postgres.live_version() == 1
    live_postgres.server.wait_for_clients_to_leave(live_postgres.database)
    live_postgres.run(second).ended_with(DONE)


def test_a_connection_that_an_administrator_ends(live_postgres: PostgresWarehouse, second: Path):
    def terminate(proxy: PostgresProxy) -> None:
        with live_postgres.connect() as admin:
            admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND usename = 'etl'", [live_postgres.database])

    finished = run_through(live_postgres, second, BEFORE_COMMIT_OF_PUBLISH, terminate).ended_with(UNAVAILABLE)
    assert live_postgres.live_version() == 1, finished
    live_postgres.run(second).ended_with(DONE)
