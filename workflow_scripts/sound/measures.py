"""Measures of decoded samples, taken block by block. Amplitudes are relative to full scale, 1.

Sums are taken in single precision over some hundreds of samples and put together in double. BLAS takes them: in
stretches of one length its sums do not vary, as over a whole block they would with the number of threads.
"""

import functools
import math
from typing import Any, NamedTuple

import numpy as np

from workflow_scripts.media.media import MediaError
from workflow_scripts.sound.bandwidth import Bandwidth
from workflow_scripts.sound.decoders import Block
from workflow_scripts.sound.planes import Buffer

Array = np.ndarray[Any, Any]
_products = Buffer()

FRAMES_A_SECOND = 50
FRAMES_A_STRETCH = 25
"""The envelope's half second."""
SILENT_POWER = 1e-6
"""-60 dB of full scale."""
CLIPPED = 32767 / 32768
CLIPPED_RUN = 3
"""Samples in a row at full scale: a single one may be a peak that just fits."""
SAME_CHANNEL = 1e-6
"""-60 dB of power: channels that differ by less, relative to their power, carry the same sound."""
CONSTANT = 1e-5
"""-50 dB of power: a channel that varies by less counts as constant. Sums in single precision tell no more."""
CLOSE = 1e-4
"""Times the power: what is left of two sums, taken from each other, is no longer told from their rounding."""
LOUDEST = 1e9
"""Times full scale: beyond it no sound was meant, and squares run over."""
SUMMED = 1024
"""Samples that are added up in single precision."""
_ONES = np.ones(SUMMED, np.float32)


class Measures:
    """Measures of one media whose samples come in blocks of whole seconds, the last one excepted."""

    def __init__(self, sample_rate: int, channels: int) -> None:
        self._rate, self._channels = sample_rate, channels
        self._frames = 0
        self._sums = np.zeros(channels)
        self._powers = np.zeros(channels)
        self._product = self._difference = 0.0
        self._clipped = 0
        self._open_runs = np.zeros(channels, np.int64)
        self._silent: list[Array] = []
        self._peaks: list[Array] = []
        self._powers_of_stretches: list[Array] = []
        self._bandwidth = Bandwidth(sample_rate)
        self._is_16_bit = False

    def add(self, block: Block, planes: Array, full_scale: float) -> None:
        """Take the next block.

        Args:
            block: (frames, channels), contiguous, as it was decoded.
            planes: the same samples as float32 of shape (channels, frames).
            full_scale: what full scale is in the planes.

        Raises:
            MediaError: samples are NaN or infinite, or a billion times louder than full scale.
        """
        grid = _grid(self._rate, len(block))
        peaks = _peaks(block, grid.stretches)
        peak = peaks.max()
        if not peak <= LOUDEST:
            raise _not_finite(block)
        energies = _frame_energies(planes, grid.frames, self._rate) / full_scale**2
        energy, powers = energies.sum(axis=0), energies.sum(axis=1)
        self._frames += len(block)
        self._sums += _sums(planes) / full_scale
        self._powers += powers
        if self._channels > 1:
            self._compare(planes, powers, full_scale)
        self._silent.append(energy < SILENT_POWER * self._channels * grid.frame_lengths)
        self._peaks.append(peaks)
        means = np.add.reduceat(energy, grid.first_frames) / (grid.stretch_lengths * self._channels)
        self._powers_of_stretches.append(means)
        if peak >= CLIPPED or self._open_runs.any():
            self._clipped += _clipped_samples(block, self._open_runs)
        self._bandwidth.add(planes[0], full_scale)
        self._is_16_bit = block.dtype == np.int16

    def _compare(self, planes: Array, powers: Array, full_scale: float) -> None:
        """Product and difference of the first two channels; where they are close, the difference itself is summed."""
        product = _dot(planes[0], planes[1]) / full_scale**2
        difference = powers[:2].sum() - 2 * product
        if difference < CLOSE * powers.max():
            apart = np.subtract(planes[0], planes[1], out=_products.take(planes.shape[1]))
            difference = _dot(apart, apart) / full_scale**2
        self._product += product
        self._difference += difference

    def measured(self) -> dict[str, float | str | list[float] | None]:
        """The columns of `checks` from peak to envelope_rms; at least one sample must have been taken."""
        samples = self._frames * self._channels
        peaks = np.concatenate(self._peaks)
        powers = (self._powers / self._frames).tolist()
        clipped = self._clipped + int(self._open_runs[self._open_runs >= CLIPPED_RUN].sum())
        return {
            "peak": float(peaks.max()),
            "rms_dbfs": _decibels(sum(powers) / self._channels),
            "dc_offset": float(self._sums.sum() / samples),
            "clipped_fraction": clipped / samples,
            "silent_fraction": float(np.concatenate(self._silent).mean()),
            "bandwidth_hz": self._bandwidth.hertz(powers[0], self._is_16_bit),
            "channel_layout": self._layout(powers),
            "channel_correlation": self._correlation(powers),
            "channel_level_difference_db": self._level_difference(powers),
            "envelope_peak": peaks.tolist(),
            "envelope_rms": np.sqrt(np.concatenate(self._powers_of_stretches)).tolist(),
        }

    def _layout(self, powers: list[float]) -> str:
        if self._channels == 1:
            return "mono"
        if self._channels > 2:
            return "multichannel"
        if min(powers) < SAME_CHANNEL * max(powers):
            return "one_sided"
        return "dual_mono" if self._difference / self._frames <= SAME_CHANNEL * max(powers) else "stereo"

    def _correlation(self, powers: list[float]) -> float | None:
        """Pearson's, of the first two channels; null where one of them is constant."""
        if self._channels < 2:
            return None
        left, right = (self._sums[:2] / self._frames).tolist()
        variances = powers[0] - left**2, powers[1] - right**2
        if any(variance <= CONSTANT * power for variance, power in zip(variances, powers, strict=False)):
            return None
        correlation = (self._product / self._frames - left * right) / math.sqrt(variances[0] * variances[1])
        return min(max(correlation, -1.0), 1.0)

    def _level_difference(self, powers: list[float]) -> float | None:
        if self._channels < 2 or not (powers[0] and powers[1]):
            return None
        return 10 * math.log10(powers[0] / powers[1])


def _decibels(power: float) -> float | None:
    return 10 * math.log10(power) if power > 0 else None


class _Grid(NamedTuple):
    """Where the 20 ms frames and the half seconds of a block lie: first samples and lengths, and first frames."""

    frames: Array
    frame_lengths: Array
    stretches: Array
    stretch_lengths: Array
    first_frames: Array


@functools.lru_cache(maxsize=16)
def _grid(sample_rate: int, samples: int) -> _Grid:
    """Exact over whole seconds at any rate, also where 20 ms is no whole number of samples."""
    count = -(-samples * FRAMES_A_SECOND // sample_rate)
    frames = np.arange(count, dtype=np.int64) * sample_rate // FRAMES_A_SECOND
    first_frames = np.arange(0, len(frames), FRAMES_A_STRETCH)
    stretches = frames[first_frames]
    lengths = [np.diff(starts, append=samples) for starts in (frames, stretches)]
    return _Grid(frames, lengths[0], stretches, lengths[1], first_frames)


def _frame_energies(planes: Array, starts: Array, sample_rate: int) -> Array:
    """Sums of squares: a row a channel, a column a frame of 20 ms."""
    if sample_rate % FRAMES_A_SECOND:
        squares = np.multiply(planes, planes, out=_products.take(*planes.shape))
        return np.add.reduceat(squares, starts, axis=1).astype(np.float64)
    size = sample_rate // FRAMES_A_SECOND  # frames of one size, as at all common rates, take a quarter of the time
    frames, rest = _stretches(planes, size)
    energies = np.vecdot(frames, frames)
    if rest.shape[1]:
        energies = np.concatenate([energies, np.vecdot(rest, rest)[:, np.newaxis]], axis=1)
    return energies.astype(np.float64)


def _stretches(planes: Array, size: int) -> tuple[Array, Array]:
    """Planes (channels, frames) as stretches of one length (channels, stretches, size), and what is left over."""
    whole = planes.shape[1] // size * size
    return planes[:, :whole].reshape(len(planes), -1, size), planes[:, whole:]


def _sums(planes: Array) -> Array:
    """The sum of each channel (channels,)."""
    stretches, rest = _stretches(planes, SUMMED)
    return np.vecdot(stretches, _ONES).sum(axis=1, dtype=np.float64) + rest.sum(axis=1, dtype=np.float64)


def _dot(one: Array, other: Array) -> float:
    """The sum of the products of two channels (frames,)."""
    stretches, rests = zip(*(_stretches(channel[np.newaxis], SUMMED) for channel in (one, other)), strict=True)
    return float(np.vecdot(*stretches).sum(dtype=np.float64) + np.vecdot(*rests).sum(dtype=np.float64))


def _peaks(block: Block, starts: Array) -> Array:
    """Largest absolute sample of each half second, over all channels."""
    flat, places = block.reshape(-1), starts * block.shape[1]
    high = np.maximum.reduceat(flat, places).astype(np.float64)
    low = np.minimum.reduceat(flat, places).astype(np.float64)
    return np.maximum(np.abs(high), np.abs(low)) / (32768 if block.dtype == np.int16 else 1)


def _not_finite(block: Block) -> MediaError:
    with np.errstate(invalid="ignore"):
        broken = int((~(np.abs(block) <= LOUDEST)).sum())
    return MediaError("not_finite", f"{broken:,} samples are NaN, infinite or beyond {LOUDEST:.0e} times full scale")


def _clipped_samples(block: Block, open_runs: Array) -> int:
    """Samples at full scale that stand in runs of CLIPPED_RUN or more, in their channel.

    Args:
        block: (frames, channels).
        open_runs: (channels,) samples of the run that each channel of the block before ended in, not counted there;
            overwritten with those of this block.
    """
    bound = CLIPPED * (32768 if block.dtype == np.int16 else 1)
    count = 0
    for number, channel in enumerate(block.T):
        full = (channel >= bound) | (channel <= -bound)
        edges = np.flatnonzero(np.diff(full, prepend=False, append=False))
        runs = edges[1::2] - edges[::2]
        if full[0]:
            runs[0] += open_runs[number]
        else:
            runs = np.append(open_runs[number], runs)
        open_runs[number] = 0
        if full[-1]:
            open_runs[number], runs = runs[-1], runs[:-1]
        count += int(runs[runs >= CLIPPED_RUN].sum())
    return count
