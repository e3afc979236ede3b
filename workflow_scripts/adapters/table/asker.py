"""Asks queries in a process of its own, which any of them may end."""

import contextlib
import functools
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any, cast

import duckdb
import polars as pl

from workflow_scripts.adapters.table import shut_in
from workflow_scripts.sources.licences import spdx_macros

OWN_MACROS = Path(__file__).with_name("macros.sql")


def macros() -> str:
    """Ours, in SQL."""
    return spdx_macros() + OWN_MACROS.read_text()


class EndedError(duckdb.Error):
    """The process that was asked came to its end over the question."""


class Asker:
    """A process that asks, started when it is needed, and again when a query ended it."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self, query: str, found: pl.DataFrame, most_s: float, most_bytes: int) -> pl.DataFrame:
        """Ask a query of some rows.

        Args:
            query: of the table `found`.
            found: its rows.
            most_s: so long it may take.
            most_bytes: so much memory.

        Raises:
            duckdb.Error: it cannot be asked, takes too much, or ended the process (EndedError).
        """
        about, rows = self._answer(
            {"query": query, "most_s": most_s, "most_bytes": most_bytes}, shut_in.to_bytes(found.to_arrow())
        )
        if "error" in about:
            raise getattr(duckdb, about["error"], duckdb.Error)(about["words"])
        return cast(pl.DataFrame, pl.from_arrow(shut_in.from_bytes(rows)))

    def _answer(self, about: dict[str, Any], rows: bytes) -> tuple[dict[str, Any], bytes]:
        process = self._started()
        try:
            shut_in.write_message(process.stdin, about, rows)  # type: ignore[arg-type]
            return shut_in.read_message(process.stdout)  # type: ignore[arg-type]
        except (EOFError, BrokenPipeError):
            self._process = None
            ended = process.wait()
        except BaseException:  # half an answer would be taken for the next one
            self.end()
            raise
        if ended >= 0:
            raise RuntimeError(f"the process that asks expressions ended with exit code {ended}; its words are above")
        if -ended == signal.SIGALRM:
            raise EndedError("it takes too long, and nothing interrupts it")
        raise EndedError(f"DuckDB crashes over it ({signal.Signals(-ended).name})")

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            command = [sys.executable, "-P", shut_in.__file__]
            self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            shut_in.write_message(self._process.stdin, {"macros": macros()}, b"")  # type: ignore[arg-type]
        return self._process

    def end(self) -> None:
        """End the process, if there is one."""
        if self._process:
            self._process.kill()
            with contextlib.suppress(OSError):
                self._process.communicate()
            self._process = None


@functools.cache
def asker() -> Asker:
    """That of this process."""
    return Asker()
