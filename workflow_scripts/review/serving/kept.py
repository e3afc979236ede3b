"""The file of verdicts: read, merged and written whole, whoever else writes it meanwhile."""

import contextlib
import fcntl
import os
import shutil
import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from workflow_scripts.errors import SoundledgerError
from workflow_scripts.processes import NO_LOCKS
from workflow_scripts.review.serving.rows import Row, as_csv, from_csv, merged
from workflow_scripts.tables.files import whole

WAITS_S = 30.0
"""For another server that writes the same file."""
TRIES = 20


class BusyError(SoundledgerError):
    """Somebody else writes the file, and does not end."""


class KeptReviews:
    """The CSV that verdicts are kept in.

    Attributes:
        file: where it lies, all links followed: it is what they lead to that is replaced.
    """

    def __init__(self, file: Path) -> None:
        self.file = Path(os.path.realpath(file))
        self._in_process = threading.Lock()

    def rows(self) -> list[Row]:
        """What it holds; nothing if it is not there.

        Raises:
            RowsError: it holds what no server wrote.
            OSError: it cannot be read.
        """
        try:
            return from_csv(self.file.read_bytes(), str(self.file))
        except FileNotFoundError:
            return []

    def add(self, rows: Iterable[Row]) -> None:
        """Merge rows into it, all or none.

        Raises:
            RowsError: it holds what no server wrote, and is left as it is.
            BusyError: others write it, and do not end.
            OSError: it cannot be written; it is as before.
        """
        more = list(rows)
        with self._in_process, self._locked():
            for _ in range(TRIES):
                if self._add(more):
                    return
        raise BusyError(f"{self.file}: changes again and again while it is written; nothing was saved")

    def _add(self, more: list[Row]) -> bool:
        """Whether the file was the same until its place was taken: an editor knows no lock."""
        before = self._state()
        content = as_csv(merged(self.rows(), more))
        with contextlib.suppress(_ChangedError), whole(self.file) as part:
            part.write_bytes(content)
            if before is not None:
                shutil.copymode(self.file, part)
            if self._state() != before:
                raise _ChangedError
            return True
        return False

    def _state(self) -> tuple[int, int, int] | None:
        try:
            now = self.file.stat()
        except FileNotFoundError:
            return None
        return (now.st_ino, now.st_size, now.st_mtime_ns)

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        """Keep other servers out; the lock ends with this process, however it ends."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        lock = os.open(self.file.with_name(f".{self.file.name}.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        try:
            self._wait_for(lock)
            yield
        finally:
            os.close(lock)

    def _wait_for(self, lock: int) -> None:
        until = time.monotonic() + WAITS_S
        while True:
            try:
                return fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > until:
                    raise BusyError(f"{self.file}: another server has been writing it for {WAITS_S:.0f} s") from None
                time.sleep(0.01)
            except OSError as error:
                if error.errno not in NO_LOCKS:
                    raise
                return None  # the look before the rename has to do


class _ChangedError(Exception):
    """The file is another than the one that was read."""
