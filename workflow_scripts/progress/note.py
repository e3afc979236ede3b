"""What a job says of itself while it runs, in a file for `make status`."""

import contextlib
import json
import logging
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeVar

Said = TypeVar("Said")

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class JobNote:
    """What a job says of itself at one moment that is asked for no numbers.

    Attributes:
        of: what it is at: a file that it fetches, a place that it sends to.
        words: how far that is.
        updated: when it said this, seconds since 1970.
        state: running, or ended; whether that went well its table tells.
    """

    of: str
    words: str
    updated: float
    state: str


class NoteFile:
    """Where a job keeps its note. Nothing that goes wrong with it, such as a full disk, disturbs the job."""

    def __init__(self, path: Path) -> None:
        """Take the place; it is written to when something is put there."""
        self._path = path
        self._is_swept = self._cannot_write = False

    def put(self, note: Any) -> None:
        """Replace the note by another, a dataclass; not synced to disk, as it is worth nothing after a crash."""
        if not self._is_swept:
            self._sweep()
            self._is_swept = True
        part = self._path.with_name(f".{self._path.name}.{os.getpid()}.part")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            part.write_text(json.dumps(asdict(note)), encoding="utf-8")
            os.replace(part, self._path)
        except OSError as error:
            self._sweep()
            if not self._cannot_write:
                _log.warning("%s: progress cannot be noted, the job goes on: %s", self._path, error)
            self._cannot_write = True

    def _sweep(self) -> None:
        """Remove what a killed job of this name, or a full disk, left beside the note."""
        with contextlib.suppress(OSError):
            for left in self._path.parent.glob(f".{self._path.name}.*.part"):
                left.unlink(missing_ok=True)


def read_note(path: Path, kind: type[Said]) -> Said | None:
    """The note of a job; none if there is no job, or its note is none of this version."""
    try:
        return kind(**json.loads(path.read_bytes()))
    except (OSError, ValueError, TypeError):
        return None
