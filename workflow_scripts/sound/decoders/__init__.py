"""Decoders: each turns a Content into a Stream."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from workflow_scripts.media.content import Content
from workflow_scripts.sound.containers.extents import Extent

Block = np.ndarray[Any, np.dtype[Any]]
"""Samples of shape (frames, channels): int16, or float32 with full scale 1."""


Fault = tuple[str, str]
"""Kind and words."""
HARMLESS = ("truncated", "wrong_count", "undecoded")
"""Faults of which what was decoded is sound to its end."""


@dataclass(frozen=True)
class Known:
    """What the bytes of a media tell of it before a decoder does, and hold against what that says.

    Attributes:
        format: its container, where the decoder sees another or none.
        declared_frames: what its header says, where the decoder cannot tell.
        most_frames: what it holds, where the decoder gives what is none of it behind that.
        fault: what is wrong with the bytes, whatever a decoder makes of them.
        undecoded_bytes: how many that may be sound no decoder is given, None where nobody knows.
        extent: where its sound lies, if that was looked up.
    """

    format: str | None = None
    declared_frames: int | None = None
    most_frames: int | None = None
    fault: Fault | None = None
    undecoded_bytes: int | None = None
    extent: Extent | None = None


NOTHING_KNOWN = Known()


class Stream(Protocol):
    """A media that is being decoded.

    Attributes:
        format, subtype: container and encoding.
        sample_rate: samples a second.
        channels: their number.
        layout: what they are, as FFmpeg names it, None where nobody knows.
        declared_frames: what the header says, None where it leaves the length open.
        expected_frames: what decoding will give as far as that is known: those, or fewer where the size allows no more.
        fault: kind and words of what went wrong, None where it decoded to its end; known when blocks() has ended.
        decoder: libsndfile or ffmpeg.
        content: the bytes that it is decoded from, those of the media or what was made of them.
        undecoded_bytes: of the file, that may be sound and were not decoded: at least so many, None where nobody knows;
            known when blocks() has ended.
        is_doubted: whether another decoder may know better; known when blocks() has ended.
    """

    format: str
    subtype: str
    sample_rate: int
    channels: int
    layout: str | None
    declared_frames: int | None
    expected_frames: int | None
    fault: Fault | None
    decoder: str
    content: Content
    undecoded_bytes: int | None
    is_doubted: bool

    def blocks(self, frames: int) -> Iterator[Block]:
        """The sound in blocks of so many frames, all of one dtype; only the last is shorter.

        Never raises for the media: see fault. A block may be overwritten when the next one is asked for.
        """
        ...
