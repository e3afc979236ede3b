"""ID3v2, the tags before the sound of an MP3 and sometimes of a FLAC.

Source: ID3 tag version 2.4.0, main structure, sections 3.1 (header) and 3.4 (footer).
"""

from typing import BinaryIO

from workflow_scripts.sound.containers.places import read_at

MAX_TAGS = 64
HEADER_BYTES = 10
HAS_FOOTER = 0x10


def end_of_tags(file: BinaryIO, size: int) -> int:
    """Where the tags at the start of a file end: 0 without any, beyond the end of a file that was cut in them."""
    place = 0
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
