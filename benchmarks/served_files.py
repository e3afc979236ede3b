"""A folder served on loopback by a process of its own, with ranges and kept connections, and little else.

`python -m benchmarks.served_files FOLDER` prints its port. The kernel copies the files: the server is not what is
measured.
"""

import contextlib
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

_TOLD = 64 << 10


@contextlib.contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a folder, while it is served."""
    command = [sys.executable, "-m", "benchmarks.served_files", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.terminate()
        process.wait()


def main(folder: str) -> None:
    """Serve until the process is ended."""
    listening = socket.create_server(("127.0.0.1", 0), backlog=1024)
    print(listening.getsockname()[1], flush=True)
    while True:
        connection, _ = listening.accept()
        threading.Thread(target=_answer_all, args=(connection, folder), daemon=True).start()


def _answer_all(connection: socket.socket, folder: str) -> None:
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    asked = b""
    with connection, contextlib.suppress(OSError):
        while True:
            while b"\r\n\r\n" not in asked:
                if not (more := connection.recv(_TOLD)):
                    return
                asked += more
            head, _, asked = asked.partition(b"\r\n\r\n")
            _answer(connection, folder, head)


def _answer(connection: socket.socket, folder: str, head: bytes) -> None:
    first, *lines = head.decode("latin-1").split("\r\n")
    method, path, _ = first.split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    with open(folder + path, "rb") as file:
        whole = os.fstat(file.fileno()).st_size
        start, end, status, more = 0, whole, "200 OK", ""
        if wants := headers.get("range", "").removeprefix("bytes="):
            begin, _, last = wants.partition("-")
            start, end = int(begin), min(whole, int(last) + 1) if last else whole
            status, more = "206 Partial Content", f"Content-Range: bytes {start}-{end - 1}/{whole}\r\n"
        told = f'Accept-Ranges: bytes\r\nETag: "{whole}"\r\nContent-Length: {end - start}\r\n{more}'
        connection.sendall(f"HTTP/1.1 {status}\r\nContent-Type: audio/flac\r\n{told}\r\n".encode())
        while method == "GET" and start < end:
            start += os.sendfile(connection.fileno(), file.fileno(), start, end - start)


if __name__ == "__main__":
    main(sys.argv[1])
