"""What an export makes of a clip's sound. Imports nothing heavy."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from workflow_scripts.sound.settings import RESAMPLER_QUALITY

VERSION = 3
"""Raised by hand when the same clip would give other bytes, or packs tell something else of them."""
CONTAINERS = {"flac": "FLAC", "wav": "WAV", "mp3": "MP3", "opus": "OGG", "ogg": "OGG"}
"""Of codecs, as libsndfile calls them; a file's suffix is the codec's name."""
LOSSY = {"mp3": "MPEG_LAYER_III", "opus": "OPUS", "ogg": "VORBIS"}
"""Codecs that hold samples as something like them, and what libsndfile calls these."""


@dataclass(frozen=True)
class AudioForm:
    """How a clip is written.

    Attributes:
        codec: flac, wav, mp3, opus or ogg, which is Vorbis.
        sample_rate: hertz; None for that of its media.
        channels: `mono`, the mean of all, `first`, or `all`.
        bits: 16 or 24 a sample, as it is written or given to a lossy codec.
        overshoot: what becomes of samples beyond full scale, as resampling makes them: `clip`, or `scale` the clip.
        bitrate: of a lossy codec, thousand bits a second of all channels together.
        loudness_lufs: integrated loudness that a clip is brought to; None where it is left as it is.
        longest_s: a clip is cut to its first so many seconds; None for all of it.
    """

    codec: str
    sample_rate: int | None
    channels: str
    bits: int
    overshoot: str
    bitrate: int = 128
    loudness_lufs: float | None = None
    longest_s: float | None = None

    @classmethod
    def of(cls, options: Mapping[str, Any], longest_s: float | None = None) -> "AudioForm":
        """By the option `audio` of an export; without a rate there it is that of each media."""
        return cls(**{"sample_rate": None, **options}, longest_s=longest_s)

    @property
    def made_as(self) -> str:
        """All that the bytes of a clip follow from besides its samples."""
        return json.dumps(
            {**asdict(self), "resampler": f"soxr-{RESAMPLER_QUALITY}", "version": VERSION}, sort_keys=True
        )

    @classmethod
    def read(cls, made_as: str) -> "AudioForm":
        """A form by what it was made as."""
        told = json.loads(made_as)
        return cls(**{name: told[name] for name in cls.__dataclass_fields__})

    @property
    def subtype(self) -> str:
        """How samples are held, as libsndfile calls it."""
        return LOSSY.get(self.codec, f"PCM_{self.bits}")

    @property
    def channel(self) -> str:
        """What of a media is cut out."""
        return "mean" if self.channels == "mono" else self.channels
