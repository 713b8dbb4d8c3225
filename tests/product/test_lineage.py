"""`--lineage`: OpenLineage events of run, transform and load, to a file and to a real receiver."""

import copy
import json
import signal
import subprocess
import threading
import time
import uuid
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

import openlineage_oracle
import programs
from datasets import Warehouse
from postgres_warehouse import PostgresWarehouse
from programs import DONE, INTERRUPTED, NOTHING_NEW, REFUSED, UNAVAILABLE, USAGE

TABLE = "customer.voucher_assignment_segmented"
RECENCY = "customer.recency_voucher_details_view"


class Receiver(ThreadingHTTPServer):
    """Takes events as an OpenLineage service does; `status` and `delay` are what it answers with, and when."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.events: list[dict] = []
        self.headers: list[dict] = []
        self.status = 201
        self.delay = 0.0
        self.url = f"http://127.0.0.1:{self.server_port}"
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        time.sleep(self.server.delay)
        self.server.events.append(json.loads(body))
        self.server.headers.append(dict(self.headers) | {"path": self.path})
        self.send_response(self.server.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    server = Receiver()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def events(tmp_path: Path) -> Path:
    return tmp_path / "events.jsonl"


def read(file: Path) -> list[dict]:
    """The events of a file, each held to OpenLineage's classes."""
    found = [json.loads(line) for line in file.read_text().splitlines()]
    for event in found:
        openlineage_oracle.judge(copy.deepcopy(event))
    return found


def sources(output: dict, column: str) -> set[str]:
    return {one["field"] for one in output["facets"]["columnLineage"]["fields"][column]["inputFields"]}


def test_a_run(empty: Warehouse, first: Path, events: Path):
    result = empty.run(first, arguments=("--lineage", f"file:{events}")).ended_with(DONE).json()
    start, complete = read(events)
    assert (start["eventType"], complete["eventType"]) == ("START", "COMPLETE")
    assert start["run"]["runId"] == complete["run"]["runId"] and uuid.UUID(start["run"]["runId"])
    assert start["eventTime"] < complete["eventTime"]
    assert (complete["job"]["namespace"], complete["job"]["name"]) == ("voucher", "customer.voucher.run")
    assert complete["run"]["facets"]["processing_engine"]["name"] == "duckdb"
    [raw] = complete["inputs"]
    assert (raw["namespace"], raw["name"]) == ("file", str(first))
    assert raw["inputFacets"]["inputStatistics"]["size"] == first.stat().st_size
    outputs = {output["name"]: output for output in complete["outputs"]}
    assert outputs.keys() >= {TABLE, RECENCY}
    assert {output["namespace"] for output in complete["outputs"]} == {f"duckdb://{empty.folder}"}
    table = outputs[TABLE]
    assert table["outputFacets"]["outputStatistics"]["rowCount"] == result["rows"]["processed"]
    assert table["facets"]["version"]["datasetVersion"] == "1"
    assert [field["name"] for field in table["facets"]["schema"]["fields"]][-2:] == ["frequency_segment", "recency_segment"]
    assert sources(table, "recency_segment") == {"last_order_ts", "timestamp"}
    assert sources(table, "frequency_segment") == {"total_orders"}
    assert sources(table, "country_code") == {"country_code"}
    view = outputs[RECENCY]
    assert sources(view, "voucher_amount") == sources(view, "support") == {"voucher_amount"}
    assert sources(view, "recency_segment") == {"last_order_ts", "timestamp"}


def test_a_run_into_postgresql(empty_postgres: PostgresWarehouse, second: Path, events: Path):
    empty_postgres.run(second, arguments=("--lineage", f"file:{events}")).ended_with(DONE)
    outputs = read(events)[1]["outputs"]
    assert {output["namespace"] for output in outputs} == {f"postgres://127.0.0.1:{empty_postgres.server.port}"}
    assert {output["name"] for output in outputs} >= {f"{empty_postgres.database}.{TABLE}", f"{empty_postgres.database}.{RECENCY}"}


def test_nothing_new_is_a_run_too(live: Warehouse, first: Path, events: Path):
    live.run(first, arguments=("--lineage", f"file:{events}", "--skip-unchanged")).ended_with(NOTHING_NEW)
    start, complete = read(events)
    [held] = complete["inputs"]
    assert complete["eventType"] == "COMPLETE" and held["name"] == str(first) and "inputFacets" not in held
    table = next(output for output in complete["outputs"] if output["name"] == TABLE)
    assert sources(table, "frequency_segment") == {"total_orders"}, "the graph stays as it was"
    assert table["outputFacets"]["outputStatistics"]["rowCount"] == 0


def test_a_refused_run_fails(live: Warehouse, tmp_path: Path, events: Path):
    (tmp_path / "letter.parquet").write_text("Dear Sir or Madam,\n" * 50)
    finished = live.run(tmp_path / "letter.parquet", arguments=("--lineage", f"file:{events}")).ended_with(REFUSED)
    start, failed = read(events)
    assert (start["eventType"], failed["eventType"]) == ("START", "FAIL")
    message = failed["run"]["facets"]["errorMessage"]["message"]
    assert "letter.parquet" in message and message.splitlines()[0] in finished.err


def test_transform_and_load(empty: Warehouse, first: Path, events: Path, tmp_path: Path):
    out = tmp_path / "out"
    lineage = {"VOUCHER_LINEAGE": f"file:{events}"}
    rows = empty.do("transform", "--input", first, "--out", out, "--json", env=lineage).ended_with(DONE).json()["rows"]
    empty.do("load", "--from", out, env=lineage).ended_with(DONE)
    _, transformed, _, loaded = read(events)
    assert [event["job"]["name"] for event in (transformed, loaded)] == ["customer.voucher.transform", "customer.voucher.load"]
    written = {Path(output["name"]): output for output in transformed["outputs"]}
    assert written[out / "processed.parquet"]["outputFacets"]["outputStatistics"]["rowCount"] == rows["processed"]
    assert written[out / "rejected.parquet"]["outputFacets"]["outputStatistics"]["rowCount"] == rows["rejected"]
    assert sources(written[out / "processed.parquet"], "recency_segment") == {"last_order_ts", "timestamp"}
    assert [Path(one["name"]) for one in loaded["inputs"]] == [out / "processed.parquet"], "what transform wrote, load reads"
    table = next(output for output in loaded["outputs"] if output["name"] == TABLE)
    assert sources(table, "recency_segment") == {"recency_segment"}
    assert table["outputFacets"]["outputStatistics"]["rowCount"] == rows["processed"]


def test_many_files_are_told_by_their_folders(empty: Warehouse, second: Path, events: Path, tmp_path: Path):
    raw = tmp_path / "raw"
    raw.mkdir()
    for number in range(25):
        empty.dataset.generate(raw / f"{number}.parquet", 40, seed=100 + number)
    empty.run(raw, arguments=("--lineage", f"file:{events}")).ended_with(DONE)
    [folder] = read(events)[1]["inputs"]
    assert folder["name"] == str(raw) and folder["inputFacets"]["inputStatistics"]["fileCount"] == 25


def test_a_receiver_of_events(empty: Warehouse, second: Path, receiver: Receiver):
    run = str(uuid.uuid4())
    env = {"OPENLINEAGE_API_KEY": "k-1", "OPENLINEAGE_NAMESPACE": "team", "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
    empty.run(second, arguments=("--lineage", f"{receiver.url}/api/v1/lineage", "--run-id", run), env=env).ended_with(DONE)
    assert [event["eventType"] for event in receiver.events] == ["START", "COMPLETE"]
    assert {event["run"]["runId"] for event in receiver.events} == {run}, "a run id that is a UUID is taken over"
    assert {event["job"]["namespace"] for event in receiver.events} == {"team"}
    for event, headers in zip(receiver.events, receiver.headers, strict=True):
        openlineage_oracle.judge(event)
        assert headers["path"] == "/api/v1/lineage" and headers["Authorization"] == "Bearer k-1"
        assert headers["Content-Type"] == "application/json"


def test_the_variables_of_openlineage(empty: Warehouse, second: Path, receiver: Receiver):
    env = {"OPENLINEAGE_URL": receiver.url, "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
    empty.run(second, env=env | {"OPENLINEAGE_DISABLED": "true"}).ended_with(DONE)
    assert receiver.events == []
    empty.run(second, env=env).ended_with(DONE)
    assert [headers["path"] for headers in receiver.headers] == ["/api/v1/lineage"] * 2


@pytest.mark.parametrize("trouble", ["error", "slow", "nobody", "folder"])
def test_trouble_with_lineage_is_a_warning(empty: Warehouse, second: Path, receiver: Receiver, tmp_path: Path, trouble: str):
    receiver.status = 500
    receiver.delay = 8.0 if trouble == "slow" else 0.0
    target = {"error": receiver.url, "slow": receiver.url, "nobody": "http://127.0.0.1:9", "folder": f"file:{tmp_path}/nowhere/x"}[trouble]
    begin = time.monotonic()
    finished = empty.run(second, arguments=("--lineage", target), env={"NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}).ended_with(DONE)
    assert time.monotonic() - begin < 30
    assert finished.err.count("warning: lineage:") == 2 and finished.json()["published"]


def test_targets_that_are_none(empty: Warehouse, second: Path):
    for target in ("events.jsonl", "ftp://host/x", "http://"):
        empty.run(second, arguments=("--lineage", target)).ended_with(USAGE).says("--lineage", "file:PATH")
    assert empty.current() is None


def test_an_interrupted_run_is_aborted(empty: Warehouse, events: Path, tmp_path: Path):
    large = empty.dataset.generate(tmp_path / "large.parquet", 1_000_000)
    process = programs.start(programs.VOUCHER, "run", *empty.flags, "--input", large, "--lineage", f"file:{events}", stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 20
    while not events.exists() and time.monotonic() < deadline:
        time.sleep(0.005)
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=30) == INTERRUPTED
    start, aborted = read(events)
    assert (start["eventType"], aborted["eventType"]) == ("START", "ABORT")
    assert "interrupt" in aborted["run"]["facets"]["errorMessage"]["message"].lower()


def test_a_missing_input_fails_after_the_start(empty: Warehouse, events: Path, tmp_path: Path):
    empty.run(tmp_path / "nowhere.parquet", arguments=("--lineage", f"file:{events}")).ended_with(UNAVAILABLE)
    assert [event["eventType"] for event in read(events)] == ["START", "FAIL"]
