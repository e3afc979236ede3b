"""A file on its way: what came of it, beside its final name.

`.<name>.fetching` holds the bytes, each at its own place; notes beside it (`notes.py`) tell which are there, and of
what. Whoever writes holds a lock on the former, which ends with its process, however that ends.
"""

import contextlib
import hashlib
import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from workflow_scripts.fetch.addresses import mark_of_query, without_secrets
from workflow_scripts.fetch.answers import Version
from workflow_scripts.fetch.beside import part_name
from workflow_scripts.fetch.disk import full_disk_told
from workflow_scripts.fetch.notes import PartNote, PartNotes
from workflow_scripts.fetch.stretches import Stretches
from workflow_scripts.processes import lock

NOTED_EVERY = 2 << 20
"""Bytes after which what came is written down: a kill loses no more, and what was on its way."""
SYNCED_EVERY_S = 15.0
"""After which what came is synced to the disk: when the power fails, what came since is fetched again."""


class PartFile:
    """What came of a file. `write` may be called from several threads.

    Attributes:
        to: its final name.
        version: of the file that these are bytes of; None if there are none yet.
        has_ranges: its server gives parts.
    """

    def __init__(self, to: Path, path: Path, descriptor: int) -> None:
        self.to, self._path, self._descriptor = to, path, descriptor
        self._notes = PartNotes(path)
        self._written, self._unnoted = Stretches(), 0
        self._counts, self._writes_note, self._syncs = threading.Lock(), threading.Lock(), threading.Lock()
        self._synced_at = time.monotonic()
        self.version: Version | None = None
        self.has_ranges = False
        self._address, self._query, self._digest = "", "", None  # type: str, str, str | None

    @property
    def path(self) -> Path:
        """Where the bytes are."""
        return self._path

    @property
    def descriptor(self) -> int:
        """Of the open file that the bytes are in."""
        return self._descriptor

    @property
    def has_digest(self) -> bool:
        """Whether it will be held against one."""
        return self._digest is not None

    @property
    def came(self) -> int:
        """Bytes of it that are there."""
        with self._counts:
            return self._written.bytes

    def missing(self, most: int) -> list[tuple[int, int]]:
        """What is missing, in pieces of at most so many bytes; its size is known."""
        assert self.version is not None
        assert self.version.bytes is not None
        return self.missing_in(0, self.version.bytes, most)

    def missing_in(self, start: int, end: int, most: int) -> list[tuple[int, int]]:
        """The same of one stretch."""
        with self._counts:
            return [(max(at, start), before) for at, before in self._written.missing(end, most) if before > start]

    def take_up(self, address: str, digest: str | None) -> str | None:
        """Go on with what an earlier process left.

        Addresses that differ in their query alone may be of two files, or of one that was signed anew: where a digest
        was published, that tells in the end; else it starts over.

        Args:
            address: that it has to be of.
            digest: that it has to be of; None if none is known.

        Returns:
            Why what it left does not serve; None if it does, or if it left nothing.
        """
        self._address, self._query, self._digest = without_secrets(address), mark_of_query(address), digest
        size = os.fstat(self._descriptor).st_size
        left = self._notes.read() if size else None
        if left is None:
            why = "nothing is known of what was fetched before" if size else None
        elif (left.address, left.digest) != (self._address, digest):
            why = "what was fetched before is of another address or digest"
        elif left.query != self._query and digest is None:
            why = "what was fetched before is of another address: its query was another"
        elif not left.has_ranges:
            why = "the connection broke, and the server gives no parts"
        elif not left.version.tells_changes and digest is None:
            why = "the server does not tell one version of the file from another"
        elif left.ends_at > size:
            why = "what was fetched before was cut"
        else:
            self.version, self.has_ranges, self._written = left.version, True, Stretches(left.there)
            return None
        self.restart()
        return why

    def begin(self, version: Version, *, has_ranges: bool) -> None:
        """The bytes that come now are of this version."""
        self.version, self.has_ranges = version, has_ranges

    def restart(self) -> None:
        """Nothing that came counts."""
        with self._syncs, self._writes_note, self._counts:
            self._notes.remove()
            os.ftruncate(self._descriptor, 0)
            self._written, self._unnoted, self.version, self.has_ranges = Stretches(), 0, None, False

    def write(self, at: int, block: bytes) -> None:
        """Write bytes to their place.

        Raises:
            FetchError: the disk is full.
        """
        with full_disk_told(self.to):
            left, there = memoryview(block), at
            while left:
                count = os.pwrite(self._descriptor, left, there)
                left, there = left[count:], there + count
            with self._counts:
                self._written.add(at, there)
                self._unnoted += len(block)
                is_due = self._unnoted >= NOTED_EVERY
            if is_due:
                self._write_note()
            if time.monotonic() - self._synced_at > SYNCED_EVERY_S and self._syncs.acquire(blocking=False):
                try:
                    self._sync()
                finally:
                    self._syncs.release()

    def keep(self) -> None:
        """Have all that came on the disk for good, and noted, for another process."""
        with self._syncs:
            self._sync()

    def publish(self) -> None:
        """Give it its final name: whole, its bytes on the disk for good. There is no file of that name.

        The name is there for good once its folder is synced: `sync_folder`. The file has the time of change that its
        server tells, so that whoever fetches it has the same file.
        """
        if self.version and self.version.changed_s is not None:
            os.utime(self._descriptor, (self.version.changed_s, self.version.changed_s))
        with full_disk_told(self.to):
            os.fsync(self._descriptor)
        os.replace(self._path, self.to)
        self._notes.remove()

    def give_up(self) -> None:
        """Leave nothing behind."""
        self._notes.remove()
        self._path.unlink(missing_ok=True)

    def _write_note(self) -> None:
        """Write down what came; one thread at a time, so that a newer note is not followed by an older one."""
        with self._writes_note:
            if (note := self._note()) is not None:
                self._notes.write(note, is_synced=False)

    def _sync(self) -> None:
        note = self._note()
        os.fdatasync(self._descriptor)
        self._synced_at = time.monotonic()
        if note is not None:
            with self._writes_note:
                self._notes.write(note, is_synced=True)

    def _note(self) -> PartNote | None:
        with self._counts:
            self._unnoted = 0
            if self.version is None or not self._written.bytes:
                return None
            there = tuple(self._written)
            return PartNote(self._address, self._query, self._digest, self.version, self.has_ranges, there)


@contextlib.contextmanager
def part_of(to: Path, waits: Callable[[], None]) -> Iterator[PartFile]:
    """The part of a file that is to be, for this process alone. What came of it is kept, whatever happens.

    Args:
        to: its final name.
        waits: called once if another process is fetching it, whose end is waited for.
    """
    to.parent.mkdir(parents=True, exist_ok=True)
    path = to.with_name(part_name(to.name))
    descriptor = locked(path, waits)
    part = PartFile(to, path, descriptor)
    try:
        yield part
    except BaseException:
        with contextlib.suppress(OSError):  # what is noted already holds
            if part.came:
                part.keep()
            else:
                part.give_up()
        raise
    finally:
        os.close(descriptor)


def digests_of(path: Path, algorithms: set[str]) -> dict[str, str]:
    """Digests of a file, by algorithm, read once and in bounded memory."""
    hashes = {algorithm: hashlib.new(algorithm, usedforsecurity=False) for algorithm in sorted(algorithms)}
    with path.open("rb", buffering=0) as file:
        block = memoryview(
            bytearray(min(1 << 20, os.fstat(file.fileno()).st_size + 1))
        )  # of a small file not a megabyte
        while count := file.readinto(block):
            for one in hashes.values():
                one.update(block[:count])
    return {algorithm: one.hexdigest() for algorithm, one in hashes.items()}


def locked(path: Path, waits: Callable[[], None]) -> int:
    """Open a part and lock it. While another held the lock, it may have given the part its final name: then anew.

    Args:
        path: of it; made if it is not there.
        waits: called once if another process has it, whose end is waited for.

    Returns:
        The descriptor; to close it ends the lock.
    """
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            lock(descriptor, waits)
            if os.path.samestat(os.fstat(descriptor), os.stat(path)):
                return descriptor
        except FileNotFoundError:
            pass
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)


def sync_folder(folder: Path) -> None:
    """Have the names of the files in a folder on the disk for good."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
