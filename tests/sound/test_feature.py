"""The feature is AST's: torchaudio's Kaldi fbank of the first channel at 16 kHz, its mean removed."""

import io

import numpy as np
import pytest
import soundfile
import soxr
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.made_files import encoded, noise, noise16, wav
from tests.sound.test_fbank import CLOSE, KINDS, RATES, TOLERANCE, exact, reference, sound
from workflow_scripts.media.content import Content
from workflow_scripts.media.media import MediaError
from workflow_scripts.sound.examine import Row, examine
from workflow_scripts.sound.feature import FbankStatistics, Feature, Resampler
from workflow_scripts.sound.settings import CheckSettings

CUT_IN = st.lists(st.integers(1, 30_000), max_size=5)


def _examined(data: bytes, channel: str = "first", bins: int = 128) -> Row:
    return examine(Content.of(data), None, CheckSettings(channel, bins))


def _statistics(wave: np.ndarray, bins: int = 128, cuts: list[int] | None = None) -> FbankStatistics:
    """Of a signal at 16 kHz that comes in pieces of these lengths, and what is left."""
    feature = Feature(bins)
    for piece in np.split(wave.astype(np.float32), np.cumsum(cuts or [])):
        feature.add(piece)
    return feature.statistics()


def _assert_statistics(frames: int, mean: float, std: float, wave: np.ndarray, bins: int = 128) -> None:
    """Those of torchaudio in double precision, and next to those that it computes in single, as a trainer has it."""
    for values, tolerance in ((exact(wave, bins), CLOSE), (reference(wave, bins).double(), TOLERANCE)):
        assert frames == len(values)
        assert mean == pytest.approx(float(values.mean()), abs=tolerance)
        assert std == pytest.approx(float(values.std(correction=0)), abs=tolerance)


@settings(max_examples=25, deadline=None)
@given(
    st.sampled_from(KINDS),
    st.one_of(st.integers(400, 2000), st.integers(400, 200_000)),
    st.sampled_from([1.0, 0.1, 1e-3, 1e-5]),
    st.sampled_from([128, 64, 23]),
    CUT_IN,
)
def test_statistics_are_those_of_torchaudios_fbank(
    kind: str, frames: int, level: float, bins: int, cuts: list[int]
) -> None:
    wave = level * sound(kind, frames, 16_000, frames)
    told = _statistics(wave, bins, cuts if kind != "offset" else [])
    _assert_statistics(told.frames, told.mean, told.std, wave, bins)


@settings(max_examples=25, deadline=None)
@given(st.integers(400, 60_000), CUT_IN)
def test_pieces_of_any_length_have_the_frames_of_the_whole(frames: int, cuts: list[int]) -> None:
    wave = sound("swelling", frames, 16_000, frames)
    whole, parts = _statistics(wave), _statistics(wave, cuts=cuts)
    assert parts.frames == whole.frames == 1 + (frames - 400) // 160
    assert (parts.mean, parts.std) == (pytest.approx(whole.mean, abs=1e-4), pytest.approx(whole.std, abs=1e-4))


def test_silence_has_a_finite_fbank_of_one_value() -> None:
    statistics = _statistics(np.zeros(16_000))
    assert (statistics.frames, statistics.std) == (98, pytest.approx(0.0, abs=TOLERANCE))
    assert statistics.mean == pytest.approx(float(np.log(np.finfo(np.float32).eps)), abs=TOLERANCE)


@pytest.mark.parametrize("frames", [0, 1, 399])
def test_less_than_a_frame_has_no_fbank(frames: int) -> None:
    with pytest.raises(MediaError, match=f"^{frames} samples at 16 kHz; one frame takes 400$"):
        _statistics(np.zeros(frames), cuts=[frames // 2])


def test_a_level_beyond_float32_has_no_finite_fbank() -> None:
    with pytest.raises(MediaError, match="not finite"):
        _statistics(1e30 * sound("noise", 16_000, 16_000, 0))


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(KINDS),
    st.sampled_from(RATES),
    st.sampled_from(["first", "mean"]),
    st.sampled_from([("WAV", "PCM_16"), ("WAV", "FLOAT"), ("FLAC", "PCM_16"), ("FLAC", "PCM_24"), ("AIFF", "PCM_24")]),
    st.integers(1, 4),
    st.floats(0.05, 2.0),
    st.sampled_from([1.0, 0.1, 1e-3]),
    st.sampled_from([128, 64]),
    st.integers(0, 1000),
)
def test_a_file_of_any_rate_has_the_statistics_of_its_signal_at_16_khz(
    kind: str,
    rate: int,
    channel: str,
    form: tuple[str, str],
    channels: int,
    seconds: float,
    level: float,
    bins: int,
    seed: int,
) -> None:
    planes = [level * sound(kind, round(rate * seconds), rate, seed + one) for one in range(channels)]
    data = encoded(np.stack(planes, 1).astype(np.float32), rate, *form)
    row = _examined(data, channel, bins)
    read, _ = soundfile.read(io.BytesIO(data), dtype="float32", always_2d=True)
    wave = read[:, 0] if channel == "first" else read.mean(axis=1)
    resampled = soxr.resample(wave, rate, 16_000, quality="HQ")
    _assert_statistics(row["fbank_frames"], row["fbank_mean"], row["fbank_std"], resampled, bins)


@pytest.mark.parametrize("form", [("OGG", "VORBIS"), ("OGG", "OPUS"), ("MP3", "MPEG_LAYER_III")])
def test_what_was_compressed_has_the_statistics_of_what_it_decodes_to(form: tuple[str, str]) -> None:
    data = encoded(noise(48_000 * 2, 2), 48_000, *form)
    row = _examined(data)
    read, _ = soundfile.read(io.BytesIO(data), dtype="float32", always_2d=True)
    resampled = soxr.resample(read[:, 0], 48_000, 16_000, quality="HQ")
    _assert_statistics(row["fbank_frames"], row["fbank_mean"], row["fbank_std"], resampled)


def test_the_first_channel_is_taken_as_it_is() -> None:
    alone, beside = noise16(16_000), noise16(16_000, seed=1)
    row = _examined(wav(np.hstack([alone, beside])))
    assert row["fbank_mean"] == _examined(wav(alone))["fbank_mean"]


@pytest.mark.parametrize("samples", [noise16(16_000, 3), noise(16_000, 3), noise16(16_000, 2)])
def test_the_mean_is_over_all_channels(samples: np.ndarray) -> None:
    full_scale = 32768 if samples.dtype == np.int16 else 1
    mean = (samples.astype(np.float64).mean(axis=1, keepdims=True) / full_scale).astype(np.float32)
    row, expected = _examined(wav(samples), "mean"), _examined(wav(mean))
    assert row["fbank_mean"] == pytest.approx(expected["fbank_mean"], abs=1e-4)


def test_channels_that_cancel_out_are_silent_in_the_mean() -> None:
    data = wav(noise16(16_000) // 2 * np.array([[1, -1]], np.int16))
    assert _examined(data, "first")["fbank_mean"] > -6
    assert _examined(data, "mean")["fbank_std"] == pytest.approx(0.0, abs=TOLERANCE)


def _resampled(wave: np.ndarray, rate: int, cuts: list[int], ends_with_its_last_piece: bool = True) -> np.ndarray:
    resampler, pieces = Resampler(rate), np.split(wave.astype(np.float32), cuts)
    parts = [
        resampler.resample(piece, ends_with_its_last_piece and number == len(pieces)).copy()
        for number, piece in enumerate(pieces, start=1)
    ]
    if not ends_with_its_last_piece:
        parts.append(resampler.resample(np.empty(0, np.float32), True))
    return np.concatenate(parts)


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(RATES), st.integers(1, 60_000), st.lists(st.integers(0, 60_000), max_size=4), st.booleans())
def test_pieces_are_resampled_as_the_whole_is(rate: int, frames: int, cuts: list[int], known_end: bool) -> None:
    wave = sound("noise", frames, rate, frames).astype(np.float32)
    resampled = _resampled(wave, rate, sorted(min(cut, frames) for cut in cuts), known_end)
    expected = soxr.resample(wave, rate, 16_000, quality="HQ")
    np.testing.assert_allclose(resampled, expected, rtol=0, atol=1e-5)


def test_a_signal_that_was_left_halfway_does_not_sound_in_the_next() -> None:
    wave = sound("noise", 30_000, 44_100, 0)
    before = _resampled(wave, 44_100, [])
    Resampler(44_100).resample(np.ones(20_000, np.float32), False)
    np.testing.assert_array_equal(_resampled(wave, 44_100, []), before)


def test_a_signal_at_16_khz_is_not_resampled() -> None:
    wave = np.ones(1000, np.float32)
    assert Resampler(16_000).resample(wave, False) is wave


@pytest.mark.parametrize("rate", [100, 800, 999])
def test_a_rate_below_a_sixteenth_is_refused(rate: int) -> None:
    with pytest.raises(MediaError, match=f"^{rate} samples a second"):
        Resampler(rate).resample(np.ones(1000, np.float32), True)
