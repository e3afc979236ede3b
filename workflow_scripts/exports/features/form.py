"""What is made of a clip's sound. Imports nothing heavy."""

import json
from dataclasses import asdict, dataclass

from workflow_scripts.sound.settings import RESAMPLER_QUALITY, SAMPLE_RATE

VERSION = 1
"""Raised by hand when the same clip would give other bytes."""
LEVEL = 3
"""Of zstd: higher ones take much longer and save little."""


@dataclass(frozen=True)
class FbankForm:
    """An fbank as the check computes it.

    Attributes:
        channel: first, or the mean of all.
        num_mel_bins: how many values a frame has.
    """

    channel: str
    num_mel_bins: int

    @property
    def made_as(self) -> str:
        """All that an fbank follows from besides its samples."""
        known = {
            **asdict(self),
            "sample_rate": SAMPLE_RATE,
            "resampler": f"soxr-{RESAMPLER_QUALITY}",
            "stored": f"float16, planes of bytes, zstd {LEVEL}",
            "version": VERSION,
        }
        return json.dumps(known, sort_keys=True)

    @classmethod
    def read(cls, made_as: str) -> "FbankForm":
        """A form by what it was made as."""
        told = json.loads(made_as)
        return cls(told["channel"], told["num_mel_bins"])
