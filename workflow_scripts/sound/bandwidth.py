"""How high a sound goes: where its spectrum ends, which shows the rate or the codec that a recording once went through.

Its power is taken in bands of some 130 Hz, over all of the sound, in windows of 23 ms that follow each other. Of each
ten seconds (of up to twenty at the end) the eight windows in which a band is loudest do not count: a click fills one or
two, and has all frequencies. They are one in twenty of those that sound at most, so one bark in silence is heard.

A band counts that is 10 dB above what rounding to 16 bits leaves (so dither does not), within 90 dB of the loudest,
and above what the window leaks. Where what counts falls by 30 dB within 500 Hz, has no gap for 1 kHz below that, and
stays as low to its end, that step is the edge: above lies what a resampler mirrored, clipping made, or shaped dither.

The definition is this project's own; the window is Hann's (Harris, "On the use of windows for harmonic analysis with
the discrete Fourier transform", Proc. IEEE 1978). How it does where edges are known: `python -m benchmarks bandwidth`.
"""

import functools
import math
from typing import Any

import ducc0
import numpy as np

from workflow_scripts.sound.planes import Buffer

Array = np.ndarray[Any, Any]

WINDOW_S = 0.0232
"""1,024 samples at 44.1 kHz. It is no whole part of the half seconds in which clocks tick: not all fall between two."""
AT_ONCE = 64
"""Windows transformed together; which are, does not depend on where blocks end, and so their rounding does not."""
BAND = 3
"""Lines of a band."""
TOGETHER = 430
"""Windows, ten seconds, of which the loudest are left out."""
LEFT_OUT, OF_EACH = 8, 20
"""So many at most, and how many must sound for each of them."""
SHORTEST_S = 0.1
"""Of less, chance says how loud a band is."""
ROUNDING = 2.0**-30 / 12
"""Power of rounding to 16 bits, full scale 1."""
ABOVE_ROUNDING = 10.0
"""10 dB: dither of two steps is 5 dB above rounding alone."""
REACH = 1e-9
"""-90 dB of the loudest band: what decoders leave lies below, and what rounding makes of a loud tone."""
REACH_OF_FAINT = 1e-6
"""-60 dB: for samples that are no integers of 16 bits, and fainter than these could tell."""
SINGLE_PRECISION = 1e-13
"""Of the whole power: below lies what the transform's own rounding leaves."""
ABOVE_LEAK = 4.0
STEP = 1e3
"""30 dB."""
SOLID_HZ, STEEP_HZ = 1000.0, 500.0

_lines = Buffer(np.complex64)
_frames = Buffer()
_ones = np.ones(2 * BAND, np.float32)


class Bandwidth:
    """Bandwidth of one signal that comes in pieces."""

    def __init__(self, sample_rate: int) -> None:
        self._rate, self._size = sample_rate, window_size(sample_rate)
        self._rest: Array = np.empty(0, np.float32)
        self._before: Array = np.empty(0, np.float32)
        self._full_scale = 1.0
        self._samples = 0
        self._waiting: list[Array] = []
        self._all, self._steady = np.zeros((2, band_count(self._size)))
        self._windows = self._steady_windows = 0

    def add(self, piece: Array, full_scale: float) -> None:
        """Take the next samples (samples,) float32, and what full scale is in them."""
        self._samples, self._full_scale = self._samples + len(piece), full_scale
        together = AT_ONCE * self._size
        if len(self._rest):
            missing = together - len(self._rest)
            self._rest = np.concatenate([self._rest, piece[:missing]])
            piece = piece[missing:]
            if len(self._rest) == together:
                self._hear(self._rest)
                self._rest = piece[:0]
        whole = len(piece) // together * together
        for first in range(0, whole, together):
            self._hear(piece[first : first + together])
        if whole < len(piece):
            self._rest = piece[whole:].copy()

    def _hear(self, samples: Array) -> None:
        """Windows that are whole, one behind the other."""
        self._waiting.append(_bands(samples.reshape(-1, self._size), self._full_scale))
        self._before = samples[-self._size :].copy()
        if sum(map(len, self._waiting)) >= 2 * TOGETHER:
            self._sum_up(TOGETHER)

    def _sum_up(self, count: int) -> None:
        """Put so many of the windows that wait into the sums."""
        waiting = np.concatenate(self._waiting)
        bands, self._waiting = waiting[:count], [waiting[count:]]
        sounding = int((bands.max(axis=1) > self._floor()).sum())
        left_out = min(LEFT_OUT, sounding // OF_EACH)
        ordered = np.sort(bands.T, axis=1)
        steady, loudest = (part.sum(axis=1, dtype=np.float64) for part in np.split(ordered, [len(bands) - left_out], 1))
        self._steady += steady
        self._all += steady + loudest
        self._windows += len(bands)
        self._steady_windows += len(bands) - left_out

    def _floor(self) -> float:
        """Of a line."""
        return ABOVE_ROUNDING * ROUNDING / (self._size / 2)

    def hertz(self, power: float, is_16_bit: bool) -> float | None:
        """The upper end of the highest band that counts, or below a step; None if none counts, or it is too short.

        Args:
            power: the mean square of the samples, what is constant in them included, full scale 1.
            is_16_bit: whether they are integers of 16 bits or fewer.
        """
        if self._samples < max(SHORTEST_S * self._rate, self._size):
            return None
        whole = len(self._rest) // self._size * self._size
        last = np.concatenate([self._before, self._rest])[-self._size :]
        if whole:
            self._hear(self._rest[:whole])
        if whole < len(self._rest):
            self._hear(last)
        self._rest = self._rest[:0]
        self._sum_up(2 * TOGETHER)
        spacing = self._rate / self._size
        for sums, windows in ((self._steady, self._steady_windows), (self._all, self._windows)):
            mean = sums / max(1, windows)
            counting = np.flatnonzero(mean > self._least(mean, power, is_16_bit))
            if len(counting):
                edge = _edge(mean[: counting[-1] + 1], BAND * spacing)
                return float(min((BAND * (edge + 1) - 0.5) * spacing, self._rate / 2))
        return None

    def _least(self, mean: Array, power: float, is_16_bit: bool) -> Array:
        """What a band must have to count (bands,)."""
        loudest = float(mean.max())
        floor = self._floor() if is_16_bit else min(self._floor(), loudest * REACH_OF_FAINT)
        leaked = ABOVE_LEAK * np.convolve(mean, _leak(self._size))[: len(mean)]
        return np.maximum(leaked, max(floor, loudest * REACH, power * SINGLE_PRECISION))


def _bands(windows: Array, full_scale: float) -> Array:
    """The mean power of a line in each band of each window (windows, bands), full scale 1; what is constant is none."""
    count, size = windows.shape
    frames = np.multiply(windows, _taper(size), out=_frames.take(count, size))
    lines = _lines.take(count, BAND * band_count(size))
    lines[:, size // 2 + 1 :] = 0.0
    ducc0.fft.r2c(frames, axes=(1,), out=lines[:, : size // 2 + 1], nthreads=1)
    lines[:, 1] += lines[:, 0] / 2  # what is constant lies in these two lines alone
    lines[:, 0] = 0.0
    parts = lines.view(np.float32)
    squares = np.multiply(parts, parts, out=parts)
    bands: Array = (squares.reshape(-1, 2 * BAND) @ _ones).reshape(count, -1) / np.float32(BAND * full_scale**2)
    return bands


def _edge(mean: Array, spacing: float) -> int:
    """The band in which a spectrum (bands,) is halfway down its deepest step; its last one if there is none."""
    solid, steep = (max(1, round(hertz / spacing)) for hertz in (SOLID_HZ, STEEP_HZ))
    steps = len(mean) - 2 * solid - steep + 1
    if steps < 1:
        return len(mean) - 1
    least = functools.reduce(np.minimum, (mean[first : first + steps] for first in range(solid)))
    above = np.maximum.accumulate(mean[::-1])[::-1][solid - 1 + steep :][:steps]
    above = np.maximum(above, np.finfo(np.float64).tiny)
    deepest = int((least / above).argmax())
    if least[deepest] <= STEP * above[deepest]:
        return len(mean) - 1
    return int(np.flatnonzero(mean > math.sqrt(least[deepest] * above[deepest]))[-1])


@functools.lru_cache(maxsize=16)
def window_size(sample_rate: int) -> int:
    """Samples of a window: a number that is quickly transformed."""
    return int(ducc0.fft.good_size(math.ceil(sample_rate * WINDOW_S), True))


def band_count(size: int) -> int:
    """Bands that hold the lines of a window of so many samples."""
    return -(-(size // 2 + 1) // BAND)


def _hann(size: int) -> Array:
    """Such that the squares of half a spectrum under it add up to a mean square."""
    window = 1 - np.cos(2 * np.pi * np.arange(size) / size)
    scaled: Array = window * np.sqrt(2 / size / np.square(window).sum())
    return scaled


@functools.lru_cache(maxsize=16)
def _taper(size: int) -> Array:
    return _hann(size).astype(np.float32)


@functools.lru_cache(maxsize=16)
def _leak(size: int) -> Array:
    """What a tone in one band leaves in each above it, its own power being 1: (bands,)."""
    halves = np.square(np.abs(np.fft.rfft(_hann(size), 2 * size)))
    halves = np.pad(halves, (0, 2 * BAND * band_count(size) - len(halves) % (2 * BAND * band_count(size))))
    most = halves[: 2 * BAND * band_count(size)].reshape(-1, 2 * BAND).max(axis=1)
    leak: Array = np.maximum(most, np.roll(most, 1)) * BAND / (2 * halves[::2].sum() - halves[0])
    leak[:2] = 0.0  # it lies in one, or between two
    return leak
