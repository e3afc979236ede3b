"""The frames of an MP3: how many its first one declares, and how many there are.

Sources: ISO/IEC 11172-3 section 2.4 and 13818-3 (MPEG audio, Layer III); G. Bouvigne, "MPEG audio frame header" (Xing,
VBRI); "Mp3 Info Tag rev 1" of LAME (Info, encoder delay and padding).

What libsndfile 1.2 delivers was tried. mpg123, its decoder, leaves out the encoder's delay and padding, and always the
529 samples by which a decoder lags. It knows Xing and Info, not VBRI. Without them libsndfile reckons a length from the
size and the first frame's bit rate, and delivers no more than that, which may be half of a file of variable bit rate;
with them it delivers no more than they declare, though as much again may follow. So only where its count, the declared
and that of the frames are the same does libsndfile deliver such a file as a whole.

No library tells of what lies between frames, so they are walked here: 0.09 ms for ten seconds. FFmpeg's packets take
0.96 ms, and hide 3,000 zeroed bytes among them; mutagen believes the count of the first of joined files.
"""

import struct
from dataclasses import dataclass
from functools import lru_cache
from typing import BinaryIO

from workflow_scripts.sound.containers.places import read_at
from workflow_scripts.sound.containers.tags import end_of_tags, start_of_last_tags

SEARCHED_BYTES = 1 << 16
"""How far behind the tags libsndfile looks for the first frame, and how much is looked through at once."""
RATES = (44_100, 48_000, 32_000)
RATE_SHARE = {3: 1, 2: 2, 0: 4}
"""What the rates of MPEG-1, MPEG-2 and MPEG-2.5 are divided by, by the version bits of a header."""
KBITS_MPEG1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
KBITS_MPEG2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
LAYER_3 = 1
MONO = 3
SAME_STREAM = 0xFFFE0C00
"""The bits of a header that do not change from frame to frame: sync, version, layer, rate."""
LARGEST_FRAME = 1441
DECODER_LAG = 529
VBRI_PLACE = 36
HAS_FRAMES, HAS_BYTES, HAS_TABLE, HAS_QUALITY = 1, 2, 4, 8
MOST_RUBBISH = 1 << 20
"""Before the first frame; nobody else looks so far."""
SURE_AFTER = 4
"""Frames in a row that are no accident: text and noise hold one, or two."""
PIECE = 1 << 20
MAX_RUNS = 100_000


@dataclass(frozen=True)
class _Header:
    """An MPEG audio frame.

    Attributes:
        length: its bytes.
        samples: a channel.
        side_bytes: bytes of side information.
        is_protected: whether a checksum follows.
        rate, channels: of its sound.
        stream: the bits that do not change from frame to frame.
    """

    length: int
    samples: int
    side_bytes: int
    is_protected: bool
    rate: int
    channels: int
    stream: int


@dataclass(frozen=True)
class Frames:
    """The frames of an MP3, as they lie in its file.

    Attributes:
        runs: first byte and end of each run of frames that follow each other; the last frame may end behind the file.
        count: how many frames, without a first one that holds a count and no sound.
        samples: a channel that a frame has.
        declared: frames that the first one declares, None where it does not.
        before: bytes before the first run that are no tag, and not all zero.
        gaps: bytes behind each run that are neither a frame nor, between files that were joined, an ID3v2 tag.
        end: of the bytes that may be sound: tags begin there, or the file ends.
        change: what they change to, in words, where others than those of the first rate or channels follow.
    """

    runs: tuple[tuple[int, int], ...]
    before: int
    gaps: tuple[int, ...]
    count: int
    samples: int
    declared: int | None
    end: int
    change: str | None

    @property
    def is_cut(self) -> bool:
        """Whether the last frame is longer than what there is of it."""
        return self.runs[-1][1] > self.end

    @property
    def undecoded(self) -> int:
        """Bytes that are neither a frame nor a tag."""
        return self.before + sum(self.gaps)


def frames(file: BinaryIO, size: int) -> Frames | None:
    """Where the frames of an MP3 lie; None of what is none, and of one with a free bit rate, which tells no lengths."""
    end = start_of_last_tags(file, size)
    start = end_of_tags(file, size)
    found = _first_frame(file, min(end, start + MOST_RUBBISH), start, SURE_AFTER, is_near=False)
    if found is None:
        return None
    first, header = found
    before = read_at(file, size, start, first - start)
    tag = _tag(read_at(file, size, first, header.length), header)
    walk = _Walk(file, end, first, header)
    walk.go()
    count = walk.count - bool(tag)
    rubbish = len(before) if any(before) else 0
    return Frames(tuple(walk.runs), rubbish, tuple(walk.gaps), count, header.samples, _declared(tag), end, walk.change)


class _Walk:
    """From frame to frame up to the last one of a stream."""

    def __init__(self, file: BinaryIO, end: int, first: int, header: _Header) -> None:
        self._file, self._end, self._first, self._header = file, end, first, header
        self._lengths: dict[bytes, int] = {}
        self.runs: list[tuple[int, int]] = []
        self.gaps: list[int] = []
        self.count = 0
        self.change: str | None = None

    def go(self) -> None:
        """Find all runs."""
        start: int | None = self._first
        while start is not None and len(self.runs) < MAX_RUNS:
            end = self._run(start)
            self.runs.append((start, end))
            start = self._next_run(end)

    def _run(self, start: int) -> int:
        """Where the run ends that starts there."""
        piece, base, place = b"", start, start
        length_of, end = self._lengths.get, self._end
        while place + 4 <= end:
            at = place - base
            if at + 4 > len(piece):
                piece, base, at = read_at(self._file, end, place, PIECE), place, 0
            four = piece[at : at + 4]
            length = length_of(four) or self._length(four)
            if not length:
                break
            place += length
            self.count += 1
        return place

    def _length(self, four: bytes) -> int:
        """Bytes of the frame that begins with these four, 0 if it is none of the stream."""
        frame, first = _header(four), self._header
        if frame is None or (frame.stream, frame.channels) != (first.stream, first.channels):
            return 0
        self._lengths[four] = frame.length
        return frame.length

    def _next_run(self, end: int) -> int | None:
        """Where the run behind one starts; None behind the last, or where others than frames of the stream follow."""
        behind = end_of_tags(self._file, self._end, end)
        found = _first_frame(self._file, self._end, behind, SURE_AFTER, is_near=False)
        if found is None:
            self.gaps.append(max(0, self._end - behind))
            return None
        start, header = found
        self.gaps.append(start - behind)
        before = self._header
        if (header.stream, header.channels) == (before.stream, before.channels):
            return start
        to = f"{header.rate:,} Hz, {header.channels} channels"
        self.change = f"it changes from {before.rate:,} Hz, {before.channels} channels to {to} at byte {start:,}"
        return None


def declared_frames(file: BinaryIO, size: int) -> int | None:
    """Samples a channel that the first frame promises, as many as mpg123 gives of a whole file with Xing or Info.

    None where it promises nothing: a length that is reckoned from size and bit rate is no declaration.
    """
    _, header, tag = _first_frame_with_tag(file, size)
    if header is None or not tag:
        return None
    if tag[:4] == b"VBRI":
        return int.from_bytes(tag[14:18], "big") * header.samples or None
    return _xing_samples(tag, header.samples)


def ends_early(file: BinaryIO, size: int) -> bool:
    """Whether the file holds fewer bytes than its first frame promises."""
    place, _, tag = _first_frame_with_tag(file, size)
    if tag[:4] == b"VBRI":
        return place + int.from_bytes(tag[10:14], "big") > size
    flags = int.from_bytes(tag[4:8], "big")
    start = 12 if flags & HAS_FRAMES else 8
    return bool(flags & HAS_BYTES) and place + int.from_bytes(tag[start : start + 4], "big") > size


def _first_frame_with_tag(file: BinaryIO, size: int) -> tuple[int, _Header | None, bytes]:
    """Place and header of the first frame, and what it holds from the name of its Xing, Info or VBRI tag on."""
    found = _first_frame(file, size, end_of_tags(file, size))
    if found is None:
        return 0, None, b""
    place, header = found
    return place, header, _tag(read_at(file, size, place, header.length), header)


def _tag(frame: bytes, header: _Header) -> bytes:
    """What a first frame holds from the name of its Xing, Info or VBRI tag on."""
    for start in (4 + header.side_bytes, 4 + header.side_bytes + 2 * header.is_protected):
        if frame[start : start + 4] in (b"Xing", b"Info"):
            return frame[start:]
    is_vbri = frame[VBRI_PLACE : VBRI_PLACE + 4] == b"VBRI" and len(frame) >= VBRI_PLACE + 18
    return frame[VBRI_PLACE:] if is_vbri else b""


def _declared(tag: bytes) -> int | None:
    """Frames that a tag declares."""
    if tag[:4] == b"VBRI":
        return int.from_bytes(tag[14:18], "big") or None
    has_frames = len(tag) >= 12 and int.from_bytes(tag[4:8], "big") & HAS_FRAMES
    return int.from_bytes(tag[8:12], "big") or None if has_frames else None


def _first_frame(
    file: BinaryIO, size: int, start: int, in_a_row: int = 2, *, is_near: bool = True
) -> tuple[int, _Header] | None:
    """Place and header of the first frame that others follow, or the end of the file; near: not far behind start."""
    for base in range(start, min(size, start + 1) if is_near else size, SEARCHED_BYTES):
        searched = read_at(file, size, base, SEARCHED_BYTES + 3)
        at = searched.find(b"\xff")
        while 0 <= at < SEARCHED_BYTES:
            header = _header(searched[at : at + 4])
            if header is not None and _is_row(file, size, base + at, in_a_row):
                return base + at, header
            at = searched.find(b"\xff", at + 1)
    return None


def _is_row(file: BinaryIO, size: int, place: int, count: int) -> bool:
    """Whether so many frames of one stream follow each other from a place on, or as many as the file has room for."""
    first = None
    for _ in range(count):
        four = read_at(file, size, place, 4)
        if first is not None and len(four) < 4:
            return True
        header = _header(four)
        if header is None or (first is not None and header.stream != first.stream):
            return False
        first, place = header, place + header.length
    return True


@lru_cache(4096)
def _header(four: bytes) -> _Header | None:
    """A Layer III header; None for all other bytes, also for a free bit rate, which does not tell a frame's length."""
    bits = int.from_bytes(four, "big")
    version, layer, rate, kbits = bits >> 19 & 3, bits >> 17 & 3, bits >> 10 & 3, bits >> 12 & 15
    if len(four) < 4 or bits >> 21 != 0x7FF or version == 1 or layer != LAYER_3 or rate == 3 or kbits in (0, 15):
        return None
    is_mpeg1, is_mono = version == 3, bits >> 6 & 3 == MONO
    samples = 1152 if is_mpeg1 else 576
    kilobits = (KBITS_MPEG1 if is_mpeg1 else KBITS_MPEG2)[kbits]
    hertz = RATES[rate] // RATE_SHARE[version]
    length = samples // 8 * kilobits * 1000 // hertz + (bits >> 9 & 1)
    side_bytes = (17 if is_mono else 32) if is_mpeg1 else (9 if is_mono else 17)
    is_protected = not bits >> 16 & 1
    return _Header(length, samples, side_bytes, is_protected, hertz, 1 if is_mono else 2, bits & SAME_STREAM)


def _xing_samples(tag: bytes, frame_samples: int) -> int | None:
    if len(tag) < 12:
        return None
    _, flags, frames = struct.unpack_from(">4sII", tag)
    if not flags & HAS_FRAMES or not frames:
        return None
    sizes = ((HAS_FRAMES, 4), (HAS_BYTES, 4), (HAS_TABLE, 100), (HAS_QUALITY, 4))
    lame = tag[8 + sum(size for flag, size in sizes if flags & flag) :]
    delay, padding = 0, 0
    if len(lame) >= 24 and lame[0]:
        both = int.from_bytes(lame[21:24], "big")
        delay, padding = both >> 12, both & 0xFFF
    return max(0, frames * frame_samples - delay - max(padding, DECODER_LAG))
