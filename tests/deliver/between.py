"""A server between a client and another server: it sees what is sent, and has the network do what networks do."""

import contextlib
import http.client
import os
import signal
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PASS, LOSE, LOSE_ANSWER, SWALLOW, FORBID = "pass", "lose", "lose answer", "swallow", "forbid"
"""What becomes of a request that sends something: it goes through; it is lost on its way; its answer is; it is said to
have arrived and has not; it is refused."""
KILL_BEFORE, KILL_AFTER = "kill before", "kill after"
"""Its client is killed before it goes on, or when the other server has answered."""


@dataclass
class Between:
    """What happens between the two.

    Attributes:
        port: of the server between.
        upstream: port of the other server.
        name_of: which file a request sends, from its method, path and body; None for other requests.
        fate: what becomes of each request that sends a file, by how many there were before it.
        sent: how often the other server has taken each file.
        client: the process that is killed, or minus the number of a group of them.
        killed: it was, and no other has come since.
        texts: all that clients said: paths and headers.
        connections: those that are open.
    """

    port: int
    upstream: int
    name_of: Callable[[str, str, bytes], str | None]
    fate: Callable[[int, str], str] = lambda ordinal, name: PASS
    sent: Counter[str] = field(default_factory=Counter)
    seen: int = 0
    client: int | None = None
    killed: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)
    texts: list[str] = field(default_factory=list)
    connections: set[int] = field(default_factory=set)

    def settle(self, but: set[int]) -> None:
        """Wait until what a client that is gone had on its way has come: else it would count as the next one's.

        Args:
            but: connections of others.
        """
        end, quiet = time.monotonic() + 20, 0
        while quiet < 3:
            left = self.connections - but
            assert time.monotonic() < end, left
            quiet = 0 if left else quiet + 1
            time.sleep(0.02)

    def decide(self, name: str) -> str:
        self.seen += 1
        return self.fate(self.seen, name)

    def kill(self) -> None:
        """What a killed client had on its way goes nowhere."""
        assert self.client
        os.kill(self.client, signal.SIGKILL)
        self.client, self.killed = None, True


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    between: Between

    def log_message(self, *_: object) -> None:
        pass

    def setup(self) -> None:
        super().setup()
        self.between.connections.add(id(self))

    def finish(self) -> None:
        super().finish()
        self.between.connections.discard(id(self))

    def _handle(self) -> None:
        between, body = self.between, self._body()
        between.texts.append(f"{self.command} {self.path}")
        name = between.name_of(self.command, self.path, body)
        if name is None:
            self._answer(*self._forwarded(body))
            return
        with between.lock:
            fate = LOSE if between.killed else between.decide(name)
            if fate == KILL_BEFORE:
                between.kill()
            if fate in (LOSE, KILL_BEFORE):
                self._hang_up()
                return
            if fate == SWALLOW:
                self._answer(
                    200,
                    [("ETag", '"0"'), ("Content-Type", "application/json")],
                    b"{}" if self.command == "POST" else b"",
                )
                return
            if fate == FORBID:
                self._answer(403, [], b"")
                return
            answer = self._forwarded(body)
            between.sent[name] += answer[0] < 300
            if fate == KILL_AFTER:
                between.kill()
            if fate in (LOSE_ANSWER, KILL_AFTER):
                self._hang_up()
                return
        self._answer(*answer)

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = _handle  # noqa: N815

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def _forwarded(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.between.upstream, timeout=60)
        left_out = ("transfer-encoding", "content-length", "expect", "connection")
        headers = {name: value for name, value in self.headers.items() if name.lower() not in left_out}
        with contextlib.closing(connection):
            connection.request(self.command, self.path, body, headers | {"Content-Length": str(len(body))})
            answer = connection.getresponse()
            return answer.status, answer.getheaders(), answer.read()

    def _answer(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() not in ("transfer-encoding", "connection", "content-length"):
                self.send_header(name, value)
        length = next((value for name, value in headers if name.lower() == "content-length"), None)
        self.send_header("Content-Length", length if self.command == "HEAD" and length else str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _hang_up(self) -> None:
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def between(upstream: int, name_of: Callable[[str, str, bytes], str | None]) -> Iterator[Between]:
    """Stand between a client and the server of a port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {}))
    server.daemon_threads = True
    told = Between(server.server_address[1], upstream, name_of)
    server.RequestHandlerClass.between = told  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield told
    finally:
        server.shutdown()
        server.server_close()
