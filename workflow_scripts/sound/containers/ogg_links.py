"""The links of an Ogg file, one behind the other, and what of their pages is lost or damaged.

libsndfile decodes the first of several links, refuses files in which something else lies beside the sound, and steps
over a page that is gone without a word. No library tells of that, so the pages are walked here: 0.25 ms for ten
seconds. FFmpeg's packets take 1.3 ms and tell no numbers of pages; mutagen reads a page as fast, compares no checksum,
and ends at rubbish.

Source: RFC 3533, sections 4 (chained and multiplexed streams) and 6 (the page format); RFC 7845, section 5.1
(OpusHead).
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from workflow_scripts.sound.containers.ogg import CAPTURE, CHECKSUM, HEADER_BYTES, LAST_OF_STREAM, checksum
from workflow_scripts.sound.containers.places import read_at

HEADER = struct.Struct("<4sBBqIIIB")
FIRST_OF_STREAM = 2
SEARCHED_BYTES = 1 << 16
SOUNDS = {b"\x01vorbis": "vorbis", b"OpusHead": "opus", b"\x7fFLAC": "flac", b"Speex   ": "speex"}
OPUS_RATE = 48_000
"""What Opus decodes to. The rate in its header tells what it was made of, or nothing."""
OPUS_RATE_PLACE = slice(12, 16)
"""In the first packet."""


@dataclass(frozen=True)
class Link:
    """Streams that begin together.

    Attributes:
        start, end: its bytes.
        sounds: the codecs of its streams of sound.
        others: how many other streams lie beside them.
        damage: what of the pages of its first stream of sound is lost or damaged, in words, None if nothing is.
    """

    start: int
    end: int
    sounds: tuple[str, ...]
    others: int
    damage: str | None


@dataclass
class _Stream:
    codec: str | None
    number: int
    damage: str | None = None
    is_over: bool = False

    def take(self, number: int, is_true: bool, is_last: bool) -> None:
        """Its next page."""
        if self.damage is None and number != self.number + 1:
            lost = f"page {self.number + 1:,}" if number == self.number + 2 else f"page {self.number + 1:,} and more"
            self.damage = f"{lost} of the Ogg stream is not where it should be"
        if self.damage is None and not is_true:
            self.damage = f"page {number:,} of the Ogg stream has not the checksum that it states"
        self.number, self.is_over = number, is_last


@dataclass
class _Open:
    """A link that is being read."""

    start: int
    end: int = 0
    streams: dict[int, _Stream] = field(default_factory=dict)
    has_begun: bool = False

    def closed(self, end: int) -> Link:
        sounds = [stream for stream in self.streams.values() if stream.codec]
        damage = sounds[0].damage if sounds else None
        codecs = tuple(stream.codec for stream in sounds if stream.codec)
        return Link(self.start, end, codecs, len(self.streams) - len(sounds), damage)


@dataclass(frozen=True)
class _Page:
    start: int
    data: bytes
    flags: int
    serial: int
    number: int
    is_true: bool


def links(file: BinaryIO, size: int) -> tuple[list[Link], int]:
    """The links, and how many bytes between and behind their pages are no page.

    A link reaches to the next one, the last to the end of its last page, or of the file if that is cut. Pages of a
    stream that never began are no pages.
    """
    found: list[Link] = []
    link: _Open | None = None
    paged = end = 0
    for page in _pages(file, size):
        begins = bool(page.flags & FIRST_OF_STREAM) and page.is_true
        if begins and (link is None or link.has_begun):
            if link is not None:
                found.append(link.closed(page.start))
            link = _Open(page.start)
        known = link.streams.get(page.serial) if link is not None else None
        if begins and link is not None:
            link.streams[page.serial] = _Stream(_codec(page.data), page.number)
        elif known is None or link is None:
            continue
        else:
            known.take(page.number, page.is_true, bool(page.flags & LAST_OF_STREAM))
            link.has_begun = True
        paged += len(page.data) * page.is_true
        end = page.start + len(page.data)
    if link is not None:
        found.append(link.closed(size if _next_capture(file, size, end) >= 0 else end))
    return found, size - paged


def _pages(file: BinaryIO, size: int) -> Iterator[_Page]:
    """All whole pages; behind one with a wrong checksum, the next is looked for within it."""
    place = 0
    while place >= 0:
        page = _page(file, size, place)
        if page is None:
            place = _next_capture(file, size, place + 1)
            continue
        yield page
        place = place + len(page.data) if page.is_true else _next_capture(file, size, place + 1)


def _page(file: BinaryIO, size: int, place: int) -> _Page | None:
    head = read_at(file, size, place, HEADER_BYTES + 255)
    if len(head) < HEADER_BYTES or head[:4] != CAPTURE:
        return None
    _, version, flags, _, serial, number, stated, segments = HEADER.unpack_from(head)
    length = HEADER_BYTES + segments + sum(head[HEADER_BYTES : HEADER_BYTES + segments])
    if version != 0 or flags > 7 or place + length > size:
        return None
    data = read_at(file, size, place, length)
    return _Page(place, data, flags, serial, number, checksum(data) == stated)


def _next_capture(file: BinaryIO, size: int, place: int) -> int:
    while place < size:
        searched = read_at(file, size, place, SEARCHED_BYTES)
        at = searched.find(CAPTURE)
        if at >= 0:
            return place + at
        if len(searched) < SEARCHED_BYTES:
            break
        place += SEARCHED_BYTES - 3
    return -1


def _first_packet(page: bytes) -> bytes:
    return page[HEADER_BYTES + page[26] :]


def _codec(page: bytes) -> str | None:
    packet = _first_packet(page)
    return next((codec for magic, codec in SOUNDS.items() if packet.startswith(magic)), None)


def opus_at_its_rate(file: BinaryIO, size: int) -> bytes | None:
    """The first page of an Opus stream such that libsndfile decodes it at 48 kHz; None if it does without that.

    libsndfile takes the rate in the header, which tells what the sound was made of, for that to decode at.
    """
    page = _page(file, size, 0)
    packet = _first_packet(page.data) if page is not None else b""
    if page is None or len(packet) < 19 or not page.is_true or packet[:8] != b"OpusHead":
        return None
    if int.from_bytes(packet[OPUS_RATE_PLACE], "little") == OPUS_RATE:
        return None
    place = len(page.data) - len(packet) + OPUS_RATE_PLACE.start
    changed = page.data[:place] + OPUS_RATE.to_bytes(4, "little") + page.data[place + 4 :]
    return changed[: CHECKSUM.start] + checksum(changed).to_bytes(4, "little") + changed[CHECKSUM.stop :]
