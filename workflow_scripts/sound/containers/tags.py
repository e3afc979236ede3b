"""Tags before and behind a sound, which are no part of it whatever it is.

Only their ends are looked for; mutagen, which knows all of these, reads what they hold, and refuses what is odd in it.

Sources: ID3 tag version 2.4.0, main structure, sections 3.1 (header) and 3.4 (footer); ID3v1 and its enhanced tag;
APE tags version 2 (header and footer); Lyrics3 v1 and v2.00.
"""

from typing import BinaryIO

from workflow_scripts.sound.containers.places import read_at

MAX_TAGS = 64
HEADER_BYTES = 10
HAS_FOOTER = 0x10
ID3V1_BYTES, ENHANCED_BYTES, APE_BYTES = 128, 227, 32
APE_HAS_HEADER = 1 << 31
LYRICS_BYTES = 5_100
"""What Lyrics3 v1 takes at most."""


def end_of_tags(file: BinaryIO, size: int, start: int = 0) -> int:
    """Where the ID3v2 tags that begin at a place end: there without any, beyond the end of a file cut in them."""
    place = start
    for _ in range(MAX_TAGS):
        header = read_at(file, size, place, HEADER_BYTES)
        if len(header) < HEADER_BYTES or header[:3] != b"ID3" or any(byte & 0x80 for byte in header[6:]):
            break
        footer = HEADER_BYTES if header[5] & HAS_FOOTER else 0
        place += HEADER_BYTES + _of_seven_bits(header[6:]) + footer
    return place


def _of_seven_bits(digits: bytes) -> int:
    """A number of 28 bits, seven a byte, as ID3 writes it lest it look like the sync of an MPEG frame."""
    return sum(digit << 7 * (3 - place) for place, digit in enumerate(digits))


def start_of_last_tags(file: BinaryIO, size: int) -> int:
    """Where the tags at the end of a file begin: its size without any."""
    end = size
    for _ in range(MAX_TAGS):
        tail = read_at(file, size, max(0, end - LYRICS_BYTES - 16), min(end, LYRICS_BYTES + 16))
        length = _last_tag(tail)
        if not 0 < length <= end:
            return end
        end -= length
    return end


def _last_tag(tail: bytes) -> int:
    """How many bytes the tag takes that ends some bytes, 0 without one."""
    if tail[-ID3V1_BYTES:][:3] == b"TAG" and len(tail) >= ID3V1_BYTES:
        return ID3V1_BYTES
    if tail[-ENHANCED_BYTES:][:4] == b"TAG+" and len(tail) >= ENHANCED_BYTES:
        return ENHANCED_BYTES
    if tail[-APE_BYTES:][:8] == b"APETAGEX":
        footer = tail[-APE_BYTES:]
        has_header = int.from_bytes(footer[20:24], "little") & APE_HAS_HEADER
        return int.from_bytes(footer[12:16], "little") + APE_BYTES * bool(has_header)
    if tail.endswith(b"LYRICS200") and tail[-15:-9].isdigit():
        return int(tail[-15:-9]) + 15
    if tail.endswith(b"LYRICSEND") and b"LYRICSBEGIN" in tail:
        return len(tail) - tail.rindex(b"LYRICSBEGIN")
    return 0
