"""The bytes of one media, wherever they lie: small ones in memory, long ones read as they are asked for."""

import errno
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

import xxhash

from workflow_scripts.media.limits import IN_MEMORY_BYTES, MAX_FILE_BYTES
from workflow_scripts.media.media import Media, MediaError
from workflow_scripts.media.opened import Fills, Opened, opened

PIECE = 1 << 20
BUFFER = 1 << 16
"""What is read of a long media at once. Its head and its end are looked at more than once before it is decoded, and all
that is in a longer buffer would be read with them each time."""


class Content:
    """The bytes of a media.

    Attributes:
        file: to be read and sought in.
        size: number of bytes.
        is_overlaid: whether others are read than lie there.
    """

    def __init__(self, raw: "io.BytesIO | Window", size: int) -> None:
        self.size, self.is_overlaid = size, False
        self._raw = raw
        self.file: BinaryIO = raw if isinstance(raw, io.BytesIO) else io.BufferedReader(raw, BUFFER)

    @classmethod
    def of(cls, data: bytes) -> "Content":
        """Bytes that are in memory already."""
        return cls(io.BytesIO(data), len(data))

    @property
    def failure(self) -> MediaError | None:
        """Why bytes could not be read, if so. A decoder in C sees an early end instead."""
        return None if isinstance(self._raw, io.BytesIO) else self._raw.failure

    def stretch(self, start: int, end: int) -> "Content":
        """The bytes from start to before end as a content of their own, without what was laid over them."""
        if isinstance(self._raw, io.BytesIO):
            return Content.of(bytes(self._raw.getbuffer()[start:end]))
        return Content(self._raw.part(start, end - start), end - start)

    def overlay(self, offset: int, data: bytes) -> None:
        """From now on read these bytes at this place."""
        self.is_overlaid = True
        if isinstance(self._raw, io.BytesIO):
            self._raw.seek(offset)
            self._raw.write(data)
        else:
            self._raw.overlay = (offset, data)
            self.file.detach()  # type: ignore[attr-defined]  # its buffer holds what was there before
            self.file = io.BufferedReader(self._raw, BUFFER)

    def digest(self) -> str:
        """XXH3-128 of all bytes, in hex."""
        if isinstance(self.file, io.BytesIO):
            return xxhash.xxh3_128_hexdigest(self.file.getbuffer())
        digest = xxhash.xxh3_128()
        self.file.seek(0)
        while piece := self.file.read(PIECE):
            digest.update(piece)
        return digest.hexdigest()


class Window(io.RawIOBase):
    """Bytes start to start + size of an open file, as a file of its own."""

    def __init__(self, opened: Fills, start: int, size: int) -> None:
        self._opened, self._start, self._size, self._place = opened, start, size, 0
        self.overlay: tuple[int, bytes] | None = None
        self.failure: MediaError | None = None

    def part(self, start: int, size: int) -> "Window":
        """A stretch of it."""
        return Window(self._opened, self._start + start, size)

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go to a place; beyond the end nothing is read."""
        self._place = max(0, offset + {os.SEEK_SET: 0, os.SEEK_CUR: self._place, os.SEEK_END: self._size}[whence])
        return self._place

    def tell(self) -> int:
        """The place."""
        return self._place

    def readinto(self, buffer: "memoryview | bytearray") -> int:  # type: ignore[override]
        """Fill a buffer as far as there are bytes. What the disk refuses is an end; `failure` says why."""
        view = memoryview(buffer).cast("B")[: max(0, self._size - self._place)]
        try:
            got = self._opened.fill(view, self._start + self._place) if len(view) else 0
        except OSError as error:
            self.failure = not_read(error)
            return 0
        except MediaError as error:
            self.failure = error
            return 0
        self._lay_over(view[:got])
        self._place += got
        return got

    def _lay_over(self, view: memoryview) -> None:
        if self.overlay is None:
            return
        offset, data = self.overlay
        first, last = max(offset, self._place), min(offset + len(data), self._place + len(view))
        if first < last:
            view[first - self._place : last - self._place] = data[first - offset : last - offset]


@contextmanager
def file_content(media: Media) -> Iterator[Content]:
    """The bytes of a loose file, as long as it stays the file that was listed.

    Raises:
        MediaError: it cannot be opened or read, is too large, or has been changed since it was listed; also when it
            changes before the context is left.
    """
    with opened(media.path, media.bytes, media.mtime_ns) as file:
        file.refuse_changed(media, "since it was listed")
        size = media.bytes or 0
        refuse_too_large(size)
        yield window(file, 0, size)
        file.refuse_changed(media, "while it was read")


def window(file: Opened, start: int, size: int) -> Content:
    """A stretch of an open file: in memory if it is small."""
    if size <= IN_MEMORY_BYTES:
        try:
            data = file.read_at(start, size)
        except OSError as error:
            raise not_read(error) from None
        if len(data) < size:  # not an end: the size is known
            raise MediaError("io_error", f"the filesystem gave {len(data):,} of {size:,} bytes")
        return Content.of(data)
    file.stay_within(start, start + size)
    return Content(Window(file, start, size), size)


def not_read(error: OSError) -> MediaError:
    """Why bytes cannot be read of a file that was opened."""
    if error.errno == errno.ESTALE:
        return MediaError("changed", f"{error.strerror}; the next run looks again")
    return MediaError("vanished" if error.errno == errno.ENOENT else "io_error", f"cannot be read: {error.strerror}")


def refuse_too_large(size: int) -> None:
    """No more is read of a file, or of a member of an archive.

    Raises:
        MediaError: it is larger.
    """
    if size > MAX_FILE_BYTES:
        raise MediaError("too_large", f"{size:,} bytes; at most {MAX_FILE_BYTES:,} are read")
