"""Two recorders are told from one, by their clocks or because they were not started together."""

import numpy as np
import pytest

from tests.windows.stereo import Samples, stereo, two_clocks
from workflow_scripts.windows.synchrony import Lag, drift, is_unsynchronised, lag


def lags(wave: Samples, rate: int, seconds: float = 10) -> list[Lag]:
    step = int(seconds * rate)
    each = (lag(wave[begin : begin + step], rate, begin / rate) for begin in range(0, len(wave), step))
    return [one for one in each if one is not None]


@pytest.mark.parametrize("rate", [16_000, 44_100])
@pytest.mark.parametrize("ppm", [10, -60, 100])
def test_two_clocks_are_told_and_by_how_much_they_differ(rate: int, ppm: float) -> None:
    found = lags(two_clocks(60 * rate, ppm, snr_db=0), rate)
    assert len(found) == 6
    assert is_unsynchronised(found, 0.003, rate)
    assert drift(found) == pytest.approx(-ppm * 1e-6, abs=5e-6)


def test_one_clock_has_no_drift() -> None:
    found = lags(stereo(60 * 16_000, 12.3, snr_db=0), 16_000)
    assert not is_unsynchronised(found, 0.003, 16_000)
    assert {one.lag_s for one in found} == {12 / 16_000}


def test_recorders_that_were_not_started_together_are_told() -> None:
    found = lags(stereo(20 * 16_000, 4_000), 16_000)
    assert {one.lag_s for one in found} == {0.25}
    assert is_unsynchronised(found, 0.003, 16_000)


def test_a_bird_that_flies_past_is_no_clock() -> None:
    at = np.arange(0, 120, 10.0)
    past = [Lag(float(moment), float(0.0006 * np.tanh((moment - 60) / 15))) for moment in at]
    here_and_there = [Lag(float(moment), float(0.0005 * (-1) ** (moment // 10))) for moment in at]
    assert not is_unsynchronised(past, 0.003, 44_100)
    assert not is_unsynchronised(here_and_there, 0.003, 44_100)


@pytest.mark.parametrize("seconds", [0.2, 1, 3, 12])
def test_noise_that_channels_do_not_share_has_no_lag(seconds: float) -> None:
    assert lags(np.random.default_rng(1).standard_normal((60 * 16_000, 2)), 16_000, seconds) == []
    assert not is_unsynchronised([], 0.003, 16_000)


def test_windows_that_overlap_may_look_at_one_stretch() -> None:
    assert drift([Lag(1.0, 0.0), Lag(1.0, 0.0), Lag(2.0, 0.001), Lag(3.0, 0.002)]) == pytest.approx(0.001)
    assert drift([Lag(1.0, 0.0)] * 4) is None
