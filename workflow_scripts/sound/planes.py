"""Decoded samples channel by channel, as the measures and the feature take them, and buffers that outlive a file.

New memory costs more than what is computed in it: the system clears it page by page.
"""

import math
import sys

import numpy as np
import torch

from workflow_scripts.sound.decoders import Block

HIGH_HALF = -(1 << 16)

KEPT = 1 << 22
"""Samples that a buffer keeps room for; what a rare media with hundreds of channels takes is given back."""


class Buffer:
    """Memory that is used again."""

    def __init__(self, dtype: torch.dtype = torch.float32) -> None:
        self._memory = torch.empty(0, dtype=dtype)

    def take(self, *shape: int) -> torch.Tensor:
        """A tensor of this shape; what was taken before is overwritten with it."""
        size = math.prod(shape)
        if size > KEPT:
            return torch.empty(shape, dtype=self._memory.dtype)
        if len(self._memory) < size:
            self._memory = torch.empty(size, dtype=self._memory.dtype)
        return self._memory[:size].view(shape)


class Planes:
    """Turns blocks of interleaved samples into planes of float32."""

    def __init__(self) -> None:
        self._planes = Buffer()

    def of(self, block: Block) -> tuple[torch.Tensor, float]:
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
        np.copyto(planes.numpy(), block.T)  # torch takes eight times as long where nothing is converted
        return planes, 2.0**15 if is_int16 else 1.0


def _part_int16(block: Block, planes: torch.Tensor) -> None:
    """Stereo of 16 bits taken as one integer of 32 a frame: a quarter of the time of copying every second sample.

    The integers lie where the floats will be: with memory of their own it would take twice as long.
    """
    pairs, integers = torch.from_numpy(block.view(np.int32)[:, 0]), planes.view(torch.int32)
    torch.bitwise_left_shift(pairs, 16, out=integers[0])
    torch.bitwise_and(pairs, HIGH_HALF, out=integers[1])
    planes.copy_(integers)


def _part_float32(block: Block, planes: torch.Tensor) -> None:
    """Stereo of floats taken as one integer of 64 bits a frame, cut to its halves: three quarters of the time."""
    pairs, halves = block.view(np.int64)[:, 0], planes.numpy().view(np.int32)
    np.copyto(halves[0], pairs, casting="unsafe")
    np.right_shift(pairs, 32, out=halves[1], casting="unsafe")
