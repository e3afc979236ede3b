"""How far a delivery is: lines on the terminal and in its log, a note for `make status`."""

import logging
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from workflow_scripts.deliver.outgoing import Outgoing
from workflow_scripts.errors import as_text, in_bytes
from workflow_scripts.progress.note import JobNote, NoteFile
from workflow_scripts.progress.words import duration

TOLD_EVERY_S = 0.5
"""On the terminal: of thousands of small files, no line each. The log has them all."""
_log = logging.getLogger(__name__)


class Arrivals:
    """How far the files of a delivery are, for as long as it is entered.

    Attributes:
        sent: those that arrived.
    """

    def __init__(self, files: Sequence[Outgoing], to: str, note: Path | None = None) -> None:
        """Make one.

        Args:
            files: that are to arrive.
            to: the place.
            note: the file for `make status`; None for none.
        """
        self.sent: list[Outgoing] = []
        self._files, self._bytes = len(files), sum(one.bytes for one in files)
        self._to, self._note = to, NoteFile(note) if note else None
        self._gone, self._since, self._next = 0, time.monotonic(), 0.0

    def __enter__(self) -> "Arrivals":
        self._put(f"0 of {self._files:,} files, {in_bytes(self._bytes)}", "running")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._put("", "ended")

    def arrived(self, one: Outgoing) -> None:
        """Tell of a file that is there: its size, the rate so far, and the time that the others will take at that."""
        self.sent.append(one)
        self._gone += one.bytes
        words = f"{self._words()}: {one.path} ({in_bytes(one.bytes)})"
        _log.info("%s", words)
        now = time.monotonic()
        if now >= self._next or len(self.sent) == self._files:
            self._next = now + TOLD_EVERY_S
            print(as_text(words), file=sys.stderr, flush=True)
            self._put(words, "running")

    def _words(self) -> str:
        rate = self._gone / max(time.monotonic() - self._since, 1e-3)
        left = (self._bytes - self._gone) / max(rate, 1e-3)
        files = f"{len(self.sent):,} of {self._files:,} files"
        return f"{files}, {in_bytes(self._gone)} of {in_bytes(self._bytes)}, {in_bytes(rate)}/s, {duration(left)} left"

    def _put(self, words: str, state: str) -> None:
        if self._note is not None:
            self._note.put(JobNote(self._to, words, time.time(), state))
