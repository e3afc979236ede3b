"""The outermost boxes of an MP4, M4A or QuickTime file.

FFmpeg tells neither that a box ends behind the file nor what of the data no sample names.

Source: ISO/IEC 14496-12, section 4.2 (boxes); QuickTime File Format, "Atoms".
"""

from collections.abc import Callable, Iterator

FIRST_BOXES = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")
LARGEST_FIRST_BOX = 1 << 28
"""Of any box but mdat: four letters that happen to read `free` in a text come after a larger number."""
BOXES_WALKED = 64
"""A file in fragments has thousands of boxes, each a read of its own; they tell by themselves where they are cut."""
MOST_BOXES = 1 << 17


def begins_mp4(head: bytes) -> bool:
    """Whether the first 8 bytes or more are the header of a box that such files begin with."""
    size, name = int.from_bytes(head[:4], "big"), head[4:8]
    return name == b"mdat" or (name in FIRST_BOXES and size < LARGEST_FIRST_BOX)


def outermost_boxes(read_at: Callable[[int, int], bytes], most: int = BOXES_WALKED) -> Iterator[tuple[bytes, int, int]]:
    """Names of the outermost boxes, where what they hold begins, and their ends; the last may end beyond the file.

    Rubbish behind them is not taken for a box that was cut.

    Args:
        read_at: gives so many bytes from a place on, fewer where the file ends.
        most: how many are walked.
    """
    place = 0
    for _ in range(most):
        box = read_at(place, 16)
        size, name, header = int.from_bytes(box[:4], "big"), box[4:8], 8
        if size == 1:
            size, header = int.from_bytes(box[8:16], "big"), 16
        is_box = name.isascii() and name.decode("ascii").isprintable()
        if len(box) < 8 or size < 8 or not is_box:  # size 0: to the end of the file
            return
        yield name, place + header, place + size
        place += size


def data_bytes(read_at: Callable[[int, int], bytes], size: int) -> int:
    """Bytes of a file in its boxes of data, and behind the last box: of sound, of pictures, or of nothing."""
    total = place = 0
    for name, start, end in outermost_boxes(read_at, MOST_BOXES):
        total += max(0, min(end, size) - start) if name == b"mdat" else 0
        place = end
    is_open = read_at(place, 8) == bytes(4) + b"mdat"  # it goes on to the end of the file
    return total + max(0, size - place - 8 * is_open)
