"""What is seen of a sound: peaks of its waveform, and a mel spectrogram as a small image."""

import io
from typing import Any

import numpy as np

from workflow_scripts.media.media import MediaError
from workflow_scripts.review.form import BINS, COLUMNS, PEAKS, TOP_DB
from workflow_scripts.sound.mel import MelSettings, mel_power

Array = np.ndarray[Any, Any]

FRAME_SECONDS = 0.05
LEAST_POWER = 1e-10


def peaks(samples: Array) -> list[int]:
    """The largest absolute samples of up to PEAKS stretches of alike length, over all channels; 100 is full scale.

    Args:
        samples: (frames,) or (frames, channels), full scale 1.
    """
    loud = np.abs(samples) if samples.ndim == 1 else np.abs(samples).max(axis=1)
    if not len(loud):
        return []
    first = np.linspace(0, len(loud), min(PEAKS, len(loud)), endpoint=False).astype(np.int64)
    return [int(value) for value in np.rint(np.minimum(np.maximum.reduceat(loud, first), 1.0) * 100)]


def spectrogram(wave: Array, sample_rate: int) -> Array:
    """The image (BINS, up to COLUMNS) uint8 of a signal: highest bin above, its loudest white, TOP_DB below black.

    Args:
        wave: (samples,), full scale 1.
        sample_rate: hertz; bins go up to half of it, whatever that is: where sound ends below is worth seeing.

    Raises:
        MediaError: there are samples that are no numbers.
    """
    settings = _settings(sample_rate)
    with np.errstate(over="ignore", invalid="ignore"):
        power = mel_power(wave, settings)
    if not np.isfinite(power).all():
        raise MediaError("not_finite", "it holds samples that are no numbers")
    decibels = 10 * np.log10(np.maximum(_at_most(power, COLUMNS), LEAST_POWER))
    steps = (decibels - decibels.max() + TOP_DB) * (255 / TOP_DB)
    return (np.clip(steps, 0, 255) + 0.5).astype(np.uint8)[::-1]


def webp(pixels: Array) -> bytes:
    """A grey image as WebP."""
    from PIL import Image

    file = io.BytesIO()
    Image.fromarray(pixels, "L").save(file, "WEBP", quality=50, method=4)
    return file.getvalue()


def _settings(sample_rate: int) -> MelSettings:
    """Frames of some FRAME_SECONDS, that overlap by half."""
    n_fft = 1 << max(6, round(np.log2(FRAME_SECONDS * sample_rate)))
    return MelSettings(sample_rate, n_fft, n_fft // 2, BINS, 0.0, sample_rate / 2, beyond="constant")


def _at_most(power: Array, columns: int) -> Array:
    """The loudest of neighbours, where there are more columns."""
    if power.shape[1] <= columns:
        return power
    first = np.linspace(0, power.shape[1], columns, endpoint=False).astype(np.int64)
    return np.maximum.reduceat(power, first, axis=1)
