"""The MD5 of its samples that a FLAC declares, which neither libsndfile nor FFmpeg compares.

Source: RFC 9639, section 8.2 (STREAMINFO): signed, little-endian, in as many whole bytes as a sample takes,
interleaved.
"""

import hashlib

import numpy as np

from workflow_scripts.media.content import Content
from workflow_scripts.sound.containers.places import read_at
from workflow_scripts.sound.containers.tags import end_of_tags
from workflow_scripts.sound.decoders import Block
from workflow_scripts.sound.planes import Buffer

MOST_BITS = 24
"""Floats of 32 bits hold no more."""

_room = Buffer(np.uint8)


class FlacMd5:
    """The MD5 of a FLAC's samples, held against the declared one."""

    def __init__(self, declared: bytes, bits: int) -> None:
        self._declared, self._bits = declared, bits
        self._md5 = hashlib.md5(usedforsecurity=False)

    @classmethod
    def of(cls, content: Content) -> "FlacMd5 | None":
        """That of a FLAC; None where it declares none, or has more bits than are decoded."""
        place = content.file.tell()  # from there a decoder goes on to read
        head = read_at(content.file, content.size, end_of_tags(content.file, content.size), 42)
        content.file.seek(place)
        bits = (int.from_bytes(head[20:22], "big") >> 4 & 31) + 1
        if head[:4] != b"fLaC" or len(head) < 42 or not any(head[26:42]) or bits > MOST_BITS:
            return None
        return cls(head[26:42], bits)

    def add(self, block: Block) -> None:
        """Take the next block: contiguous int16 or float32, full scale 1 or 32768."""
        flat = block.reshape(-1)
        if flat.dtype == np.int16:
            if self._bits < 16:
                flat = flat >> (16 - self._bits)
            self._md5.update((flat.astype(np.int8) if self._bits <= 8 else flat.astype("<i2", copy=False)).data)
        else:
            self._md5.update(_in_three_bytes(flat, np.float32(1 << (self._bits - 1))))

    @property
    def differs(self) -> bool:
        """Whether the samples so far are not those that the file was made of."""
        return self._md5.digest() != self._declared


def _in_three_bytes(flat: Block, full_scale: np.float32) -> memoryview:
    """Samples as little-endian integers of three bytes: as those of four, each laid over the last byte before it.

    Taking three bytes of each four would be another pass, and takes four times as long.
    """
    room = _room.take(3 * len(flat) + 1)
    steps = np.ndarray(len(flat), "<i4", room, strides=(3,))
    np.multiply(flat, full_scale, out=steps, casting="unsafe")
    return room[:-1].data
