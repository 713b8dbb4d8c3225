"""Every status code and limit of the HTTP API."""

import json
import socket
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from web_client import ANSWER_SECONDS, DOCUMENTED_REQUEST, Server, changed, exchange

CLASSIC = "/get-segment-voucher"
RICH = "/v1/customer/voucher/decisions"
BATCH = "/v1/customer/voucher/decisions/batch"


def status_of(answer: bytes) -> int:
    assert answer.startswith(b"HTTP/1.1 "), answer[:200]
    return int(answer.split(b" ", 2)[1])


def errors(served: Server, path: str = RICH, **changes: object) -> dict[str, dict]:
    """The details of a 422 by field."""
    answer = served.post(path, changed(DOCUMENTED_REQUEST, changes))
    assert answer.status == 422, answer.body
    details = answer.json()["detail"]
    for detail in details:
        assert {"type", "loc", "msg", "input"} <= detail.keys(), detail
        assert detail["loc"][0] == "body"
    return {detail["loc"][-1]: detail for detail in details}


@pytest.mark.parametrize("path", [CLASSIC, RICH])
def test_all_errors_of_a_body_at_once(served: Server, path: str):
    found = errors(served, path, customer_id=None, total_orders="many", last_order_ts="yesterday", country_code=5)
    assert set(found) == {"customer_id", "total_orders", "last_order_ts", "country_code"}
    assert found["total_orders"]["input"] == "many"
    assert found["customer_id"]["type"] == "missing"


@pytest.mark.parametrize("value", [True, False, 1.5, "1.5", "1e3", " 1", "", [1], {"n": 1}, 2**63, "9223372036854775808"])
def test_what_is_no_integer(served: Server, value: object):
    assert "total_orders" in errors(served, total_orders=value)


def test_null_is_missing(served: Server):
    body = DOCUMENTED_REQUEST | {"total_orders": None}
    answer = served.post(RICH, body)
    assert answer.status == 422
    assert answer.json()["detail"][0]["loc"] == ["body", "total_orders"]


@pytest.mark.parametrize("value", ["2018-02-30", "2018-13-01", "2018-1-1", "20180101", "2018-07-10T24:00:00Z", "2018-07-10T23:59:60Z", "1899-12-31", "2201-01-01", 1531180800, True])
def test_what_is_no_timestamp(served: Server, value: object):
    assert "last_order_ts" in errors(served, last_order_ts=value)


def test_a_broken_rule_has_its_id_as_type(served: Server):
    found = errors(served, last_order_ts="2018-07-11", as_of="2018-07-10T00:00:00Z")
    assert found["last_order_ts"]["type"] == "last_order_after_assignment"
    found = errors(served, first_order_ts="2018-06-01")
    assert found["first_order_ts"]["type"] == "first_order_after_last_order"
    found = errors(served, total_orders=-1)
    assert found["total_orders"]["type"] == "total_orders_negative"


def test_a_rule_is_judged_whatever_else_is_wrong(served: Server):
    found = errors(served, first_order_ts="2018-06-01", total_orders="many", customer_id="x")
    assert found["first_order_ts"]["type"] == "first_order_after_last_order"
    assert {"total_orders", "customer_id"} < set(found)


def test_an_unknown_segment_name_says_which_exist(served: Server):
    message = json.dumps(errors(served, segment_name="loyalty_segment")["segment_name"])
    assert "frequency_segment" in message and "recency_segment" in message
    assert "segment_name" in errors(served, segment_name=None)
    assert "segment_name" in errors(served, segment_name=3)


def test_an_as_of_that_is_none(served: Server):
    assert "as_of" in errors(served, as_of="soon")


@pytest.mark.parametrize("path", [CLASSIC, RICH, BATCH])
@pytest.mark.parametrize("body", [b"", b"{", b"{]", b'{"a":1}x', b"\xff\xfe", b'{"a": "\xc3\x28"}', b"nonsense", b'{"a":{"b":{"c":{"d":{"e":1}}}}}'])
def test_broken_json_is_400(served: Server, path: str, body: bytes):
    answer = served.post(path, body)
    assert answer.status == 400, answer.body
    assert isinstance(answer.json()["detail"], list)
    assert {"type", "loc", "msg"} <= answer.json()["detail"][0].keys()


@pytest.mark.parametrize("body", [b"[]", b"3", b'"text"', b"null"])
def test_json_that_is_no_object_is_422(served: Server, body: bytes):
    assert served.post(RICH, body).status == 422


@pytest.mark.parametrize("path", ["/nothing", "/v1/customer/vouchers/decisions", "/v1/customer", "/v1/customer/voucher/versions/99", "/docs/nothing.js", "//"])
def test_404(served: Server, path: str):
    answer = served.get(path)
    assert answer.status == 404
    assert isinstance(answer.json()["detail"], str)


@pytest.mark.parametrize(
    "method, path, allowed",
    [("GET", CLASSIC, "POST"), ("PUT", RICH, "POST"), ("DELETE", "/v1/datasets", "GET"), ("POST", "/health", "GET"), ("PATCH", BATCH, "POST")],
)
def test_405_says_what_is_allowed(served: Server, method: str, path: str, allowed: str):
    answer = served.request(method, path)
    assert answer.status == 405
    assert allowed in answer.headers["Allow"]
    assert isinstance(answer.json()["detail"], str)


def test_head_is_get_without_a_body(served: Server):
    head, get = served.request("HEAD", "/v1/datasets"), served.get("/v1/datasets")
    assert (head.status, head.body) == (200, b"")
    assert head.headers["Content-Length"] == get.headers["Content-Length"]


def test_413(served: Server):
    padding = "x" * 5000
    assert served.post(RICH, DOCUMENTED_REQUEST | {"padding": padding}).status == 413
    assert served.post(RICH, DOCUMENTED_REQUEST | {"padding": padding[:3000]}).status == 200
    request = f"POST {BATCH} HTTP/1.1\r\nHost: x\r\nContent-Length: {2**20 + 1}\r\n\r\n".encode()
    assert status_of(served.send_raw(request)) == 413


def test_a_batch_may_have_a_mebibyte(served: Server):
    padding = "x" * 1000
    answer = served.post(BATCH, {"items": [DOCUMENTED_REQUEST | {"padding": padding}] * 800})
    assert answer.status == 200


def test_414(served: Server):
    assert status_of(served.send_raw(b"GET /" + b"x" * 3000 + b" HTTP/1.1\r\nHost: x\r\n\r\n")) == 414


def test_431(served: Server):
    large = b"GET /health HTTP/1.1\r\nHost: x\r\nX-Large: " + b"x" * 9000 + b"\r\n\r\n"
    assert status_of(served.send_raw(large)) == 431
    many = b"GET /health HTTP/1.1\r\nHost: x\r\n" + b"".join(b"X-%d: 1\r\n" % number for number in range(64)) + b"\r\n"
    assert status_of(served.send_raw(many)) == 431


@pytest.mark.parametrize(
    "request_bytes, status",
    [
        (b"GET /health HTTP/1.1\r\n\r\n", 400),
        (b"GET /health HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        (b"GET /health\x01 HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        (b"GET /health HTTP/1.1\r\nHost: x\r\n folded: 1\r\n\r\n", 400),
        (b"POST /get-segment-voucher HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}", 400),
        (b"POST /get-segment-voucher HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}", 400),
        (b"POST /get-segment-voucher HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501),
        (b"GET /health HTTP/2.0\r\nHost: x\r\n\r\n", 505),
        (b"nonsense\r\n\r\n", 501),
        (b"\x16\x03\x01\x02\x00", 400),
    ],
)
def test_requests_that_are_no_http(served: Server, request_bytes: bytes, status: int):
    answer = served.send_raw(request_bytes)
    assert status_of(answer) == status, answer
    assert b"connection: close" in answer.lower(), "the connection is not used again"


def test_408_for_slow_heads_and_bodies(served: Server):
    starts = [b"GET /health HTTP/1.1\r\nHost: x\r\n", f"POST {RICH} HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\n{{".encode()]

    def wait_for_answer(start: bytes) -> tuple[int, float]:
        begin = time.monotonic()
        return status_of(served.send_raw(start, close=False)), time.monotonic() - begin

    with ThreadPoolExecutor() as pool:
        for status, seconds in pool.map(wait_for_answer, starts):
            assert status == 408
            assert 4 < seconds < 9


def test_chunked_bodies_are_read(served: Server):
    body = json.dumps(DOCUMENTED_REQUEST).encode()
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (body[:10], body[10:])) + b"0\r\n\r\n"
    request = f"POST {CLASSIC} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n".encode() + chunks
    answer = served.send_raw(request)
    assert status_of(answer) == 200
    assert answer.endswith(b'{"voucher_amount":2640}') or answer.endswith(b'{"voucher_amount": 2640}'), answer


def test_expect_100_continue(served: Server):
    body = json.dumps(DOCUMENTED_REQUEST).encode()
    head = f"POST {CLASSIC} HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", served.port), timeout=ANSWER_SECONDS) as connection:
        connection.sendall(head.encode())
        assert connection.recv(1000).startswith(b"HTTP/1.1 100 ")
        connection.sendall(body)
        assert b" 200 " in connection.recv(1000)


def test_pipelined_requests_are_answered_in_order(served: Server):
    body = json.dumps(DOCUMENTED_REQUEST)
    one = f"POST {CLASSIC} HTTP/1.1\r\nHost: x\r\nX-Request-ID: number-%d\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    last = "GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    answer = served.send_raw("".join(one % number for number in range(50)).encode() + last.encode(), close=False)
    positions = [answer.find(f"number-{number}\r\n".encode()) for number in range(50)]
    assert -1 not in positions and positions == sorted(positions)
    assert answer.count(b"2640") == 50


def test_a_request_cut_at_every_byte(served: Server):
    body = json.dumps(DOCUMENTED_REQUEST).encode()
    request = f"POST {CLASSIC} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
    for cut in range(1, len(request), 3):
        with socket.create_connection(("127.0.0.1", served.port), timeout=ANSWER_SECONDS) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.sendall(request[:cut])
            connection.sendall(request[cut:])
            assert b"2640" in b"".join(iter(lambda: connection.recv(4096), b"")), cut


def test_request_ids_come_back_or_are_made(served: Server):
    assert served.get("/health", headers={"X-Request-ID": "mine-42"}).headers["X-Request-ID"] == "mine-42"
    made = {served.get("/health").headers["X-Request-ID"] for _ in range(3)}
    assert len(made) == 3 and None not in made
    assert "X-Request-ID" in served.get("/nothing").headers
    odd = served.get("/health", headers={"X-Request-ID": "x" * 500}).headers["X-Request-ID"]
    assert odd and len(odd) <= 500


def test_connections_are_kept_alive(served: Server):
    connection = served.connect()
    for _ in range(20):
        assert exchange(connection, "POST", CLASSIC, DOCUMENTED_REQUEST).status == 200
        assert exchange(connection, "GET", "/nothing").status == 404
    connection.close()
