"""What `voucher serve` tells about itself, and how it starts, follows new versions and stops."""

import json
import re
import signal
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import oracle
import programs
from datasets import TARIFF, VOUCHER, Warehouse
from programs import DONE
from web_client import DOCUMENTED_REQUEST, Server, exchange

PATHS = {
    "/get-segment-voucher": "post",
    "/v1/customer/voucher/decisions": "post",
    "/v1/customer/voucher/decisions/batch": "post",
    "/v1/datasets": "get",
    "/v1/customer/voucher": "get",
    "/v1/customer/voucher/versions": "get",
    "/health": "get",
    "/ready": "get",
    "/metrics": "get",
}


def test_health_and_readiness(served: Server):
    assert served.get("/health").status == 200
    assert served.get("/ready").status == 200


def test_datasets_and_their_versions(served: Server, published: Warehouse):
    assert "voucher" in json.dumps(served.get("/v1/datasets").json())
    dataset = served.get("/v1/customer/voucher").json()
    assert dataset["version"] == 1
    assert {"definition", "cells"} <= dataset.keys()
    versions = served.get("/v1/customer/voucher/versions").json()
    assert [version["version"] for version in versions["versions"]] == [1]
    one = served.get("/v1/customer/voucher/versions/1").json()
    assert one["rows"]["raw"] == published.manifest()["rows"]["raw"]


def test_etag_names_version_and_snapshot(served: Server, published: Warehouse):
    answer = served.decide()
    etag = answer.headers["ETag"]
    snapshot = published.manifest()["snapshot"].removeprefix("sha256:")
    assert "1" in etag and snapshot[:8] in etag
    assert served.get("/v1/customer/voucher").headers["ETag"] == etag


def test_metrics_are_prometheus_text(served: Server):
    served.decide()
    answer = served.get("/metrics")
    assert answer.headers.get_content_type() == "text/plain"
    text = answer.body.decode()
    for line in text.splitlines():
        assert re.fullmatch(r"# (HELP|TYPE) \S+ .*|[a-zA-Z_:][\w:]*(\{.*\})? \S+", line), line
    counts = [float(line.split()[-1]) for line in text.splitlines() if re.match(r"\S*requests_total", line)]
    assert sum(counts) >= 1


def test_metrics_count_requests(served: Server):
    def total() -> float:
        text = served.get("/metrics").body.decode()
        return sum(float(line.split()[-1]) for line in text.splitlines() if re.match(r"\w*requests_total\b", line))

    before = total()
    for _ in range(10):
        served.decide()
    assert total() >= before + 10


def test_openapi_covers_every_endpoint_and_status(served: Server):
    document = served.get("/openapi.json").json()
    assert document["openapi"].startswith("3.")
    for path, method in PATHS.items():
        assert method in document["paths"].get(path, {}), path
    rich = document["paths"]["/v1/customer/voucher/decisions"]["post"]["responses"]
    assert {"200", "400", "413", "422", "503"} <= rich.keys()
    classic = document["paths"]["/get-segment-voucher"]["post"]["responses"]
    assert {"200", "204", "400", "413", "422", "503"} <= classic.keys()
    text = json.dumps(document)
    for field in DOCUMENTED_REQUEST:
        assert f'"{field}"' in text, field


def test_openapi_references_lead_somewhere(served: Server):
    document = served.get("/openapi.json").json()
    for reference in set(re.findall(r'"\$ref": "#/([^"]+)"', json.dumps(document))):
        place = document
        for step in reference.split("/"):
            place = place[step]


def test_docs_need_no_network(served: Server):
    answer = served.get("/docs")
    if answer.status in (301, 302, 307, 308):
        answer = served.get(answer.headers["Location"])
    assert answer.status == 200 and answer.headers.get_content_type() == "text/html"
    page = answer.body.decode()
    links = re.findall(r'(?:src|href)="([^"]+)"', page)
    assets = [link for link in links if not link.startswith(("data:", "#"))]
    assert assets, page
    for link in assets:
        assert not re.match(r"https?:|//", link), f"{link} is not on this server"
        path = link if link.startswith("/") else f"/docs/{link.removeprefix('./').removeprefix('docs/')}"
        asset = served.get(path)
        assert asset.status == 200 and asset.body, path


def test_the_start_page(served: Server):
    answer = served.get("/")
    assert answer.status == 200 and answer.headers.get_content_type() == "text/html"


def test_503_before_the_first_version_and_ready_after_it(empty: Warehouse, serve: Callable, second: Path):
    server = serve(empty)
    assert server.get("/health").status == 200
    assert server.get("/ready").status == 503
    assert server.post("/get-segment-voucher", DOCUMENTED_REQUEST).status == 503
    empty.run(second).ended_with(DONE)
    server.wait_until(lambda: server.get("/ready").status == 200, seconds=1.5)
    assert server.post("/get-segment-voucher", DOCUMENTED_REQUEST).json() == {"voucher_amount": 2640}


def test_a_new_version_is_live_within_a_second(live: Warehouse, serve: Callable, second: Path):
    server = serve(live)
    assert server.decide().json()["version"] == 1
    live.run(second).ended_with(DONE)
    server.wait_until(lambda: server.decide().json()["version"] == 2, seconds=1)
    live.do("rollback").ended_with(DONE)
    server.wait_until(lambda: server.decide().json()["version"] == 1, seconds=1)


def test_reloads_under_load_never_fail_or_mix(live: Warehouse, serve: Callable, tmp_path: Path):
    """Answers while versions change back and forth: each is that of exactly one version."""
    other = VOUCHER.generate(tmp_path / "other.parquet", 5000, seed=33)
    live.run(other).ended_with(DONE)
    expected = {}
    for version in (1, 2):
        parts = [live.home / "parts" / f"{part['name']}.parquet" for part in live.manifest(version)["parts"]]
        evidence = oracle.History(parts).decide("Peru", "recency_segment", "61-90")[1]
        snapshot = live.manifest(version)["snapshot"].removeprefix("sha256:")
        expected[version] = (snapshot, evidence.amount, evidence.support, evidence.total)
    assert expected[1][2:] != expected[2][2:], "the two can be told apart"
    server = serve(live)
    body = DOCUMENTED_REQUEST | {"as_of": "2018-07-10T00:00:00Z"}
    stop, failures, seen = threading.Event(), [], []

    def ask() -> None:
        connection = server.connect()
        while not stop.is_set():
            answer = exchange(connection, "POST", "/v1/customer/voucher/decisions", body)
            decision = answer.json()
            shown = (decision["snapshot"].removeprefix("sha256:"), decision["voucher_amount"], decision["evidence"]["support"], decision["evidence"]["total"])
            if answer.status != 200 or expected.get(decision["version"]) != shown:
                failures.append(decision)
            seen.append(decision["version"])

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        for target in (1, 2, 1, 2, 1, 2):
            live.do("rollback", target).ended_with(DONE)
            server.wait_until(lambda: server.decide().json()["version"] == target, seconds=1.5)  # noqa: B023
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert failures == []
    assert len(seen) > 100 and set(seen) == {1, 2}


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
def test_it_ends_with_0_and_closes_idle_connections(live: Warehouse, serve: Callable, sent: signal.Signals):
    server = serve(live)
    idle = socket.create_connection(("127.0.0.1", server.port), timeout=5)
    kept = server.connect()
    exchange(kept, "GET", "/health")
    begin = time.monotonic()
    server.process.send_signal(sent)
    assert server.process.wait(timeout=10) == DONE, server.log.read_text()
    assert time.monotonic() - begin < 2, "idle connections do not hold it up"
    idle.close()
    kept.close()


def test_a_request_in_flight_is_answered_before_the_end(live: Warehouse, serve: Callable):
    server = serve(live)
    body = json.dumps(DOCUMENTED_REQUEST).encode()
    head = f"POST /get-segment-voucher HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(head + body[:20])
        time.sleep(0.2)
        server.process.send_signal(signal.SIGTERM)
        time.sleep(0.2)
        connection.sendall(body[20:])
        assert b"2640" in connection.recv(4096)
    assert server.process.wait(timeout=10) == DONE


def test_a_port_that_is_taken(live: Warehouse, served: Server):
    finished = programs.voucher("serve", "--warehouse", live.url, "--port", served.port)
    finished.ended_with(programs.UNAVAILABLE).says(str(served.port))


def test_it_serves_without_a_project(live: Warehouse, tmp_path: Path):
    server = Server(live.url, tmp_path / "log", "--host", "127.0.0.1")
    try:
        assert server.decide().status == 200
    finally:
        assert server.stop() == DONE


def test_it_serves_every_dataset_of_a_warehouse(live: Warehouse, serve: Callable, samples: Path):
    Warehouse(live.folder, TARIFF).run(samples / "tariff.csv").ended_with(DONE)
    server = serve(live)
    listed = json.dumps(server.get("/v1/datasets").json())
    assert "voucher" in listed and "tariff" in listed
    assert server.get("/v1/energy/tariff").status == 200
    assert server.post("/get-segment-voucher", DOCUMENTED_REQUEST).json() == {"voucher_amount": 2640}
    paths = server.get("/openapi.json").json()["paths"]
    assert "/v1/energy/tariff/decisions" in paths or "/v1/{domain}/{dataset}/decisions" in paths


def test_a_dataset_that_appears_later_is_served(live: Warehouse, serve: Callable, samples: Path):
    server = serve(live)
    assert server.get("/v1/energy/tariff").status == 404
    Warehouse(live.folder, TARIFF).run(samples / "tariff.csv").ended_with(DONE)
    server.wait_until(lambda: server.get("/v1/energy/tariff").status == 200, seconds=1.5)


def test_the_classic_path_can_serve_another_dataset(live: Warehouse, serve: Callable, samples: Path):
    Warehouse(live.folder, TARIFF).run(samples / "tariff.csv").ended_with(DONE)
    server = serve(live, "--classic", TARIFF.id)
    answer = server.post("/get-segment-voucher", DOCUMENTED_REQUEST)
    assert answer.status == 422
    assert "meter_id" in answer.body.decode()
