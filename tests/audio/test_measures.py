"""Measures of signals that are known."""

import math
from typing import Any

import numpy as np
import pytest
import soxr
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.audio.made_files import noise, noise16
from workflow_scripts.audio.measures import measure

RATES = st.sampled_from([8000, 16_000, 22_050, 44_100, 48_000])
quickly = settings(max_examples=25, deadline=None)


def _sine(frames: int, period: int, level: float = 1.0) -> np.ndarray:
    return (level * np.sin(2 * np.pi * np.arange(frames) / period)).astype(np.float32)[:, None]


@quickly
@given(st.floats(0.001, 0.999), st.integers(1, 8000), st.integers(1, 3), st.integers(0, 10**6))
def test_peak_is_the_largest_sample_of_any_channel(level: float, frames: int, channels: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    samples = rng.uniform(-level / 2, level / 2, (frames, channels)).astype(np.float32)
    samples[rng.integers(frames), rng.integers(channels)] = rng.choice([-1, 1]) * level
    assert measure(samples, 8000)["peak"] == pytest.approx(level)


def test_the_lowest_16_bit_sample_is_full_scale() -> None:
    assert measure(np.array([[0], [-32768]], np.int16), 8000)["peak"] == 1.0


@quickly
@given(st.floats(1e-4, 1.0), st.sampled_from([8, 20, 100]), st.integers(1, 50), st.integers(1, 4))
def test_rms_of_a_sine_is_3_db_below_its_peak(level: float, period: int, periods: int, channels: int) -> None:
    samples = np.tile(_sine(period * periods, period, level), channels)
    expected = 20 * math.log10(level) - 3.0103
    assert measure(samples, 16_000)["rms_dbfs"] == pytest.approx(expected, abs=0.01)


def test_rms_is_over_all_channels() -> None:
    samples = np.hstack([_sine(1600, 16), np.zeros((1600, 1), np.float32)])
    assert measure(samples, 16_000)["rms_dbfs"] == pytest.approx(-6.02, abs=0.01)


def test_a_full_scale_16_bit_square_is_0_db() -> None:
    samples = np.tile(np.array([[32767], [-32768]], np.int16), (4000, 1))
    assert measure(samples, 8000)["rms_dbfs"] == pytest.approx(0.0, abs=0.001)


def test_rms_does_not_lose_precision_over_minutes() -> None:
    samples = np.tile(np.array([[1], [-1]], np.int16), (8000 * 150, 1))
    assert measure(samples, 8000)["rms_dbfs"] == pytest.approx(-20 * math.log10(32768), abs=1e-6)


@pytest.mark.parametrize("dtype", [np.int16, np.float32])
def test_silence_has_no_level_and_no_bandwidth(dtype: Any) -> None:
    measured = measure(np.zeros((4000, 1), dtype), 8000)
    assert measured == {
        "peak": 0.0,
        "rms_dbfs": None,
        "dc_offset": 0.0,
        "clipped_fraction": 0.0,
        "silent_fraction": 1.0,
        "bandwidth_hz": None,
        "channel_layout": "mono",
    }


@quickly
@given(st.floats(-0.5, 0.5), st.integers(1, 3))
def test_dc_offset_is_the_mean(offset: float, channels: int) -> None:
    samples = np.tile(_sine(1600, 16, 0.3), channels) + np.float32(offset)
    assert measure(samples, 16_000)["dc_offset"] == pytest.approx(offset, abs=1e-4)


@quickly
@given(st.integers(0, 200), st.sampled_from([np.int16, np.float32]), st.booleans())
def test_clipped_fraction_counts_samples_at_full_scale(clipped: int, dtype: Any, is_low: bool) -> None:
    samples = noise16(1000, level=0.05) if dtype == np.int16 else noise(1000, level=0.05)
    full_scale = 32767 if dtype == np.int16 else 1.0
    samples[:clipped] = -full_scale if is_low else full_scale
    assert measure(samples, 8000)["clipped_fraction"] == pytest.approx(clipped / 1000)


def test_samples_beyond_full_scale_are_clipped_too() -> None:
    samples = noise(1000, level=0.05)
    samples[:100] = 3.5
    assert measure(samples, 8000)["clipped_fraction"] == pytest.approx(0.1)


@quickly
@given(st.lists(st.booleans(), min_size=1, max_size=40), RATES, st.integers(0, 5))
def test_silent_fraction_is_the_share_of_silent_100_ms(is_silent: list[bool], rate: int, seed: int) -> None:
    stretch = round(rate / 10)
    rng = np.random.default_rng(seed)
    levels = np.repeat([5e-4 if silent else 0.5 for silent in is_silent], stretch)[:, None]
    samples = (levels * rng.choice([-1, 1], (len(levels), 1))).astype(np.float32)
    assert measure(samples, rate)["silent_fraction"] == pytest.approx(np.mean(is_silent))


def test_one_loud_channel_is_no_silence() -> None:
    samples = np.hstack([np.zeros((8000, 1), np.float32), _sine(8000, 16)])
    assert measure(samples, 8000)["silent_fraction"] == 0.0


@settings(max_examples=15, deadline=None)
@given(
    st.sampled_from([8000, 11_025]),
    st.sampled_from([16_000, 22_050, 44_100, 48_000]),
    st.sampled_from([np.float32, np.int16]),
    st.integers(0, 1000),
)
def test_bandwidth_shows_what_rate_a_sound_once_had(before: int, now: int, dtype: Any, seed: int) -> None:
    resampled = soxr.resample(noise(before * 2, level=0.1, seed=seed), before, now, quality="HQ")
    samples = resampled if dtype == np.float32 else np.round(resampled * 32767).astype(np.int16)
    side_lobes = 12 * now / 2048
    assert measure(samples, now)["bandwidth_hz"] == pytest.approx(before / 2, abs=side_lobes)


@quickly
@given(RATES, st.integers(0, 1000))
def test_bandwidth_of_white_noise_is_half_the_rate(rate: int, seed: int) -> None:
    assert measure(noise16(rate, seed=seed), rate)["bandwidth_hz"] == pytest.approx(rate / 2, rel=0.01)


@quickly
@given(st.integers(4, 60))
def test_bandwidth_of_a_sine_is_its_frequency(period: int) -> None:
    side_lobes = 12 * 16_000 / 2048  # of the window, as far as they are within 80 dB
    measured = measure(_sine(16_000, period, 0.5), 16_000)["bandwidth_hz"]
    assert measured == pytest.approx(16_000 / period, abs=side_lobes)


@quickly
@given(st.integers(1, 300), st.integers(1, 3))
def test_the_shortest_signals_have_measures(frames: int, channels: int) -> None:
    measured = measure(noise16(frames, channels), 16_000)
    assert measured["bandwidth_hz"] is None or 0 <= measured["bandwidth_hz"] <= 8000


LAYOUTS = {
    "mono": noise(4000),
    "dual_mono": np.tile(noise(4000), 2),
    "one_sided": np.hstack([noise(4000), np.zeros((4000, 1), np.float32)]),
    "stereo": noise(4000, 2),
    "multichannel": noise(4000, 3),
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("dtype", [np.int16, np.float32])
def test_channel_layouts(layout: str, dtype: Any) -> None:
    samples = LAYOUTS[layout] if dtype == np.float32 else (LAYOUTS[layout] * 32767).astype(np.int16)
    assert measure(samples, 16_000)["channel_layout"] == layout


def test_either_side_may_be_the_silent_one() -> None:
    assert measure(LAYOUTS["one_sided"][:, ::-1].copy(), 16_000)["channel_layout"] == "one_sided"


def test_channels_that_differ_by_rounding_are_dual_mono() -> None:
    samples = np.tile(noise16(4000), 2)
    samples[::7, 1] += 1
    assert measure(samples, 16_000)["channel_layout"] == "dual_mono"


def test_a_channel_turned_upside_down_is_stereo() -> None:
    assert measure(noise(4000) * np.array([[1, -1]], np.float32), 16_000)["channel_layout"] == "stereo"


def test_silence_in_two_channels_is_dual_mono() -> None:
    assert measure(np.zeros((4000, 2), np.int16), 16_000)["channel_layout"] == "dual_mono"


@quickly
@given(
    st.integers(1, 6000),
    st.integers(1, 3),
    st.floats(1e-3, 2.0),
    RATES,
    st.integers(0, 1000),
    st.sampled_from([0, 500]),
)
def test_int16_and_float32_of_the_same_sound_have_the_same_measures(
    frames: int, channels: int, level: float, rate: int, seed: int, offset: int
) -> None:
    integers = np.clip(noise16(frames, channels, level, seed).astype(int) + offset, -32768, 32767).astype(np.int16)
    assume(integers.any())
    one, other = measure(integers, rate), measure(integers.astype(np.float32) / 32768, rate)
    assert one["channel_layout"] == other["channel_layout"]
    for name in ("peak", "rms_dbfs", "dc_offset", "clipped_fraction", "silent_fraction"):
        assert one[name] == pytest.approx(other[name], rel=1e-6, abs=1e-9), name
    assert one["bandwidth_hz"] == other["bandwidth_hz"]
