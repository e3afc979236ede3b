"""How far a job that fetches is: a line on the terminal a file, lines in its log, a note for `make status`."""

import logging
import os
import sys
import threading
import time
from pathlib import Path
from types import TracebackType

from workflow_scripts.errors import as_text, in_bytes
from workflow_scripts.fetch.progress import FetchProgress
from workflow_scripts.progress.bar import Bar
from workflow_scripts.progress.note import JobNote, NoteFile
from workflow_scripts.progress.words import duration

NOTE_EVERY_S, LOG_EVERY_S, DRAW_EVERY_S = 5.0, 30.0, 0.5

_log = logging.getLogger(__name__)


def words_of(progress: FetchProgress) -> str:
    """How far a fetch is, in words: bytes, rate and time left, or what it waits for.

    >>> words_of(FetchProgress("https://example.org/a.zip", "fetching", 2_000_000, 8_000_000, 1_000_000.0, 6.0))
    '2.0 MB of 8.0 MB, 1.0 MB/s, 6 s left'
    """
    of = in_bytes(progress.of) if progress.of is not None else "unknown size"
    there = f"{in_bytes(progress.bytes)} of {of}"
    if progress.doing != "fetching":
        return ", ".join(filter(None, [there, progress.doing.replace("_", " "), progress.why]))
    left = f"{duration(progress.left_s)} left" if progress.left_s is not None else "time left unknown"
    return f"{there}, {in_bytes(int(progress.bytes_a_s))}/s, {left}"


class Teller:
    """Takes what a fetch tells of itself, from any thread, for as long as it is entered."""

    def __init__(self, note: Path, files: int) -> None:
        """Make one.

        Args:
            note: the file for `make status`.
            files: how many the job has to have.
        """
        self._note, self._files, self._had = NoteFile(note), files, 0
        self._lock, self._bar = threading.Lock(), Bar()
        self._next = dict.fromkeys(("draw", "note", "log"), 0.0)

    def __enter__(self) -> "Teller":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        with self._lock:
            self._bar.clear()
            self._note.put(JobNote("", "", time.time(), "ended"))

    def __call__(self, path: str, progress: FetchProgress) -> None:
        """Tell how far the file of a path is."""
        with self._lock:
            words = words_of(progress)
            name = as_text(os.path.basename(path))
            if progress.doing == "done":
                self._had += 1
                self._bar.clear()
                print(f"{name}: {words}", file=sys.stderr, flush=True)
            if self._is_due("draw", DRAW_EVERY_S):
                self._bar.draw(name, progress.bytes, progress.of or progress.bytes, words)
            if self._is_due("note", NOTE_EVERY_S):
                self._put(path, f"{words} ({self._count()})")
            if self._is_due("log", LOG_EVERY_S):
                _log.info("%s: %s", path, words)

    def had(self, path: str) -> None:
        """Count a file of a batch that is there: of so many, no line each."""
        with self._lock:
            self._had += 1
            words = self._count()
            if self._is_due("draw", DRAW_EVERY_S):
                self._bar.draw("fetch", self._had, self._files, words)
            if self._is_due("note", NOTE_EVERY_S):
                self._put(path, words)
            if self._is_due("log", LOG_EVERY_S):
                _log.info("%s", words)

    def _is_due(self, what: str, every_s: float) -> bool:
        now = time.monotonic()
        if now < self._next[what]:
            return False
        self._next[what] = now + every_s
        return True

    def _count(self) -> str:
        return f"{self._had:,} of {self._files:,} files"

    def _put(self, path: str, words: str) -> None:
        self._note.put(JobNote(path, words, time.time(), "running"))
