"""Frames of raw AAC.

To FFmpeg a frame that is cut and one that is damaged are the same failure.

Source: ISO/IEC 13818-7, section 6.2 (the header of ADTS).
"""

HEADER_BYTES = 7


def is_adts(head: bytes) -> bool:
    """The sync word, layer 0 (an MP3 has another), a rate there is, and a frame longer than its header."""
    if len(head) < HEADER_BYTES or head[0] != 0xFF or head[1] & 0xF6 != 0xF0 or head[2] >> 2 & 0xF > 12:
        return False
    return _frame_bytes(head) > HEADER_BYTES


def is_cut_adts(packet: bytes) -> bool:
    """Whether a frame is longer, by its header, than what there is of it."""
    return is_adts(packet) and len(packet) < _frame_bytes(packet)


def _frame_bytes(frame: bytes) -> int:
    return (frame[3] & 3) << 11 | frame[4] << 3 | frame[5] >> 5
