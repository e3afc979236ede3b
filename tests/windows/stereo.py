"""Stereo recordings with a known delay between their channels, made for tests."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[Any]


def delayed(sound: Samples, samples: float) -> Samples:
    """The same sound later by so many samples, in fractions too: its end comes round to its beginning."""
    shift = np.exp(-2j * np.pi * np.fft.rfftfreq(len(sound)) * samples)
    return np.fft.irfft(np.fft.rfft(sound) * shift, len(sound))


def stereo(frames: int, delay: float, seed: int = 0, snr_db: float = 10.0, right: float = 1.0) -> Samples:
    """White noise, of which the right channel hears `right` times as much, later; each with noise of its own."""
    random = np.random.default_rng(seed)
    sound, *own = random.standard_normal((3, frames))
    noise = 10 ** (-snr_db / 20)
    left = sound + noise * own[0]
    return (0.05 * np.stack([left, right * (delayed(sound, delay) + noise * own[1])], 1)).astype(np.float32)


def two_clocks(frames: int, ppm: float, seed: int = 0, snr_db: float = 10.0) -> Samples:
    """White noise as two recorders have it, the second of which runs faster by so much."""
    sound, *own = np.random.default_rng(seed).standard_normal((3, frames))
    at = np.arange(frames)
    other = np.interp(at * (1 + ppm * 1e-6), at, sound)
    noise = 10 ** (-snr_db / 20)
    return (0.05 * np.stack([sound + noise * own[0], other + noise * own[1]], 1)).astype(np.float32)
