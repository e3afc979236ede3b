"""Whether two channels were recorded by one clock: if not, the time between them grows, or is longer than any way.

The phase transform (see directions.py) of one long stretch of each window finds lags of up to a second.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

Array = np.ndarray[Any, Any]

STRETCH_FRAMES = 1 << 17
"""Of a window the loudest so many samples are looked at: 3 s at 44.1 kHz, in which clocks do not run far apart."""
MOST_LAG_S = 1.0
STANDS_OUT = 7.0
"""A lag is so many standard deviations of all others, which noise at 90,000 lags does not reach."""
LEAST_WINDOWS = 4
"""A drift is told of so many lags at least."""
LEAST_DRIFT_FRAMES = 4
ON_A_LINE = 20
"""It is at least so many times the median distance of lags from their line: a bird that flies past is no clock."""


class Lag(NamedTuple):
    """A lag that stands out.

    Attributes:
        at_s: the middle of the stretch, from the start of the clip.
        lag_s: of the second channel behind the first.
    """

    at_s: float
    lag_s: float


def lag(wave: Array, sample_rate: int, onset_s: float) -> Lag | None:
    """The lag that most of a stretch of a window has, to half a sample.

    Args:
        wave: (frames, 2).
        sample_rate: hertz.
        onset_s: where the window starts in its clip.
    """
    if len(wave) < sample_rate / 10:
        return None
    frames = min(STRETCH_FRAMES, 1 << int(np.log2(len(wave))))
    first = _loudest(wave, frames)
    # Neither tapered nor filled up: what channels do not share has the same deviation at every lag.
    one, other = np.fft.rfft(wave[first : first + frames].astype(np.float64), axis=0).T
    cross = np.conj(one) * other
    power = np.abs(cross)
    phases = np.divide(cross, power, out=np.zeros_like(cross), where=power > 0)
    correlation = np.fft.irfft(phases, frames)
    deviation = 1.4826 * float(np.median(np.abs(correlation)))
    most = min(int(MOST_LAG_S * sample_rate), frames // 2 - 1)
    near = np.concatenate([correlation[-most:], correlation[: most + 1]])
    place = int(np.argmax(near))
    if near[place] <= STANDS_OUT * deviation:
        return None
    return Lag(onset_s + (first + frames / 2) / sample_rate, (place - most) / sample_rate)


def drift(lags: Sequence[Lag]) -> float | None:
    """Seconds a second by which the second channel falls behind: the median slope between any two lags (Theil and Sen).

    None of fewer than LEAST_WINDOWS lags.
    """
    if len(lags) < LEAST_WINDOWS:
        return None
    at, lag_s = np.asarray(lags[:: len(lags) // 1000 + 1]).T
    one, other = np.triu_indices(len(at), 1)
    is_later = at[other] > at[one]  # windows that overlap may have one loudest stretch
    slopes = (lag_s[other] - lag_s[one])[is_later] / (at[other] - at[one])[is_later]
    return float(np.median(slopes)) if len(slopes) else None


def is_unsynchronised(lags: Sequence[Lag], most_delay_s: float, sample_rate: int) -> bool:
    """Whether lags drift along a line, or most of them are longer than sound takes from one microphone to the other."""
    if not lags:
        return False
    at, lag_s = np.asarray(lags).T
    if np.median(np.abs(lag_s)) > most_delay_s + 1 / sample_rate:
        return True
    slope = drift(lags)
    if slope is None:
        return False
    run = abs(slope) * (at.max() - at.min())
    beside = lag_s - slope * at
    scatter = float(np.median(np.abs(beside - np.median(beside))))
    return bool(run > LEAST_DRIFT_FRAMES / sample_rate and run > ON_A_LINE * scatter)


def _loudest(wave: Array, frames: int) -> int:
    """Where the loudest stretch begins."""
    if len(wave) <= frames:
        return 0
    steps = np.arange(0, len(wave) - frames + 1, frames // 4)
    power = np.concatenate([[0.0], np.cumsum(np.square(wave, dtype=np.float64).sum(1))])
    return int(steps[np.argmax(power[steps + frames] - power[steps])])
