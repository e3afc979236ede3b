"""The fbank of AST, computed block by block with buffers that are kept.

What torchaudio.compliance.kaldi.fbank(htk_compat=True, sample_frequency=16000, use_energy=False,
window_type="hanning", num_mel_bins=…, dither=0.0, frame_shift=10) computes, with NumPy and an FFT, which take no second
to import. Spectra are in double precision. In single precision, as trainers have it, a soft value beside loud ones is
off by what the FFT rounds, up to 0.03 at full scale, and one FFT rounds otherwise than another. So this is torchaudio's
fbank in double precision at every value, and that in single precision as far as it is right itself.

Sources: Povey et al., "The Kaldi speech recognition toolkit", ASRU 2011; torchaudio.compliance.kaldi.
"""

import functools
from collections.abc import Iterator
from typing import Any

import ducc0
import numpy as np

from workflow_scripts.sound.settings import SAMPLE_RATE

Array = np.ndarray[Any, Any]

WINDOW = 400
"""Samples of a 25 ms frame."""
HOP = 160
HALF_HOP = 80
"""A frame is five of them long, so their sums serve several frames."""
FFT_SIZE = 512
PREEMPHASIS = 0.97
LOWEST_HZ = 20.0
BLOCK = 250
"""Frames at once. Fewer stay in the cache, and cost more calls: 10 s are four blocks."""
BANK_GROUP = 8
BANK_LINES = 24
"""Groups of mel bins that are computed by one product: so many bins, and more until they need more lines of the
spectrum than that. Neighbours have their weights in few lines, so some small products take less than one large one,
most of whose weights are 0."""
FLOOR = np.finfo(np.float32).eps
"""Of a mel bin's energy, so that its logarithm is finite."""


class Fbank:
    """Computes fbanks of one number of mel bins; keeps its tables and buffers from one to the next."""

    def __init__(self, num_mel_bins: int) -> None:
        self.num_mel_bins = num_mel_bins
        window = np.pad(np.hanning(WINDOW), (0, FFT_SIZE - WINDOW))
        self._windows = np.tile(window, (BLOCK, 1))  # one a frame: NumPy takes three times as long to go row by row
        self._mean_left = np.full(HALF_HOP, (1 - PREEMPHASIS) / WINDOW)
        self._banks = list(_bank_groups(num_mel_bins))
        self._samples = np.empty((BLOCK - 1) * HOP + WINDOW)
        self._emphasised = np.zeros_like(self._samples)
        self._frames = _frames(self._emphasised)
        self._padded = np.empty((BLOCK, FFT_SIZE))
        self._lines = np.empty((BLOCK, FFT_SIZE // 2 + 1), np.complex128)
        self._squares = np.empty((BLOCK, FFT_SIZE + 2), np.float32)
        self._power = np.empty((BLOCK, FFT_SIZE // 2 + 1), np.float32)
        self._mel = np.empty((BLOCK, num_mel_bins), np.float32)
        self._floor = np.full_like(self._mel, FLOOR)  # as with the windows

    def power(self, block: Array) -> Array:
        """The power in each line of the spectrum that a block was made of: (frames, FFT_SIZE / 2 + 1) float32.

        What full scale is in the signal is still in it; overwritten as the block is.
        """
        return self._power[: len(block)]

    def blocks(self, wave: Array, full_scale: float = 1.0) -> Iterator[Array]:
        """The fbank of a signal, some frames at a time.

        Args:
            wave: (samples,) at 16 kHz, of any type of number.
            full_scale: what full scale is in it.

        Yields:
            (frames, num_mel_bins) float32, overwritten when the next one is asked for.
        """
        count, scale = frame_count(len(wave)), np.float32(full_scale**-2)
        self._padded[:, WINDOW:] = 0.0  # infinity leaves something there
        for first in range(0, count, BLOCK):
            frames = min(BLOCK, count - first)
            yield self._block(wave[first * HOP : (first + frames - 1) * HOP + WINDOW], frames, scale)

    def _block(self, wave: Array, count: int, scale: np.float32) -> Array:
        """So many frames of samples that hold no more.

        Kaldi takes the mean off a frame before it emphasises. The order changes nothing but how much of the mean is
        left, and to the first sample, which the window makes nothing; so what is in several frames is emphasised once.
        """
        samples, emphasised = self._samples[: len(wave)], self._emphasised[: len(wave)]
        samples[:] = wave
        np.multiply(samples[:-1], PREEMPHASIS, out=emphasised[1:])
        np.subtract(samples[1:], emphasised[1:], out=emphasised[1:])
        parts = np.vecdot(samples.reshape(-1, HALF_HOP), self._mean_left)
        mean_left: Array = sum(parts[first : first + 2 * count - 1 : 2] for first in range(WINDOW // HALF_HOP))
        padded, lines = self._padded[:count], self._lines[:count]
        padded[:, :WINDOW] = self._frames[:count]
        np.subtract(padded, mean_left[:, np.newaxis], out=padded)  # off the padding too: the window leaves none of it
        np.multiply(padded, self._windows[:count], out=padded)
        ducc0.fft.r2c(padded, axes=(1,), out=lines, nthreads=1)
        squares, power, mel = self._squares[:count], self._power[:count], self._mel[:count]
        np.copyto(squares, lines.view(np.float64), casting="same_kind")
        np.multiply(squares, squares, out=squares)
        np.add(squares[:, 0::2], squares[:, 1::2], out=power)
        for bins, needed, weights in self._banks:
            np.matmul(power[:, needed], weights, out=mel[:, bins])
        np.multiply(mel, scale, out=mel)
        np.maximum(mel, self._floor[:count], out=mel)
        return np.log(mel, out=mel)


def _frames(samples: Array) -> Array:
    """All frames of a signal (samples,) as a view (frames, WINDOW)."""
    (step,) = samples.strides
    return np.lib.stride_tricks.as_strided(samples, (frame_count(len(samples)), WINDOW), (HOP * step, step))


def frame_count(samples: int) -> int:
    """Frames of a signal: only whole ones count."""
    return max(0, 1 + (samples - WINDOW) // HOP)


@functools.cache
def fbank_of(num_mel_bins: int) -> Fbank:
    """The one Fbank of this process for a number of mel bins."""
    return Fbank(num_mel_bins)


def mel_banks(num_mel_bins: int) -> Array:
    """Triangles over the lines of the spectrum, at equal distances on the mel scale from LOWEST_HZ to half the rate.

    The formula of torchaudio.compliance.kaldi.get_mel_banks, in double precision.

    Returns:
        (num_mel_bins, FFT_SIZE / 2): the weight of each line in each bin. The last line of the spectrum has none.
    """
    edges = np.linspace(_mel(LOWEST_HZ), _mel(SAMPLE_RATE / 2), num_mel_bins + 2)[:, np.newaxis]
    left, centre, right = edges[:-2], edges[1:-1], edges[2:]
    lines = _mel(np.arange(FFT_SIZE // 2) * SAMPLE_RATE / FFT_SIZE)
    return np.maximum(0.0, np.minimum((lines - left) / (centre - left), (right - lines) / (right - centre)))


def _mel(hertz: Any) -> Any:
    return 1127.0 * np.log1p(hertz / 700.0)


def _bank_groups(num_mel_bins: int) -> Iterator[tuple[slice, slice, Array]]:
    """For each group of mel bins: which they are, the lines of the spectrum that they need, and the weights."""
    banks = mel_banks(num_mel_bins).astype(np.float32)
    first = 0
    for behind in range(BANK_GROUP, num_mel_bins + BANK_GROUP, BANK_GROUP):
        bins = slice(first, min(behind, num_mel_bins))
        needed = np.flatnonzero(banks[bins].sum(0))
        lines = slice(int(needed[0]), int(needed[-1]) + 1) if len(needed) else slice(0, 1)
        if lines.stop - lines.start > BANK_LINES or bins.stop == num_mel_bins:
            yield bins, lines, np.ascontiguousarray(banks[bins, lines].T)
            first = bins.stop
