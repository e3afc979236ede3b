"""From where the sound of a stereo recording comes: the time between its channels, by generalised cross-correlation.

C. H. Knapp and G. C. Carter, The generalized correlation method for estimation of time delay, IEEE Transactions on
Acoustics, Speech, and Signal Processing 24 (4), 1976, with the phase transform (PHAT): of the cross-spectrum, averaged
over segments as by P. D. Welch (1967), only the phase counts. Frequencies at which the channels have no more in common
than chance gives do not count at all.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

Array = np.ndarray[Any, Any]

SPEED_OF_SOUND = 343.2
"""Metres a second in air of 20 °C; 331 at 0 °C, 350 at 32 °C."""
SEGMENT_S = 0.064
"""Segments are at least this long, and four times the longest delay that is looked for."""
SEGMENTS_AT_ONCE = 256
CHANCE = 0.001
"""So seldom does noise that the channels do not share pass for shared, at one frequency."""
LEAST_BINS = 8
"""Frequencies that a delay is told of, at least; and four times as many as chance gives."""
LEAST_HEIGHT = 0.5
"""Of the highest peak: lower ones are no other singer's. What two of them make of each other has a third."""
STANDS_OUT = 5.0
"""A peak is so many standard deviations of what lies beside it, at least."""
FINER = 8
"""The correlation is computed at so many lags a sample; between them lies a parabola."""
SIDELOBE = 0.7
"""Within the part of a peak's envelope that is above this the highest lag is its delay."""


@dataclass(frozen=True)
class DirectionSettings:
    """How directions are measured.

    Attributes:
        most_delay_s: the longest delay between channels that is looked for.
        distance_m: between the microphones; None where nobody knows it, and there are no angles.
        band_hz: lowest and highest frequency that count; None for all.
        peaks: of a window, at most: singers at different places.
    """

    most_delay_s: float
    distance_m: float | None
    band_hz: tuple[float, float] | None
    peaks: int


class Peak(NamedTuple):
    """A delay between channels.

    Attributes:
        delay_s: of the second channel behind the first; more than 0 where the sound is nearer to the first.
        height: share of what the channels have in common that has this delay, about 0 to 1.
    """

    delay_s: float
    height: float


@dataclass(frozen=True)
class Direction:
    """What is measured of a window.

    Attributes:
        level_difference_db: of the first channel over the second in the band; None where one is silent there.
        coherence: magnitude-squared, weighted by power; None of less than two segments.
        coherent_share: of the frequencies in the band, those at which it is above chance.
        peaks: the highest first; none where nothing stands out of what chance gives.
    """

    level_difference_db: float | None
    coherence: float | None
    coherent_share: float
    peaks: tuple[Peak, ...]


class _Spectra(NamedTuple):
    """Of averaged segments: frequencies, power of both channels, cross-spectrum, and how many segments count."""

    hertz: Array
    first: Array
    second: Array
    cross: Array
    counted: Array


def direction(wave: Array, sample_rate: int, settings: DirectionSettings) -> Direction:
    """The time and level differences of a window.

    Args:
        wave: (frames, 2), full scale 1: left and right.
        sample_rate: hertz.
        settings: how.
    """
    spectra = _spectra(wave, sample_rate, settings)
    low, high = settings.band_hz or (0.0, sample_rate / 2)
    in_band = (spectra.hertz > 0) & (spectra.hertz >= low) & (spectra.hertz <= high)
    power = np.sqrt(spectra.first * spectra.second)
    with np.errstate(divide="ignore", invalid="ignore"):
        coherence = np.where(power > 0, np.abs(spectra.cross) ** 2 / power**2, 0.0)
        chance = np.where(spectra.counted > 2, 1 - CHANCE ** (1 / (spectra.counted - 1)), np.inf)
    is_shared = in_band & (coherence > chance)
    bins, shared = int(in_band.sum()), int(is_shared.sum())
    return Direction(
        _level_difference(float(spectra.first[in_band].sum()), float(spectra.second[in_band].sum())),
        _weighted(coherence, np.where(in_band, power, 0.0)) if spectra.counted.max() > 1 else None,
        shared / bins if bins else 0.0,
        _peaks(spectra.cross, is_shared, sample_rate, settings) if shared >= max(LEAST_BINS, 4 * CHANCE * bins) else (),
    )


def angle(delay_s: float, distance_m: float | None) -> float | None:
    """Degrees to the left of straight ahead (or behind) of a sound that is far away, from the delay; None if unknown.

    >>> angle(0.0, 0.2), round(angle(0.1 / SPEED_OF_SOUND, 0.2), 1), angle(0.01, 0.2)
    (0.0, 30.0, None)
    """
    if distance_m is None:
        return None
    share = delay_s * SPEED_OF_SOUND / distance_m
    return float(np.degrees(np.arcsin(np.clip(share, -1, 1)))) if abs(share) <= 1.1 else None


def side(delay_samples: float) -> str:
    """Nearer to which microphone a sound is, as far as a sample tells.

    >>> side(3.2), side(-1), side(0.4)
    ('left', 'right', 'middle')
    """
    return "middle" if abs(delay_samples) <= 0.5 else "left" if delay_samples > 0 else "right"


def segment_frames(sample_rate: int, most_delay_s: float) -> int:
    """Samples of a segment: a power of two."""
    return 1 << int(np.ceil(np.log2(max(SEGMENT_S, 4 * most_delay_s) * sample_rate)))


def _spectra(wave: Array, sample_rate: int, settings: DirectionSettings) -> _Spectra:
    frames = segment_frames(sample_rate, settings.most_delay_s)
    if len(wave) < frames:
        wave = np.concatenate([wave, np.zeros((frames - len(wave), 2), wave.dtype)])
    window = np.hanning(frames + 1)[:-1]
    segments = np.lib.stride_tricks.sliding_window_view(wave, frames, axis=0)[:: frames // 2]
    bins = frames // 2 + 1
    first, second, both, squares = (np.zeros(bins) for _ in range(4))
    cross = np.zeros(bins, np.complex128)
    for begin in range(0, len(segments), SEGMENTS_AT_ONCE):
        spectra = np.fft.rfft(segments[begin : begin + SEGMENTS_AT_ONCE] * window, axis=2)
        one, other = spectra[:, 0], spectra[:, 1]
        powers = np.abs(one) ** 2, np.abs(other) ** 2
        first += powers[0].sum(0)
        second += powers[1].sum(0)
        cross += (np.conj(one) * other).sum(0)
        of_both = np.sqrt(powers[0] * powers[1])
        both += of_both.sum(0)
        squares += (of_both**2).sum(0)
    # A call is in some segments alone: as many as share its power count.
    counted = np.divide(both**2, squares, out=np.zeros(bins), where=squares > 0)
    return _Spectra(np.fft.rfftfreq(frames, 1 / sample_rate), first, second, cross, counted)


def _weighted(coherence: Array, power: Array) -> float | None:
    total = float(power.sum())
    return min(1.0, float((power * coherence).sum()) / total) if total > 0 else None


def _level_difference(first: float, second: float) -> float | None:
    return float(10 * np.log10(first / second)) if first > 0 and second > 0 else None


def _peaks(cross: Array, is_shared: Array, sample_rate: int, settings: DirectionSettings) -> tuple[Peak, ...]:
    """The peaks of the correlation of phases.

    Their envelope tells one singer from the next: a high call alone has a peak at each of its periods.
    """
    phases = np.where(is_shared, np.exp(1j * np.angle(cross)), 0) / is_shared.sum()
    frames = 2 * (len(cross) - 1)
    analytic = np.fft.ifft(phases, FINER * frames) * (FINER * frames)
    envelope, lags = np.abs(analytic), np.fft.fftfreq(len(analytic), 1 / len(analytic)).astype(np.int64)
    least = STANDS_OUT * float(np.sqrt(np.median(envelope**2) / np.log(2)))  # of noise, whose power is exponential
    order = np.argsort(lags, kind="stable")
    most = int(np.floor(settings.most_delay_s * sample_rate * FINER))
    order = order[np.abs(lags[order]) <= most + 1]
    envelope, height, lags = envelope[order], analytic.real[order], lags[order]
    inner = slice(1, -1)
    is_top = (envelope[inner] >= envelope[:-2]) & (envelope[inner] > envelope[2:])
    tops = 1 + np.flatnonzero(is_top & (envelope[inner] >= max(least, LEAST_HEIGHT * float(envelope.max()))))
    found: dict[int, Peak] = {}
    for top in tops:
        place = _highest_in_lobe(int(top), envelope, height)
        found[place] = Peak(_between(place, height, lags) / (FINER * sample_rate), float(height[place]))
    return tuple(sorted(found.values(), key=lambda peak: (-peak.height, peak.delay_s))[: settings.peaks])


def _highest_in_lobe(top: int, envelope: Array, height: Array) -> int:
    is_below = envelope < SIDELOBE * envelope[top]
    before, after = np.flatnonzero(is_below[:top]), np.flatnonzero(is_below[top:])
    first = int(before[-1]) + 1 if len(before) else 0
    behind = int(top + after[0]) if len(after) else len(envelope)
    return first + int(np.argmax(height[first:behind]))


def _between(place: int, height: Array, lags: Array) -> float:
    """The top of the parabola through a lag and its neighbours."""
    if not 0 < place < len(height) - 1:
        return float(lags[place])
    before, here, after = (float(height[place + step]) for step in (-1, 0, 1))
    bend = before - 2 * here + after
    return float(lags[place]) + (0.5 * (before - after) / bend if bend < 0 else 0.0)
