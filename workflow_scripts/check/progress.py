"""How far the check of a shard is: a bar on the terminal, lines in its log, a note beside the log for `make status`."""

import logging
import threading
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Literal

from workflow_scripts.progress.bar import Bar
from workflow_scripts.progress.note import NoteFile
from workflow_scripts.progress.words import duration

DRAW_EVERY_S = 0.5
NOTE_EVERY_S = 5.0
LOG_EVERY_S = 30.0

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Note:
    """What one check job says of itself at one moment.

    Attributes:
        name: of the shard.
        total: media that it has to look at; those whose rows are kept as they stand are not among them.
        done: how many of them it has looked at.
        faults: how many of these have a fault, by its kind.
        started: when it began, seconds since 1970.
        updated: when it said this, seconds since 1970. A job that lives says it anew every few seconds.
        state: running; finished with all of its media; or stopped before that, by an error.
    """

    name: str
    total: int
    done: int
    faults: dict[str, int]
    started: float
    updated: float
    state: Literal["running", "finished", "stopped"]

    @property
    def rate(self) -> float:
        """Media a second so far, 0 if there is nothing to tell it by."""
        return self.done / max(self.updated - self.started, 1e-3)

    def __str__(self) -> str:
        faults = sum(self.faults.values())
        return (
            f"{self.done:,} of {self.total:,} files, {self.rate:,.1f} files/s, "
            f"{faults:,} fault{'' if faults == 1 else 's'}, {time_left(self.total - self.done, self.rate)}"
        )


def time_left(files: int, rate: float) -> str:
    """How long so many files will take at a rate.

    >>> time_left(2_800, 45.1), time_left(2_800, 0)
    ('62 s left', 'time left unknown')
    """
    if files > 0 and not rate:
        return "time left unknown"
    return f"{duration(max(files, 0) / rate if rate else 0)} left"


class Progress:
    """Tells how far a check job is, for as long as it is entered.

    A thread of its own does the telling, so that a job that waits minutes for one long recording is not taken for dead.
    """

    def __init__(self, name: str, total: int, note: Path) -> None:
        """Take the name to show, the number of media to look at, and where to keep the note."""
        self._name = name
        self._total = total
        self._note = NoteFile(note)
        self._done = 0
        self._faults: Counter[str] = Counter()
        self._counting = threading.Lock()
        self._ended = threading.Event()
        self._teller = threading.Thread(target=self._keep_telling, name="progress", daemon=True)
        self._bar = Bar()

    def __enter__(self) -> "Progress":
        self._started, self._since = time.time(), time.monotonic()
        self._note.put(self._now("running"))
        self._teller.start()
        return self

    def add(self, error_kind: str | None) -> None:
        """Count one more media that has been looked at, with the kind of its fault if it has one."""
        with self._counting:
            self._done += 1
            if error_kind is not None:
                self._faults[error_kind] += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._teller.join()
        self._bar.clear()
        self._note.put(self._now("stopped" if kind else "finished"))

    def _keep_telling(self) -> None:
        next_note = self._since + NOTE_EVERY_S
        next_line = self._since + LOG_EVERY_S
        while not self._ended.wait(DRAW_EVERY_S):
            note, now = self._now("running"), time.monotonic()
            self._bar.draw(note.name, note.done, note.total, str(note))
            if now >= next_note:
                self._note.put(note)
                next_note = now + NOTE_EVERY_S
            if now >= next_line:
                _log.info("%s: %s", note.name, note)
                next_line = now + LOG_EVERY_S

    def _now(self, state: Literal["running", "finished", "stopped"]) -> Note:
        with self._counting:
            done, faults = self._done, dict(self._faults)
        updated = self._started + time.monotonic() - self._since
        return Note(self._name, self._total, done, faults, self._started, updated, state)
