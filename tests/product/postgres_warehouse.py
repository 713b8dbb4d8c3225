"""A PostgreSQL warehouse of one dataset, and what an SQL reader sees in it."""

from pathlib import Path

import psycopg
from psycopg.rows import dict_row

from datasets import VOUCHER, AnyWarehouse, TestedDataset
from postgres_server import PostgresServer

TABLE = "customer.voucher_assignment_segmented"
VIEWS = {"frequency_segment": "customer.frequency_voucher_details_view", "recency_segment": "customer.recency_voucher_details_view"}

# Tells versions apart by the table and by both views, in one statement.
FINGERPRINT = f"""SELECT (SELECT count(*) FROM {TABLE}),
  (SELECT sum(total) FROM {VIEWS["frequency_segment"]}), (SELECT sum(total) FROM {VIEWS["recency_segment"]})"""


class PostgresWarehouse(AnyWarehouse):
    """A database of its own; voucher comes as the role that owns it."""

    def __init__(self, server: PostgresServer, database: str, dataset: TestedDataset = VOUCHER, user: str = "etl", **url: object):
        super().__init__(server.url(database, user, **url), dataset)
        self.server = server
        self.database = database

    def by(self, user: str = "etl", **url: object) -> "PostgresWarehouse":
        """The same warehouse by another role, through another port, or with other parameters of the connection."""
        return PostgresWarehouse(self.server, self.database, self.dataset, user, **url)

    def connect(self, user: str = "postgres", **options: object) -> psycopg.Connection:
        return self.server.connect(self.database, user, **options)

    def rows(self, sql: str, user: str = "postgres") -> list[dict]:
        with self.connect(user, row_factory=dict_row) as connection:
            return connection.execute(sql).fetchall()

    def value(self, sql: str) -> object:
        (row,) = self.rows(sql)
        (value,) = row.values()
        return value

    def fingerprint(self) -> tuple[int, ...]:
        with self.connect() as connection:
            return connection.execute(FINGERPRINT).fetchone()

    def copy(self) -> "PostgresWarehouse":
        """A new database with all that this one holds."""
        self.server.wait_for_clients_to_leave(self.database)
        return PostgresWarehouse(self.server, self.server.create_database(template=self.database), self.dataset)

    def drop(self) -> None:
        with self.server.connect() as admin:
            admin.execute(f"DROP DATABASE IF EXISTS {self.database} WITH (FORCE)")

    def tables(self) -> list[str]:
        """Every table, with its schema, whatever it is for."""
        relations = self.rows("SELECT oid::regclass::text AS name FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace >= 16384 ORDER BY 1")
        return [row["name"] for row in relations]

    def export(self, sql: str, file: Path) -> Path:
        """The rows of a query as CSV."""
        with self.connect() as connection, file.open("wb") as out, connection.cursor().copy(f"COPY ({sql}) TO STDOUT (FORMAT csv, HEADER)") as copy:
            for block in copy:
                out.write(block)
        return file
