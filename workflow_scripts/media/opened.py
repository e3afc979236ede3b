"""A file that is open, wherever it lies: on disk, or at an address."""

import contextlib
import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import BinaryIO, Protocol

from workflow_scripts.media.addresses import is_address
from workflow_scripts.media.media import Media, MediaError, changed_at


class Fills(Protocol):
    """Bytes that can be read from any place."""

    def fill(self, view: memoryview, start: int) -> int:
        """Put bytes from a place there; how many these are."""


class Opened(Fills, Protocol):
    """A file that is open, and may become another one meanwhile.

    What cannot be read is an OSError, with ESTALE where it is known that it has become another one.
    """

    def size(self) -> int:
        """Bytes that it has now."""

    def read_at(self, start: int, count: int) -> bytes:
        """So many bytes from a place; fewer at its end, or where its filesystem gives no more."""

    def expect(self, spans: Iterable[tuple[int, int]]) -> None:
        """Say which bytes will be read, all of them and in rising order: each from the first to before the last."""

    def stay_within(self, start: int, stop: int) -> None:
        """Say that what is read next lies between two places, all of it or a little."""

    def as_file(self) -> BinaryIO:
        """For who wants a file; to be closed by itself."""

    def refuse_changed(self, media: Media, when: str) -> None:
        """Nothing is read of another file than the one that was listed, or of another archive.

        Raises:
            MediaError: it is.
        """


class OnDisk:
    """A regular file, by its descriptor."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def size(self) -> int:
        """Bytes that it has now."""
        return os.fstat(self._descriptor).st_size

    def read_at(self, start: int, count: int) -> bytes:
        """So many bytes from a place."""
        return os.pread(self._descriptor, count, start)

    def fill(self, view: memoryview, start: int) -> int:
        """Put bytes from a place there."""
        return os.preadv(self._descriptor, [view], start)

    def expect(self, spans: Iterable[tuple[int, int]]) -> None:
        """The system reads ahead by itself."""

    def stay_within(self, start: int, stop: int) -> None:
        """Likewise."""

    def as_file(self) -> BinaryIO:
        """A file of its own."""
        return os.fdopen(os.dup(self._descriptor), "rb")

    def refuse_changed(self, media: Media, when: str) -> None:
        """Of an archive the size may be another than that of its member."""
        now = os.fstat(self._descriptor)
        is_file = media.member is None
        if now.st_nlink == 0:
            its = "" if is_file else "its archive was "
            raise MediaError("changed", f"{its}deleted or replaced {when}; the next run looks again")
        if is_file and (now.st_size, changed_at(now)) != (media.bytes, media.mtime_ns):
            raise MediaError(
                "changed",
                f"{now.st_size:,} bytes instead of {media.bytes:,}, or another time of change, {when}; "
                "the next run looks again",
            )
        if not is_file and changed_at(now) != media.mtime_ns:
            raise MediaError("changed", f"its archive has another time of change {when}; the next run looks again")


@contextmanager
def opened(path: str, size: int | None = None, mtime_ns: int | None = None) -> Iterator[Opened]:
    """A regular file, or what lies at an address.

    Args:
        path: of it.
        size: that it had when it was listed, where that is known: at an address nobody has to be asked.
        mtime_ns: its time of change then.

    Raises:
        MediaError: it is gone, or is no regular file (a pipe would block for ever).
    """
    if is_address(path):
        from workflow_scripts.media.remote.ahead import at_address

        with contextlib.closing(at_address(path, size, mtime_ns)) as there:
            yield there
        return
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        kind = "vanished" if isinstance(error, FileNotFoundError) else "not_openable"
        raise MediaError(kind, f"cannot be opened: {error.strerror}") from None
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise MediaError("not_a_file", "no regular file")
        yield OnDisk(descriptor)
    finally:
        os.close(descriptor)


def will_read(medias: Sequence[Media]) -> None:
    """Say which loose files of one root will be opened, and read as a whole, in this order."""
    if medias and is_address(medias[0].path):
        from workflow_scripts.media.remote.ahead import will_read

        will_read(medias)


def as_it_is(path: str) -> Media:
    """A loose file, or an archive, as a scan would list it now.

    Raises:
        OSError: it cannot be had.
    """
    if is_address(path):
        from workflow_scripts.media.remote.reading import as_it_is

        return as_it_is(path)
    seen = os.stat(path)
    return Media(path, None, seen.st_size, changed_at(seen))
