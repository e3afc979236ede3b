"""How long a Matroska or WebM file says that it is.

FFmpeg reads it, and does not tell it.

Source: RFC 8794, section 4 (variable-size integers); RFC 9559, section 5.1 (the segment).
"""

MAGIC = b"\x1a\x45\xdf\xa3"
SEGMENT = b"\x18\x53\x80\x67"


def segment_end(head: bytes) -> int:
    """Where the one segment ends, by the first 64 bytes; 0 where it is of unknown size, as of a live recording."""
    header, place = _vint(head, len(MAGIC))
    if header is None or head[place + header : place + header + 4] != SEGMENT:
        return 0
    segment, place = _vint(head, place + header + 4)
    return 0 if segment is None else place + segment


def _vint(data: bytes, place: int) -> tuple[int | None, int]:
    """A size of EBML, None for unknown, and the place behind it."""
    first = data[place] if place < len(data) else 0
    length = 9 - first.bit_length()
    if length > 8 or place + length > len(data):
        return None, place
    value = int.from_bytes(data[place : place + length], "big") - (1 << 7 * length)
    return None if value == (1 << 7 * length) - 1 else value, place + length
