"""The acoustic fingerprint: what stays of a sound under another codec, rate, level or beginning, in 40 bytes a second.

From the power spectra that the fbank is made of: the power in BANDS bands, at equal distances on a logarithmic scale,
over 0.37 s under a Hann window, every 50 ms. Of its logarithm the difference between neighbouring bands, and of that
the difference over 0.3 s: its sign is a bit of Haitsma and Kalker. A bit that is near 0 turns over easily, and one that
is far from it hardly does. So of each four neighbours only the one of the largest amount is kept: which it is, and its
sign, a symbol from 1 to 8; 0 where even that is small, as in silence and steady tones. Five symbols in base 9 fit into
16 bits.

What lies 60 dB below the loudest band within 5 s before and after counts as nothing: above the edge of a codec, and in
what is silent but for dither, rounding alone would decide.

Sources: Haitsma and Kalker, "A highly robust audio fingerprinting system", ISMIR 2002 (bits, overlap, search by words,
the error rate as judge); Yagnik et al., "The power of comparative reasoning", ICCV 2011 (which of some values is the
largest, as a code that withstands noise). How it does: `python -m benchmarks same_sound`.
"""

import functools
import math
from typing import Any

import numpy as np

from workflow_scripts.sound.fbank import FFT_SIZE, HOP, WINDOW
from workflow_scripts.sound.settings import SAMPLE_RATE

Array = np.ndarray[Any, Any]

VERSION = 1
"""Raised when the same sound would have another one: those of two versions cannot be compared."""
STEP = 5
STEP_S = STEP * HOP / SAMPLE_RATE
SMOOTHED = 37
"""Frames of 10 ms."""
LAG = 6
"""Steps between the two times whose difference is taken."""
LOWEST_HZ, HIGHEST_HZ = 100.0, 3600.0
"""Below half the rate of telephones, resamplers' edges left out."""
GROUPS, GROUP = 5, 4
BANDS = GROUPS * GROUP + 1
SYMBOLS = 2 * GROUP + 1
"""And 0, that of nothing."""
LEAST = 0.1
"""Of a difference of differences of natural logarithms; a symbol of a smaller one says as good as nothing."""
FLOOR = 1e-6
LOUDEST_WITHIN = 100
"""Steps, before and behind."""
COVERED_S = ((SMOOTHED - 1) * HOP + WINDOW) / SAMPLE_RATE + LAG * STEP_S
"""Of sound that one step is made of: it starts where the step does."""
_PLACES = SYMBOLS ** np.arange(GROUPS, dtype=np.uint16)


class Fingerprint:
    """The fingerprint of one signal whose power spectra come in blocks."""

    def __init__(self) -> None:
        self._rest: Array = np.empty((0, BANDS), np.float32)
        self._steps: list[Array] = []

    def add(self, power: Array) -> None:
        """Take the next frames: (frames, FFT_SIZE / 2 + 1) float32, 10 ms apart."""
        lines, weights = _bands()
        frames = np.concatenate([self._rest, power[:, lines] @ weights])
        steps = max(0, (len(frames) - SMOOTHED) // STEP + 1)
        if steps:
            windows = np.lib.stride_tricks.sliding_window_view(frames, SMOOTHED, axis=0)[::STEP]
            self._steps.append(windows @ _hann())
        self._rest = frames[steps * STEP :]

    def packed(self) -> bytes | None:
        """A little-endian uint16 for each 50 ms; None where nothing in it says anything."""
        energies = np.concatenate([np.empty((0, BANDS), np.float32), *self._steps])
        if len(energies) <= LAG:
            return None
        symbols = _symbols(energies)
        if not symbols.any():
            return None
        return (symbols @ _PLACES).astype("<u2").tobytes()


def _symbols(energies: Array) -> Array:
    """The symbols (steps - LAG, GROUPS) uint16 of the energies (steps, BANDS) of bands."""
    levels = np.log(energies + FLOOR * _loudest(energies)[:, np.newaxis] + np.finfo(np.float32).tiny)
    across = np.diff(levels, axis=1)
    differences = (across[LAG:] - across[:-LAG]).reshape(-1, GROUPS, GROUP)
    largest = np.abs(differences).argmax(axis=2)[..., np.newaxis]
    values = np.take_along_axis(differences, largest, axis=2)[..., 0]
    symbols = 1 + 2 * largest[..., 0] + (values > 0)
    return np.where(np.abs(values) >= LEAST, symbols, 0).astype(np.uint16)


def _loudest(energies: Array) -> Array:
    """Of each step the power of the loudest band within LOUDEST_WITHIN steps of it (steps,)."""
    within, size = 2 * LOUDEST_WITHIN + 1, 1
    loudest = np.pad(energies.max(axis=1), LOUDEST_WITHIN, mode="edge")
    while 2 * size <= within:  # of twice as many each time: a tenth of the time of all windows by themselves
        loudest = np.maximum(loudest[:-size], loudest[size:])
        size *= 2
    left = within - size
    return np.maximum(loudest[: len(loudest) - left], loudest[left:])


def symbols(packed: bytes) -> Array:
    """The symbols of a fingerprint: (steps, GROUPS) uint8, from 0, nothing, to 8."""
    return symbols_of(np.frombuffer(packed, "<u2"))


def symbols_of(codes: Array) -> Array:
    """The symbols of codes (steps,) uint16: (steps, GROUPS) uint8, from 0, nothing, to 8."""
    found: Array = _of_each_code()[codes]
    return found


def span(packed: bytes, start_s: float, end_s: float) -> bytes:
    """Of a recording's fingerprint the steps that a stretch of it alone has made."""
    first = max(0, math.ceil(start_s / STEP_S - 1e-6))
    behind = max(first, math.floor((end_s - COVERED_S) / STEP_S + 1e-6) + 1)
    return packed[2 * first : 2 * behind]


@functools.cache
def _bands() -> tuple[slice, Array]:
    """The lines of the spectrum that any band has a part in, and how much of each it has: (lines, BANDS)."""
    edges = np.geomspace(LOWEST_HZ, HIGHEST_HZ, BANDS + 1)
    spacing = SAMPLE_RATE / FFT_SIZE
    centres = np.arange(FFT_SIZE // 2 + 1)[:, np.newaxis] * spacing
    upper, lower = np.minimum(centres + spacing / 2, edges[1:]), np.maximum(centres - spacing / 2, edges[:-1])
    shares = np.maximum(0.0, upper - lower) / spacing
    needed = np.flatnonzero(shares.sum(axis=1))
    lines = slice(int(needed[0]), int(needed[-1]) + 1)
    return lines, shares[lines].astype(np.float32)


@functools.cache
def _hann() -> Array:
    window = np.hanning(SMOOTHED + 2)[1:-1]
    return (window / window.sum()).astype(np.float32)


@functools.cache
def _of_each_code() -> Array:
    """The symbols of each code (2^16, GROUPS) uint8; no check asks for them."""
    return (np.arange(1 << 16)[:, np.newaxis] // _PLACES.astype(np.int64) % SYMBOLS).astype(np.uint8)
