"""What an image is of a clip's sound. Imports nothing heavy.

With the options as they are without being said, images are those of https://github.com/teticio/audio-diffusion
(audiodiffusion/mel.py, which went into diffusers as Mel), and its image_to_audio inverts them.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, ClassVar

from workflow_scripts.errors import SoundledgerError
from workflow_scripts.sound.settings import RESAMPLER_QUALITY

VERSION = 1
"""Raised by hand when the same clip would give other bytes."""


@dataclass(frozen=True)
class ImageForm:
    """A mel spectrogram of one size.

    Attributes:
        width: frames.
        height: mel bins.
        sample_rate: hertz.
        n_fft: samples of a frame.
        hop: samples from one frame to the next.
        lowest_hz: where the first bin begins.
        highest_hz: where the last one ends.
        top_db: decibels from black to white.
    """

    width: int
    height: int
    sample_rate: int
    n_fft: int
    hop: int
    lowest_hz: float
    highest_hz: float
    top_db: float
    channel: ClassVar[str] = "mean"

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> "ImageForm":
        """By the options of the export.

        Raises:
            SoundledgerError: the bins lie beyond half of the rate, or begin where they end; a frame has no middle.
        """
        form = cls(**{"highest_hz": options["sample_rate"] / 2, **options})
        if form.n_fft % 2:
            raise SoundledgerError(f"export spectrogram_images: n_fft: {form.n_fft:,}; expected an even number")
        if not form.lowest_hz < form.highest_hz <= form.sample_rate / 2:
            raise SoundledgerError(
                f"export spectrogram_images: mel bins from {form.lowest_hz:g} to {form.highest_hz:g} Hz; expected "
                f"lowest_hz below highest_hz, and that not above half of sample_rate, {form.sample_rate / 2:g} Hz"
            )
        return form

    @property
    def samples(self) -> int:
        """Of an image: so many have as many frames as it is wide."""
        return self.width * self.hop - 1

    @property
    def parameters(self) -> dict[str, Any]:
        """All that it takes to make such images, or sound of them."""
        return {
            **asdict(self),
            "samples": self.samples,
            "window": "hann, periodic",
            "frames": "around multiples of hop, silence beyond the ends",
            "mel": "slaney, each triangle of area 1, of the power of the mean of all channels",
            "pixels": "255 + (10 * log10(power) - reference_db) * 255 / top_db, rounded; 0 is all below that",
            "rows": "the lowest bin first",
        }

    @property
    def made_as(self) -> str:
        """All that an image follows from besides its samples."""
        known = {**self.parameters, "resampler": f"soxr-{RESAMPLER_QUALITY}", "version": VERSION}
        return json.dumps(known, sort_keys=True)

    @classmethod
    def read(cls, parameters: Mapping[str, Any]) -> "ImageForm":
        """A form by parameters, or by what it was made as."""
        return cls(**{field.name: parameters[field.name] for field in fields(cls)})
