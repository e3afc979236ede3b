"""The feature: the fbank of AST, and the sums that a dataset's own mean and standard deviation come from.

Source: Gong et al., "AST: Audio Spectrogram Transformer", Interspeech 2021, and its dataloader.
"""

import functools
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import soxr

from workflow_scripts.media.media import MediaError
from workflow_scripts.sound.fbank import HOP, WINDOW, fbank_of, frame_count
from workflow_scripts.sound.fingerprint import Fingerprint
from workflow_scripts.sound.planes import Buffer
from workflow_scripts.sound.settings import RESAMPLER_QUALITY, SAMPLE_RATE

Array = np.ndarray[Any, Any]

MAX_UPSAMPLING = 16

_wave = Buffer()


@dataclass
class FbankStatistics:
    """Frames of an fbank, and mean and standard deviation over all its values."""

    frames: int
    mean: float
    std: float


class Resampler:
    """Brings a signal that comes in pieces to 16 kHz, or to another rate; one at a time for each pair of rates."""

    def __init__(self, sample_rate: int, to: int = SAMPLE_RATE) -> None:
        self._rate, self._to = sample_rate, to
        self._has_begun = False

    def resample(self, piece: Array, is_last: bool) -> Array:
        """What comes out for a piece (samples,) float32; after the last one, all that is left.

        Raises:
            MediaError: the rate is so low that what comes out would be made up, and sixteen times the memory or more.
        """
        if self._rate * MAX_UPSAMPLING < self._to:
            raise MediaError(
                "rate_too_low",
                f"{self._rate} samples a second; from less than {self._to // MAX_UPSAMPLING} "
                f"it is not brought to {self._to:,}",
            )
        if self._rate == self._to:
            return piece
        resampler = _soxr(self._rate, self._to)
        if not self._has_begun:
            resampler.clear()
            self._has_begun = True
        return resampler.resample_chunk(piece, last=is_last)


@functools.lru_cache(maxsize=8)
def _soxr(sample_rate: int, to: int) -> soxr.ResampleStream:
    """Its filter is made once for a pair of rates, not once for a file."""
    return soxr.ResampleStream(sample_rate, to, 1, dtype="float32", quality=RESAMPLER_QUALITY)


class Feature:
    """Statistics of the fbank of a signal that comes in pieces at 16 kHz.

    AST's loader takes the mean off the signal first. That is left out: the fbank takes its own mean off each frame, and
    in double precision it makes no difference whether another one was taken off before.
    """

    def __init__(self, num_mel_bins: int, fingerprint: Fingerprint | None = None) -> None:
        self._fbank = fbank_of(num_mel_bins)
        self._fingerprint = fingerprint
        self._rest: Array = np.empty(0, np.float32)
        self._centre: np.float32 | None = None  # of the first values; squares so far from 0 leave no small variance
        self._samples = self._frames = 0
        self._total = self._squares = 0.0

    def add(self, piece: Array, full_scale: float = 1.0) -> None:
        """Take the next piece (samples,) float32, and what full scale is in it."""
        if not len(piece):
            return
        self._samples += len(piece)
        wave = piece
        if len(self._rest):
            wave = _wave.take(len(self._rest) + len(piece))
            np.concatenate([self._rest, piece], out=wave)
        with np.errstate(over="ignore", invalid="ignore"):  # statistics() tells of it
            for block in self._fbank.blocks(wave, full_scale):
                if self._fingerprint is not None:
                    self._fingerprint.add(self._fbank.power(block))
                if self._centre is None:
                    self._centre = block.mean()
                np.subtract(block, self._centre, out=block)
                self._total += float(block.sum())
                self._squares += float(np.vecdot(block, block).sum(dtype=np.float64))
        frames = frame_count(len(wave))
        self._frames += frames
        self._rest = wave[frames * HOP :].copy()

    def statistics(self) -> FbankStatistics:
        """What all pieces gave.

        Raises:
            MediaError: the signal is shorter than one frame, or its fbank is not finite.
        """
        if not self._frames:
            raise MediaError("too_few_samples", f"{self._samples} samples at 16 kHz; one frame takes {WINDOW}")
        count = self._frames * self._fbank.num_mel_bins
        mean = self._total / count
        variance = self._squares / count - mean * mean
        mean += float(self._centre or 0.0)
        if not math.isfinite(variance):
            raise MediaError("fbank_not_finite", "the fbank holds values that are not finite")
        return FbankStatistics(self._frames, mean, max(variance, 0.0) ** 0.5)
