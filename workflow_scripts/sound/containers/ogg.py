"""Pages of Ogg: whether a file ends before its stream does, on a page that does not end it or within one; their serial.

FFmpeg and libsndfile take a file without its last page for a shorter one; see ogg_links.

Source: RFC 3533, section 6 (the page format).
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from workflow_scripts.sound.containers.places import read_at

CAPTURE = b"OggS"
HEADER_BYTES = 27
LARGEST_PAGE = HEADER_BYTES + 255 + 255 * 255
TAIL_BYTES = 2 * LARGEST_PAGE
"""How far back the last page is looked for: behind it, rubbish of at least one page's size may follow."""
LAST_OF_STREAM = 4
CUT = "the Ogg stream has no last page"
"""What is said of one that ends early."""
SERIAL, CHECKSUM = slice(14, 18), slice(22, 26)
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
    """Whether the tail holds all of it, and its checksum is what it states."""
    if page.end is None or page.end > len(tail):
        return False
    held = tail[page.start : page.end]
    return checksum(held) == int.from_bytes(held[CHECKSUM], "little")


def checksum(page: bytes) -> int:
    """The CRC-32 of a whole page, its own four bytes taken as zero."""
    held = page[: CHECKSUM.start] + bytes(4) + page[CHECKSUM.stop :]
    # zlib has the same polynomial, but takes the lowest bit first, starts with ones, and inverts what it gives
    mirrored = zlib.crc32(held.translate(MIRRORED), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return int(f"{mirrored:032b}"[::-1], 2)


def with_own_serial(file: bytes) -> bytes:
    """A file of one stream whose serial, which encoders draw by lot, follows from what it holds.

    Args:
        file: whole pages and nothing else.

    Raises:
        ValueError: it holds something else.
    """
    pages = [bytearray(page) for page in _each_page(file)]
    for page in pages:
        page[SERIAL] = bytes(4)
    serial = zlib.crc32(b"".join(page[CHECKSUM.stop :] for page in pages)).to_bytes(4, "little")
    for page in pages:
        page[SERIAL] = serial
        page[CHECKSUM] = checksum(bytes(page)).to_bytes(4, "little")
    return b"".join(pages)


def _each_page(file: bytes) -> Iterator[bytes]:
    start = 0
    while start < len(file):
        page = _page(file, start)
        if page is None or page.end is None or page.end > len(file):
            raise ValueError(f"no whole page of Ogg begins at byte {start}")
        yield file[start : page.end]
        start = page.end
