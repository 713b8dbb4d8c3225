"""A reader of the public table and views that asks again and again, as a BI tool or a service does."""

import statistics
import threading
import time
from types import TracebackType

import psycopg

from postgres_warehouse import FINGERPRINT, PostgresWarehouse

# Nothing that a reader does may wait for a lock longer than this; the server ends a statement that would.
LOCK_WAIT = "100ms"


class ReaderLoop:
    """Reads in a thread while the test does something else; with `reconnect`, on a new connection each time."""

    def __init__(self, warehouse: PostgresWarehouse, reconnect: bool = False, sql: str = FINGERPRINT):
        self.warehouse = warehouse
        self.reconnect = reconnect
        self.sql = sql
        self.seen: list[tuple[int, ...]] = []
        self.seconds: list[float] = []
        self.errors: list[str] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._loop)

    def __enter__(self) -> "ReaderLoop":
        self._thread.start()
        while len(self.seen) < 3 and not self.errors:
            time.sleep(0.001)
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stop.set()
        self._thread.join()

    @property
    def versions(self) -> set[tuple[int, ...]]:
        return set(self.seen)

    @property
    def greatest_seconds(self) -> float:
        return max(self.seconds)

    def quantile(self, share: float) -> float:
        """The time that this share of the reads kept to."""
        return statistics.quantiles(self.seconds, n=1000, method="inclusive")[round(share * 1000) - 1]

    def _loop(self) -> None:
        connection = self._connect()
        try:
            while not self._stop.is_set():
                begin = time.monotonic()
                if self.reconnect:
                    connection.close()
                    connection = self._connect()
                self.seen.append(connection.execute(self.sql).fetchone())
                self.seconds.append(time.monotonic() - begin)
        except psycopg.Error as error:
            self.errors.append(str(error))
        finally:
            connection.close()

    def _connect(self) -> psycopg.Connection:
        return self.warehouse.connect(options=f"-c lock_timeout={LOCK_WAIT}")
