"""What lies between a client and a server, and counts what goes through."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

PIECE = 1 << 16


class Counted:
    """Passes everything on.

    Attributes:
        url: to be asked in place of the server's.
        bytes: that the server sent, headers too.
        questions: that it was asked.
    """

    def __init__(self, server: str, wait_s: float = 0.0) -> None:
        """Make one.

        Args:
            server: its address.
            wait_s: by so much each answer comes later, as over a long way.
        """
        self._there = (urlsplit(server).hostname or "", urlsplit(server).port or 80)
        self._listens = socket.create_server(("127.0.0.1", 0), backlog=128)
        self._lock = threading.Lock()
        self.url = f"http://127.0.0.1:{self._listens.getsockname()[1]}"
        self.bytes = self.questions = 0
        self._wait_s = wait_s
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listens.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listens.accept()
                server = socket.create_connection(self._there)
                is_asked = threading.Event()
                for passes_on in (self._pass_questions, self._pass_answers):
                    threading.Thread(target=passes_on, args=(client, server, is_asked), daemon=True).start()

    def _pass_questions(self, client: socket.socket, server: socket.socket, is_asked: threading.Event) -> None:
        with _passing(client, server):
            while piece := client.recv(PIECE):
                if not is_asked.is_set():
                    with self._lock:
                        self.questions += 1
                    is_asked.set()
                server.sendall(piece)

    def _pass_answers(self, client: socket.socket, server: socket.socket, is_asked: threading.Event) -> None:
        with _passing(server, client):
            while piece := server.recv(PIECE):
                if is_asked.is_set():
                    is_asked.clear()
                    time.sleep(self._wait_s)
                with self._lock:
                    self.bytes += len(piece)
                client.sendall(piece)


@contextlib.contextmanager
def _passing(*ends: socket.socket) -> Iterator[None]:
    """Until one end is closed; then both are."""
    for end in ends:
        end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    with contextlib.suppress(OSError):
        yield
    for end in ends:
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def counted(server: str, wait_s: float = 0.0) -> Iterator[Counted]:
    """One that passes on until the context is left."""
    it = Counted(server, wait_s)
    try:
        yield it
    finally:
        it.close()
