"""The outermost boxes of an MP4, M4A or QuickTime file.

Source: ISO/IEC 14496-12, section 4.2 (boxes); QuickTime File Format, "Atoms".
"""

from collections.abc import Callable, Iterator

FIRST_BOXES = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")
LARGEST_FIRST_BOX = 1 << 28
"""Of any box but mdat: four letters that happen to read `free` in a text come after a larger number."""
BOXES_WALKED = 64
"""A file in fragments has thousands of boxes, each a read of its own; they tell by themselves where they are cut."""


def begins_mp4(head: bytes) -> bool:
    """Whether the first 8 bytes or more are the header of a box that such files begin with."""
    size, name = int.from_bytes(head[:4], "big"), head[4:8]
    return name == b"mdat" or (name in FIRST_BOXES and size < LARGEST_FIRST_BOX)


def outermost_boxes(read_at: Callable[[int, int], bytes]) -> Iterator[tuple[bytes, int]]:
    """Names and ends of the outermost boxes, as many as are walked; the last may end beyond the file.

    Args:
        read_at: gives so many bytes from a place on, fewer where the file ends.
    """
    place = 0
    for _ in range(BOXES_WALKED):
        box = read_at(place, 16)
        size, name = int.from_bytes(box[:4], "big"), box[4:8]
        if size == 1:
            size = int.from_bytes(box[8:16], "big")
        if len(box) < 8 or size < 8:  # size 0: to the end of the file
            return
        place += size
        yield name, place
