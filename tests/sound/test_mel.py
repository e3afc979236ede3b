"""Mel spectrograms against a transform written out as sums, triangles drawn one by one, and numbers of nnAudio's."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from tests.made_files import noise
from workflow_scripts.sound.mel import MelSettings, mel_power, mel_weights

M2D = MelSettings(16_000, 400, 160, 80, 50.0, 8000.0, beyond="reflect")
EPSILON = 2.0**-23

NNAUDIO = {(0, 0): 1.89883, (5, 0): 2.73172, (10, 20): -13.12297, (20, 50): -15.52495, (40, 99): -10.56278}
NNAUDIO |= {(60, 3): -15.94226, (79, 100): -8.39044}
"""What nnAudio 0.3.4 with torch 2.14.1 gave of `sweep()` for M2D's settings, rounded; mean -13.44999, std 4.75040."""


def sweep() -> np.ndarray:
    time = np.arange(16_000) / 16_000
    tones = 0.5 * np.sin(2 * np.pi * (200 + 1500 * time) * time) + 0.01 * np.sin(2 * np.pi * 6000 * time)
    return tones.astype(np.float32)


def mel_of(hertz: float) -> float:
    """Slaney's: 3 mels each 200 Hz, and from 1 kHz, which is 15, a factor of 6.4 in 27."""
    return 3 * hertz / 200 if hertz < 1000 else 15 + 27 * np.log(hertz / 1000) / np.log(6.4)


def hertz_of(mel: float) -> float:
    return 200 * mel / 3 if mel < 15 else 1000 * 6.4 ** ((mel - 15) / 27)


def triangles(of: MelSettings) -> np.ndarray:
    """Each drawn by itself."""
    lowest, highest = mel_of(of.lowest_hz), mel_of(of.highest_hz)
    edges = [hertz_of(lowest + (highest - lowest) * place / (of.bins + 1)) for place in range(of.bins + 2)]
    drawn = np.zeros((of.bins, of.n_fft // 2 + 1))
    for number, (left, centre, right) in enumerate(zip(edges, edges[1:], edges[2:], strict=False)):
        for line in range(of.n_fft // 2 + 1):
            hertz = line * of.sample_rate / of.n_fft
            if left < hertz < right:
                side = (hertz - left) / (centre - left) if hertz <= centre else (right - hertz) / (right - centre)
                drawn[number, line] = side * 2 / (right - left)
    return drawn


def by_sums(wave: np.ndarray, of: MelSettings) -> np.ndarray:
    """The power in each bin by sums of cosines and sines, a frame at a time."""
    half, place = of.n_fft // 2, np.arange(of.n_fft)
    window = np.sin(np.pi * place / of.n_fft) ** 2
    turns = 2 * np.pi * np.outer(np.arange(half + 1), place) / of.n_fft
    columns = []
    for frame in range(1 + len(wave) // of.hop):
        samples = [sample_at(wave, frame * of.hop - half + one, of.beyond) for one in place]
        windowed = window * np.array(samples, np.float64)
        columns.append((np.cos(turns) @ windowed) ** 2 + (np.sin(turns) @ windowed) ** 2)
    return triangles(of) @ np.array(columns).T


def sample_at(wave: np.ndarray, place: int, beyond: str) -> float:
    if beyond == "constant":
        return wave[place] if 0 <= place < len(wave) else 0.0
    return wave[abs(place) if place < len(wave) else 2 * len(wave) - 2 - place]


@pytest.mark.parametrize("beyond", ["reflect", "constant"])
@pytest.mark.parametrize(("rate", "n_fft", "hop", "bins", "ends"), [
    (16_000, 400, 160, 80, (50.0, 8000.0)),
    (22_050, 512, 128, 40, (0.0, 11_025.0)),
    (8000, 64, 100, 7, (300.0, 3500.0)),
])  # fmt: skip
def test_power_is_that_of_sums_under_triangles(
    rate: int, n_fft: int, hop: int, bins: int, ends: tuple[float, float], beyond: str
) -> None:
    of = MelSettings(rate, n_fft, hop, bins, *ends, beyond)
    wave = noise(1500, seed=n_fft)[:, 0]
    assert np.allclose(mel_weights(of), triangles(of), atol=1e-12)
    assert np.allclose(mel_power(wave, of), by_sums(wave, of), rtol=1e-5, atol=1e-12)


def test_values_are_those_that_nnaudio_gave() -> None:
    logarithms = np.log(mel_power(sweep(), M2D) + np.float32(EPSILON))
    assert logarithms.shape == (80, 101)
    for place, value in NNAUDIO.items():
        assert logarithms[place] == pytest.approx(value, abs=1e-3)
    assert (logarithms.mean(), logarithms.std()) == pytest.approx((-13.44999, 4.75040), abs=1e-4)


@given(frames=some.integers(5, 700), seed=some.integers(0, 9), data=some.data())
@settings(deadline=None, max_examples=20)
def test_a_frame_is_the_same_wherever_blocks_end(frames: int, seed: int, data: some.DataObject) -> None:
    """A block has 327 of these."""
    wave = noise(frames * 160 + 41, seed=seed)[:, 0]
    whole = mel_power(wave, M2D)
    assert whole.shape == (80, frames + 1)
    frame = data.draw(some.integers(2, frames - 3))
    around = mel_power(wave[(frame - 2) * 160 : (frame + 3) * 160], M2D)
    assert np.allclose(whole[:, frame], around[:, 2], rtol=1e-4)
