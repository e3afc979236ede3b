"""What containers say themselves of the sound that they hold.

libsndfile opens a file that was cut off as if it were shorter, so headers are read here as well.
Sources: Microsoft, "Multimedia Programming Interface and Data Specifications 1.0" (RIFF); EBU Tech 3306 (RF64); Sony
Wave64; Apple, "Audio Interchange File Format" (AIFF); the Sun audio file format (AU); RFC 3533 (Ogg).
"""

import struct
from dataclasses import dataclass

UNKNOWN_SIZE = 0xFFFFFFFF
SOX_UNKNOWN_SIZE = 0x7FFFF000
"""What SoX writes for a size that it does not know, rounded down to whole frames."""
UNCOMPRESSED = {1, 3, 6, 7, 0xFFFE}
"""Format tags of WAV whose frames all take block_align bytes: PCM, float, A-law, µ-law, extensible."""
W64_HEAD = b"riff\x2e\x91\xcf\x11"
OGG_LAST_PAGE = 4


@dataclass(frozen=True)
class Extent:
    """Where a container keeps its sound.

    Attributes:
        start: offset of the first byte of sound.
        size: bytes of sound that are declared, None where the header leaves the length open, as recorders do that write
            to a pipe or are switched off.
        frame_bytes: bytes a frame, 0 where frames have no fixed size.
    """

    start: int
    size: int | None
    frame_bytes: int

    @property
    def frames(self) -> int | None:
        """The number of frames declared, None where it cannot be told."""
        return self.size // self.frame_bytes if self.size is not None and self.frame_bytes else None


def sound_extent(data: bytes) -> Extent | None:
    """The extent that the header of a WAV, RF64, Wave64, AIFF or AU declares; None for other containers."""
    if data[:4] in (b"RIFF", b"RIFX", b"RF64") and data[8:12] == b"WAVE":
        return _wav_extent(data, ">" if data[:4] == b"RIFX" else "<")
    if data[:8] == W64_HEAD:
        return _w64_extent(data)
    if data[:4] == b"FORM" and data[8:12] in (b"AIFF", b"AIFC"):
        return _aiff_extent(data)
    if data[:4] == b".snd" and len(data) >= 12:
        start, size = struct.unpack_from(">II", data, 4)
        return Extent(start, None if size == UNKNOWN_SIZE else size, 0)
    return None


def _wav_extent(data: bytes, order: str) -> Extent | None:
    frame_bytes, long_size, place = 0, None, 12
    while place + 8 <= len(data):
        name, size = struct.unpack_from(f"{order}4sI", data, place)
        if name == b"ds64" and place + 24 <= len(data):
            (long_size,) = struct.unpack_from("<Q", data, place + 16)
        elif name == b"fmt " and place + 24 <= len(data):
            frame_bytes = _frame_bytes(*struct.unpack_from(f"{order}HH8xHH", data, place + 8))
        elif name == b"data":
            return Extent(place + 8, _known_size(size, long_size, frame_bytes, len(data) - place - 8), frame_bytes)
        place += 8 + size + size % 2
    return None


def _frame_bytes(tag: int, channels: int, block_align: int, bits: int) -> int:
    """block_align where it can be true: some writers get it wrong."""
    fits = channels and block_align % channels == 0 and block_align >= channels * -(-bits // 8)
    return block_align if tag in UNCOMPRESSED and fits else 0


def _known_size(size: int, long_size: int | None, frame_bytes: int, held: int) -> int | None:
    if size == UNKNOWN_SIZE:
        return long_size
    from_sox = SOX_UNKNOWN_SIZE - SOX_UNKNOWN_SIZE % (frame_bytes or 1)
    return None if size == from_sox or (size == 0 and held) else size


def _w64_extent(data: bytes) -> Extent | None:
    place = 40
    while place + 24 <= len(data):
        name, (size,) = data[place : place + 4], struct.unpack_from("<Q", data, place + 16)
        if name == b"data":
            return Extent(place + 24, size - 24, 0)
        if size < 24:
            return None
        place += size + -size % 8
    return None


def _aiff_extent(data: bytes) -> Extent | None:
    place = 12
    while place + 8 <= len(data):
        name, size = struct.unpack_from(">4sI", data, place)
        if name == b"SSND":
            return Extent(place + 8, size, 0)
        place += 8 + size + size % 2
    return None


def with_size_filled_in(data: bytes, extent: Extent) -> bytes:
    """A WAV whose size stayed 0, with the size of what it holds: as it stands, a decoder takes it for empty."""
    order = ">" if data[:4] == b"RIFX" else "<"
    size = struct.pack(f"{order}I", min(len(data) - extent.start, UNKNOWN_SIZE - 1))
    return data[: extent.start - 4] + size + data[extent.start :]


def ogg_ends_early(data: bytes) -> bool:
    """Whether an Ogg file lacks the page that ends its stream."""
    last = data.rfind(b"OggS")
    return data[:4] == b"OggS" and not (last + 5 < len(data) and data[last + 5] & OGG_LAST_PAGE)
