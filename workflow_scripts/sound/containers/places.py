"""Reading at a place of a file, wherever a header says that it is."""

from typing import BinaryIO


def read_at(file: BinaryIO, size: int, place: int, count: int) -> bytes:
    """The bytes from place on, fewer where the file ends, none where there is no such place."""
    if not 0 <= place < size:
        return b""
    file.seek(place)
    return file.read(min(count, size - place))
