"""How high a sound goes: where its spectrum ends, which shows the rate or the codec that a recording once went through.

Its power is taken in bands of some 150 Hz, over all of the sound, in windows of 20 ms that follow each other. Of each
ten seconds (of up to twenty at the end) the eight windows in which a band is loudest do not count: a click fills one or
two, and has all frequencies. They are one in twenty of those that sound at most, so one bark in silence is heard.

A window is folded before it is transformed: its thirds, tapered, are added. What is left is every third line of its
spectrum, at half the cost of them all. Each is as wide as the distance to its neighbours and hears up to there; a tone
halfway between two is 8 dB fainter in both together.

A band counts that is 10 dB above what rounding to 16 bits leaves (so dither does not), within 90 dB of the loudest,
and above what the window leaks. Where what counts falls by 30 dB within 500 Hz, has no gap for 1 kHz below that, and
stays as low to its end, that step is the edge: above lies what a resampler mirrored, clipping made, or shaped dither.

The definition is this project's own; the window is Blackman's (Harris, "On the use of windows for harmonic analysis
with the discrete Fourier transform", Proc. IEEE 1978), folded as in Crochiere, Rabiner, "Multirate digital signal
processing", 1983, section 7.2. How it does where edges are known: `python -m benchmarks bandwidth`.
"""

import functools
import math
from typing import Any

import ducc0
import numpy as np

from workflow_scripts.sound.planes import Buffer

Array = np.ndarray[Any, Any]

FOLDS = 3
FOLD_S = 0.00653
"""288 samples at 44.1 kHz, a third of a window. No window is a whole part of the half seconds in which clocks tick: not
all fall between two."""
AT_ONCE = 1 << 16
"""Samples of the windows that are transformed together, at most; which are, does not depend on where blocks end, and so
their rounding does not."""
TOGETHER = 510
"""Windows, ten seconds, of which the loudest are left out. No more are transformed together, so that one sum each time
keeps up with what comes. NumPy sorts up to 512 numbers twice as fast as more."""
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

_frames = Buffer()
_lines = Buffer(np.complex64)


class Bandwidth:
    """Bandwidth of one signal that comes in pieces."""

    def __init__(self, sample_rate: int) -> None:
        self._rate, self._size = sample_rate, fold_size(sample_rate)
        self._window = FOLDS * self._size
        self._together = min(max(1, AT_ONCE // self._window), TOGETHER) * self._window
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
        together = self._together
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
        """Windows that are whole, one behind the other, TOGETHER at most."""
        self._waiting.append(_powers(samples.reshape(-1, FOLDS, self._size)))
        self._before = samples[-self._window :].copy()
        if sum(powers.shape[1] for powers in self._waiting) >= 2 * TOGETHER:
            self._sum_up(TOGETHER)

    def _sum_up(self, count: int) -> None:
        """Put so many of the windows that wait into the sums."""
        waiting = np.concatenate(self._waiting, axis=1)
        bands, self._waiting = waiting[:, :count], [waiting[:, count:]]
        scale = self._full_scale**2
        sounding = int((bands.max(axis=0) > self._floor() * scale).sum())
        kept = bands.shape[1] - min(LEFT_OUT, sounding // OF_EACH)
        bands.view(np.int32).sort(axis=1)  # powers are in the order of their bits, which are sorted in half the time
        steady, loudest = (part.sum(axis=1) / scale for part in (bands[:, :kept], bands[:, kept:]))
        self._steady += steady
        self._all += steady + loudest
        self._windows += bands.shape[1]
        self._steady_windows += kept

    def _floor(self) -> float:
        """Of a band."""
        return ABOVE_ROUNDING * ROUNDING / (self._size / 2)

    def hertz(self, power: float, is_16_bit: bool) -> float | None:
        """The upper end of the highest band that counts, or below a step; None if none counts, or it is too short.

        Args:
            power: the mean square of the samples, what is constant in them included, full scale 1.
            is_16_bit: whether they are integers of 16 bits or fewer.
        """
        if self._samples < max(SHORTEST_S * self._rate, self._window):
            return None
        if len(self._rest):
            whole = len(self._rest) // self._window * self._window
            last = np.concatenate([self._before, self._rest])[-self._window :] if whole < len(self._rest) else ()
            self._hear(np.concatenate([self._rest[:whole], last], dtype=np.float32))
            self._rest = self._rest[:0]
        self._sum_up(2 * TOGETHER)
        spacing = self._rate / self._size
        for sums, windows in ((self._steady, self._steady_windows), (self._all, self._windows)):
            mean = sums / max(1, windows)
            counting = np.flatnonzero(mean > self._least(mean, power, is_16_bit))
            if len(counting):
                edge = _edge(mean[: counting[-1] + 1], spacing)
                return float(min((edge + 0.5) * spacing, self._rate / 2))
        return None

    def _least(self, mean: Array, power: float, is_16_bit: bool) -> Array:
        """What a band must have to count (bands,)."""
        loudest = float(mean.max())
        floor = self._floor() if is_16_bit else min(self._floor(), loudest * REACH_OF_FAINT)
        leaked = ABOVE_LEAK * np.convolve(mean, _leak(self._size))[: len(mean)]
        return np.maximum(leaked, max(floor, loudest * REACH, power * SINGLE_PRECISION))


def _powers(windows: Array) -> Array:
    """The power in each band of each window (bands, windows) float32; what is constant is none.

    Args:
        windows: (windows, FOLDS, size) samples.
    """
    count, _, size = windows.shape
    frames, lines = _frames.take(count, size), _lines.take(band_count(size), count)
    np.einsum("wfs,fs->ws", windows, _taper(size), out=frames)
    ducc0.fft.r2c(frames, axes=(1,), out=lines.T, nthreads=1)
    lines[0] = 0.0  # what is constant lies here alone
    parts = lines.view(np.float32)
    squares = np.square(parts, out=parts)
    powers: Array = squares[:, 0::2] + squares[:, 1::2]
    return powers


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
def fold_size(sample_rate: int) -> int:
    """Samples of a folded window: a number that is quickly transformed."""
    return int(ducc0.fft.good_size(math.ceil(sample_rate * FOLD_S), True))


def band_count(size: int) -> int:
    """Bands of a window that is folded to so many samples: lines of its spectrum."""
    return size // 2 + 1


def _blackman(size: int) -> Array:
    """For a window that is folded to so many samples: such that all bands add up to a mean square."""
    turns = 2 * np.pi * np.arange(FOLDS * size) / (FOLDS * size)
    window = 0.42 - 0.5 * np.cos(turns) + 0.08 * np.cos(2 * turns)
    scaled: Array = window * np.sqrt(2 / size / np.square(window).sum())
    return scaled


@functools.lru_cache(maxsize=16)
def _taper(size: int) -> Array:
    return _blackman(size).astype(np.float32).reshape(FOLDS, size)


@functools.lru_cache(maxsize=16)
def _leak(size: int) -> Array:
    """What a tone in one band leaves in each above it, its own power being 1: (bands,)."""
    places = 2 * FOLDS  # between two lines, where it may lie
    power = np.square(np.abs(np.fft.fft(_blackman(size), places * size))).reshape(size, places)
    most = power[: band_count(size)].max(axis=1)
    leak: Array = np.maximum(most, np.roll(most, 1)) / power.sum(axis=0).min()
    leak[:2] = 0.0  # it lies in one, or between two
    return leak
