"""A DuckDB that can reach nothing but the rows it is given; and, run by itself, a process that asks one.

An expression may end the process that evaluates it (DuckDB falls into its own stack over a deeply nested text), or go
on where nothing interrupts it: so that is a process of its own, whose end costs one question. It reads questions from
its standard input and writes answers to its standard output, and imports nothing of ours.
"""

import contextlib
import io
import json
import resource
import signal
import struct
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import duckdb
import pyarrow as pa

STATM = Path("/proc/self/statm")
SHUT_IN: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": "false",
    "autoload_known_extensions": "false",
    "autoinstall_known_extensions": "false",
    "memory_limit": "1GB",
    "max_temp_directory_size": "0GB",
    "threads": "1",
}
"""What no expression can undo, since the configuration is locked then."""
ENDED_AFTER = 1.5
"""Times as long as it may take a question goes on where an interrupt is not heeded; then the process is ended."""
NUMBER = struct.Struct("<Q")


def connect(macros: str) -> duckdb.DuckDBPyConnection:
    """A DuckDB of its own, with macros, in SQL."""
    connection = duckdb.connect(config=SHUT_IN)
    connection.execute(macros)
    connection.execute("SET TimeZone = 'UTC'; SET lock_configuration = true")
    return connection


def write_message(stream: BinaryIO, about: dict[str, Any], rows: bytes) -> None:
    """Put a question or an answer: what it is about as JSON, and rows as Arrow's stream of bytes."""
    head = json.dumps(about).encode()
    for part in (head, rows):
        stream.write(NUMBER.pack(len(part)) + part)
    stream.flush()


def read_message(stream: BinaryIO) -> tuple[dict[str, Any], bytes]:
    """Take one.

    Raises:
        EOFError: nobody writes any more.
    """
    head, rows = (_whole(stream, NUMBER.unpack(_whole(stream, NUMBER.size))[0]) for _ in range(2))
    return json.loads(head), rows


def _whole(stream: BinaryIO, size: int) -> bytes:
    content = stream.read(size)
    if len(content) < size:
        raise EOFError
    return content


def to_bytes(table: pa.Table) -> bytes:
    """A table as Arrow's stream."""
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue()


def from_bytes(rows: bytes) -> pa.Table:
    """The table of a stream."""
    with pa.ipc.open_stream(rows) as reader:
        return reader.read_all()


def _answer(connection: duckdb.DuckDBPyConnection, query: str, rows: bytes, most_s: float, most_bytes: int) -> bytes:
    """Ask one query of the table `found`."""
    connection.register("found", from_bytes(rows))
    alarm = threading.Timer(most_s, connection.interrupt)
    alarm.start()
    signal.setitimer(signal.ITIMER_REAL, most_s * ENDED_AFTER)  # which ends the process
    try:
        with _bounded(most_bytes):
            return to_bytes(connection.sql(query).to_arrow_table())
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        alarm.cancel()
        connection.unregister("found")


@contextlib.contextmanager
def _bounded(most: int) -> Iterator[None]:
    """Let no more memory be asked for: DuckDB's own limit knows nothing of the texts of a result."""
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    try:
        pages = int(STATM.read_text().split()[0])
    except OSError:  # of another system, which does not tell
        yield
        return
    limit = pages * resource.getpagesize() + most
    resource.setrlimit(resource.RLIMIT_AS, (limit if soft == resource.RLIM_INFINITY else min(soft, limit), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def _main() -> None:
    questions, answers = sys.stdin.buffer, sys.stdout.buffer
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # of Ctrl-C the asker hears, whose end ends this
    with contextlib.suppress(EOFError, BrokenPipeError):
        connection = connect(read_message(questions)[0]["macros"])
        while True:
            about, rows = read_message(questions)
            error: dict[str, Any] = {}
            try:
                rows = _answer(connection, about["query"], rows, about["most_s"], about["most_bytes"])
            except duckdb.Error as told:
                error = {"error": type(told).__name__, "words": str(told)}
            except (MemoryError, pa.ArrowMemoryError):
                error = {"error": "OutOfMemoryException", "words": "out of memory"}
            write_message(answers, error, b"" if error else rows)


if __name__ == "__main__":
    _main()
