"""`voucher setup`: three roles, each of which may do its work and nothing else."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

import programs
from datasets import VOUCHER, Warehouse
from postgres_server import BIN, PASSWORD, PostgresServer, free_port
from postgres_warehouse import TABLE, VIEWS, PostgresWarehouse
from programs import DONE, REFUSED, USAGE

OWNER, LOADER, READER = "team owner", "team-loader", "team_reader"
ROLES = ("--owner", OWNER, "--loader", LOADER, "--reader", READER)

BEYOND_THE_LOADER = [
    "CREATE SCHEMA other",
    "CREATE ROLE other",
    "CREATE TABLE public.other (a int)",
    "DROP SCHEMA voucher_store CASCADE",
    "DROP SCHEMA customer CASCADE",
    "DROP TABLE voucher_store.version CASCADE",
    "ALTER TABLE voucher_store.version ADD COLUMN other int",
    "TRUNCATE voucher_store.publication",
    "SELECT * FROM finance.salaries",
    "SET ROLE postgres",
    f'SET ROLE "{OWNER}"',
]
BEYOND_THE_READER = [
    f"INSERT INTO {TABLE} DEFAULT VALUES",
    f"DELETE FROM {TABLE}",
    "UPDATE voucher_store.live SET number = 7",
    "DELETE FROM voucher_store.publication",
    "CREATE TABLE customer.other (a int)",
    "CREATE TABLE voucher_store.other (a int)",
    "CREATE TABLE public.other (a int)",
    "CREATE SCHEMA other",
    f"DROP VIEW {TABLE}",
    f'SET ROLE "{LOADER}"',
]


@pytest.fixture(autouse=True)
def no_roles_left(postgres: PostgresServer) -> Iterator[None]:
    """Roles belong to the whole server: those of a test go with its database."""
    yield
    with postgres.connect() as admin:
        databases = admin.execute("SELECT datname FROM pg_database WHERE datname LIKE 'd%'").fetchall()
        for role in (OWNER, LOADER, READER):
            if not admin.execute("SELECT FROM pg_roles WHERE rolname = %s", [role]).fetchall():
                continue
            for (database,) in [*databases, ("postgres",)]:
                with postgres.connect(database) as inside:
                    inside.execute(f'DROP OWNED BY "{role}" CASCADE')
            admin.execute(f'DROP ROLE "{role}"')


def set_up(warehouse: PostgresWarehouse, user: str = "postgres") -> PostgresWarehouse:
    """Runs it, and gives the roles that log in their password."""
    warehouse.by(user).do("setup", *ROLES).ended_with(DONE)
    with warehouse.connect() as admin:
        for role in (LOADER, READER):
            admin.execute(f"ALTER ROLE \"{role}\" PASSWORD '{PASSWORD}'")
    return warehouse


@pytest.fixture
def ready(empty_postgres: PostgresWarehouse) -> PostgresWarehouse:
    return set_up(empty_postgres)


@pytest.fixture
def loaded(ready: PostgresWarehouse, second: Path) -> PostgresWarehouse:
    ready.by(LOADER).run(second).ended_with(DONE)
    return ready


def rights(warehouse: PostgresWarehouse) -> list[dict]:
    """Owner and rights of every schema and relation."""
    return warehouse.rows(
        "SELECT oid::regclass::text AS name, relowner::regrole::text AS owner, relacl::text AS acl FROM pg_class WHERE relnamespace >= 16384"
        " UNION ALL SELECT nspname, nspowner::regrole::text, nspacl::text FROM pg_namespace WHERE oid >= 16384"
        " UNION ALL SELECT rolname, rolcanlogin::text, rolsuper::text || rolcreaterole || rolcreatedb || rolbypassrls FROM pg_roles"
        " UNION ALL SELECT 'default', defaclrole::regrole::text, defaclacl::text FROM pg_default_acl ORDER BY 1, 2, 3"
    )


def is_denied(warehouse: PostgresWarehouse, role: str, statement: str) -> bool:
    with warehouse.connect(role) as connection:
        try:
            connection.execute(statement)
        except psycopg.errors.InsufficientPrivilege:
            return True
        return False


def test_it_may_run_again_and_changes_nothing(loaded: PostgresWarehouse):
    before = rights(loaded)
    loaded.by("postgres").do("setup", *ROLES).ended_with(DONE)
    assert rights(loaded) == before
    assert loaded.by(READER).live_version() == 1


def test_dry_run_prints_what_psql_can_run(empty_postgres: PostgresWarehouse, second: Path):
    printed = empty_postgres.by("postgres").do("setup", *ROLES, "--dry-run").ended_with(DONE).out
    assert empty_postgres.tables() == [], "it changes nothing"
    psql = [BIN / "psql", "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", empty_postgres.by("postgres").url]
    for _ in range(2):
        subprocess.run(psql, input=printed, text=True, check=True, capture_output=True)
    with_psql = rights(empty_postgres)
    set_up(empty_postgres)
    assert rights(empty_postgres) == with_psql
    empty_postgres.by(LOADER).run(second).ended_with(DONE)


def test_dry_run_needs_no_server(postgres: PostgresServer):
    finished = programs.voucher("setup", "--warehouse", postgres.url("d", port=free_port()), "--dry-run").ended_with(DONE)
    assert "voucher_owner" in finished.out and "voucher_loader" in finished.out and "voucher_reader" in finished.out
    document = programs.voucher("setup", "--warehouse", postgres.url("d", port=free_port()), "--dry-run", "--json").ended_with(DONE).json()
    assert document["sql"] == finished.out and document["roles"]["reader"] == "voucher_reader"


def test_the_loader_can_do_all_of_a_run(loaded: PostgresWarehouse, first: Path, tmp_path: Path):
    loader = loaded.by(LOADER)
    assert loader.run(first).ended_with(DONE).json()["version"] == 2
    loader.do("rollback").ended_with(DONE)
    assert loader.live_version() == 1
    assert loader.run(VOUCHER.generate(tmp_path / "more.parquet", 500, seed=4), arguments=("--full-refresh",)).ended_with(DONE).json()["published"]


def test_the_loader_can_do_nothing_else(loaded: PostgresWarehouse):
    with loaded.connect() as admin:
        admin.execute("CREATE SCHEMA finance; CREATE TABLE finance.salaries (a int)")
    allowed = [statement for statement in BEYOND_THE_LOADER if not is_denied(loaded, LOADER, statement)]
    assert allowed == []


def test_the_reader_selects_from_the_public_views(loaded: PostgresWarehouse, second: Path):
    for relation in (TABLE, *VIEWS.values()):
        assert loaded.rows(f"SELECT * FROM {relation}", READER)
    assert loaded.rows(f"SELECT * FROM {TABLE}_rejected", READER)


def test_the_reader_serves(loaded: PostgresWarehouse, serve: Callable):
    server = serve(loaded.by(READER))
    server.wait_until(lambda: server.get("/ready").status == 200, 5)
    assert server.decide().json()["voucher_amount"] == 2640
    loaded.by(LOADER).do("rollback", 1).ended_with(DONE)
    assert loaded.by(READER).live_version() == 1


def test_the_reader_changes_nothing(loaded: PostgresWarehouse):
    allowed = [statement for statement in BEYOND_THE_READER if not is_denied(loaded, READER, statement)]
    assert allowed == []
    table = loaded.value("SELECT inhrelid::regclass::text FROM pg_inherits LIMIT 1")
    assert is_denied(loaded, READER, f"SELECT * FROM {table}"), "nor reads what is not published"


def test_a_run_by_the_reader_is_refused(loaded: PostgresWarehouse, first: Path):
    loaded.by(READER).run(first).ended_with(REFUSED).says(READER)
    assert loaded.by(READER).live_version() == 1


def test_the_owner_does_not_log_in(ready: PostgresWarehouse):
    with ready.connect() as admin:
        admin.execute(f"ALTER ROLE \"{OWNER}\" PASSWORD '{PASSWORD}'")
    with pytest.raises(psycopg.OperationalError, match="not permitted to log in"):
        ready.connect(OWNER)


def test_a_warehouse_that_another_role_loaded_is_taken_over(live_postgres: PostgresWarehouse, second: Path):
    before = live_postgres.fingerprint()
    set_up(live_postgres)
    assert live_postgres.fingerprint() == before
    assert live_postgres.rows(f"SELECT * FROM {VIEWS['recency_segment']}", READER)
    assert live_postgres.by(LOADER).run(second).ended_with(DONE).json()["version"] == 2
    assert live_postgres.by(LOADER).run(second, arguments=("--full-refresh",)).ended_with(DONE).json()["published"]


def test_it_needs_no_superuser(postgres: PostgresServer, second: Path):
    postgres.create_role("dba", "LOGIN CREATEROLE")
    warehouse = PostgresWarehouse(postgres, postgres.create_database(owner="dba"))
    try:
        for _ in range(2):
            set_up(warehouse, "dba")
        warehouse.by(LOADER).run(second).ended_with(DONE)
        set_up(warehouse, "dba")
        assert warehouse.by(READER).live_version() == 1
    finally:
        warehouse.drop()
        with postgres.connect() as admin:
            admin.execute("DROP ROLE dba")


def test_without_the_right_to_make_roles(empty_postgres: PostgresWarehouse):
    empty_postgres.do("setup", *ROLES).ended_with(REFUSED).says("CREATEROLE", "etl")
    assert empty_postgres.tables() == [], "nothing is half-made"


def test_an_embedded_warehouse_has_no_roles(tmp_path: Path):
    Warehouse(tmp_path / "warehouse").do("setup").ended_with(USAGE).says("postgresql://")


def test_roles_must_differ(empty_postgres: PostgresWarehouse):
    empty_postgres.do("setup", "--owner", "same", "--loader", "same", "--dry-run").ended_with(USAGE).says("same")
