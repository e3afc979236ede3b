"""The fbank is that of torchaudio.compliance.kaldi, value by value."""

import contextlib
from collections.abc import Iterator

import numpy as np
import pytest
import soxr
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import kaldi
from workflow_scripts.sound import fbank as fbanks
from workflow_scripts.sound.fbank import BLOCK, Fbank, fbank_of, frame_count, mel_banks

torch.set_num_threads(1)  # beside other work on the same cores, more are many times slower

TOLERANCE = 1e-3
"""What is promised."""
CLOSE = 1e-5
"""What is held, beside torchaudio in double precision."""
RATES = [8000, 11_025, 16_000, 22_050, 32_000, 44_100, 48_000, 96_000, 7_350, 12_345, 15_999, 44_056]


def reference(wave: np.ndarray, num_mel_bins: int = 128, dtype: torch.dtype = torch.float32) -> torch.Tensor:
    """What AST's loader computes of a signal at 16 kHz: torchaudio itself, the signal in one piece."""
    waveform = torch.from_numpy(np.array(wave, np.float32))[None].to(dtype)
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


@contextlib.contextmanager
def _double_precision() -> Iterator[None]:
    """Torch makes doubles where nobody says what to make: torchaudio does not say it of its mel banks."""
    torch.set_default_dtype(torch.float64)
    try:
        yield
    finally:
        torch.set_default_dtype(torch.float32)


def exact(wave: np.ndarray, num_mel_bins: int = 128) -> torch.Tensor:
    """What torchaudio computes in double precision."""
    with _double_precision():
        return reference(wave, num_mel_bins, torch.float64)


def _own(wave: np.ndarray, num_mel_bins: int = 128) -> torch.Tensor:
    samples = np.array(wave, np.float32)
    blocks = [block.copy() for block in fbank_of(num_mel_bins).blocks(samples)]
    return torch.from_numpy(np.concatenate(blocks)) if blocks else torch.empty(0, num_mel_bins)


def _assert_exact(own: torch.Tensor, wave: np.ndarray, num_mel_bins: int = 128) -> None:
    torch.testing.assert_close(own.double(), exact(wave, num_mel_bins), rtol=0, atol=CLOSE)


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


def _wave(kind: str, frames: int, level: float, is_16_bit: bool, seed: int) -> np.ndarray:
    wave = level * sound(kind, frames, 16_000, seed)
    return _quantised(wave) if is_16_bit else wave


@settings(max_examples=60, deadline=None)
@given(signals, st.sampled_from([128, 128, 64, 80, 40, 23, 16]))
def test_every_value_is_that_of_torchaudio_in_double_precision(
    signal: tuple[str, int, float, bool, int], bins: int
) -> None:
    wave = _wave(*signal)
    _assert_exact(_own(wave, bins), wave, bins)


@settings(max_examples=60, deadline=None)
@given(signals, st.sampled_from([128, 128, 64, 80, 40, 23, 16]))
def test_every_value_is_that_of_torchaudio_in_single_precision_but_for_what_that_rounds(
    signal: tuple[str, int, float, bool, int], bins: int
) -> None:
    """Its FFT rounds in proportion to the whole frame, so next to nothing is told of what is much softer."""
    wave = _wave(*signal)
    own, single = _own(wave, bins).double(), reference(wave, bins).double()
    energies = own.exp()
    rounded = 2 * torch.finfo(torch.float32).eps * (energies.sum(1, keepdim=True) / energies).sqrt()
    assert ((own - single).abs() <= TOLERANCE + rounded).all()


@pytest.mark.parametrize("kind", ["noise", "offset", "swelling", "impulses", "half silent"])
def test_of_sound_at_a_usual_level_every_value_is_that_of_torchaudio_in_single_precision(kind: str) -> None:
    wave = 0.1 * sound(kind, 160_000, 16_000, 0)
    torch.testing.assert_close(_own(wave), reference(wave), rtol=0, atol=TOLERANCE)


@pytest.mark.parametrize("bins", [4, 16, 23, 40, 64, 80, 128, 256])
def test_mel_banks_are_those_of_torchaudio(bins: int) -> None:
    """In single precision torchaudio's are off by the rounding of a logarithm: 0.0002 mel, of 10 from bin to bin."""
    where = (bins, 512, 16_000.0, 20.0, 0.0, 100.0, -500.0, 1.0)
    single, _ = kaldi.get_mel_banks(*where)
    with _double_precision():
        double, _ = kaldi.get_mel_banks(*where)
    np.testing.assert_allclose(mel_banks(bins), double.numpy(), rtol=0, atol=1e-12)
    np.testing.assert_allclose(mel_banks(bins), single.numpy(), rtol=0, atol=1e-4)


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
    _assert_exact(_own(resampled), resampled)


@pytest.mark.parametrize("level", [1.0, 1e-3, 1e-5])
@pytest.mark.parametrize("hertz", [20, 50, 440, 1000, 4000, 7999])
def test_a_pure_tone_has_the_values_of_torchaudio(hertz: int, level: float) -> None:
    """Most of its spectrum is next to nothing, where rounding would show first."""
    wave = level * np.sin(2 * np.pi * hertz * np.arange(48_001) / 16_000)
    _assert_exact(_own(wave), wave)


@pytest.mark.parametrize("frames", [1, 2, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK, 2 * BLOCK + 1])
@pytest.mark.parametrize("left_over", [0, 159])
def test_values_hold_around_the_size_of_a_block(frames: int, left_over: int) -> None:
    wave = sound("noise", 400 + (frames - 1) * 160 + left_over, 16_000, 0)
    own = _own(wave)
    assert len(own) == frames
    _assert_exact(own, wave)


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 97), st.integers(400, 40_000))
def test_blocks_of_any_size_have_the_values_of_the_whole(block: int, samples: int) -> None:
    wave = sound("swelling", samples, 16_000, samples)
    samples = wave.astype(np.float32)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fbanks, "BLOCK", block)
        own = torch.from_numpy(np.concatenate([part.copy() for part in Fbank(128).blocks(samples)]))
    _assert_exact(own, wave)


def test_what_came_before_leaves_no_trace() -> None:
    loud, soft = sound("square", 90_000, 16_000, 1), 1e-4 * sound("noise", 5000, 16_000, 2)
    before = _own(soft)
    _own(loud)
    torch.testing.assert_close(_own(soft), before, rtol=0, atol=0)


def test_what_was_not_finite_leaves_no_trace() -> None:
    wave = sound("noise", 90_000, 16_000, 1)
    before = _own(wave)
    with np.errstate(all="ignore"):
        assert not _own(np.full(90_000, np.inf)).isfinite().any()
    torch.testing.assert_close(_own(wave), before, rtol=0, atol=0)


def test_full_scale_may_be_any() -> None:
    wave = (32_768 * sound("swelling", 90_000, 16_000, 1)).astype(np.int16)
    blocks = zip(Fbank(128).blocks(wave, 32_768.0), fbank_of(128).blocks(wave / 32_768), strict=True)
    for integers, floats in blocks:
        np.testing.assert_allclose(integers, floats, rtol=0, atol=CLOSE)


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
