"""Decoders: each turns a Content into a Stream."""

from collections.abc import Iterator
from typing import Any, Protocol

import numpy as np

Block = np.ndarray[Any, np.dtype[Any]]
"""Samples of shape (frames, channels): int16, or float32 with full scale 1."""


class Stream(Protocol):
    """A media that is being decoded.

    Attributes:
        format, subtype: container and encoding.
        sample_rate: samples a second.
        channels: their number.
        declared_frames: what the header says, None where it leaves the length open.
        expected_frames: what decoding will give as far as that is known: those, or fewer where the size allows no more.
        fault: kind and words of what went wrong, None where it decoded to its end; known when blocks() has ended.
    """

    format: str
    subtype: str
    sample_rate: int
    channels: int
    declared_frames: int | None
    expected_frames: int | None
    fault: tuple[str, str] | None

    def blocks(self, frames: int) -> Iterator[Block]:
        """The sound in blocks of so many frames, all of one dtype; only the last is shorter.

        Never raises for the media: see fault. A block may be overwritten when the next one is asked for.
        """
        ...
