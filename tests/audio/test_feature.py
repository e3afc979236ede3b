"""The feature is AST's: torchaudio's Kaldi fbank of the first channel at 16 kHz, its mean removed."""

from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.audio.made_files import encoded, noise, noise16
from workflow_scripts.audio import feature
from workflow_scripts.audio.decode import MediaError
from workflow_scripts.audio.examine import examine
from workflow_scripts.audio.kaldi import fbank
from workflow_scripts.audio.settings import CheckSettings

TOLERANCE = 1e-3


def _reference(wave: np.ndarray, num_mel_bins: int = 128) -> torch.Tensor:
    """What AST's loader computes of a signal at 16 kHz, with torchaudio itself and the signal in one piece."""
    waveform = torch.from_numpy(np.array(wave, np.float32))[None]
    waveform = waveform - waveform.mean()
    return fbank(
        waveform,
        htk_compat=True,
        sample_frequency=16_000,
        use_energy=False,
        window_type="hanning",
        num_mel_bins=num_mel_bins,
        dither=0.0,
        frame_shift=10,
    )


def _assert_statistics(statistics: feature.FbankStatistics, reference: torch.Tensor) -> None:
    values = reference.double()
    assert statistics.frames == len(values)
    assert statistics.mean == pytest.approx(float(values.mean()), abs=TOLERANCE)
    assert statistics.std == pytest.approx(float(values.std(correction=0)), abs=TOLERANCE)


def _sound(frames: int, level: float, offset: float, seed: int) -> np.ndarray:
    """Noise that swells and fades over a tone and an offset: frames differ from each other."""
    time = np.arange(frames) / 16_000
    swell = 0.1 + np.abs(np.sin(3 * time))
    tone = np.sin(2 * np.pi * 440 * time)
    wave = level * (swell * noise(frames, level=0.3, seed=seed)[:, 0] + 0.3 * tone) + offset
    return wave.astype(np.float32)


lengths = st.one_of(st.integers(400, 2000), st.integers(2000, 60 * 16_000))


@settings(max_examples=12, deadline=None)
@given(
    lengths, st.sampled_from([1.0, 0.1, 1e-3, 1e-5]), st.sampled_from([0.0, 0.2, -0.5]), st.sampled_from([128, 64, 23])
)
def test_statistics_are_those_of_torchaudios_fbank(frames: int, level: float, offset: float, bins: int) -> None:
    wave = _sound(frames, level, offset, frames)
    _assert_statistics(feature.fbank_statistics(wave, bins), _reference(wave, bins))


@settings(max_examples=12, deadline=None)
@given(st.integers(1, 40), st.integers(400, 16_000))
def test_blocks_of_any_size_have_the_statistics_of_the_whole(block: int, frames: int) -> None:
    wave = _sound(frames, 0.5, 0.1, frames)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(feature, "BLOCK", block)
        _assert_statistics(feature.fbank_statistics(wave, 128), _reference(wave))


@pytest.mark.parametrize("frames", [feature.BLOCK - 1, feature.BLOCK, feature.BLOCK + 1])
def test_statistics_hold_around_the_size_of_a_block(frames: int) -> None:
    wave = _sound(400 + (frames - 1) * 160, 0.5, 0.1, frames)
    _assert_statistics(feature.fbank_statistics(wave, 32), _reference(wave, 32))


@settings(max_examples=12, deadline=None)
@given(st.integers(1, 97), st.integers(400, 40_000), st.sampled_from([1.0, 1e-4]))
def test_blocks_equal_the_whole_at_every_value(block: int, frames: int, level: float) -> None:
    wave = _sound(frames, level, 0.0, frames)
    wave = wave - wave.mean()
    count = 1 + (len(wave) - feature.WINDOW) // feature.HOP
    parts = [
        feature.compute_fbank(
            wave[first * feature.HOP : (min(first + block, count) - 1) * feature.HOP + feature.WINDOW], 128
        )
        for first in range(0, count, block)
    ]
    torch.testing.assert_close(torch.cat(parts), _reference(wave), rtol=0, atol=TOLERANCE)


def test_silence_has_a_finite_fbank_of_one_value() -> None:
    statistics = feature.fbank_statistics(np.zeros(16_000, np.float32), 128)
    assert (statistics.frames, statistics.std) == (98, pytest.approx(0.0, abs=TOLERANCE))
    assert statistics.mean == pytest.approx(float(np.log(np.finfo(np.float32).eps)), abs=TOLERANCE)


def test_ten_seconds_have_998_frames() -> None:
    assert feature.fbank_statistics(_sound(160_000, 0.5, 0.0, 0), 128).frames == 998


@pytest.mark.parametrize("frames", [0, 1, 399])
def test_less_than_a_frame_has_no_fbank(frames: int) -> None:
    with pytest.raises(MediaError, match=f"^{frames} samples at 16 kHz; one frame takes 400$"):
        feature.fbank_statistics(np.zeros(frames, np.float32), 128)


def test_a_level_beyond_float32_has_no_finite_fbank() -> None:
    with pytest.raises(MediaError, match="not finite"):
        feature.fbank_statistics(_sound(16_000, 1e30, 0.0, 0), 128)


@settings(max_examples=12, deadline=None)
@given(
    st.sampled_from([8000, 16_000, 22_050, 44_100, 48_000]),
    st.sampled_from(["first", "mean"]),
    st.sampled_from([("WAV", "PCM_16"), ("WAV", "FLOAT"), ("FLAC", "PCM_16"), ("OGG", "VORBIS")]),
    st.integers(1, 4),
    st.floats(0.05, 3.0),
)
def test_a_file_of_any_rate_has_the_statistics_of_its_signal_at_16_khz(
    tmp_path_factory: pytest.TempPathFactory,
    rate: int,
    channel: str,
    form: tuple[str, str],
    channels: int,
    seconds: float,
) -> None:
    file = tmp_path_factory.getbasetemp() / "sound"
    samples = noise(round(rate * seconds), channels) * np.linspace(0.1, 1, channels, dtype=np.float32) + 0.05
    file.write_bytes(encoded(samples.astype(np.float32), rate, *form))
    row = examine(str(file), None, CheckSettings(channel, 128))
    read, _ = soundfile.read(file, dtype="float32", always_2d=True)
    wave = read[:, 0] if channel == "first" else read.mean(axis=1)
    reference = _reference(soxr.resample(wave, rate, 16_000, quality="HQ"))
    _assert_statistics(feature.FbankStatistics(row["fbank_frames"], row["fbank_mean"], row["fbank_std"]), reference)


def test_the_first_channel_is_taken_as_it_is() -> None:
    samples = noise16(1000, 3)
    np.testing.assert_array_equal(feature.signal(samples, "first"), samples[:, 0] / np.float32(32768))


@pytest.mark.parametrize("samples", [noise16(1000, 3), noise(1000, 3), noise(1000)])
def test_the_mean_is_over_all_channels(samples: np.ndarray) -> None:
    full_scale = 32768 if samples.dtype == np.int16 else 1
    expected = samples.astype(np.float64).mean(axis=1) / full_scale
    signal = feature.signal(samples, "mean")
    assert signal.dtype == np.float32
    np.testing.assert_allclose(signal, expected, atol=1e-6)


def test_channels_that_cancel_out_are_silent_in_the_mean(tmp_path: Path) -> None:
    samples = noise16(16_000) // 2 * np.array([[1, -1]], np.int16)
    (tmp_path / "x.wav").write_bytes(encoded(samples, 16_000, "WAV", "PCM_16"))
    first, mean = (examine(str(tmp_path / "x.wav"), None, CheckSettings(channel, 128)) for channel in ("first", "mean"))
    assert first["fbank_mean"] > -6
    assert mean["fbank_std"] == pytest.approx(0.0, abs=TOLERANCE)


def test_a_signal_at_16_khz_is_not_resampled() -> None:
    wave = _sound(1000, 0.5, 0.0, 0)
    assert feature.resample(wave, 16_000) is wave


@pytest.mark.parametrize("rate", [1, 800, 999])
def test_a_rate_below_a_sixteenth_is_refused(rate: int) -> None:
    with pytest.raises(MediaError, match=f"^{rate} samples a second"):
        feature.resample(_sound(1000, 0.5, 0.0, 0), rate)
