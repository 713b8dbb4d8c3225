"""`voucher replay`: a decision log decided again gives the same answers, or each difference is shown."""

import json
import re
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import programs
from datasets import TestedDataset, Warehouse
from postgres_server import PostgresServer
from postgres_warehouse import PostgresWarehouse
from programs import DONE, REFUSED, UNAVAILABLE, USAGE
from web_client import DOCUMENTED_REQUEST, Server

BATCH = "/v1/customer/voucher/decisions/batch"
COUNTRIES = ("Peru", "PERU", "Australia", "China", "Latvia", "Nowhere")
AS_OF = "2018-07-10T00:00:00Z"


def requests() -> list[dict]:
    """Customers of every segment of both variants, in several countries."""
    return [
        DOCUMENTED_REQUEST
        | {"customer_id": number, "country_code": country, "as_of": AS_OF, "total_orders": (number * 7) % 45, "segment_name": segment}
        | {"last_order_ts": f"2018-{month:02}-03 12:00:00", "first_order_ts": "2015-01-01"}
        for segment in ("recency_segment", "frequency_segment")
        for month in range(1, 8)
        for number, country in enumerate(COUNTRIES, start=month)
    ]


def write_log(warehouse: Warehouse, log: Path, serve: Callable, versions: tuple[int, ...] = (1,)) -> list[str]:
    """The lines of a log of all requests, asked of each version in turn."""
    server: Server = serve(warehouse, "--decision-log", log)
    for version in versions:
        if warehouse.live_version() != version:
            warehouse.do("rollback", version).ended_with(DONE)
        server.wait_until(lambda: server.decide().json()["version"] == version, seconds=6)  # noqa: B023
        server.post(BATCH, {"items": requests()})
    assert server.stop() == DONE
    return log.read_text().splitlines()


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "decisions.jsonl"


def tampered(lines: list[str], number: int, before: str, after: str) -> str:
    """A log whose line `number` (from 1) is changed."""
    assert before in lines[number - 1], lines[number - 1]
    changed = [line.replace(before, after) if i == number else line for i, line in enumerate(lines, start=1)]
    return "\n".join(changed) + "\n"


def test_the_same_answers_from_the_versions_that_answered(live: Warehouse, serve: Callable, second: Path, log: Path):
    live.run(second).ended_with(DONE)
    lines = write_log(live, log, serve, versions=(2, 1))
    report = live.do("replay", log, "--json").ended_with(DONE).json()
    assert report["decisions"] == report["same"] == report["lines"] == len(lines)
    assert report["different"] == 0 and report["torn"] == [] and report["against"] is None
    assert {move["from"] for move in report["reasons"]} >= {"SEGMENT", "NO_DATA"}
    assert all(move["from"] == move["to"] and move["money"] == 0 for move in report["reasons"])
    text = live.do("replay", log).ended_with(DONE).out
    assert f"{len(lines)}" in text and "the same" in text


def test_several_files_and_standard_input(live: Warehouse, serve: Callable, log: Path, tmp_path: Path):
    lines = write_log(live, log, serve)
    half = tmp_path / "half.jsonl"
    half.write_text("\n".join(lines[:10]) + "\n")
    report = live.do("replay", log, half, "-", "--json", input="\n".join(lines[:5]) + "\n").ended_with(DONE).json()
    assert report["same"] == len(lines) + 15


@pytest.mark.parametrize(
    "before, after, difference",
    [
        ('"reason":"SEGMENT"', '"reason":"FALLBACK_GROUP"', "reason"),
        ('"voucher_amount":2640', '"voucher_amount":2641', "amount"),
        ('"segment":"61-90"', '"segment":"91-120"', "segment"),
        ('"support":', '"support":1', "evidence"),
        ('"total_orders":', '"total_orders":-1', "refused"),
        ('"version":1', '"version":77', "version_gone"),
        ('"sha256:', '"sha256:0', "snapshot"),
    ],
)
def test_a_difference_is_counted_shown_and_refused(live: Warehouse, serve: Callable, log: Path, before: str, after: str, difference: str):
    lines = write_log(live, log, serve)
    line = next(number for number, text in enumerate(lines, start=1) if '"segment":"61-90"' in text and '"voucher_amount":2640' in text)
    log.write_text(tampered(lines, line, before, after))
    report = live.do("replay", log, "--json").ended_with(REFUSED).json()
    assert report["different"] == 1 and report["differences"] == {difference: 1}
    [shown] = report["first_different"]
    assert (shown["file"], shown["line"], shown["differences"]) == (str(log), line, [difference])
    assert shown["decision_id"] == json.loads(lines[line - 1])["decision_id"]
    assert f"{log}:{line}" in live.do("replay", log).ended_with(REFUSED).out


def test_malformed_lines_are_named_and_a_torn_last_one_is_tolerated(live: Warehouse, serve: Callable, log: Path):
    lines = write_log(live, log, serve)
    log.write_text("\n".join(lines) + "\n" + lines[0][:-20])
    torn = live.do("replay", log, "--json").ended_with(DONE).says(f"{log}:{len(lines) + 1}", "cut off")
    assert torn.json()["same"] == len(lines) and torn.json()["torn"][0]["line"] == len(lines) + 1
    log.write_text("\n".join([lines[0], "not a line", lines[1]]) + "\n")
    report = live.do("replay", log, "--json").ended_with(REFUSED).json()
    assert (report["malformed"], report["same"], report["first_malformed"][0]["line"]) == (1, 2, 2)


def test_how_many_differences_are_printed(live: Warehouse, serve: Callable, log: Path):
    write_log(live, log, serve)
    log.write_text(log.read_text().replace('"voucher_amount":2640', '"voucher_amount":1'))
    report = live.do("replay", log, "--show", 3, "--json").ended_with(REFUSED).json()
    assert report["different"] > 3 and len(report["first_different"]) == 3
    assert f"and {report['different'] - 3} more" in live.do("replay", log, "--show", 3).out


def merge_segments(project: TestedDataset) -> None:
    """61-90 and 91-120 become one."""
    definition = project.project / "domains/customer/voucher.yaml"
    text = definition.read_text()
    before = '{label: "61-90", from: 61, to: 90}, {label: "91-120", from: 91, to: 120}'
    assert before in " ".join(text.split())
    head, rest = text.split('{label: "61-90"', 1)
    definition.write_text(head + '{label: "61-120", from: 61, to: 120}' + rest.split('to: 120}', 1)[1])


def moves(report: dict) -> dict:
    return {(move["variant"], move["from"], move["to"]): move["decisions"] for move in report["segments"]}


def expected_moves(lines: list[str]) -> dict:
    asked = [json.loads(line)["answer"]["segment"] for line in lines]
    counted = {("recency_segment", label, "61-120"): asked.count(label) for label in ("61-90", "91-120")}
    assert all(counted.values())
    return counted


def test_against_the_version_of_a_changed_definition(project: TestedDataset, first: Path, serve: Callable, log: Path, tmp_path: Path):
    warehouse = Warehouse(tmp_path / "warehouse", project)
    warehouse.run(first).ended_with(DONE)
    lines = write_log(warehouse, log, serve)
    merge_segments(project)
    assert warehouse.run(first).ended_with(DONE).json()["version"] == 2
    report = warehouse.do("replay", log, "--against", 2, "--json").ended_with(DONE).json()
    assert report == warehouse.do("replay", log, "--against", "live", "--json").json() | {"seconds": report["seconds"]}
    assert report["against"] == "version 2" and report["decisions"] == len(lines)
    assert moves(report) == expected_moves(lines)
    assert report["money"]["difference"] == sum(move["money"] for move in report["reasons"])
    assert sum(move["decisions"] for move in report["reasons"]) == len(lines)
    text = warehouse.do("replay", log, "--against", 2).ended_with(DONE).out
    assert "-> 61-120" in text and "money:" in text
    strict = warehouse.do("replay", log, "--version", 2, "--json").ended_with(REFUSED).json()
    assert strict["differences"]["segment"] == sum(expected_moves(lines).values())
    warehouse.do("replay", log).ended_with(DONE)


def test_against_the_working_definition(project: TestedDataset, first: Path, serve: Callable, log: Path, tmp_path: Path):
    warehouse = Warehouse(tmp_path / "warehouse", project)
    warehouse.run(first).ended_with(DONE)
    lines = write_log(warehouse, log, serve)
    same = warehouse.do("replay", log, "--against", "working", "--json").ended_with(DONE).json()
    assert same["same"] == len(lines) and same["segments"] == []
    original = tmp_path / "original.yaml"
    original.write_text((project.project / "domains/customer/voucher.yaml").read_text())
    merge_segments(project)
    files = warehouse.files()
    working = warehouse.do("replay", log, "--against", "working", "--json").ended_with(DONE).json()
    assert warehouse.files() == files, "nothing is loaded"
    assert moves(working) == expected_moves(lines)
    named = warehouse.do("replay", log, "--definition", original, "--json").ended_with(DONE).json()
    assert named["same"] == len(lines)
    warehouse.run(first).ended_with(DONE)
    later = warehouse.do("replay", log, "--against", "live", "--json").ended_with(DONE).json()
    for key in ("reasons", "segments", "money", "same", "different"):
        assert working[key] == later[key], f"what was foretold of {key} is what came"


def test_from_postgresql(live_postgres: PostgresWarehouse, second: Path, serve: Callable, log: Path):
    live_postgres.run(second).ended_with(DONE)
    lines = write_log(live_postgres, log, serve, versions=(2, 1))
    report = live_postgres.do("replay", log, "--json").ended_with(DONE).json()
    assert report["same"] == len(lines)
    assert live_postgres.do("replay", log, "--against", "live", "--json").ended_with(DONE).json()["decisions"] == len(lines)


def test_against_the_working_definition_on_postgresql(project: TestedDataset, postgres: PostgresServer, second: Path, serve: Callable, log: Path):
    warehouse = PostgresWarehouse(postgres, postgres.create_database(), project)
    try:
        warehouse.run(second).ended_with(DONE)
        lines = write_log(warehouse, log, serve)
        merge_segments(project)
        working = warehouse.do("replay", log, "--against", "working", "--json").ended_with(DONE).json()
        assert moves(working) == expected_moves(lines)
        assert len(warehouse.history()) == 1, "nothing is loaded"
    finally:
        warehouse.drop()


def test_what_replay_cannot_do(live: Warehouse, tmp_path: Path, log: Path):
    log.write_text("")
    live.do("replay").ended_with(USAGE).says("--decision-log")
    live.do("replay", tmp_path / "nowhere").ended_with(UNAVAILABLE).says("nowhere")
    live.do("replay", log, "--against", "2.5").ended_with(USAGE).says("--against")
    live.do("replay", log, "--against", 9).ended_with(REFUSED).says("9")
    live.do("replay", log, "--against", 1, "--version", 1).ended_with(USAGE)
    assert live.do("replay", log, "--json").ended_with(DONE).json()["decisions"] == 0


def test_a_large_log_takes_little_memory(live: Warehouse, serve: Callable, log: Path):
    lines = write_log(live, log, serve)
    with log.open("a") as file:
        for _ in range(150_000 // len(lines)):
            file.write("\n".join(lines) + "\n")
    assert log.stat().st_size > 60_000_000
    process = subprocess.Popen(
        [programs.VOUCHER, "replay", *live.flags, log, "--quiet"], stdout=subprocess.DEVNULL, env=programs.environment()
    )
    # rusage would show the memory of the process that forked it, where that had more.
    peaks = []
    while process.poll() is None:
        if peak := re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{process.pid}/status").read_text()):
            peaks.append(int(peak[1]))
        time.sleep(0.005)
    assert process.returncode == DONE
    assert max(peaks) < 150_000, "KiB"
