"""Whether an Ogg file ends before its stream does: on a page that does not end the stream, or within a page.

Source: RFC 3533, section 6 (the page format).
"""

import struct
import zlib
from dataclasses import dataclass
from typing import BinaryIO

from workflow_scripts.sound.containers.places import read_at

CAPTURE = b"OggS"
HEADER_BYTES = 27
LARGEST_PAGE = HEADER_BYTES + 255 + 255 * 255
TAIL_BYTES = 2 * LARGEST_PAGE
"""How far back the last page is looked for: behind it, rubbish of at least one page's size may follow."""
LAST_OF_STREAM = 4
CHECKSUM = slice(22, 26)
MIRRORED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))
"""Each byte with its bits in reverse order."""


@dataclass(frozen=True)
class _Page:
    """A page, or the part of it that the file holds.

    Attributes:
        start: where it starts.
        end: where its segments end by its own account, None where even the header is cut.
        serial: the stream that it is of.
        is_last: whether it says that it ends its stream.
    """

    start: int
    end: int | None
    serial: int
    is_last: bool


def ends_early(file: BinaryIO, size: int) -> bool:
    """Whether the last page is cut, or does not end its stream.

    Rubbish behind the pages changes nothing, unless there is so much of it that no page is found in the file's tail;
    then there is nothing to tell by, and the answer is no. A bit that flips in the last page's flags or segment table
    can make a whole file look cut.
    """
    first = _page(read_at(file, size, 0, HEADER_BYTES + 255), 0)
    if first is None:
        return False
    tail = read_at(file, size, max(0, size - TAIL_BYTES), TAIL_BYTES)
    last = _last_page(tail, first.serial)
    return last is not None and (last.end is None or last.end > len(tail) or not last.is_last)


def _last_page(tail: bytes, first_serial: int) -> _Page | None:
    """The last page that is one: of the first stream, cut or not, or of another one and with a true checksum.

    A page that another stream (a chained one, RFC 3533 section 4) was cut in is passed over: its page before tells.
    """
    at = tail.rfind(CAPTURE)
    while at >= 0:
        page = _page(tail, at)
        if page is not None and (page.serial == first_serial or _is_whole_and_true(page, tail)):
            return page
        at = tail.rfind(CAPTURE, 0, at)
    return None


def _page(data: bytes, start: int) -> _Page | None:
    """The page at a place, None where there cannot be one; its serial must be there to be seen."""
    header = data[start : start + HEADER_BYTES]
    if len(header) < 18 or header[:4] != CAPTURE or header[4] != 0 or header[5] > 7:
        return None
    (serial,) = struct.unpack_from("<I", header, 14)
    table_end = start + HEADER_BYTES + (header[26] if len(header) == HEADER_BYTES else 0)
    is_whole = len(header) == HEADER_BYTES and table_end <= len(data)
    end = table_end + sum(data[start + HEADER_BYTES : table_end]) if is_whole else None
    return _Page(start, end, serial, bool(header[5] & LAST_OF_STREAM))


def _is_whole_and_true(page: _Page, tail: bytes) -> bool:
    """Whether the tail holds all of it, and the CRC-32, its own four bytes taken as zero, is what the page states."""
    if page.end is None or page.end > len(tail):
        return False
    held = tail[page.start : page.end]
    stated = int.from_bytes(held[CHECKSUM], "little")
    held = held[: CHECKSUM.start] + bytes(4) + held[CHECKSUM.stop :]
    # zlib has the same polynomial, but takes the lowest bit first, starts with ones, and inverts what it gives
    mirrored = zlib.crc32(held.translate(MIRRORED), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return int(f"{mirrored:032b}"[::-1], 2) == stated
