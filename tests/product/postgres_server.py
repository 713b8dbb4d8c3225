"""A real PostgreSQL of the tests' own: Debian's programs, a data directory and a loopback port of its own, passwords over TCP."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg

BIN = Path("/usr/lib/postgresql/15/bin")
SYSTEM_USER = "postgres"
PASSWORD = "correct horse battery staple"
START_SECONDS = 30

# No fsync: a server that is stopped at once keeps what it wrote, for the machine does not go down with it.
SETTINGS = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
fsync = off
full_page_writes = off
shared_buffers = 64MB
max_wal_size = 1GB
max_connections = 80
timezone = 'Asia/Kolkata'
log_min_messages = warning
log_line_prefix = '%m [%p] %a '
"""

# The database `tls_only` is what a server that insists on TLS looks like to a client without it.
ACCESS = """
hostnossl tls_only    all 127.0.0.1/32 reject
hostnossl replication all 127.0.0.1/32 scram-sha-256
hostnossl all         all 127.0.0.1/32 scram-sha-256
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def as_owner(command: list[object]) -> list[str]:
    """PostgreSQL refuses to run as root: then it runs as its own user, else as whoever runs the tests."""
    words = [str(word) for word in command]
    if os.geteuid() != 0:
        return words
    return ["setpriv", f"--reuid={SYSTEM_USER}", f"--regid={SYSTEM_USER}", "--init-groups", "--", *words]


class PostgresServer:
    """A cluster in a temporary folder; `close` removes it."""

    def __init__(self, settings: str = "") -> None:
        """`settings` are lines of postgresql.conf that override those of the tests."""
        self.folder = Path(tempfile.mkdtemp(prefix="voucher-postgresql-"))
        self.data = self.folder / "data"
        self.log = self.folder / "log"
        self.passwords = self.folder / "passwords"
        self.port = free_port()
        self._settings = SETTINGS + settings
        self._databases = 0
        self.passwords.write_text(f"127.0.0.1:*:*:*:{PASSWORD}\n")
        self.passwords.chmod(0o600)
        self.give_to_server(self.folder)

    def give_to_server(self, folder: Path) -> None:
        """Makes a folder the server's own."""
        if os.geteuid() == 0:
            shutil.chown(folder, SYSTEM_USER, SYSTEM_USER)
        folder.chmod(0o700)

    def create(self) -> None:
        """A new cluster, started, with the role `etl` that owns the databases."""
        secret = self.folder / "secret"
        secret.write_text(PASSWORD)
        if os.geteuid() == 0:
            shutil.chown(secret, SYSTEM_USER)
        self._run("initdb", "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8", "--auth=scram-sha-256", "--username=postgres",
                  f"--pwfile={secret}", "-D", self.data)  # fmt: skip
        secret.unlink()
        with (self.data / "postgresql.conf").open("a") as settings:
            settings.write(self._settings)
        (self.data / "pg_hba.conf").write_text(ACCESS)
        self.start()
        with self.connect() as admin:
            admin.execute(f"CREATE ROLE etl LOGIN PASSWORD '{PASSWORD}'")

    def copy_as_standby(self) -> "PostgresServer":
        """A read-only copy that follows this server; the caller closes it."""
        standby = PostgresServer()
        self._run("pg_basebackup", "--write-recovery-conf", "--checkpoint=fast", "--no-sync", "-D", standby.data,
                  "-d", f"host=127.0.0.1 port={self.port} user=postgres password='{PASSWORD}'")  # fmt: skip
        standby.start()
        return standby

    def start(self) -> None:
        # -l keeps the server's output away from the pipes of whoever runs the tests.
        self._run("pg_ctl", "start", "-w", "-t", START_SECONDS, "-D", self.data, "-l", self.log, "-o", f"-p {self.port}")

    def stop(self, mode: str = "immediate") -> None:
        """`immediate` is a crash: no checkpoint, no rollback, every client cut off."""
        self._run("pg_ctl", "stop", "-w", "-m", mode, "-D", self.data)

    def is_running(self) -> bool:
        return (self.data / "postmaster.pid").exists()

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Without a server for a while."""
        self.stop()
        try:
            yield
        finally:
            self.start()

    def close(self) -> None:
        if self.is_running():
            self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, database: str = "postgres", user: str = "etl", port: int | None = None, **parameters: str) -> str:
        """How clients name it; the password comes from a file."""
        query = "".join(f"&{name}={value}" for name, value in parameters.items())
        return f"postgresql://{quote(user)}@127.0.0.1:{port or self.port}/{database}?passfile={self.passwords}{query}"

    def connect(self, database: str = "postgres", user: str = "postgres", **options: object) -> psycopg.Connection:
        """Each statement is a transaction of its own, unless the caller says otherwise."""
        return psycopg.connect(self.url(database, user), **{"autocommit": True, "connect_timeout": 10} | options)

    def create_database(self, owner: str = "etl", template: str = "template0") -> str:
        """A new database that no other test knows; the template must have no connection."""
        self._databases += 1
        name = f"d{self._databases}"
        with self.connect() as admin:
            admin.execute(f"CREATE DATABASE {name} OWNER {owner} TEMPLATE {template} STRATEGY file_copy")
        return name

    def create_role(self, name: str, attributes: str = "LOGIN") -> str:
        """A role with the password that all have."""
        with self.connect() as admin:
            admin.execute(f"CREATE ROLE {name} {attributes} PASSWORD '{PASSWORD}'")
        return name

    def wait_for_clients_to_leave(self, database: str, seconds: float = 10) -> None:
        """Until the server has noticed that the clients of a database are gone."""
        deadline = time.monotonic() + seconds
        with self.connect() as admin:
            while admin.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = %s", [database]).fetchone() != (0,):
                assert time.monotonic() < deadline, f"connections to {database} stay"
                time.sleep(0.01)

    def _run(self, program: str, *arguments: object) -> None:
        """A program of PostgreSQL; its output goes to a file, for a server that it starts would keep a pipe open."""
        with tempfile.TemporaryFile("w+") as output:
            command = as_owner([BIN / program, *arguments])
            finished = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd="/", timeout=60)
            output.seek(0)
            log = self.log.read_text() if finished.returncode and self.log.exists() else ""
            assert finished.returncode == 0, f"{' '.join(command)} failed:\n{output.read()}{log}"
