"""Bytes out of .gz and .zst, whole or not at all, and never more than a bound."""

import gzip
import io
from collections.abc import Callable, Mapping
from pathlib import PurePath

STEP = 4096
"""So many packed bytes at a time: at its densest, Zstandard makes 128 MB of them."""

UNPACKED_STEP = 2**20
"""So many bytes out of gzip at a time."""


class TooMuchError(Exception):
    """A file holds more than it may."""


def _gzip(stored: bytes, most: int) -> bytes:
    """Part by part, as `gzip.decompress`, but it stops. Asked for all at once, it makes room for the bound at once."""
    parts, size = [], 0
    with gzip.GzipFile(fileobj=io.BytesIO(stored)) as file:
        while size <= most and (part := file.read(UNPACKED_STEP)):
            parts.append(part)
            size += len(part)
    if size > most:
        raise TooMuchError
    return b"".join(parts)


def _zstandard(stored: bytes, most: int) -> bytes:
    """Frame by frame: zstandard's readers give what a cut file has without a word."""
    import zstandard

    parts, size, place = [], 0, 0
    while place < len(stored) and size <= most:
        frame = zstandard.ZstdDecompressor().decompressobj()
        while not frame.eof and size <= most:
            if place >= len(stored):
                raise EOFError("it ends in the middle of a frame")
            parts.append(frame.decompress(stored[place : place + STEP]))
            place = min(place + STEP, len(stored))
            size += len(parts[-1])
        place -= len(frame.unused_data)
    if size > most:  # whose bytes nobody wants: put together they would be there twice
        raise TooMuchError
    return b"".join(parts)


UNPACK: Mapping[str, Callable[[bytes, int], bytes]] = {".gz": _gzip, ".zst": _zstandard}
"""By a file's suffix: from what is stored to the content.

Raises:
    TooMuchError: it holds more than `most` bytes.
    Exception: of many kinds: the file is damaged or cut.
"""

BEGINS = {b"\x1f\x8b": ".gz", b"\x28\xb5\x2f\xfd": ".zst"}
"""The first bytes of such files, for those whose name does not say so."""


def packing(path: str, stored: bytes) -> str | None:
    """How a file is compressed, by its name or else by its first bytes; None where it is not."""
    suffix = PurePath(path).suffix
    by_begin = (kind for begin, kind in BEGINS.items() if stored.startswith(begin))
    return suffix if suffix in UNPACK else next(by_begin, None)
