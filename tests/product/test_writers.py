"""Several writers, interruptions and kills: nothing is half-written, and the next run works."""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import programs
from datasets import VOUCHER, Warehouse
from programs import DONE, INTERRUPTED, UNAVAILABLE

SLOW_ROWS = 1_500_000


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file that keeps a run busy for a while."""
    return VOUCHER.generate(tmp_path_factory.mktemp("large") / "large.parquet", SLOW_ROWS, seed=77)


def start_run(warehouse: Warehouse, raw: Path, *arguments: object) -> subprocess.Popen:
    flags = [*warehouse.flags, "--input", raw, "--threads", "1", *arguments]
    return programs.start(programs.VOUCHER, "run", *flags, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def wait_until(condition: Callable[[], bool], process: subprocess.Popen, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert process.poll() is None, f"ended too early with {process.returncode}: {process.communicate()}"
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.005)


def is_writing(warehouse: Warehouse, before: dict[str, int]) -> bool:
    """The run holds the lock and has begun to write."""
    return warehouse.home.exists() and warehouse.files().keys() - before.keys() != set()


def test_a_second_writer_is_told_who_holds_the_lock(live: Warehouse, large: Path, second: Path):
    before = live.files()
    holder = start_run(live, large, "--run-id", "the-first-one")
    try:
        wait_until(lambda: is_writing(live, before), holder)
        begin = time.monotonic()
        finished = live.run(second).ended_with(UNAVAILABLE)
        assert time.monotonic() - begin < 5, "it does not wait"
        finished.says(str(holder.pid), "the-first-one")
        live.do("versions", "--json").ended_with(DONE)
    finally:
        out, err = holder.communicate(timeout=programs.TIMEOUT_SECONDS)
    assert holder.returncode == DONE, err
    live.run(second).ended_with(DONE)


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM], ids=["SIGINT", "SIGTERM"])
def test_an_interrupted_run_leaves_nothing(live: Warehouse, large: Path, second: Path, sent: signal.Signals):
    before, current = live.files(), live.current()
    process = start_run(live, large)
    wait_until(lambda: is_writing(live, before), process)
    process.send_signal(sent)
    begin = time.monotonic()
    out, err = process.communicate(timeout=30)
    assert process.returncode == INTERRUPTED, err
    assert time.monotonic() - begin < 5, "it stops at once"
    assert out == "" and "interrupt" in err.lower()
    assert (live.files(), live.current()) == (before, current)
    live.run(second).ended_with(DONE)


def test_an_interrupted_generate_leaves_nothing(tmp_path: Path):
    out = tmp_path / "out"
    out.mkdir()
    flags = [*VOUCHER.flags, "--rows", 50_000_000, "--out", out / "a.parquet"]
    process = programs.start(programs.VOUCHER, "generate", *flags, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    wait_until(lambda: any(out.iterdir()), process)
    process.terminate()
    process.communicate(timeout=30)
    assert process.returncode == INTERRUPTED
    assert list(out.iterdir()) == []


@pytest.mark.parametrize("delay_ms", [0, 150, 400, 900])
def test_a_killed_run_is_cleaned_up_by_the_next(live: Warehouse, large: Path, second: Path, delay_ms: int):
    before, current = live.files(), live.current()
    process = start_run(live, large)
    wait_until(lambda: is_writing(live, before), process)
    time.sleep(delay_ms / 1000)
    process.kill()
    process.communicate(timeout=30)
    if live.current() != current:
        pytest.skip("the run was done before it was killed")
    result = live.run(second).ended_with(DONE).json()
    assert result["published"]
    left = {name for name in live.files() if "staging" in name or name.endswith(".tmp")}
    assert left == set()
    named = {part["name"] for part in live.manifest()["parts"]}
    assert {part.stem for part in live.parts()} == named, "no part that no version names"


def test_a_server_answers_while_a_run_writes(live: Warehouse, large: Path, serve: Callable):
    server = serve(live)
    process = start_run(live, large)
    answers = 0
    while process.poll() is None:
        assert server.decide().status == 200
        answers += 1
    assert process.returncode == DONE, process.communicate()
    assert answers > 10
    server.wait_until(lambda: server.decide().json()["version"] == 2, seconds=1)


def test_stdout_that_nobody_reads_does_not_hang_a_run(live: Warehouse, second: Path):
    reader, writer = os.pipe()
    os.close(reader)
    process = programs.start(programs.VOUCHER, "run", *live.flags, "--input", second, "--json", stdout=writer, stderr=subprocess.PIPE)
    os.close(writer)
    process.communicate(timeout=60)
    assert live.live_version() == 2
