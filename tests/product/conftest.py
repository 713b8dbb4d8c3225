"""Fixtures of the whole-product tests: sample data, warehouses and servers, each in a temporary folder."""

import ctypes
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import programs
from datasets import TARIFF, VOUCHER, AnyWarehouse, TestedDataset, Warehouse
from postgres_server import PostgresServer
from postgres_warehouse import PostgresWarehouse
from web_client import Server

ROWS = 20_000


def pytest_sessionstart() -> None:
    missing = [str(program) for program in (programs.VOUCHER, programs.VOUCHER_ETL) if not os.access(program, os.X_OK)]
    if missing:
        pytest.exit(f"not built: {', '.join(missing)}; `make build` does it, or VOUCHER_BIN names another folder", returncode=3)


@pytest.fixture(scope="session")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Generated raw files, made once; tests read them only."""
    folder = tmp_path_factory.mktemp("samples")
    VOUCHER.generate(folder / "first.parquet", ROWS, seed=1)
    VOUCHER.generate(folder / "second.parquet", ROWS // 10, seed=2)
    TARIFF.generate(folder / "tariff.csv", ROWS, seed=1)
    return folder


@pytest.fixture(scope="session")
def first(samples: Path) -> Path:
    return samples / "first.parquet"


@pytest.fixture(scope="session")
def second(samples: Path) -> Path:
    return samples / "second.parquet"


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory, first: Path) -> Warehouse:
    """A warehouse with version 1 live; tests read it only."""
    warehouse = Warehouse(tmp_path_factory.mktemp("published") / "warehouse")
    warehouse.run(first).ended_with(programs.DONE)
    return warehouse


@pytest.fixture(scope="session")
def published_tariff(tmp_path_factory: pytest.TempPathFactory, samples: Path) -> Warehouse:
    warehouse = Warehouse(tmp_path_factory.mktemp("tariff") / "warehouse", TARIFF)
    warehouse.run(samples / "tariff.csv").ended_with(programs.DONE)
    return warehouse


@pytest.fixture
def live(tmp_path: Path, published: Warehouse) -> Warehouse:
    """A copy of the published warehouse that the test may change."""
    shutil.copytree(published.folder, tmp_path / "warehouse")
    return Warehouse(tmp_path / "warehouse")


@pytest.fixture
def empty(tmp_path: Path) -> Warehouse:
    return Warehouse(tmp_path / "warehouse")


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory, published: Warehouse) -> Iterator[Server]:
    """A server of the published warehouse, for tests that leave it as it is."""
    server = Server(published.url, tmp_path_factory.mktemp("server") / "log")
    yield server
    assert server.stop() == programs.DONE, server.log.read_text()


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Starts servers that are stopped with the test."""
    servers: list[Server] = []

    def start(warehouse: AnyWarehouse, *arguments: object) -> Server:
        servers.append(Server(warehouse.url, tmp_path / f"server{len(servers)}.log", *arguments))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


@pytest.fixture
def project(tmp_path: Path) -> TestedDataset:
    """A project of its own with the shipped definition and sample, to be changed by the test."""
    shutil.copytree(programs.ROOT / "domains", tmp_path / "project/domains")
    return TestedDataset("customer", "voucher", tmp_path / "project", "parquet")


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    server = PostgresServer()
    try:
        server.create()
        yield server
    finally:
        server.close()


@pytest.fixture(scope="session")
def postgres_template(postgres: PostgresServer, first: Path) -> PostgresWarehouse:
    """A database with version 1 live, to be copied; no test connects to it."""
    warehouse = PostgresWarehouse(postgres, postgres.create_database())
    warehouse.run(first).ended_with(programs.DONE)
    return warehouse


@pytest.fixture(scope="session")
def published_postgres(postgres_template: PostgresWarehouse) -> PostgresWarehouse:
    """A PostgreSQL warehouse with version 1 live; tests read it only."""
    return postgres_template.copy()


@pytest.fixture(scope="session")
def published_postgres_tariff(postgres: PostgresServer, samples: Path) -> PostgresWarehouse:
    warehouse = PostgresWarehouse(postgres, postgres.create_database(), TARIFF)
    warehouse.run(samples / "tariff.csv").ended_with(programs.DONE)
    return warehouse


@pytest.fixture
def live_postgres(postgres_template: PostgresWarehouse) -> Iterator[PostgresWarehouse]:
    """A copy of the published database that the test may change."""
    warehouse = postgres_template.copy()
    yield warehouse
    warehouse.drop()


@pytest.fixture
def empty_postgres(postgres: PostgresServer) -> Iterator[PostgresWarehouse]:
    warehouse = PostgresWarehouse(postgres, postgres.create_database())
    yield warehouse
    warehouse.drop()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 2 MiB, where this user may mount one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(b"tmpfs", str(disk).encode(), b"tmpfs", 0, b"size=2m") != 0:
        pytest.skip(f"cannot mount a small file system: {os.strerror(ctypes.get_errno())}")
    yield disk
    assert libc.umount2(str(disk).encode(), 2) == 0
