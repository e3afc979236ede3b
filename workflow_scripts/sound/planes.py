"""Decoded samples channel by channel, as the measures and the feature take them, and buffers that outlive a file.

New memory costs more than what is computed in it: the system clears it page by page.
"""

import math
import sys
from typing import Any

import numpy as np

from workflow_scripts.sound.decoders import Block

Array = np.ndarray[Any, Any]

HIGH_HALF = -(1 << 16)

STEP = 1 << 16
"""Frames taken apart at a time: what lies between stays in the cache of a core."""

KEPT = 1 << 22
"""Samples that a buffer keeps room for; what a rare media with hundreds of channels takes is given back."""

_halves = np.empty(STEP, np.int32)


class Buffer:
    """Memory that is used again."""

    def __init__(self, dtype: type[np.generic] = np.float32) -> None:
        self._memory: Array = np.empty(0, dtype)

    def take(self, *shape: int) -> Array:
        """An array of this shape; what was taken before is overwritten with it."""
        size = math.prod(shape)
        if size > KEPT:
            return np.empty(shape, self._memory.dtype)
        if len(self._memory) < size:
            self._memory = np.empty(size, self._memory.dtype)
        return self._memory[:size].reshape(shape)


class Planes:
    """Turns blocks of interleaved samples into planes of float32."""

    def __init__(self) -> None:
        self._planes = Buffer()

    def of(self, block: Block) -> tuple[Array, float]:
        """The samples of a block, and what full scale is in them.

        Args:
            block: (frames, channels), contiguous, int16 or float32.

        Returns:
            (channels, frames) float32, overwritten by the next block.
        """
        planes = self._planes.take(block.shape[1], block.shape[0])
        is_int16 = block.dtype == np.int16
        if len(planes) == 2 and sys.byteorder == "little":
            part = _part_int16 if is_int16 else _part_float32
            part(block, planes)
            return planes, 2.0**31 if is_int16 else 1.0
        np.copyto(planes, block.T)
        return planes, 2.0**15 if is_int16 else 1.0


def _part_int16(block: Block, planes: Array) -> None:
    """Stereo of 16 bits taken as one integer of 32 a frame: half the time of copying every second sample."""
    pairs = block.view(np.int32)[:, 0]
    for first in range(0, len(pairs), STEP):
        some = pairs[first : first + STEP]
        halves, (left, right) = _halves[: len(some)], planes[:, first : first + STEP]
        np.copyto(left, np.left_shift(some, 16, out=halves))
        np.copyto(right, np.bitwise_and(some, HIGH_HALF, out=halves))


def _part_float32(block: Block, planes: Array) -> None:
    """Stereo of floats taken as one integer of 64 bits a frame, cut to its halves: three quarters of the time."""
    pairs, halves = block.view(np.int64)[:, 0], planes.view(np.int32)
    np.copyto(halves[0], pairs, casting="unsafe")
    np.right_shift(pairs, 32, out=halves[1], casting="unsafe")
