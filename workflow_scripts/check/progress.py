"""How far the check of a shard is: a bar on the terminal, lines in its log, a note beside the log for `make status`."""

import contextlib
import json
import logging
import os
import threading
import time
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Literal

from workflow_scripts.check.bar import Bar

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


def duration(seconds: float) -> str:
    """Seconds in the two units that matter.

    >>> duration(62), duration(720), duration(12_000), duration(200_000)
    ('62 s', '12 min', '3 h 20 min', '2 d 8 h')
    """
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    if minutes < 90:
        return f"{minutes} min"
    if minutes < 48 * 60:
        return f"{minutes // 60} h {minutes % 60} min"
    hours = round(minutes / 60)
    return f"{hours // 24} d {hours % 24} h"


def read_note(path: Path) -> Note | None:
    """The note of a job; none if there is no job, or its note is none of this version."""
    try:
        return Note(**json.loads(path.read_bytes()))
    except (FileNotFoundError, ValueError, TypeError):
        return None


class Progress:
    """Tells how far a check job is, for as long as it is entered.

    A thread of its own does the telling, so that a job that waits minutes for one long recording is not taken for dead.
    Nothing that goes wrong with it, such as a full disk, disturbs the job.
    """

    def __init__(self, name: str, total: int, note: Path) -> None:
        """Take the name to show, the number of media to look at, and where to keep the note."""
        self._name = name
        self._total = total
        self._path = note
        self._done = 0
        self._faults: Counter[str] = Counter()
        self._counting = threading.Lock()
        self._ended = threading.Event()
        self._teller = threading.Thread(target=self._keep_telling, name="progress", daemon=True)
        self._bar = Bar()
        self._cannot_write = False

    def __enter__(self) -> "Progress":
        self._started, self._since = time.time(), time.monotonic()
        self._sweep()
        self._write(self._now("running"))
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
        self._write(self._now("stopped" if kind else "finished"))

    def _keep_telling(self) -> None:
        next_note = self._since + NOTE_EVERY_S
        next_line = self._since + LOG_EVERY_S
        while not self._ended.wait(DRAW_EVERY_S):
            note, now = self._now("running"), time.monotonic()
            self._bar.draw(note.name, note.done, note.total, str(note))
            if now >= next_note:
                self._write(note)
                next_note = now + NOTE_EVERY_S
            if now >= next_line:
                _log.info("%s: %s", note.name, note)
                next_line = now + LOG_EVERY_S

    def _now(self, state: Literal["running", "finished", "stopped"]) -> Note:
        with self._counting:
            done, faults = self._done, dict(self._faults)
        updated = self._started + time.monotonic() - self._since
        return Note(self._name, self._total, done, faults, self._started, updated, state)

    def _write(self, note: Note) -> None:
        """Replace the note; not synced to disk, as it is worth nothing after a crash."""
        part = self._path.with_name(f".{self._path.name}.{os.getpid()}.part")
        try:
            part.write_text(json.dumps(asdict(note)), encoding="utf-8")
            os.replace(part, self._path)
        except OSError as error:
            self._sweep()
            if not self._cannot_write:
                _log.warning("%s: progress cannot be noted, the check goes on: %s", self._path, error)
            self._cannot_write = True

    def _sweep(self) -> None:
        """Remove what a killed job of this shard, or a full disk, left beside the note."""
        with contextlib.suppress(OSError):
            for left in self._path.parent.glob(f".{self._path.name}.*.part"):
                left.unlink(missing_ok=True)
