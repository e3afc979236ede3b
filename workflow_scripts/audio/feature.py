"""The feature: the fbank of AST, and the sums that a dataset's own mean and standard deviation come from.

Source: Gong et al., "AST: Audio Spectrogram Transformer", Interspeech 2021, and its dataloader.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import soxr
import torch

from workflow_scripts.audio.decode import MediaError
from workflow_scripts.audio.kaldi import fbank
from workflow_scripts.audio.settings import RESAMPLER_QUALITY

SAMPLE_RATE = 16_000
MAX_UPSAMPLING = 16
WINDOW = 400
"""Samples of a 25 ms frame at 16 kHz."""
HOP = 160
BLOCK = 4096
"""Frames whose fbank is computed at once: a bound on memory for long recordings."""


@dataclass
class FbankStatistics:
    """Frames of an fbank, and mean and standard deviation over all its values."""

    frames: int
    mean: float
    std: float


def signal(samples: np.ndarray[Any, Any], channel: str) -> np.ndarray[Any, Any]:
    """The signal that the feature is computed from: float32, full scale 1, shape (frames,).

    Args:
        samples: (frames, channels), int16 or float32.
        channel: `first` or `mean`.
    """
    full_scale = np.float32(32768 if samples.dtype == np.int16 else 1)
    if channel == "mean":
        chosen = np.zeros(len(samples), np.float32)
        for one in samples.T:
            chosen += one
        return chosen / (full_scale * samples.shape[1])
    return samples[:, 0].astype(np.float32) / full_scale


def resample(wave: np.ndarray[Any, Any], sample_rate: int) -> np.ndarray[Any, Any]:
    """The signal at 16 kHz.

    Raises:
        MediaError: the rate is so low that what comes out would be made up, and sixteen times the memory or more.
    """
    if sample_rate == SAMPLE_RATE:
        return wave
    if sample_rate * MAX_UPSAMPLING < SAMPLE_RATE:
        raise MediaError(
            "rate_too_low",
            f"{sample_rate} samples a second; from less than {SAMPLE_RATE // MAX_UPSAMPLING} "
            f"it is not brought to {SAMPLE_RATE:,}",
        )
    return np.asarray(soxr.resample(wave, sample_rate, SAMPLE_RATE, quality=RESAMPLER_QUALITY))


def compute_fbank(wave: np.ndarray[Any, Any], num_mel_bins: int) -> torch.Tensor:
    """The fbank of some samples at 16 kHz whose mean is taken off already: (frames, num_mel_bins)."""
    return fbank(
        torch.from_numpy(wave)[None],
        htk_compat=True,
        sample_frequency=SAMPLE_RATE,
        use_energy=False,
        window_type="hanning",
        num_mel_bins=num_mel_bins,
        dither=0.0,
        frame_shift=10,
    )


def fbank_statistics(wave: np.ndarray[Any, Any], num_mel_bins: int) -> FbankStatistics:
    """Statistics of the fbank of a signal at 16 kHz, computed in blocks of frames.

    Raises:
        MediaError: the signal is shorter than one frame, or its fbank is not finite.
    """
    frames = 1 + (len(wave) - WINDOW) // HOP
    if len(wave) < WINDOW:
        raise MediaError("too_few_samples", f"{len(wave)} samples at 16 kHz; one frame takes {WINDOW}")
    wave = wave - wave.mean(dtype=np.float64).astype(np.float32)
    total = squares = 0.0
    for first in range(0, frames, BLOCK):
        last = min(first + BLOCK, frames) - 1
        part = compute_fbank(wave[first * HOP : last * HOP + WINDOW], num_mel_bins).double()
        total += float(part.sum())
        squares += float(part.square().sum())
    count = frames * num_mel_bins
    mean = total / count
    variance = squares / count - mean * mean
    if not np.isfinite(variance):
        raise MediaError("fbank_not_finite", "the fbank holds values that are not finite")
    return FbankStatistics(frames, mean, max(variance, 0.0) ** 0.5)
