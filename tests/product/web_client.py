"""A running `voucher serve`, and requests to it."""

import http.client
import json
import re
import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import programs

START_SECONDS = 20
ANSWER_SECONDS = 15

# The request that the documents show; Peru gets 2640 in every segment.
DOCUMENTED_REQUEST = {
    "customer_id": 123,
    "country_code": "Peru",
    "last_order_ts": "2018-05-03 00:00:00",
    "first_order_ts": "2017-05-03 00:00:00",
    "total_orders": 15,
    "segment_name": "recency_segment",
}


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    def json(self) -> dict:
        content_type = self.headers.get_content_type()
        assert content_type == "application/json", f"{content_type}: {self.body!r}"
        return json.loads(self.body)


class Server:
    """`voucher serve` on a free port, logging to a file."""

    def __init__(self, warehouse: str, log: Path, *arguments: object):
        self.log = log
        command = ["serve", "--warehouse", warehouse, "--port", "0", *arguments]
        with log.open("w") as output:
            self.process = programs.start(programs.VOUCHER, *command, stdout=output, stderr=output)
        self.port = self._wait_for_port()

    def _wait_for_port(self) -> int:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            if address := re.search(r"http://127\.0\.0\.1:(\d+)", self.log.read_text()):
                return int(address[1])
            time.sleep(0.01)
        self.stop()
        raise AssertionError(f"the server did not say where it listens within {START_SECONDS} s:\n{self.log.read_text()}")

    def stop(self) -> int:
        """SIGTERM, then the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(timeout=START_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError(f"the server did not end within {START_SECONDS} s:\n{self.log.read_text()}") from None

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=ANSWER_SECONDS)

    def request(self, method: str, path: str, body: object = None, headers: dict[str, str] | None = None) -> Answer:
        """One request on a connection of its own; a body that is not bytes is sent as JSON."""
        connection = self.connect()
        try:
            return exchange(connection, method, path, body, headers)
        finally:
            connection.close()

    def get(self, path: str, **options: object) -> Answer:
        return self.request("GET", path, **options)

    def post(self, path: str, body: object, **options: object) -> Answer:
        return self.request("POST", path, body, **options)

    def decide(self, dataset: str = "customer/voucher", **changes: object) -> Answer:
        """The documented request to the rich endpoint, with changes; None leaves a field out."""
        return self.post(f"/v1/{dataset}/decisions", changed(DOCUMENTED_REQUEST, changes))

    def send_raw(self, data: bytes, close: bool = True) -> bytes:
        """Bytes as they are; all that comes back until the server closes, or falls silent for a moment."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=ANSWER_SECONDS) as connection:
            connection.sendall(data)
            if close:
                connection.shutdown(socket.SHUT_WR)
            received = b""
            while block := connection.recv(65536):
                received += block
            return received

    def wait_until(self, condition: object, seconds: float) -> float:
        """Seconds until the condition holds; an assertion where it never does."""
        start = time.monotonic()
        while not condition():
            waited = time.monotonic() - start
            assert waited < seconds, f"not within {seconds} s:\n{self.log.read_text()}"
            time.sleep(0.01)
        return time.monotonic() - start


def exchange(
    connection: http.client.HTTPConnection, method: str, path: str, body: object = None, headers: dict[str, str] | None = None
) -> Answer:
    data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
    sent = {"Content-Type": "application/json"} if data is not None else {}
    connection.request(method, path, data, sent | (headers or {}))
    response = connection.getresponse()
    return Answer(response.status, response.headers, response.read())


def changed(request: dict, changes: dict) -> dict:
    return {name: value for name, value in (request | changes).items() if value is not None}
