"""Several writers of one PostgreSQL warehouse, interruptions and kills: nothing is half-written, and the next run works."""

import signal
import subprocess
import threading
import time
from pathlib import Path

import pytest

import programs
from datasets import VOUCHER
from postgres_proxy import AFTER_COPY, BEFORE_COMMIT_OF_LOAD, BEFORE_COPY, DURING_COPY, Moment, PostgresProxy
from postgres_warehouse import PostgresWarehouse
from programs import DONE, INTERRUPTED, UNAVAILABLE


class HeldRun:
    """A run that a proxy holds still at a moment, until it is released or ended."""

    def __init__(self, warehouse: PostgresWarehouse, raw: Path, moment: Moment, *arguments: object):
        self._go_on = threading.Event()
        self.proxy = PostgresProxy(warehouse.server.port, moment, lambda proxy: self._hold())
        self._held = threading.Event()
        flags = [*warehouse.by(port=self.proxy.port).flags, "--input", raw, *arguments]
        self.process = programs.start(programs.VOUCHER, "run", *flags, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def __enter__(self) -> "HeldRun":
        assert self._held.wait(timeout=30), self.process.communicate()
        return self

    def __exit__(self, *_: object) -> None:
        self._go_on.set()
        self.process.kill()
        self.process.communicate()
        self.proxy.__exit__(None, None, None)

    def _hold(self) -> None:
        self._held.set()
        self._go_on.wait(timeout=60)

    def finish(self) -> int:
        self._go_on.set()
        _, self.err = self.process.communicate(timeout=programs.TIMEOUT_SECONDS)
        return self.process.returncode


def test_a_second_writer_is_told_who_holds_the_lock(live_postgres: PostgresWarehouse, first: Path, second: Path, tmp_path: Path):
    other = VOUCHER.generate(tmp_path / "other.parquet", 1000, seed=9)
    with HeldRun(live_postgres, second, DURING_COPY, "--run-id", "the-first-one") as holder:
        begin = time.monotonic()
        finished = live_postgres.run(other).ended_with(UNAVAILABLE).says("the-first-one")
        assert time.monotonic() - begin < 5, "it does not wait"
        assert str(holder.process.pid) in finished.err
        assert [version["version"] for version in live_postgres.history() if version["live"]] == [1]
        assert holder.finish() == DONE, holder.err
    assert live_postgres.run(other).ended_with(DONE).json()["version"] == 3


def test_two_datasets_are_written_at_once(live_postgres: PostgresWarehouse, samples: Path, second: Path, published_tariff):
    tariff = PostgresWarehouse(live_postgres.server, live_postgres.database, published_tariff.dataset)
    with HeldRun(live_postgres, second, DURING_COPY) as holder:
        tariff.run(samples / "tariff.csv").ended_with(DONE)
        assert holder.finish() == DONE, holder.err


@pytest.mark.parametrize("moment", [BEFORE_COPY, DURING_COPY, AFTER_COPY, BEFORE_COMMIT_OF_LOAD], ids=lambda moment: moment.name)
def test_a_killed_run_is_cleaned_up_by_the_next(live_postgres: PostgresWarehouse, second: Path, moment: Moment):
    before = live_postgres.fingerprint()
    tables = len(live_postgres.tables())
    with HeldRun(live_postgres, second, moment) as holder:
        holder.process.kill()
        holder.process.wait()
    assert live_postgres.fingerprint() == before
    live_postgres.server.wait_for_clients_to_leave(live_postgres.database)
    assert live_postgres.run(second).ended_with(DONE).json()["published"]
    assert len(live_postgres.history()) == 2
    whole = len(live_postgres.tables())
    again = live_postgres.run(second).ended_with(DONE).json()
    assert again["published"] is False
    assert whole - tables <= tables, live_postgres.tables()


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM], ids=["SIGINT", "SIGTERM"])
def test_an_interrupted_run_leaves_nothing(live_postgres: PostgresWarehouse, second: Path, sent: signal.Signals):
    before, tables = live_postgres.fingerprint(), live_postgres.tables()
    with HeldRun(live_postgres, second, DURING_COPY) as holder:
        holder.process.send_signal(sent)
        time.sleep(0.05)
        assert holder.finish() == INTERRUPTED, holder.err
        assert "interrupt" in holder.err.lower()
    assert (live_postgres.fingerprint(), live_postgres.tables()) == (before, tables)
    live_postgres.run(second).ended_with(DONE)


def test_a_run_leaves_no_file_behind(live_postgres: PostgresWarehouse, second: Path, tmp_path: Path):
    """What is written on the way to the server is gone at the end, and after a kill at the next run."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    live_postgres.run(second, env={"TMPDIR": str(scratch)}).ended_with(DONE)
    assert list(scratch.iterdir()) == []
