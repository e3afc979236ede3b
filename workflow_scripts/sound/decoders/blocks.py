"""Blocks of one length out of the pieces that a decoder gives, of whatever length."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from workflow_scripts.sound.decoders import Block

Piece = Sequence[np.ndarray[Any, np.dtype[Any]]]
"""Some samples: one array a channel, all of one length and of the dtype of the blocks."""


def in_blocks(pieces: Iterable[Piece], frames: int, channels: int, dtype: type[np.generic]) -> Iterator[Block]:
    """The samples of the pieces in blocks of so many frames; only the last is shorter.

    All blocks are one array that is filled again: each holds until the next one is asked for.
    """
    block = np.empty((frames, channels), dtype)
    filled = 0
    for piece in pieces:
        taken, length = 0, len(piece[0])
        while taken < length:
            step = min(frames - filled, length - taken)
            for channel, samples in enumerate(piece):
                block[filled : filled + step, channel] = samples[taken : taken + step]
            filled, taken = filled + step, taken + step
            if filled == frames:
                yield block
                filled = 0
    if filled:
        yield block[:filled]
