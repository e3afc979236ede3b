"""Deflated members, read where they lie: never unpacked onto disk, and only small ones into memory as a whole."""

import zlib
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from workflow_scripts.media.content import PIECE
from workflow_scripts.media.media import Media, MediaError
from workflow_scripts.media.opened import Opened

MARKS = 512
"""Places at most that a long member can be read on from, each of which holds what its inflater held there: 40 kB."""
BETWEEN_MARKS = 8 << 20
"""Bytes between two of them at least."""
LARGEST_RATIO = 1100
"""Deflate makes at most 1032 bytes of one."""


@dataclass(frozen=True, slots=True)
class _Mark:
    """A place that can be read on from, in unpacked bytes: the inflater, what it is fed next, what is left behind."""

    place: int
    inflater: Any
    fed: bytes
    left: int


class PackedMember:
    """The packed bytes of a member."""

    def __init__(self, archive: Opened, start: int, media: Media) -> None:
        self._archive, self._media = archive, media
        self._stop = start + (media.packed_bytes or 0)
        self._between = max(BETWEEN_MARKS, (media.bytes or 0) // MARKS)
        self._marks = [_Mark(0, zlib.decompressobj(-zlib.MAX_WBITS), b"", media.packed_bytes or 0)]
        self._take(self._marks[0])

    def pieces(self, is_whole: bool) -> Iterator[bytes]:
        """The member unpacked, from its beginning, and not a piece more than it says that it has.

        Args:
            is_whole: all its packed bytes are there; else what there is of them is unpacked.

        Raises:
            MediaError: it is not packed so, or says another size.
        """
        size, given = self._media.bytes or 0, 0
        while piece := self._next(PIECE):
            given += len(piece)
            if given > size:
                raise MediaError("corrupt", f"unpacks to more than the {size:,} bytes that it says")
            yield piece
        if is_whole and (given < size or not self._inflater.eof):
            raise MediaError("corrupt", f"unpacks to {given:,} bytes; it says {size:,}")

    def fill(self, view: memoryview, place: int) -> int:
        """Unpack bytes from a place on, from the last place before it that can be read on from; how many there were.

        Raises:
            MediaError: the archive was changed.
        """
        nearest = self._marks[bisect_right(self._marks, place, key=lambda mark: mark.place) - 1]
        if not nearest.place <= self._place <= place:
            self._take(nearest)
        while self._place < place:
            if not self._next(min(PIECE, place - self._place)):
                return 0
        filled = 0
        while filled < len(view) and (piece := self._next(min(PIECE, len(view) - filled))):
            view[filled : filled + len(piece)] = piece
            filled += len(piece)
        self._archive.refuse_changed(self._media, "while it was read")
        return filled

    def _take(self, mark: _Mark) -> None:
        self._place, self._inflater, self._fed, self._left = mark.place, mark.inflater.copy(), mark.fed, mark.left

    def _next(self, most: int) -> bytes:
        """The next bytes; none at the end, or where what there is of them ends."""
        while not self._inflater.eof:
            if not self._fed:
                self._fed = self._archive.read_at(self._stop - self._left, min(PIECE, self._left))
                self._left -= len(self._fed)
            was_fed = self._fed
            try:
                piece: bytes = self._inflater.decompress(was_fed, most)
            except zlib.error as error:
                raise MediaError("corrupt", f"cannot be unpacked: {error}") from None
            self._fed = self._inflater.unconsumed_tail
            if piece:
                self._place += len(piece)
                if self._place >= self._marks[-1].place + self._between:
                    self._marks.append(_Mark(self._place, self._inflater.copy(), self._fed, self._left))
                return piece
            if not was_fed:
                break
        return b""
