"""The fbank is that of torchaudio.compliance.kaldi, value by value."""

import numpy as np
import pytest
import soxr
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from workflow_scripts.sound import fbank as fbanks
from workflow_scripts.sound import kaldi
from workflow_scripts.sound.fbank import BLOCK, Fbank, fbank_of, frame_count

torch.set_num_threads(1)  # as in a worker: beside other work on the same cores, more are many times slower

TOLERANCE = 1e-3
"""What is promised."""
CLOSE = 1e-4
"""What is held."""
RATES = [8000, 11_025, 16_000, 22_050, 32_000, 44_100, 48_000, 96_000, 7_350, 12_345, 15_999, 44_056]


def reference(wave: np.ndarray, num_mel_bins: int = 128) -> torch.Tensor:
    """What AST's loader computes of a signal at 16 kHz: torchaudio itself, the signal in one piece."""
    waveform = torch.from_numpy(np.array(wave, np.float32))[None]
    waveform = waveform - waveform.mean()
    return kaldi.fbank(
        waveform,
        htk_compat=True,
        sample_frequency=16_000,
        use_energy=False,
        window_type="hanning",
        num_mel_bins=num_mel_bins,
        dither=0.0,
        frame_shift=10,
    )


def _own(wave: np.ndarray, num_mel_bins: int = 128) -> torch.Tensor:
    waveform = torch.from_numpy(np.array(wave, np.float32))
    blocks = [block.clone() for block in fbank_of(num_mel_bins).blocks(waveform - waveform.mean())]
    return torch.cat(blocks) if blocks else torch.empty(0, num_mel_bins)


def _tone(time: np.ndarray, rate: int, rng: np.random.Generator) -> np.ndarray:
    return np.sin(2 * np.pi * rng.uniform(20, rate / 2) * time + rng.uniform(0, 6))


def _impulses(frames: int, rng: np.random.Generator) -> np.ndarray:
    wave = np.zeros(frames)
    wave[rng.integers(0, frames, 1 + frames // 3000)] = 1
    return wave


def sound(kind: str, frames: int, rate: int, seed: int) -> np.ndarray:
    """A signal of a kind, with a peak of about 1."""
    rng, time = np.random.default_rng(seed), np.arange(frames) / rate
    match kind:
        case "noise":
            wave = np.clip(0.3 * rng.standard_normal(frames), -1, 1)
        case "tone":
            wave = _tone(time, rate, rng)
        case "square":
            wave = np.sign(_tone(time, rate, rng))
        case "impulses":
            wave = _impulses(frames, rng)
        case "silence":
            wave = np.zeros(frames)
        case "offset":
            wave = 0.5 + 0.2 * rng.standard_normal(frames)
        case "swelling":
            wave = np.abs(np.sin(3 * time)) * (0.3 * rng.standard_normal(frames) + 0.3 * np.sin(2765 * time))
        case "half silent":
            wave = rng.standard_normal(frames) * 0.3 * (time > time.mean())
        case _:
            raise ValueError(kind)
    return wave


KINDS = ["noise", "tone", "square", "impulses", "silence", "offset", "swelling", "half silent"]
signals = st.tuples(
    st.sampled_from(KINDS),
    st.one_of(st.integers(400, 3000), st.integers(400, 200_000)),
    st.sampled_from([1.0, 0.1, 1e-2, 1e-3, 1e-4, 1e-5]),
    st.booleans(),
    st.integers(0, 1000),
)


def _quantised(wave: np.ndarray) -> np.ndarray:
    return np.clip(np.round(wave * 32768), -32768, 32767) / 32768


@settings(max_examples=60, deadline=None)
@given(signals, st.sampled_from([128, 128, 64, 80, 40, 23, 16]))
def test_every_value_is_that_of_torchaudio(signal: tuple[str, int, float, bool, int], bins: int) -> None:
    kind, frames, level, is_16_bit, seed = signal
    wave = level * sound(kind, frames, 16_000, seed)
    wave = _quantised(wave) if is_16_bit else wave
    torch.testing.assert_close(_own(wave, bins), reference(wave, bins), rtol=0, atol=CLOSE)


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(KINDS),
    st.sampled_from(RATES),
    st.floats(0.1, 4.0),
    st.sampled_from([1.0, 0.1, 1e-3, 1e-5]),
    st.integers(1, 3),
    st.booleans(),
    st.integers(0, 1000),
)
def test_every_value_is_that_of_torchaudio_whatever_the_rate_and_channels(
    kind: str, rate: int, seconds: float, level: float, channels: int, takes_mean: bool, seed: int
) -> None:
    planes = [level * _quantised(sound(kind, round(seconds * rate), rate, seed + one)) for one in range(channels)]
    wave = np.mean(planes, axis=0) if takes_mean else planes[0]
    resampled = soxr.resample(wave.astype(np.float32), rate, 16_000, quality="HQ")
    torch.testing.assert_close(_own(resampled), reference(resampled), rtol=0, atol=CLOSE)


@pytest.mark.parametrize("level", [1.0, 1e-3, 1e-5])
@pytest.mark.parametrize("hertz", [20, 50, 440, 1000, 4000, 7999])
def test_a_pure_tone_has_the_values_of_torchaudio(hertz: int, level: float) -> None:
    """Most of its spectrum is next to nothing, where rounding would show first."""
    wave = level * np.sin(2 * np.pi * hertz * np.arange(48_001) / 16_000)
    torch.testing.assert_close(_own(wave), reference(wave), rtol=0, atol=CLOSE)


@pytest.mark.parametrize("frames", [1, 2, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK, 2 * BLOCK + 1])
@pytest.mark.parametrize("left_over", [0, 159])
def test_values_hold_around_the_size_of_a_block(frames: int, left_over: int) -> None:
    wave = sound("noise", 400 + (frames - 1) * 160 + left_over, 16_000, 0)
    own = _own(wave)
    assert len(own) == frames
    torch.testing.assert_close(own, reference(wave), rtol=0, atol=CLOSE)


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 97), st.integers(400, 40_000))
def test_blocks_of_any_size_have_the_values_of_the_whole(block: int, samples: int) -> None:
    wave = sound("swelling", samples, 16_000, samples)
    waveform = torch.from_numpy(wave.astype(np.float32))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fbanks, "BLOCK", block)
        own = torch.cat([part.clone() for part in Fbank(128).blocks(waveform - waveform.mean())])
    torch.testing.assert_close(own, reference(wave), rtol=0, atol=CLOSE)


def test_what_came_before_leaves_no_trace() -> None:
    loud, soft = sound("square", 90_000, 16_000, 1), 1e-4 * sound("noise", 5000, 16_000, 2)
    before = _own(soft)
    _own(loud)
    torch.testing.assert_close(_own(soft), before, rtol=0, atol=0)


def test_silence_has_one_value() -> None:
    values = _own(np.zeros(16_000))
    assert values.shape == (98, 128)
    torch.testing.assert_close(values, torch.full((98, 128), float(np.log(np.finfo(np.float32).eps))))


@pytest.mark.parametrize(("samples", "frames"), [(0, 0), (399, 0), (400, 1), (559, 1), (560, 2), (160_000, 998)])
def test_only_whole_frames_count(samples: int, frames: int) -> None:
    assert frame_count(samples) == frames
    assert len(_own(np.zeros(samples))) == frames


def test_there_is_one_fbank_for_a_number_of_bins() -> None:
    assert fbank_of(64) is fbank_of(64)
    assert fbank_of(64) is not fbank_of(128)
