"""What the chunks of a WAV tell that decides who can decode it.

No decoder tells of chunks that it steps over, and the choice comes before any is asked.

Sources: as of extents.
"""

import struct
from dataclasses import dataclass
from itertools import takewhile
from typing import BinaryIO

from workflow_scripts.sound.containers.extents import (
    BIG,
    LITTLE,
    UNKNOWN_32,
    Extent,
    chunks,
    sound_extent,
    whole_chunks,
)
from workflow_scripts.sound.containers.places import read_at

MPEG_TAGS = (0x50, 0x55)
"""Format tags of MPEG audio of layers 1 and 2, and of layer 3."""
LAYER_3_TAG = 0x55
LARGEST_STATED = UNKNOWN_32 - 1
LOST = UNKNOWN_32 + 1
"""What a length of 32 bits is too small by, or a multiple of it, where a longer one was written into it."""


@dataclass(frozen=True)
class Outline:
    """The chunks of a RIFF or RIFX.

    Attributes:
        tag: of the format, 0 where there is none.
        fact: samples a channel by the fact chunk, None without one.
        extent: of the first sound.
        length: bytes of sound in its chunk; all there are where the length was left open, and with what was lost where
            a length above 4 GiB lost its upper bits. More than the file holds where it was cut.
        sounds: place and length of each chunk of sound; the last may end behind the file.
        form: place and length of the format chunk.
        is_in_order: whether there is one chunk of sound, and the format before it.
        left: bytes behind the sound that are in no chunk.
    """

    tag: int
    fact: int | None
    extent: Extent
    length: int
    sounds: tuple[tuple[int, int], ...]
    form: tuple[int, int]
    is_in_order: bool
    left: int

    @property
    def start(self) -> int:
        """Of the first sound."""
        return self.extent.start

    @property
    def is_long(self) -> bool:
        """Whether it has more sound than a chunk can state."""
        return self.length > LARGEST_STATED


def outline(file: BinaryIO, size: int) -> Outline | None:
    """The outline of a RIFF or RIFX that holds sound, None of all else, RF64 and Wave64 among it."""
    head = read_at(file, size, 0, 12)
    extent = sound_extent(file, size)
    if head[:4] not in (b"RIFF", b"RIFX") or head[8:] != b"WAVE" or extent is None:
        return None
    kind = BIG if head[:4] == b"RIFX" else LITTLE
    behind = max(0, size - extent.start)
    length = behind if extent.size is None else extent.size
    if behind - length > LARGEST_STATED:
        length += (behind - length) // LOST * LOST
    before = list(takewhile(lambda chunk: chunk[0] != b"data", chunks(file, size, kind, 12)))
    after = list(whole_chunks(file, size, kind, extent.start + length + length % 2, or_cut=b"data"))
    end = max([extent.start + length, *(place + stated for _, place, stated in after)])
    others = [(place, stated) for name, place, stated in after if name == b"data"]
    first = {name: read_at(file, size, place, min(stated, 16)) for name, place, stated in reversed(before + after)}
    order = kind.head.format[0]
    fact = first.get(b"fact", b"")
    return Outline(
        tag=int.from_bytes(first.get(b"fmt ", b"")[:2], "little" if order == "<" else "big"),
        fact=int(struct.unpack_from(f"{order}I", fact)[0]) if len(fact) >= 4 else None,
        extent=extent,
        length=length,
        sounds=((extent.start, length), *others),
        form=next(((place, stated) for name, place, stated in before + after if name == b"fmt "), (0, 0)),
        is_in_order=not others and any(name == b"fmt " for name, _, _ in before),
        left=max(0, size - end - end % 2),
    )


def in_order(file: BinaryIO, size: int, told: Outline) -> bytes:
    """The same WAV with one format chunk, and all of its sound in one chunk behind it."""
    order = ">" if read_at(file, size, 0, 4) == b"RIFX" else "<"
    form = read_at(file, size, *told.form)
    length = sum(length for _, length in told.sounds)
    body = b"WAVEfmt " + struct.pack(f"{order}I", len(form)) + form + bytes(len(form) % 2)
    body += b"data" + struct.pack(f"{order}I", min(length, LARGEST_STATED))
    body += b"".join(read_at(file, size, *sound) for sound in told.sounds)
    return (b"RIFF" if order == "<" else b"RIFX") + struct.pack(f"{order}I", len(body)) + body
