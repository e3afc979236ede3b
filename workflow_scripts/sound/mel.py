"""Mel spectrograms of any size, with frames around their middle: what librosa, and nnAudio after it, compute.

Triangles are at equal distances on Slaney's scale, linear up to 1 kHz and logarithmic above, each of an area of one.
(The fbank of AST has another scale, other frames and pre-emphasis: see fbank.py.)

Sources: Slaney, "Auditory Toolbox", 1998; librosa.feature.melspectrogram; nnAudio.features.MelSpectrogram.
"""

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import ducc0
import numpy as np

Array = np.ndarray[Any, Any]

BLOCK_SAMPLES = 1 << 17
"""Of frames that are transformed at a time, all together."""
HZ_A_MEL = 200 / 3
FIRST_LOG_HZ = 1000.0
LOG_STEP = np.log(6.4) / 27


@dataclass(frozen=True)
class MelSettings:
    """What a spectrogram is made with.

    Attributes:
        sample_rate: hertz.
        n_fft: samples of a frame, all of them under a periodic Hann window.
        hop: samples from one frame to the next.
        bins: how many triangles.
        lowest_hz: where the first of them begins.
        highest_hz: where the last of them ends.
        beyond: what lies beyond the ends of a signal: it again, mirrored (`reflect`), or silence (`constant`).
    """

    sample_rate: int
    n_fft: int
    hop: int
    bins: int
    lowest_hz: float
    highest_hz: float
    beyond: str

    def frames(self, samples: int) -> int:
        """How many a signal of so many samples has."""
        return 1 + samples // self.hop


def mel_power(wave: Array, settings: MelSettings) -> Array:
    """The power in each bin of each frame.

    Args:
        wave: (samples,), full scale 1; more than half a frame of them where it is mirrored beyond its ends.
        settings: of the spectrogram.

    Returns:
        (bins, frames) float32.
    """
    banks = mel_weights(settings).astype(np.float32)
    power = np.empty((settings.bins, settings.frames(len(wave))), np.float32)
    place = 0
    for lines in spectra(wave, settings):
        squares = (np.square(lines.real) + np.square(lines.imag)).astype(np.float32)
        power[:, place : place + len(lines)] = (squares @ banks.T).T
        place += len(lines)
    return power


def spectra(wave: Array, settings: MelSettings) -> Iterator[Array]:
    """The spectra (frames, n_fft / 2 + 1) of a signal, complex128, some frames at a time."""
    half, count = settings.n_fft // 2, settings.frames(len(wave))
    padded = np.pad(wave, half, mode=settings.beyond)  # type: ignore[call-overload]
    frames = np.lib.stride_tricks.sliding_window_view(padded, settings.n_fft)[:: settings.hop][:count]
    window = hann(settings.n_fft)
    step = max(1, BLOCK_SAMPLES // settings.n_fft)
    for first in range(0, count, step):
        yield ducc0.fft.r2c(frames[first : first + step] * window, axes=(1,), nthreads=1)


def hann(samples: int) -> Array:
    """A periodic Hann window."""
    return 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(samples) / samples)


@functools.lru_cache(maxsize=4)
def mel_weights(settings: MelSettings) -> Array:
    """The weight of each line of the spectrum in each bin: (bins, n_fft / 2 + 1) float64."""
    mels = np.linspace(_mel(settings.lowest_hz), _mel(settings.highest_hz), settings.bins + 2)
    edges = _hertz(mels)[:, np.newaxis]
    left, centre, right = edges[:-2], edges[1:-1], edges[2:]
    lines = np.arange(settings.n_fft // 2 + 1) * settings.sample_rate / settings.n_fft
    triangles = np.maximum(0.0, np.minimum((lines - left) / (centre - left), (right - lines) / (right - centre)))
    weights: Array = triangles * (2 / (right - left))
    return weights


def _mel(hertz: float) -> float:
    """By Slaney's scale.

    >>> round(_mel(500.0), 3), round(_mel(4000.0), 3)
    (7.5, 35.164)
    """
    if hertz < FIRST_LOG_HZ:
        return hertz / HZ_A_MEL
    return float(FIRST_LOG_HZ / HZ_A_MEL + np.log(hertz / FIRST_LOG_HZ) / LOG_STEP)


def _hertz(mels: Array) -> Array:
    first_log = FIRST_LOG_HZ / HZ_A_MEL
    logarithmic = FIRST_LOG_HZ * np.exp(LOG_STEP * (np.maximum(mels, first_log) - first_log))
    return np.where(mels < first_log, mels * HZ_A_MEL, logarithmic)
