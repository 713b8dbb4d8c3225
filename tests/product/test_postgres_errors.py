"""What a PostgreSQL that cannot be used leads to: an error that names the thing and what to grant or mend; the old version stays."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

import programs
from datasets import AnyWarehouse
from postgres_server import PASSWORD, PostgresServer, free_port
from postgres_warehouse import PostgresWarehouse
from programs import DONE, REFUSED, UNAVAILABLE, Finished

SECRET = "hunter2-is-no-secret"


def refused(warehouse: AnyWarehouse, raw: Path, code: int, *words: str) -> Finished:
    """A run fails so, and says these words; no password in either output."""
    finished = warehouse.run(raw).ended_with(code).says(*words)
    assert SECRET not in finished.out + finished.err and PASSWORD not in finished.out + finished.err
    assert "voucher run: " in finished.err, finished
    return finished


@pytest.fixture
def stranger(postgres: PostgresServer, live_postgres: PostgresWarehouse) -> Iterator[PostgresWarehouse]:
    """The live warehouse by a role that may do nothing yet."""
    postgres.create_role("stranger")
    yield live_postgres.by("stranger")
    with live_postgres.connect() as admin:
        admin.execute("DROP OWNED BY stranger")
    with postgres.connect() as admin:
        admin.execute("DROP OWNED BY stranger; DROP ROLE stranger")


def test_a_wrong_password(live_postgres: PostgresWarehouse, second: Path):
    url = f"postgresql://etl:{SECRET}@127.0.0.1:{live_postgres.server.port}/{live_postgres.database}"
    refused(AnyWarehouse(url), second, REFUSED, "password", "etl", "PGPASSFILE")


def test_no_password_at_all(live_postgres: PostgresWarehouse, second: Path):
    url = f"postgresql://etl@127.0.0.1:{live_postgres.server.port}/{live_postgres.database}?passfile=/dev/null"
    refused(AnyWarehouse(url), second, REFUSED, "password")


def test_a_password_in_the_url_works_with_a_warning(live_postgres: PostgresWarehouse, second: Path):
    password = PASSWORD.replace(" ", "%20")
    url = f"postgresql://etl:{password}@127.0.0.1:{live_postgres.server.port}/{live_postgres.database}"
    finished = AnyWarehouse(url).run(second).ended_with(DONE).says("warning", "password")
    assert password not in finished.out + finished.err and PASSWORD not in finished.out + finished.err


def test_variables_of_libpq_fill_in_what_the_url_leaves_out(live_postgres: PostgresWarehouse):
    server = live_postgres.server
    variables = {"PGHOST": "127.0.0.1", "PGPORT": str(server.port), "PGUSER": "etl", "PGDATABASE": live_postgres.database, "PGPASSWORD": PASSWORD}
    finished = AnyWarehouse("postgresql://").do("versions", "--json", env=variables).ended_with(DONE)
    assert [version["version"] for version in finished.json()["versions"]] == [1]


def test_a_missing_database(postgres: PostgresServer, second: Path):
    refused(PostgresWarehouse(postgres, "nowhere"), second, REFUSED, "nowhere", "CREATE DATABASE")


def test_a_role_that_does_not_exist(postgres: PostgresServer, second: Path):
    refused(PostgresWarehouse(postgres, "postgres", user="nobody_knows"), second, REFUSED, "nobody_knows")


def test_no_server_at_that_port(postgres: PostgresServer, live_postgres: PostgresWarehouse, second: Path):
    port = free_port()
    refused(live_postgres.by(port=port), second, UNAVAILABLE, str(port), "running")


def test_a_port_where_something_else_listens(live_postgres: PostgresWarehouse, served, second: Path):
    finished = refused(live_postgres.by(port=served.port), second, UNAVAILABLE, str(served.port))
    assert len(finished.err) < 2000


def test_a_host_that_does_not_exist(second: Path):
    refused(AnyWarehouse("postgresql://etl@no.such.host.invalid/warehouse"), second, UNAVAILABLE, "no.such.host.invalid")


def test_tls_that_the_server_does_not_speak(live_postgres: PostgresWarehouse, second: Path):
    refused(live_postgres.by(sslmode="require"), second, REFUSED, "TLS", "sslmode")


def test_tls_that_the_server_insists_on(postgres: PostgresServer, second: Path):
    with postgres.connect() as admin:
        admin.execute("CREATE DATABASE tls_only OWNER etl")
    refused(PostgresWarehouse(postgres, "tls_only"), second, REFUSED, "tls_only", "sslmode=require")


def test_may_not_connect(stranger: PostgresWarehouse, second: Path):
    with stranger.connect() as admin:
        admin.execute(f"REVOKE CONNECT ON DATABASE {stranger.database} FROM PUBLIC")
    refused(stranger, second, REFUSED, f"GRANT CONNECT ON DATABASE {stranger.database}", "stranger")


def test_may_not_create_a_schema(postgres: PostgresServer, stranger: PostgresWarehouse, empty_postgres: PostgresWarehouse, second: Path):
    refused(empty_postgres.by("stranger"), second, REFUSED, f"GRANT CREATE ON DATABASE {empty_postgres.database}", "stranger")
    assert empty_postgres.tables() == []


def test_may_read_and_not_write(stranger: PostgresWarehouse, second: Path):
    with stranger.connect() as admin:
        schemas = admin.execute("SELECT nspname FROM pg_namespace WHERE oid >= 16384").fetchall()
        for (schema,) in schemas:
            admin.execute(f'GRANT USAGE ON SCHEMA "{schema}" TO stranger; GRANT SELECT ON ALL TABLES IN SCHEMA "{schema}" TO stranger')
    assert [version["version"] for version in stranger.history()] == [1]
    refused(stranger, second, REFUSED, "stranger", "GRANT")
    assert stranger.live_version() == 1


def test_a_schema_that_belongs_to_another(postgres: PostgresServer, stranger: PostgresWarehouse, empty_postgres: PostgresWarehouse, second: Path):
    with empty_postgres.connect() as admin:
        admin.execute(f"GRANT CREATE ON DATABASE {empty_postgres.database} TO stranger; CREATE SCHEMA customer AUTHORIZATION etl")
    refused(empty_postgres.by("stranger"), second, REFUSED, "belongs to etl", "GRANT USAGE, CREATE ON SCHEMA customer TO stranger")


def test_a_name_that_something_else_has(empty_postgres: PostgresWarehouse, second: Path):
    with empty_postgres.connect("etl") as owner:
        owner.execute("CREATE SCHEMA customer; CREATE TABLE customer.recency_voucher_details_view (mine text)")
    refused(empty_postgres, second, REFUSED, "customer.recency_voucher_details_view")
    assert empty_postgres.value("SELECT count(*) FROM customer.recency_voucher_details_view") == 0


def test_a_session_that_is_read_only(live_postgres: PostgresWarehouse, second: Path):
    with live_postgres.connect() as admin:
        admin.execute(f"ALTER DATABASE {live_postgres.database} SET default_transaction_read_only = on")
    refused(live_postgres, second, UNAVAILABLE, "read-only", "default_transaction_read_only")
    assert live_postgres.live_version() == 1


def test_a_disk_that_is_full(live_postgres: PostgresWarehouse, samples: Path, tmp_path_factory: pytest.TempPathFactory, second: Path):
    folder = live_postgres.server.folder / "small"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", folder], capture_output=True)
    if mounted.returncode != 0:
        pytest.skip(f"no tmpfs can be mounted here: {mounted.stderr.decode().strip()}")
    try:
        live_postgres.server.give_to_server(folder)
        with live_postgres.server.connect() as admin:
            admin.execute(f"CREATE TABLESPACE small OWNER etl LOCATION '{folder}'")
            admin.execute(f"ALTER DATABASE {live_postgres.database} SET default_tablespace = small")
        large = live_postgres.dataset.generate(tmp_path_factory.mktemp("full") / "large.parquet", 100_000, seed=5)
        refused(live_postgres, large, UNAVAILABLE, "disk", "full")
        assert live_postgres.live_version() == 1
        with live_postgres.server.connect() as admin:
            admin.execute(f"ALTER DATABASE {live_postgres.database} RESET default_tablespace")
        live_postgres.run(second).ended_with(DONE)
    finally:
        live_postgres.drop()
        with live_postgres.server.connect() as admin:
            admin.execute("DROP TABLESPACE IF EXISTS small")
        subprocess.run(["umount", folder], check=True)


@pytest.mark.parametrize("url", ["postgresql:/x", "postgresql://h:notaport/d", "postgresql://h/d?no_such_parameter=1", "mysql://h/d"])
def test_a_url_that_is_none(url: str, second: Path):
    refused(AnyWarehouse(url), second, programs.USAGE, "--warehouse")


def test_a_standby_is_read_only(postgres: PostgresServer, live_postgres: PostgresWarehouse, second: Path):
    standby = postgres.copy_as_standby()
    try:
        refused(PostgresWarehouse(standby, live_postgres.database), second, UNAVAILABLE, "standby", "target_session_attrs=read-write")
    finally:
        standby.close()
