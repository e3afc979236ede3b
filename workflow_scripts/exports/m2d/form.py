"""What M2D is fed with. Imports nothing heavy.

Source: https://github.com/nttcslab/m2d (wav_to_lms.py).
"""

import json
from dataclasses import asdict, dataclass
from typing import ClassVar

from workflow_scripts.sound.settings import RESAMPLER_QUALITY, SAMPLE_RATE

VERSION = 1
"""Raised by hand when the same clip would give other bytes."""


@dataclass(frozen=True)
class LogMelForm:
    """A log-mel spectrogram of 16 kHz: 80 bins from 50 to 8000 Hz, frames of 25 ms, 10 ms from one to the next.

    Attributes:
        padded_to_s: seconds that shorter clips are brought to.
    """

    padded_to_s: float
    channel: ClassVar[str] = "mean"
    BINS: ClassVar[int] = 80
    LOWEST_HZ: ClassVar[float] = 50.0
    HIGHEST_HZ: ClassVar[float] = 8000.0
    WINDOW: ClassVar[int] = 400
    HOP: ClassVar[int] = 160

    @property
    def made_as(self) -> str:
        """All that a spectrogram follows from besides its samples."""
        known = {
            **asdict(self),
            "sample_rate": SAMPLE_RATE,
            "resampler": f"soxr-{RESAMPLER_QUALITY}",
            "mel": [self.BINS, self.LOWEST_HZ, self.HIGHEST_HZ, self.WINDOW, self.HOP],
            "version": VERSION,
        }
        return json.dumps(known, sort_keys=True)

    @classmethod
    def read(cls, made_as: str) -> "LogMelForm":
        """A form by what it was made as."""
        return cls(json.loads(made_as)["padded_to_s"])
