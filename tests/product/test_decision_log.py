"""`voucher serve --decision-log`: what is written, and that serving goes on whatever becomes of the file."""

import json
import os
import re
import signal
import stat
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

import programs
from datasets import TARIFF, Warehouse
from programs import DONE, REFUSED, UNAVAILABLE, USAGE
from web_client import DOCUMENTED_REQUEST, Server, changed, exchange

CLASSIC = "/get-segment-voucher"
BATCH = "/v1/customer/voucher/decisions/batch"


def lines_of(log: Path) -> list[dict]:
    return [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []


def metric(server: Server, name: str) -> int:
    return int(re.search(rf"^voucher_decision_log_{name} (\d+)$", server.get("/metrics").body.decode(), re.MULTILINE)[1])


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "decisions.jsonl"


def test_every_decision_is_a_line(live: Warehouse, serve: Callable, log: Path):
    server = serve(live, "--decision-log", log)
    rich = server.decide(as_of="2018-07-10T00:00:00Z", customer_id=1).json()
    server.post(CLASSIC, DOCUMENTED_REQUEST | {"customer_id": 2, "as_of": "2018-07-10T00:00:00Z"}, headers={"X-Request-ID": "mine"})
    server.post(CLASSIC, DOCUMENTED_REQUEST | {"customer_id": 3, "country_code": "Nowhere"})
    items = [DOCUMENTED_REQUEST | {"customer_id": 4}, changed(DOCUMENTED_REQUEST, {"total_orders": None}), DOCUMENTED_REQUEST | {"customer_id": 5}]
    batch = server.post(BATCH, {"items": items}).json()["items"]
    server.decide(total_orders=-1)
    server.wait_until(lambda: len(lines_of(log)) == 5, seconds=2)
    lines = sorted(lines_of(log), key=lambda line: line["request"]["customer_id"])
    assert [line["request"]["customer_id"] for line in lines] == [1, 2, 3, 4, 5]
    assert lines[0]["decision_id"] == rich["decision_id"] and lines[0]["snapshot"] == rich["snapshot"]
    assert lines[0]["answer"] == {
        "voucher_amount": 2640,
        "segment": "61-90",
        "reason": "SEGMENT",
        "evidence": {"level": "segment", "support": rich["evidence"]["support"], "total": rich["evidence"]["total"]},
    }
    assert lines[1]["request_id"] == "mine" and lines[1]["answer"] == lines[0]["answer"]
    assert lines[2]["answer"] == {"voucher_amount": None, "segment": "180+", "reason": "NO_DATA", "evidence": None}
    assert [lines[3]["decision_id"], lines[4]["decision_id"]] == [batch[0]["decision"]["decision_id"], batch[2]["decision"]["decision_id"]]
    for line in lines:
        assert (line["log_format"], line["domain"], line["dataset"], line["version"]) == (1, "customer", "voucher", 1)
        again = server.post("/v1/customer/voucher/decisions", line["request"]).json()
        assert (again["voucher_amount"], again["segment"]) == (line["answer"]["voucher_amount"], line["answer"]["segment"])


def test_it_is_for_its_owner_only_and_off_without_the_flag(live: Warehouse, serve: Callable, log: Path):
    assert "decision_log" not in serve(live).get("/metrics").body.decode()
    server = serve(live, "--decision-log", log)
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    server.decide()
    server.wait_until(lambda: metric(server, "written_total") == 1, seconds=2)
    assert metric(server, "dropped_total") == 0 and metric(server, "failing") == 0


def test_a_graceful_stop_writes_what_is_left(live: Warehouse, serve: Callable, log: Path):
    server = serve(live, "--decision-log", log)
    server.post(BATCH, {"items": [DOCUMENTED_REQUEST] * 1000})
    assert server.stop() == DONE
    assert len(lines_of(log)) == 1000


def test_a_kill_leaves_at_most_the_last_line_torn(live: Warehouse, serve: Callable, log: Path):
    server = serve(live, "--decision-log", log)
    stop = threading.Event()

    def ask() -> None:
        connection = server.connect()
        while not stop.is_set():
            try:
                exchange(connection, "POST", BATCH, {"items": [DOCUMENTED_REQUEST] * 200})
            except OSError:
                return

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    server.wait_until(lambda: log.stat().st_size > 1_000_000, seconds=10)
    server.process.send_signal(signal.SIGKILL)
    server.process.wait()
    stop.set()
    for thread in threads:
        thread.join()
    *whole, last = log.read_bytes().split(b"\n")
    for line in whole:
        json.loads(line)
    with log.open("ab") as file:
        file.write(whole[0][:100] if not last else b"")
    again = serve(live, "--decision-log", log)
    again.decide()
    assert again.stop() == DONE
    assert len(lines_of(log)) == len(whole) + 1, "the torn line is gone, the new one is whole"


@pytest.mark.parametrize("hup", [False, True], ids=["rename", "rename and SIGHUP"])
def test_rotation_by_rename(live: Warehouse, serve: Callable, log: Path, hup: bool):
    server = serve(live, "--decision-log", log)
    server.decide(customer_id=1)
    server.wait_until(lambda: len(lines_of(log)) == 1, seconds=2)
    log.rename(log.with_suffix(".1"))
    if hup:
        server.process.send_signal(signal.SIGHUP)
    server.decide(customer_id=2)
    server.wait_until(lambda: len(lines_of(log)) == 1, seconds=2)
    assert lines_of(log)[0]["request"]["customer_id"] == 2
    assert lines_of(log.with_suffix(".1"))[0]["request"]["customer_id"] == 1
    assert metric(server, "failures_total") == 0


def test_a_full_disk_drops_and_counts_and_recovers(live: Warehouse, serve: Callable, small_disk: Path):
    log = small_disk / "decisions.jsonl"
    server = serve(live, "--decision-log", log, "--decision-log-buffer", "16KiB")
    filler = small_disk / "filler"
    filler.write_bytes(b"x" * 1_900_000)
    asked = 0
    connection = server.connect()
    while metric(server, "dropped_total") == 0 or metric(server, "failing") == 0:
        assert asked < 50_000, "a full disk fails, a full buffer drops"
        answer = exchange(connection, "POST", BATCH, {"items": [DOCUMENTED_REQUEST] * 20})
        asked += 20
        assert answer.status == 200 and len(answer.json()["items"]) == 20
    assert metric(server, "failures_total") > 0
    for line in log.read_bytes().split(b"\n")[:-1]:
        json.loads(line)
    filler.unlink()
    server.wait_until(lambda: metric(server, "failing") == 0, seconds=5)
    server.decide()
    server.wait_until(lambda: metric(server, "written_total") + metric(server, "dropped_total") == asked + 1, seconds=5)
    assert len(lines_of(log)) == metric(server, "written_total")
    assert server.log.read_text().count("No space left") == 1, "the failure is told once"
    assert "written again" in server.log.read_text()


def test_a_folder_that_goes_away_and_comes_back(live: Warehouse, serve: Callable, tmp_path: Path):
    folder = tmp_path / "logs"
    folder.mkdir()
    server = serve(live, "--decision-log", folder / "log")
    folder.rename(tmp_path / "away")
    assert server.decide().status == 200
    server.wait_until(lambda: metric(server, "failing") == 1, seconds=2)
    (tmp_path / "away").rename(folder)
    server.wait_until(lambda: len(lines_of(folder / "log")) == 1, seconds=3)
    assert metric(server, "dropped_total") == 0


def test_files_that_cannot_be_a_log(live: Warehouse, serve: Callable, tmp_path: Path, log: Path):
    def start(path: Path, *more: object) -> programs.Finished:
        return programs.voucher("serve", "--warehouse", live.url, "--port", 0, "--decision-log", path, *more)

    start(tmp_path / "nowhere/log").ended_with(UNAVAILABLE).says("nowhere/log", "No such file")
    start(tmp_path).ended_with(UNAVAILABLE).says(str(tmp_path))
    os.mkfifo(tmp_path / "pipe")
    start(tmp_path / "pipe").ended_with(REFUSED).says("pipe", "no regular file")
    (tmp_path / "notes").write_text("dear diary")
    start(tmp_path / "notes").ended_with(REFUSED).says("notes", "no decision log")
    assert (tmp_path / "notes").read_text() == "dear diary"
    start(log, "--decision-log-buffer", "1KiB").ended_with(USAGE).says("--decision-log-buffer")
    serve(live, "--decision-log", log)
    start(log).ended_with(UNAVAILABLE).says("another process")


def test_it_holds_all_datasets_and_follows_versions(live: Warehouse, serve: Callable, samples: Path, second: Path, log: Path):
    Warehouse(live.folder, TARIFF).run(samples / "tariff.csv").ended_with(DONE)
    server = serve(live, "--decision-log", log)
    server.decide()
    tariff = {"meter_id": "m-1", "Region": "Nord", "plan": "basic", "contract_start": "2018-01-01", "consumption_kwh": 100, "balance_cents": 0}
    assert server.post("/v1/energy/tariff/decisions", tariff | {"segment_name": "tenure"}).status == 200
    live.run(second).ended_with(DONE)
    server.wait_until(lambda: server.decide().json()["version"] == 2, seconds=2)
    assert server.stop() == DONE
    lines = lines_of(log)
    assert {(line["dataset"], line["version"]) for line in lines} >= {("voucher", 1), ("voucher", 2), ("tariff", 1)}
    both = programs.voucher("replay", log, "--warehouse", live.url, "--json").ended_with(DONE).json()
    assert both["same"] == both["lines"] == len(lines)
    finished = live.do("replay", log, "--json").ended_with(DONE).json()
    assert finished["decisions"] == finished["same"] == sum(line["dataset"] == "voucher" for line in lines)
