"""A web server on loopback that does what bad networks and bad servers do, as a test scripts it."""

import contextlib
import gzip
import hashlib
import random
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SEND = 64 << 10


@dataclass
class Asked:
    """One request as it came."""

    path: str
    method: str
    headers: dict[str, str]
    sent: int = 0


@dataclass
class Served:
    """What lies at a path, and how it is given.

    Attributes:
        body: the file.
        etag: None for none; by default it follows from the body.
        ranges: whether parts are given.
        modified: a header Last-Modified.
        kind: its Content-Type.
        drops_after: the connection breaks after so many bytes of each answer.
        faults: what the first requests meet, one each; then all is well.
        bytes_a_s: crawls at so many.
        claims: a Content-Length other than the true one.
        chunked: no Content-Length.
        closes: none either, and the connection's end is that of the body.
        refused_from: parts that begin behind this byte are refused.
        gzipped: sends it compressed, asked or not.
        headers: more of them.
    """

    body: bytes = b""
    etag: str | None = ""
    ranges: bool = True
    modified: str | None = None
    kind: str = "application/octet-stream"
    drops_after: int | None = None
    faults: list["Fault"] = field(default_factory=list)
    bytes_a_s: int | None = None
    claims: int | None = None
    chunked: bool = False
    closes: bool = False
    refused_from: int | None = None
    gzipped: bool = False
    headers: dict[str, str] = field(default_factory=dict)
    _tagged: tuple[bytes, str] | None = field(default=None, repr=False)

    @property
    def tag(self) -> str | None:
        if self.etag != "":
            return self.etag
        if self._tagged is None or self._tagged[0] is not self.body:
            self._tagged = self.body, f'"{hashlib.md5(self.body).hexdigest()}"'
        return self._tagged[1]


@dataclass(frozen=True)
class Fault:
    """What one request meets.

    Attributes:
        status: instead of the file, if given.
        headers: of that answer.
        drops_after: the connection breaks after so many bytes of the body; -1: before any answer.
        stalls_s: so long nothing comes, after `drops_after` bytes.
        then: called before the client can know that the answer ended, as when the file changes meanwhile.
    """

    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    drops_after: int | None = None
    stalls_s: float = 0.0
    then: Callable[[], None] | None = None


class FaultyServer:
    """Serves what is put into `files`, by path; writes down in `asked` all that it is asked."""

    def __init__(self) -> None:
        self.files: dict[str, Served] = {}
        self.asked: list[Asked] = []
        self.connections = 0
        self.lock = threading.Lock()
        self._http = _Server(("127.0.0.1", 0), self)
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self._http.server_address[1]}"

    def put(self, path: str, served: Served) -> str:
        """Serve something; its address."""
        self.files[path] = served
        return self.address(path)

    def address(self, path: str) -> str:
        return f"http://{self.host}{path}"

    def sent(self, path: str) -> int:
        """Bytes of bodies that were sent of a path."""
        with self.lock:
            return sum(asked.sent for asked in self.asked if asked.path.partition("?")[0] == path)

    def times(self, path: str) -> int:
        with self.lock:
            return sum(asked.path.partition("?")[0] == path for asked in self.asked)

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()


@contextlib.contextmanager
def faulty_server() -> Iterator[FaultyServer]:
    server = FaultyServer()
    try:
        yield server
    finally:
        server.close()


def some_bytes(count: int, seed: int = 0) -> bytes:
    return random.Random(seed).randbytes(count)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def __init__(self, address: tuple[str, int], faulty: FaultyServer) -> None:
        self.faulty = faulty
        super().__init__(address, _Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is what the tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server
    disable_nagle_algorithm = True

    def setup(self) -> None:
        with self.server.faulty.lock:
            self.server.faulty.connections += 1
        self.request.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND)  # what is sent, the client nearly has
        super().setup()

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        faulty = self.server.faulty
        asked = Asked(self.path, self.command, dict(self.headers.items()))
        with faulty.lock:
            faulty.asked.append(asked)
            served = faulty.files.get(self.path.partition("?")[0])
            fault = served.faults.pop(0) if served and served.faults else Fault()
        self._answer(served, fault, asked)

    do_HEAD = do_GET  # noqa: N815 - as the library calls it

    def _answer(self, served: Served | None, fault: Fault, asked: Asked) -> None:
        if fault.drops_after == -1:
            self.close_connection = True
        elif served is None:
            self._say(404)
        elif fault.status is not None:
            self._say(fault.status, fault.headers)
        else:
            self._give(served, fault, asked)
        if fault.then and fault.drops_after is None:
            fault.then()

    def _say(self, status: int, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _give(self, served: Served, fault: Fault, asked: Asked) -> None:
        body, whole = served.body, len(served.body)
        start, end = self._range(served)
        if start >= whole and served.ranges and "Range" in self.headers and self._same(served):
            return self._say(416, {"Content-Range": f"bytes */{whole}"})
        if served.refused_from is not None and start > served.refused_from:
            return self._say(403)
        is_part = (start, end) != (0, whole) or (served.ranges and "Range" in self.headers and self._same(served))
        self.send_response(206 if is_part else 200)
        if is_part:
            self.send_header("Content-Range", f"bytes {start}-{end - 1}/{whole}")
        body = body[start:end]
        if served.gzipped:
            body = gzip.compress(body)
            self.send_header("Content-Encoding", "gzip")
        for name, value in {
            "ETag": served.tag,
            "Last-Modified": served.modified,
            "Content-Type": served.kind,
            "Accept-Ranges": "bytes" if served.ranges else None,
            **served.headers,
        }.items():
            if value is not None:
                self.send_header(name, value)
        if served.chunked:
            self.send_header("Transfer-Encoding", "chunked")
        elif served.closes:
            self.close_connection = True
        else:
            self.send_header("Content-Length", str(len(body) if served.claims is None else served.claims))
        self.end_headers()
        if self.command != "HEAD":
            self._send(body, served, fault, asked)
        return None

    def _same(self, served: Served) -> bool:
        return self.headers.get("If-Range") in (None, served.tag, served.modified)

    def _range(self, served: Served) -> tuple[int, int]:
        whole = len(served.body)
        wants = self.headers.get("Range", "")
        if not served.ranges or not wants.startswith("bytes=") or not self._same(served):
            return 0, whole
        first, _, last = wants.removeprefix("bytes=").partition("-")
        if not first:
            return max(0, whole - int(last)), whole
        return int(first), min(int(last) + 1, whole) if last else whole

    def _send(self, body: bytes, served: Served, fault: Fault, asked: Asked) -> None:
        breaks_at = min((n for n in (served.drops_after, fault.drops_after) if n is not None), default=None)
        step = max(1, served.bytes_a_s // 20) if served.bytes_a_s else SEND
        for at in range(0, len(body), step):
            piece = body[at : at + step]
            if breaks_at is not None and at + len(piece) > breaks_at:
                self._write(piece[: breaks_at - at], served, asked)
                time.sleep(fault.stalls_s)
                if fault.then:
                    fault.then()
                self.close_connection = True
                with contextlib.suppress(OSError):
                    self.connection.shutdown(socket.SHUT_RDWR)
                return
            self._write(piece, served, asked)
            if served.bytes_a_s:
                time.sleep(0.05)
        if served.chunked:
            self.wfile.write(b"0\r\n\r\n")
        if served.claims is not None and served.claims > len(body):
            self.close_connection = True

    def _write(self, piece: bytes, served: Served, asked: Asked) -> None:
        if not piece:
            return
        self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece) if served.chunked else piece)
        with self.server.faulty.lock:
            asked.sent += len(piece)
