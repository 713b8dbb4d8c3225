"""A proxy between voucher and PostgreSQL that reads the wire protocol, and cuts, stalls or does anything else at a chosen moment of it."""

import re
import socket
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType

SSL_REQUEST, GSS_REQUEST, CANCEL_REQUEST = 80877103, 80877104, 80877102


@dataclass(frozen=True)
class Message:
    """One message of the protocol; `kind` is its type byte, so `Q` and `P` carry SQL and `C` says that a statement is done."""

    from_client: bool
    kind: str
    data: bytes

    @property
    def text(self) -> str:
        return self.data[5:].decode(errors="replace").strip("\0")


@dataclass(frozen=True)
class Moment:
    """The first message of its kind: it has not been handed on yet, but half of a piece of COPY data has.

    With `once_sent` only messages after a statement of the client that matches it count.
    """

    name: str
    from_client: bool
    kinds: str
    text: str = ""
    once_sent: str = ""

    def is_at(self, message: Message) -> bool:
        return (
            message.from_client == self.from_client
            and message.kind in self.kinds
            and (not self.text or re.search(self.text, message.text) is not None)
        )


BEFORE_COPY = Moment("before COPY", from_client=True, kinds="QP", text=r"(?i)\bCOPY\b.*\bFROM STDIN\b")
DURING_COPY = Moment("during COPY", from_client=True, kinds="d")
END_OF_COPY = Moment("at the end of COPY", from_client=True, kinds="c")
AFTER_COPY = Moment("after COPY", from_client=False, kinds="C", text=r"^COPY \d+$")
LOADING, PUBLISHING = r"(?i)\bCOPY\b.*\bFROM STDIN\b", r"(?i)\bpg_notify\b"
BEFORE_COMMIT_OF_LOAD = Moment("before COMMIT of load", from_client=True, kinds="QP", text=r"(?i)\bCOMMIT\b", once_sent=LOADING)
AFTER_COMMIT_OF_LOAD = Moment("after COMMIT of load", from_client=False, kinds="C", text="^COMMIT$", once_sent=LOADING)
BEFORE_COMMIT_OF_PUBLISH = Moment("before COMMIT of publish", from_client=True, kinds="QP", text=r"(?i)\bCOMMIT\b", once_sent=PUBLISHING)
AFTER_COMMIT_OF_PUBLISH = Moment("after COMMIT of publish", from_client=False, kinds="C", text="^COMMIT$", once_sent=PUBLISHING)


def read_exactly(connection: socket.socket, size: int) -> bytes:
    data = bytearray()
    while len(data) < size:
        block = connection.recv(size - len(data))
        if not block:
            raise ConnectionError("closed")
        data += block
    return bytes(data)


def read_message(connection: socket.socket, from_client: bool) -> Message:
    head = read_exactly(connection, 5)
    (size,) = struct.unpack("!I", head[1:])
    return Message(from_client, chr(head[0]), head + read_exactly(connection, size - 4))


@dataclass
class Pair:
    """A client's connection and the server's that belongs to it."""

    client: socket.socket
    server: socket.socket
    lock: threading.Lock = field(default_factory=threading.Lock)

    def close(self) -> None:
        for connection in (self.client, self.server):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            connection.close()


class PostgresProxy:
    """Listens on a port of its own. At `moment` it calls `action` in place of handing the message on; without one it only listens."""

    def __init__(self, server_port: int, moment: Moment | None = None, action: Callable[["PostgresProxy"], None] | None = None):
        self.server_port = server_port
        self.moment = moment
        self.action = action
        self.happened = threading.Event()  # the action is done
        self._is_stalled = threading.Event()
        self._released = threading.Event()
        self._is_armed = moment is None or not moment.once_sent
        self._was_reached = False
        self._pairs: list[Pair] = []
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> "PostgresProxy":
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._listener.close()
        self.cut()
        self._released.set()

    def cut(self) -> None:
        """Closes every connection, on both sides; new ones work."""
        with self._lock:
            pairs, self._pairs = self._pairs, []
        for pair in pairs:
            pair.close()

    def stall(self) -> None:
        """Hands nothing on from now on, on connections open and to come, until released; nobody is told."""
        self._is_stalled.set()

    def release(self) -> None:
        """New connections work; those that were stalled are cut."""
        self._is_stalled.clear()
        self._released.set()
        self.cut()

    def refuse(self) -> None:
        """Like a machine that went away: no old connection, no new one."""
        self._listener.close()
        self.cut()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self.server_port))
            except OSError:
                if self._listener.fileno() < 0:
                    return
                client.close()
                continue
            for connection in (client, server):
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            pair = Pair(client, server)
            with self._lock:
                self._pairs.append(pair)
            threading.Thread(target=self._serve, args=(pair,), daemon=True).start()

    def _serve(self, pair: Pair) -> None:
        try:
            if self._hand_on_startup(pair):
                threading.Thread(target=self._pump, args=(pair, False), daemon=True).start()
                self._pump(pair, True)
        except OSError:
            pair.close()

    def _hand_on_startup(self, pair: Pair) -> bool:
        """The first messages have no type byte; says whether a conversation follows."""
        while True:
            head = read_exactly(pair.client, 8)
            size, code = struct.unpack("!II", head)
            data = head + read_exactly(pair.client, size - 8)
            self._wait_while_stalled()
            pair.server.sendall(data)
            if code == CANCEL_REQUEST:
                pair.server.recv(1)
                pair.close()
                return False
            if code not in (SSL_REQUEST, GSS_REQUEST):
                return True
            pair.client.sendall(read_exactly(pair.server, 1))

    def _pump(self, pair: Pair, from_client: bool) -> None:
        source, target = (pair.client, pair.server) if from_client else (pair.server, pair.client)
        try:
            while True:
                message = read_message(source, from_client)
                rest = message.data
                if self._is_now(message):
                    half = len(rest) // 2 if message.from_client and message.kind == "d" else 0
                    target.sendall(rest[:half])
                    rest = rest[half:]
                    self.action(self)
                    self.happened.set()
                self._wait_while_stalled()
                target.sendall(rest)
        except OSError:
            pair.close()

    def _wait_while_stalled(self) -> None:
        if self._is_stalled.is_set():
            self._released.wait()
            raise ConnectionError("was stalled")

    def _is_now(self, message: Message) -> bool:
        """Whether the moment has come; only once."""
        if self.moment is None:
            return False
        with self._lock:
            if message.from_client and message.kind in "QP" and self.moment.once_sent and re.search(self.moment.once_sent, message.text):
                self._is_armed = True
            if self._was_reached or not self._is_armed or not self.moment.is_at(message):
                return False
            self._was_reached = True
            return True
