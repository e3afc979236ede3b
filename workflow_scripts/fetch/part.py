"""A file on its way: what came of it, beside its final name, and a note of what that is.

`.<name>.fetching` holds the bytes, each at its own place; `.<name>.fetching.json` says which of them are on the disk
for good, and of which version. Whoever writes holds a lock on the former, which ends with its process, however that
ends.
"""

import contextlib
import errno
import fcntl
import hashlib
import json
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from workflow_scripts.fetch.addresses import without_secrets
from workflow_scripts.fetch.answers import Version
from workflow_scripts.fetch.disk import full_disk_told
from workflow_scripts.fetch.stretches import Stretches

KEPT_EVERY = 4 << 20
"""Bytes after which what came is kept for good. A kill loses up to twice as many, and what is on its way."""
_LONGEST_NAME = 200
_NO_LOCKS = (errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP)


class PartFile:
    """What came of a file. `write` may be called from several threads.

    Attributes:
        version: of the file that these are bytes of; None if there are none yet.
        has_ranges: its server gives parts.
    """

    def __init__(self, path: Path, descriptor: int) -> None:
        self._path, self._descriptor = path, descriptor
        self._note = path.with_name(f"{path.name}.json")
        self._written, self._unkept = Stretches(), 0
        self._counts, self._keeps = threading.Lock(), threading.Lock()
        self.version: Version | None = None
        self.has_ranges = False
        self._of: dict[str, Any] = {}

    @property
    def path(self) -> Path:
        """Where the bytes are."""
        return self._path

    @property
    def descriptor(self) -> int:
        """Of the open file that the bytes are in."""
        return self._descriptor

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

        Args:
            address: that it has to be of.
            digest: that it has to be of; None if none is known.

        Returns:
            Why what it left does not serve; None if it does, or if it left nothing.
        """
        self._of = {"address": without_secrets(address), "digest": digest}
        left = self._left()
        if left is None:
            if not os.fstat(self._descriptor).st_size:
                return None
            self.restart()
            return "nothing is known of what was fetched before"
        version, why = Version(**left["version"]), None
        if {key: left[key] for key in self._of} != self._of:
            why = "what was fetched before is of another address or digest"
        elif not left["has_ranges"]:
            why = "its server gives no parts"
        elif not version.tells_changes and digest is None:
            why = "its server does not tell one version from another"
        if why is None:
            self.version, self.has_ranges = version, True
            self._written = Stretches(map(tuple, left["there"]))
        else:
            self.restart()
        return why

    def begin(self, version: Version, *, has_ranges: bool) -> None:
        """The bytes that come now are of this version."""
        self.version, self.has_ranges = version, has_ranges

    def restart(self) -> None:
        """Nothing that came counts."""
        with self._keeps, self._counts:
            self._note.unlink(missing_ok=True)
            os.ftruncate(self._descriptor, 0)
            self._written, self._unkept, self.version, self.has_ranges = Stretches(), 0, None, False

    def write(self, at: int, block: bytes) -> None:
        """Write bytes to their place.

        Raises:
            FetchError: the disk is full.
        """
        with full_disk_told(self._path):
            left, there = memoryview(block), at
            while left:
                count = os.pwrite(self._descriptor, left, there)
                left, there = left[count:], there + count
        with self._counts:
            self._written.add(at, there)
            self._unkept += len(block)
            is_due = self._unkept >= KEPT_EVERY
        if is_due:
            self.keep()

    def keep(self) -> None:
        """Have what came on the disk for good, and noted."""
        with self._keeps:
            with self._counts:
                there, count = list(self._written), self._unkept
            if not count or self.version is None:
                return
            with full_disk_told(self._path):
                os.fdatasync(self._descriptor)
                self._write_note(there)
            with self._counts:
                self._unkept -= count

    def publish(self, to: Path) -> None:
        """Give it its final name: whole, and on the disk for good. There is no file of that name."""
        with full_disk_told(self._path):
            os.fsync(self._descriptor)
        os.replace(self._path, to)
        self._note.unlink(missing_ok=True)
        _sync_folder(to.parent)

    def give_up(self) -> None:
        """Leave nothing behind."""
        self._note.unlink(missing_ok=True)
        self._path.unlink(missing_ok=True)

    def _left(self) -> dict[str, Any] | None:
        try:
            left = json.loads(self._note.read_bytes())
            Version(**left["version"])
            last = max((end for _, end in left["there"]), default=0)
            has = {*self._of, "there", "version", "has_ranges"} <= set(left)
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return left if has and last <= os.fstat(self._descriptor).st_size else None

    def _write_note(self, there: list[tuple[int, int]]) -> None:
        assert self.version is not None
        note = {**self._of, "version": asdict(self.version), "has_ranges": self.has_ranges, "there": there}
        new = self._note.with_name(f"{self._note.name}.new")
        with new.open("w") as file:
            file.write(json.dumps(note))
            file.flush()
            os.fsync(file.fileno())
        os.replace(new, self._note)


@contextlib.contextmanager
def part_of(to: Path, waits: Callable[[], None]) -> Iterator[PartFile]:
    """The part of a file that is to be, for this process alone. What came of it is kept, whatever happens.

    Args:
        to: its final name.
        waits: called once if another process is fetching it, whose end is waited for.
    """
    to.parent.mkdir(parents=True, exist_ok=True)
    path = _beside(to)
    descriptor = _locked(path, waits)
    part = PartFile(path, descriptor)
    try:
        yield part
        # nothing is left of it here: it has its final name, or was given up
    except BaseException:
        with contextlib.suppress(Exception):
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
    block = memoryview(bytearray(1 << 20))
    with path.open("rb", buffering=0) as file:
        while count := file.readinto(block):
            for one in hashes.values():
                one.update(block[:count])
    return {algorithm: one.hexdigest() for algorithm, one in hashes.items()}


def _beside(to: Path) -> Path:
    name = to.name
    if len(os.fsencode(name)) > _LONGEST_NAME:
        name = hashlib.sha256(os.fsencode(name)).hexdigest()
    return to.with_name(f".{name}.fetching")


def _locked(path: Path, waits: Callable[[], None]) -> int:
    """Open a part and lock it. While another held the lock, it may have given the part its final name: then anew."""
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            _lock(descriptor, waits)
            if os.path.samestat(os.fstat(descriptor), os.stat(path)):
                return descriptor
        except FileNotFoundError:
            pass
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)


def _lock(descriptor: int, waits: Callable[[], None]) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        waits()
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    except OSError as error:
        if error.errno not in _NO_LOCKS:  # there it is up to Snakemake, which starts one job a file
            raise


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
