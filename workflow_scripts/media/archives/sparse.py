"""Sparse members of a tar: what was left out of them is zeros again when they are read.

There are four ways to say where the holes are, GNU's old one and three of pax headers; the standard library knows all.
"""

import os
import tarfile
from bisect import bisect_right
from dataclasses import dataclass
from typing import Any

from workflow_scripts.media.archives.stretch import refuse_changed
from workflow_scripts.media.content import Content, Window
from workflow_scripts.media.limits import IN_MEMORY_BYTES
from workflow_scripts.media.media import Media, MediaError


@dataclass(frozen=True, slots=True)
class Holes:
    """A member that has holes.

    Attributes:
        size: bytes that it has with its holes.
        stretches: where it has bytes: the first, how many, and where they lie in the tar; in their order.
    """

    size: int
    stretches: list[tuple[int, int, int]]

    @property
    def stored(self) -> int:
        """Bytes that it takes in the tar."""
        return sum(length for _, length, _ in self.stretches)


def holes(descriptor: int, start: int) -> Holes:
    """Where a member has holes, by the headers that begin at a byte of the tar.

    Raises:
        MediaError: they do not tell.
    """
    try:
        with os.fdopen(os.dup(descriptor), "rb") as file:
            file.seek(start)
            member: Any = tarfile.TarFile(fileobj=file, encoding="utf-8", errors="surrogateescape").next()
    except (tarfile.TarError, ValueError, IndexError, OverflowError, EOFError) as error:
        raise MediaError("corrupt", f"a sparse file whose map cannot be read: {error}") from None
    if member is None or member.sparse is None:
        raise MediaError("corrupt", "a sparse file without a map of its holes")
    stretches: list[tuple[int, int, int]] = []
    place, end = member.offset_data, 0
    said: list[tuple[int, int]] = [one for one in member.sparse if one[1]]  # others only fill the header up
    for first, length in said:
        if not end <= first <= first + length <= member.size:
            raise MediaError("corrupt", "a sparse file whose map is in disorder")
        stretches.append((first, length, place))
        place, end = place + length, first + length
    return Holes(member.size, stretches)


class Holed(Window):
    """A stretch of a sparse member."""

    def __init__(self, descriptor: int, member: Holes, media: Media, start: int, size: int) -> None:
        super().__init__(descriptor, start, size)
        self._member, self._media = member, media

    def part(self, start: int, size: int) -> "Holed":
        """A stretch of it."""
        return Holed(self._descriptor, self._member, self._media, self._start + start, size)

    def _fill(self, view: memoryview, place: int) -> int:
        view[:] = bytes(len(view))
        stretches, stop = self._member.stretches, place + len(view)
        for first, length, lies in stretches[max(0, bisect_right(stretches, (place, 1 << 63)) - 1) :]:
            if first >= stop:
                break
            begin, end = max(first, place), min(first + length, stop)
            if begin < end:
                got = os.preadv(self._descriptor, [view[begin - place : end - place]], lies + begin - first)
                if got < end - begin:  # the tar ends there
                    return begin - place + got
        try:
            refuse_changed(self._descriptor, self._media, "while it was read")
        except MediaError as error:
            self.failure = error
            return 0
        return len(view)


def sparse_content(descriptor: int, media: Media) -> Content:
    """The bytes of a sparse member, its holes among them; of one that is cut those before the cut.

    Raises:
        MediaError: its headers do not tell where its holes are.
    """
    member = holes(descriptor, media.offset or 0)
    size, end = member.size, os.fstat(descriptor).st_size
    for first, length, lies in member.stretches:
        if lies + length > end:
            size = first + max(0, end - lies)
            break
    raw = Holed(descriptor, member, media, 0, size)
    if size > IN_MEMORY_BYTES:
        return Content(raw, size)
    data = bytearray(size)
    raw.readinto(data)
    if raw.failure:
        raise raw.failure
    return Content.of(bytes(data))
