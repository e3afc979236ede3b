"""What lies between a client and a server, and counts what goes through."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit

PIECE = 1 << 16


class Counted:
    """Passes everything on.

    Attributes:
        url: to be asked in place of the server's.
        bytes: that the server sent, headers too.
    """

    def __init__(self, server: str) -> None:
        self._there = (urlsplit(server).hostname or "", urlsplit(server).port or 80)
        self._listens = socket.create_server(("127.0.0.1", 0), backlog=128)
        self._lock = threading.Lock()
        self.url = f"http://127.0.0.1:{self._listens.getsockname()[1]}"
        self.bytes = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listens.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listens.accept()
                server = socket.create_connection(self._there)
                for ends in ((client, server, False), (server, client, True)):
                    threading.Thread(target=self._pass_on, args=ends, daemon=True).start()

    def _pass_on(self, source: socket.socket, sink: socket.socket, is_answer: bool) -> None:
        with contextlib.suppress(OSError):
            while piece := source.recv(PIECE):
                if is_answer:
                    with self._lock:
                        self.bytes += len(piece)
                sink.sendall(piece)
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def counted(server: str) -> Iterator[Counted]:
    """One that passes on until the context is left."""
    it = Counted(server)
    try:
        yield it
    finally:
        it.close()
