"""How many frames an MP3 declares: only its first frame can tell, and only some encoders make it tell.

Sources: ISO/IEC 11172-3 section 2.4 and 13818-3 (MPEG audio, Layer III); G. Bouvigne, "MPEG audio frame header" (Xing,
VBRI); "Mp3 Info Tag rev 1" of LAME (Info, encoder delay and padding).

What libsndfile 1.2 delivers was tried. mpg123, its decoder, leaves out the encoder's delay and padding, and always the
529 samples by which a decoder lags. It knows Xing and Info, not VBRI. Without them libsndfile reckons a length from the
size and the first frame's bit rate, and delivers no more than that, which may be half of a file of variable bit rate.
So only where this count and libsndfile's are the same does libsndfile deliver such a file as a whole.
"""

import struct
from dataclasses import dataclass
from typing import BinaryIO

from workflow_scripts.sound.containers.id3 import end_of_tags
from workflow_scripts.sound.containers.places import read_at

SEARCHED_BYTES = 1 << 16
"""How far behind the tags the first frame is looked for."""
RATES = (44_100, 48_000, 32_000)
RATE_SHARE = {3: 1, 2: 2, 0: 4}
"""What the rates of MPEG-1, MPEG-2 and MPEG-2.5 are divided by, by the version bits of a header."""
KBITS_MPEG1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
KBITS_MPEG2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
LAYER_3 = 1
MONO = 3
SAME_STREAM = 0xFFFE0C00
"""The bits of a header that do not change from frame to frame: sync, version, layer, rate."""
DECODER_LAG = 529
VBRI_PLACE = 36
HAS_FRAMES, HAS_BYTES, HAS_TABLE, HAS_QUALITY = 1, 2, 4, 8


@dataclass(frozen=True)
class _Header:
    """An MPEG audio frame: its bytes, samples a channel, bytes of side information, and whether a checksum follows."""

    length: int
    samples: int
    side_bytes: int
    is_protected: bool


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
    frame = read_at(file, size, place, header.length)
    for start in (4 + header.side_bytes, 4 + header.side_bytes + 2 * header.is_protected):
        if frame[start : start + 4] in (b"Xing", b"Info"):
            return place, header, frame[start:]
    is_vbri = frame[VBRI_PLACE : VBRI_PLACE + 4] == b"VBRI" and len(frame) >= VBRI_PLACE + 18
    return place, header, frame[VBRI_PLACE:] if is_vbri else b""


def _first_frame(file: BinaryIO, size: int, start: int) -> tuple[int, _Header] | None:
    """Place and header of the first frame that another one follows, or the end of the file."""
    searched = read_at(file, size, start, SEARCHED_BYTES)
    at = searched.find(b"\xff")
    while at >= 0:
        header = _header(searched[at : at + 4])
        if header is not None and _is_followed(file, size, start + at, header, searched[at : at + 4]):
            return start + at, header
        at = searched.find(b"\xff", at + 1)
    return None


def _header(four: bytes) -> _Header | None:
    """A Layer III header; None for all other bytes, also for a free bit rate, which does not tell a frame's length."""
    bits = int.from_bytes(four, "big")
    version, layer, rate, kbits = bits >> 19 & 3, bits >> 17 & 3, bits >> 10 & 3, bits >> 12 & 15
    if len(four) < 4 or bits >> 21 != 0x7FF or version == 1 or layer != LAYER_3 or rate == 3 or kbits in (0, 15):
        return None
    is_mpeg1, is_mono = version == 3, bits >> 6 & 3 == MONO
    samples = 1152 if is_mpeg1 else 576
    kilobits = (KBITS_MPEG1 if is_mpeg1 else KBITS_MPEG2)[kbits]
    length = samples // 8 * kilobits * 1000 // (RATES[rate] // RATE_SHARE[version]) + (bits >> 9 & 1)
    side_bytes = (17 if is_mono else 32) if is_mpeg1 else (9 if is_mono else 17)
    return _Header(length, samples, side_bytes, is_protected=not bits >> 16 & 1)


def _is_followed(file: BinaryIO, size: int, place: int, header: _Header, four: bytes) -> bool:
    following = read_at(file, size, place + header.length, 4)
    differs = int.from_bytes(four, "big") ^ int.from_bytes(following, "big")
    return len(following) < 4 or (_header(following) is not None and not differs & SAME_STREAM)


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
