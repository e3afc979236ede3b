"""Sparse members of a tar: what was left out of them is zeros again when they are read.

There are four ways to say where the holes are, GNU's old one and three of pax headers; the standard library knows all.
"""

import tarfile
from bisect import bisect_right
from dataclasses import dataclass
from typing import Any

from workflow_scripts.media.content import Content, Window
from workflow_scripts.media.limits import IN_MEMORY_BYTES
from workflow_scripts.media.media import Media, MediaError
from workflow_scripts.media.opened import Opened


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


def holes(archive: Opened, start: int) -> Holes:
    """Where a member has holes, by the headers that begin at a byte of the tar.

    Raises:
        MediaError: they do not tell.
    """
    try:
        with archive.as_file() as file:
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


class Holed:
    """The bytes of a sparse member, its holes among them."""

    def __init__(self, archive: Opened, member: Holes, media: Media) -> None:
        self._archive, self._member, self._media = archive, member, media

    def fill(self, view: memoryview, place: int) -> int:
        """Put bytes from a place there; how many these are.

        Raises:
            MediaError: the archive was changed.
        """
        view[:] = bytes(len(view))
        stretches, stop = self._member.stretches, place + len(view)
        for first, length, lies in stretches[max(0, bisect_right(stretches, (place, 1 << 63)) - 1) :]:
            if first >= stop:
                break
            begin, end = max(first, place), min(first + length, stop)
            if begin < end:
                got = self._archive.fill(view[begin - place : end - place], lies + begin - first)
                if got < end - begin:  # the tar ends there
                    return begin - place + got
        self._archive.refuse_changed(self._media, "while it was read")
        return len(view)


def sparse_content(archive: Opened, media: Media) -> Content:
    """The bytes of a sparse member, its holes among them; of one that is cut those before the cut.

    Raises:
        MediaError: its headers do not tell where its holes are.
    """
    member = holes(archive, media.offset or 0)
    size, end = member.size, archive.size()
    for first, length, lies in member.stretches:
        if lies + length > end:
            size = first + max(0, end - lies)
            break
    raw = Window(Holed(archive, member, media), 0, size)
    if size > IN_MEMORY_BYTES:
        return Content(raw, size)
    data = bytearray(size)
    raw.readinto(data)
    if raw.failure:
        raise raw.failure
    return Content.of(bytes(data))
