"""Measures of signals that are known, and of any signals against plain sums in double precision."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.made_files import noise, noise16
from workflow_scripts.media.media import MediaError
from workflow_scripts.sound.measures import Measures
from workflow_scripts.sound.planes import Planes

RATES = st.sampled_from([8000, 16_000, 22_050, 44_100, 48_000])
ODD_RATES = st.sampled_from([100, 101, 999, 7999, 8000, 11_025, 12_345, 22_050, 44_100, 48_000, 96_000])
quickly = settings(max_examples=25, deadline=None)
levels = st.sampled_from([1.0, 0.3, 0.01, 1e-3, 1e-4])


def _measured(samples: np.ndarray, rate: int, block_seconds: int | None = None) -> dict[str, Any]:
    """Measures of samples (frames, channels) that come in one block, or in blocks of so many seconds."""
    of_all, planes = Measures(rate, samples.shape[1]), Planes()
    size = rate * block_seconds if block_seconds else len(samples)
    for first in range(0, len(samples), size):
        block = np.ascontiguousarray(samples[first : first + size])
        of_all.add(block, *planes.of(block))
    return of_all.measured()


def _sine(frames: int, period: float, level: float = 1.0) -> np.ndarray:
    return (level * np.sin(2 * np.pi * np.arange(frames) / period)).astype(np.float32)[:, None]


def _in_double(samples: np.ndarray) -> np.ndarray:
    return samples.astype(np.float64) / (32768 if samples.dtype == np.int16 else 1)


def _steps(frames: int, rate: int, a_second: int) -> np.ndarray:
    """First samples of stretches that begin at each so-manieth of a second."""
    return np.array([start for n in range(frames) if (start := n * rate // a_second) < frames])


def _plain_clipped(samples: np.ndarray) -> int:
    count = 0
    for channel in samples.T:
        run = 0
        for value in [*np.abs(channel), 0]:
            if value >= 32767 / 32768:
                run += 1
            else:
                count += run if run >= 3 else 0
                run = 0
    return count


def _plain(samples: np.ndarray, rate: int) -> dict[str, Any]:
    """The measures in double precision, one after the other, without a thought for time."""
    wave = _in_double(samples)
    square = np.mean(wave**2, axis=1)
    halves = np.split(np.arange(len(wave)), _steps(len(wave), rate, 2)[1:])
    frames = np.split(square, _steps(len(wave), rate, 50)[1:])
    return {
        "peak": np.abs(wave).max(),
        "rms_dbfs": 10 * math.log10(square.mean()) if square.any() else None,
        "dc_offset": wave.mean(),
        "clipped_fraction": _plain_clipped(wave) / wave.size,
        "silent_fraction": np.mean([frame.mean() < 1e-6 for frame in frames]),
        "envelope_peak": [np.abs(wave[half]).max() for half in halves],
        "envelope_rms": [math.sqrt(square[half].mean()) for half in halves],
    }


def _any_sound(frames: int, channels: int, rate: int, level: float, is_16_bit: bool, seed: int) -> np.ndarray:
    """Noise that swells, is silent in places and runs into full scale in others."""
    rng = np.random.default_rng(seed)
    wave = level * rng.standard_normal((frames, channels)) * (1.2 + np.sin(np.arange(frames) / rate * 5))[:, None]
    wave[frames // 3 : frames // 2] *= 1e-4
    for _ in range(rng.integers(0, 4)):
        place = rng.integers(frames)
        wave[place : place + rng.integers(1, 6), rng.integers(channels)] = rng.choice([-1.5, -1.0, 1.0, 32767 / 32768])
    if is_16_bit:
        return np.clip(np.round(wave * 32768), -32768, 32767).astype(np.int16)
    return wave.astype(np.float32)


@settings(max_examples=120, deadline=None)
@given(st.floats(0.0, 2.6), st.integers(1, 3), ODD_RATES, levels, st.booleans(), st.integers(0, 1000))
def test_measures_are_those_of_plain_sums_in_double_precision(
    seconds: float, channels: int, rate: int, level: float, is_16_bit: bool, seed: int
) -> None:
    samples = _any_sound(1 + round(seconds * rate), channels, rate, level, is_16_bit, seed)
    expected, measured = _plain(samples, rate), _measured(samples, rate)
    assert measured["clipped_fraction"] == pytest.approx(expected["clipped_fraction"], rel=1e-12)
    assert measured["peak"] == expected["peak"]
    assert measured["silent_fraction"] == pytest.approx(expected["silent_fraction"], rel=1e-12)
    assert measured["dc_offset"] == pytest.approx(expected["dc_offset"], rel=1e-4, abs=1e-7)
    assert measured["rms_dbfs"] == (
        None if expected["rms_dbfs"] is None else pytest.approx(expected["rms_dbfs"], abs=1e-4)
    )
    for name in ("envelope_peak", "envelope_rms"):
        np.testing.assert_allclose(measured[name], expected[name], rtol=1e-5, atol=1e-12, err_msg=name)


@settings(max_examples=30, deadline=None)
@given(st.floats(1.0, 5.2), st.integers(1, 3), ODD_RATES, levels, st.booleans(), st.integers(1, 3), st.integers(0, 99))
def test_measures_are_the_same_whatever_the_length_of_a_block(
    seconds: float, channels: int, rate: int, level: float, is_16_bit: bool, block: int, seed: int
) -> None:
    samples = _any_sound(round(seconds * rate), channels, rate, level, is_16_bit, seed)
    samples[rate - 2 : rate + 2, 0] = -32768 if is_16_bit else -1.0  # in runs over edges of blocks
    samples[2 * rate :, -1] = 32767 if is_16_bit else 1.0
    assume(samples.any())
    whole, parts = _measured(samples, rate), _measured(samples, rate, block)
    for name in ("peak", "silent_fraction", "channel_layout", "bandwidth_hz", "clipped_fraction"):
        assert parts[name] == whole[name], name
    for name in ("rms_dbfs", "dc_offset", "channel_level_difference_db"):
        assert parts[name] == (None if whole[name] is None else pytest.approx(whole[name], rel=1e-5, abs=1e-6)), name
    for name in ("envelope_peak", "envelope_rms"):
        np.testing.assert_allclose(parts[name], whole[name], rtol=1e-6, err_msg=name)


@quickly
@given(st.floats(0.001, 0.999), st.integers(1, 8000), st.integers(1, 3), st.integers(0, 10**6))
def test_peak_is_the_largest_sample_of_any_channel(level: float, frames: int, channels: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    samples = rng.uniform(-level / 2, level / 2, (frames, channels)).astype(np.float32)
    samples[rng.integers(frames), rng.integers(channels)] = rng.choice([-1, 1]) * level
    assert _measured(samples, 8000)["peak"] == pytest.approx(level)


def test_the_lowest_16_bit_sample_is_full_scale() -> None:
    measured = _measured(np.array([[0], [-32768]], np.int16), 8000)
    assert measured["peak"] == 1.0
    assert list(measured["envelope_peak"]) == [1.0]


@quickly
@given(st.floats(1e-4, 1.0), st.sampled_from([8, 20, 100]), st.integers(1, 50), st.integers(1, 4))
def test_rms_of_a_sine_is_3_db_below_its_peak(level: float, period: int, periods: int, channels: int) -> None:
    samples = np.tile(_sine(period * periods, period, level), channels)
    expected = 20 * math.log10(level) - 3.0103
    assert _measured(samples, 16_000)["rms_dbfs"] == pytest.approx(expected, abs=0.01)


def test_rms_is_over_all_channels() -> None:
    samples = np.hstack([_sine(1600, 16), np.zeros((1600, 1), np.float32)])
    assert _measured(samples, 16_000)["rms_dbfs"] == pytest.approx(-6.02, abs=0.01)


def test_a_full_scale_16_bit_square_is_0_db() -> None:
    samples = np.tile(np.array([[32767], [-32768]], np.int16), (4000, 1))
    assert _measured(samples, 8000)["rms_dbfs"] == pytest.approx(0.0, abs=0.001)


def test_rms_does_not_lose_precision_over_minutes() -> None:
    samples = np.tile(np.array([[1], [-1]], np.int16), (8000 * 150, 1))
    assert _measured(samples, 8000, 16)["rms_dbfs"] == pytest.approx(-20 * math.log10(32768), abs=1e-6)


@pytest.mark.parametrize("dtype", [np.int16, np.float32])
def test_silence_has_no_level_and_no_bandwidth(dtype: Any) -> None:
    measured = _measured(np.zeros((4000, 1), dtype), 8000)
    assert [list(measured.pop(name)) for name in ("envelope_peak", "envelope_rms")] == [[0.0], [0.0]]
    assert measured == {
        "peak": 0.0,
        "rms_dbfs": None,
        "dc_offset": 0.0,
        "clipped_fraction": 0.0,
        "silent_fraction": 1.0,
        "bandwidth_hz": None,
        "channel_layout": "mono",
        "channel_correlation": None,
        "channel_level_difference_db": None,
    }


@quickly
@given(st.floats(-0.5, 0.5), st.integers(1, 3))
def test_dc_offset_is_the_mean(offset: float, channels: int) -> None:
    samples = np.tile(_sine(1600, 16, 0.3), channels) + np.float32(offset)
    assert _measured(samples, 16_000)["dc_offset"] == pytest.approx(offset, abs=1e-4)


@quickly
@given(st.integers(3, 200), st.sampled_from([np.int16, np.float32]), st.booleans())
def test_clipped_fraction_counts_samples_at_full_scale(clipped: int, dtype: Any, is_low: bool) -> None:
    samples = noise16(1000, level=0.05) if dtype == np.int16 else noise(1000, level=0.05)
    full_scale = 32767 if dtype == np.int16 else 1.0
    samples[:clipped] = -full_scale if is_low else full_scale
    assert _measured(samples, 8000)["clipped_fraction"] == pytest.approx(clipped / 1000)


@pytest.mark.parametrize("run", [1, 2])
def test_one_or_two_samples_at_full_scale_are_a_peak_that_fits(run: int) -> None:
    samples = noise16(1000, 2, level=0.05)
    for place in range(10, 900, 50):
        samples[place : place + run, 0] = 32767
        samples[place + run : place + 2 * run, 1] = -32768  # in the other channel it goes on
    assert _measured(samples, 8000)["clipped_fraction"] == 0.0


def test_samples_beyond_full_scale_are_clipped_too() -> None:
    samples = noise(1000, level=0.05)
    samples[:100] = 3.5
    assert _measured(samples, 8000)["clipped_fraction"] == pytest.approx(0.1)


@quickly
@given(st.lists(st.booleans(), min_size=1, max_size=40), RATES, st.integers(0, 5))
def test_silent_fraction_is_the_share_of_silent_20_ms(is_silent: list[bool], rate: int, seed: int) -> None:
    stretch = round(rate / 50)
    rng = np.random.default_rng(seed)
    levels = np.repeat([9.9e-4 if silent else 1.01e-3 for silent in is_silent], stretch)[:, None]
    samples = (levels * rng.choice([-1, 1], (len(levels), 1))).astype(np.float32)
    assert _measured(samples, rate)["silent_fraction"] == pytest.approx(np.mean(is_silent))


def test_one_loud_channel_is_no_silence() -> None:
    samples = np.hstack([np.zeros((8000, 1), np.float32), _sine(8000, 16)])
    assert _measured(samples, 8000)["silent_fraction"] == 0.0


@quickly
@given(st.integers(1, 300), st.integers(1, 3), st.sampled_from([100, 16_000]))
def test_the_shortest_signals_have_measures(frames: int, channels: int, rate: int) -> None:
    measured = _measured(noise16(frames, channels), rate)
    assert measured["bandwidth_hz"] is None or 0 <= measured["bandwidth_hz"] <= rate / 2
    assert len(measured["envelope_rms"]) == len(measured["envelope_peak"]) == -(-2 * frames // rate)


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
    assert _measured(samples, 16_000)["channel_layout"] == layout


def test_either_side_may_be_the_silent_one() -> None:
    assert _measured(LAYOUTS["one_sided"][:, ::-1], 16_000)["channel_layout"] == "one_sided"


@pytest.mark.parametrize(
    ("decibels", "layout"),
    [(0.0, "dual_mono"), (0.005, "dual_mono"), (0.1, "stereo"), (59, "stereo"), (61, "one_sided")],
)
def test_the_same_sound_at_two_levels_is_dual_mono_only_if_they_are_next_to_equal(decibels: float, layout: str) -> None:
    samples = noise(4000) * np.array([[1, 10 ** (-decibels / 20)]], np.float32)
    measured = _measured(samples, 16_000)
    assert measured["channel_layout"] == layout
    assert measured["channel_correlation"] == pytest.approx(1.0, abs=1e-4)
    assert measured["channel_level_difference_db"] == pytest.approx(decibels, abs=1e-4)


def test_channels_that_differ_by_rounding_are_dual_mono() -> None:
    samples = np.tile(noise16(4000), 2)
    samples[::7, 1] += 1
    assert _measured(samples, 16_000)["channel_layout"] == "dual_mono"


@quickly
@given(
    st.sampled_from(["constant", "square", "offset"]), RATES, st.floats(0.01, 1), st.booleans(), st.floats(0.02, 3.0)
)
def test_identical_channels_are_dual_mono_also_where_sums_round_all_one_way(
    kind: str, rate: int, level: float, is_16_bit: bool, seconds: float
) -> None:
    frames = round(seconds * rate)
    wave = {
        "constant": np.full((frames, 1), level),
        "square": np.sign(_sine(frames, 97.3)) * level,
        "offset": level / 2 + noise(frames, level=level / 1000),
    }[kind]
    samples = np.round(wave * 32767).astype(np.int16) if is_16_bit else wave.astype(np.float32)
    measured = _measured(np.tile(samples, 2), rate)
    assert measured["channel_layout"] == "dual_mono"
    assert measured["channel_level_difference_db"] == 0.0
    if kind == "constant":
        assert measured["channel_correlation"] is None


def test_a_channel_turned_upside_down_is_stereo() -> None:
    measured = _measured(noise(4000) * np.array([[1, -1]], np.float32), 16_000)
    assert measured["channel_layout"] == "stereo"
    assert measured["channel_correlation"] == pytest.approx(-1.0)


def test_silence_in_two_channels_is_dual_mono() -> None:
    measured = _measured(np.zeros((4000, 2), np.int16), 16_000)
    assert measured["channel_layout"] == "dual_mono"
    assert measured["channel_correlation"] is None
    assert measured["channel_level_difference_db"] is None


@quickly
@given(
    st.integers(100, 20_000),
    st.integers(2, 4),
    st.floats(-1, 1),
    st.floats(0.01, 1),
    st.sampled_from([0.0, 0.05]),
    st.booleans(),
    st.integers(0, 1000),
)
def test_correlation_and_level_difference_are_those_of_numpy(
    frames: int, channels: int, shared: float, level: float, offset: float, is_16_bit: bool, seed: int
) -> None:
    samples = noise(frames, channels, seed=seed)
    samples[:, 1] = level * (shared * samples[:, 0] + (1 - abs(shared)) * samples[:, 1]) + offset
    if is_16_bit:
        samples = np.clip(np.round(samples * 32768), -32768, 32767).astype(np.int16)
    wave, measured = _in_double(samples), _measured(samples, 16_000)
    assert measured["channel_correlation"] == pytest.approx(np.corrcoef(wave[:, :2].T)[0, 1], abs=2e-3)
    powers = np.mean(wave**2, axis=0)
    assert measured["channel_level_difference_db"] == pytest.approx(10 * np.log10(powers[0] / powers[1]), abs=1e-4)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1.1e9, -3e38])
@pytest.mark.parametrize("place", [(0, 0), (17, 1), (-1, 1)])
def test_what_no_sound_is_is_not_finite(value: float, place: tuple[int, int]) -> None:
    samples = noise(8000, 2)
    samples[place] = value
    with pytest.raises(MediaError, match=r"^1 samples are NaN, infinite or beyond 1e\+09 times full scale$") as caught:
        _measured(samples, 8000)
    assert caught.value.kind == "not_finite"


def test_many_samples_that_are_not_finite_are_counted() -> None:
    samples = noise(16_000, 2)
    samples[100:107, 0] = np.nan
    samples[200:203, 1] = -np.inf
    with pytest.raises(MediaError, match=r"^10 samples are NaN"):
        _measured(samples, 16_000)


def test_a_billion_times_full_scale_is_still_measured() -> None:
    measured = _measured(np.full((16_000, 2), 1e9, np.float32), 16_000)
    assert measured["rms_dbfs"] == pytest.approx(180.0, abs=1e-3)
    assert measured["peak"] == 1e9
    assert measured["clipped_fraction"] == 1.0


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
    one, other = _measured(integers, rate), _measured(integers.astype(np.float32) / 32768, rate)
    assert one["channel_layout"] == other["channel_layout"]
    for name in ("peak", "rms_dbfs", "dc_offset", "clipped_fraction", "silent_fraction", "envelope_rms"):
        assert one[name] == pytest.approx(other[name], rel=1e-6, abs=1e-9), name
