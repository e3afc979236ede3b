"""How high sounds go whose edge is known, whatever clicks in them, and sounds that are nearly all silence."""

import io
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import soxr
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.made_files import encoded, noise, noise16
from tests.workers import SETTINGS
from workflow_scripts.media.content import Content
from workflow_scripts.sound import bandwidth
from workflow_scripts.sound.bandwidth import Bandwidth
from workflow_scripts.sound.examine import examine

RATES = st.sampled_from([8000, 11_025, 16_000, 22_050, 44_100, 48_000, 96_000])
HALF_BAND_HZ = 100.0
"""A frequency is told by the upper end of its band, which takes some 150 Hz, or of the next one."""
BANDS_HZ = 300.0
quickly = settings(max_examples=25, deadline=None)


def _hertz(wave: np.ndarray, rate: int, piece_seconds: float = 16) -> float | None:
    """The bandwidth of samples (samples,), int16 or float32, that come in pieces."""
    heard, size = Bandwidth(rate), round(rate * piece_seconds)
    full_scale = 32768.0 if wave.dtype == np.int16 else 1.0
    for first in range(0, len(wave), size):
        heard.add(wave[first : first + size].astype(np.float32), full_scale)
    return heard.hertz(float(np.square(wave / full_scale).mean()), wave.dtype == np.int16)


def _of_file(data: bytes) -> float | None:
    row = examine(Content.of(data), None, SETTINGS)
    assert row["load_ok"], row
    hertz: float | None = row["bandwidth_hz"]
    return hertz


def _in_16_bits(wave: np.ndarray, seed: int = 0) -> np.ndarray:
    """Rounded with dither, as good tools do it."""
    rng = np.random.default_rng(seed)
    dither = rng.uniform(-0.5, 0.5, wave.shape) + rng.uniform(-0.5, 0.5, wave.shape)
    return np.clip(np.round(wave * 32767 + dither), -32768, 32767).astype(np.int16)


def _music(seconds: float, rate: int, seed: int) -> np.ndarray:
    """Notes with overtones that fall off, each struck and fading, over the hiss of a room: (samples,) float32."""
    rng, time = np.random.default_rng(seed), np.arange(round(seconds * rate)) / rate
    wave = np.zeros(len(time))
    for start in np.arange(0, seconds, 0.25):
        pitch, since = 110 * 2 ** (rng.integers(0, 36) / 12), np.maximum(time - start, 0)
        partials = [np.sin(2 * np.pi * pitch * n * since) / n for n in range(1, int(rate / 2 / pitch))]
        wave += np.sum(partials, axis=0) * np.exp(-4 * since) * (time >= start)
    hiss = 1e-3 * rng.standard_normal(len(time))
    return (wave / np.abs(wave).max() * 0.7 + hiss).astype(np.float32)


def _sound(kind: str, seconds: float, rate: int, seed: int) -> np.ndarray:
    if kind == "music":
        return _music(seconds, rate, seed)
    return noise(round(seconds * rate), level=0.01 if kind == "faint noise" else 0.1, seed=seed)[:, 0]


def _with_clicks(wave: np.ndarray, count: int, seed: int) -> np.ndarray:
    clicked, rng = wave.copy(), np.random.default_rng(seed)
    clicked[rng.integers(0, len(wave), count)] = rng.choice([-0.5, 0.5], count)
    return clicked


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(["noise", "faint noise", "music"]),
    st.sampled_from([(8000, 16_000), (8000, 44_100), (11_025, 48_000), (16_000, 44_100), (22_050, 96_000)]),
    st.booleans(),
    st.integers(0, 5),
    st.integers(0, 1000),
)
def test_it_shows_what_rate_a_sound_once_had_whatever_clicks(
    kind: str, rates: tuple[int, int], is_16_bit: bool, clicks: int, seed: int
) -> None:
    before, now = rates
    wave = soxr.resample(_sound(kind, 5, before, seed), before, now, quality="HQ")
    wave = _with_clicks(wave, clicks, seed)
    hertz = _hertz(_in_16_bits(wave, seed) if is_16_bit else wave, now)
    assert hertz is not None
    assert 0.9 * before / 2 <= hertz <= before / 2 + BANDS_HZ


def test_a_resampler_that_mirrors_hides_no_edge() -> None:
    """Every sample of 8 kHz held for six: what it held is mirrored above 4 kHz, far below it where noise is red."""
    red = np.cumsum(noise(40_000, level=0.01)[:, 0])
    red = (red - soxr.resample(soxr.resample(red, 8000, 100), 100, 8000)[: len(red)]).astype(np.float32)
    wave = soxr.resample(noise(40_000)[:, 0] + red, 8000, 48_000, quality="HQ")
    mirrored = 1e-3 * wave * np.cos(np.pi * np.arange(len(wave)) / 3)
    assert _hertz((wave + mirrored).astype(np.float32), 48_000) == pytest.approx(4000, abs=BANDS_HZ)


def test_what_clipping_adds_above_an_edge_hides_none() -> None:
    wave = soxr.resample(_sound("noise", 5, 16_000, 1), 16_000, 44_100, quality="HQ")
    wave[20_000:22_000] *= 20
    assert _hertz(_in_16_bits(wave), 44_100) == pytest.approx(8000, abs=BANDS_HZ)


@pytest.mark.parametrize(("edge", "quality"), [(16_000, 0.1), (11_000, 0.1)])
def test_an_edge_is_seen_through_a_lossy_codec(edge: int, quality: float) -> None:
    """Sound cut off at an edge, in MP3: what the codec leaves above it is no sound."""
    wave = soxr.resample(noise(5 * 2 * edge, level=0.1)[:, 0], 2 * edge, 44_100, quality="HQ")
    file = io.BytesIO()
    soundfile.write(file, wave, 44_100, format="MP3", subtype="MPEG_LAYER_III", compression_level=quality)
    assert _of_file(file.getvalue()) == pytest.approx(edge, abs=2 * BANDS_HZ)


def test_an_mp3_shows_the_edge_that_its_encoder_chose() -> None:
    """LAME cuts stereo of some 100 kbit/s off at 16 to 17 kHz; what goes into it has no edge."""
    wave = noise(5 * 44_100, 2, level=0.05)
    rates = {level: _as_mp3(wave, level) for level in (0.6, 0.9)}
    edges = {level: _of_file(data) for level, data in rates.items()}
    assert len(rates[0.9]) < len(rates[0.6])
    assert edges[0.9] is not None
    assert edges[0.6] is not None
    assert edges[0.9] < edges[0.6] < 21_000


def _as_mp3(wave: np.ndarray, compression_level: float) -> bytes:
    file = io.BytesIO()
    soundfile.write(
        file, wave, 44_100, format="MP3", subtype="MPEG_LAYER_III", compression_level=compression_level,
        bitrate_mode="CONSTANT",
    )  # fmt: skip
    return file.getvalue()


@quickly
@given(RATES, st.integers(0, 1000), st.sampled_from([0.1, 0.01, 1e-3]))
def test_that_of_white_noise_is_half_the_rate(rate: int, seed: int, level: float) -> None:
    assert _hertz(noise16(rate, level=level, seed=seed)[:, 0], rate) == rate / 2


@quickly
@given(st.floats(200, 7500), st.sampled_from([0.9, 0.1]))
def test_that_of_a_tone_is_its_frequency(frequency: float, level: float) -> None:
    wave = level * np.sin(2 * np.pi * frequency * np.arange(48_000) / 16_000)
    for samples in (wave.astype(np.float32), _in_16_bits(wave)):
        assert frequency - HALF_BAND_HZ <= (_hertz(samples, 16_000) or 0) <= frequency + BANDS_HZ


def test_a_metronome_is_heard_between_its_silences() -> None:
    wave = np.zeros(441_000, np.float32)
    tick = noise(400, level=0.3)[:, 0] * np.exp(-np.arange(400) / 60)
    for start in range(9000, 441_000, 22_050):
        wave[start : start + 400] = tick
    assert _hertz(wave, 44_100) == 22_050


def test_ticks_over_a_hum_count_and_a_few_clicks_do_not() -> None:
    hum = (0.3 * np.sin(2 * np.pi * 300 * np.arange(441_000) / 44_100)).astype(np.float32)
    ticking = hum.copy()
    ticking[9000::22_050] = 0.8
    assert _hertz(_in_16_bits(hum), 44_100) == pytest.approx(300, abs=BANDS_HZ)
    assert _hertz(_in_16_bits(ticking), 44_100) == 22_050
    assert _hertz(_in_16_bits(_with_clicks(hum, 4, 0)), 44_100) == pytest.approx(300, abs=BANDS_HZ)


@pytest.mark.parametrize("seconds", [0.05, 0.2, 0.4])
def test_one_bark_in_silence_is_heard(seconds: float) -> None:
    bark = soxr.resample(noise(round(seconds * 12_000), level=0.3, seed=3)[:, 0], 12_000, 44_100)
    wave = np.zeros(441_000, np.float32)
    wave[200_000 : 200_000 + len(bark)] = bark * np.hanning(len(bark))
    for samples in (wave, _in_16_bits(wave)):
        assert _hertz(samples, 44_100) == pytest.approx(6000, abs=BANDS_HZ)


def test_what_only_rounding_and_dither_left_has_no_bandwidth() -> None:
    tone = 0.01 * np.sin(2 * np.pi * np.arange(441_000) / 44.1)
    assert _hertz(_in_16_bits(tone), 44_100) == pytest.approx(1000, abs=BANDS_HZ)
    assert _hertz(_in_16_bits(np.zeros(441_000)), 44_100) is None


def test_float_samples_fainter_than_16_bits_have_one() -> None:
    assert _hertz((1e-7 * noise(44_100)[:, 0]).astype(np.float32), 44_100) == 22_050


@pytest.mark.parametrize("level", [0.0, 0.5, -1.0])
def test_what_is_constant_has_none(level: float) -> None:
    assert _hertz(np.full(44_100, level, np.float32), 44_100) is None
    assert _hertz(np.full(44_100, level * 32767, np.int16), 44_100) is None


@pytest.mark.parametrize("rate", [8000, 44_100, 48_000])
def test_less_than_a_tenth_of_a_second_is_too_short_to_tell(rate: int) -> None:
    assert _hertz(noise(rate // 10 - 1)[:, 0], rate) is None
    assert _hertz(noise(rate // 10)[:, 0], rate) == rate / 2


@settings(max_examples=20, deadline=None)
@given(st.sampled_from([101, 8000, 22_050, 44_100]), st.floats(0.1, 45), st.floats(0.3, 7), st.integers(0, 99))
def test_where_pieces_end_makes_no_difference(rate: int, seconds: float, piece: float, seed: int) -> None:
    wave = noise(round(rate * seconds), seed=seed)[:, 0]
    wave *= np.linspace(1e-4, 1, len(wave), dtype=np.float32)
    whole = _sums(wave, rate, len(wave))
    np.testing.assert_array_equal(_sums(wave, rate, round(rate * piece)), whole)


def _sums(wave: np.ndarray, rate: int, size: int) -> np.ndarray:
    heard = Bandwidth(rate)
    for first in range(0, len(wave), size):
        heard.add(wave[first : first + size], 1.0)
    heard.hertz(0.01, False)
    return np.concatenate([heard._all, heard._steady, [heard._windows, heard._steady_windows]])


@pytest.mark.parametrize("rate", [500, 1000, 2000, 4000, 6000, 8000, 44_100, 192_000])
@pytest.mark.parametrize("piece_seconds", [1, 16, 1000])
def test_each_window_is_heard_and_few_wait_for_their_sum(rate: int, piece_seconds: int) -> None:
    """Noise that begins late, in 2,500 windows or more."""
    wave = noise(rate * 50 + 60_000)[:, 0]
    wave[: len(wave) * 6 // 10] *= 1e-6
    heard, waiting = Bandwidth(rate), []
    for first in range(0, len(wave), rate * piece_seconds):
        heard.add(wave[first : first + rate * piece_seconds], 1.0)
        waiting.append(sum(powers.shape[1] for powers in heard._waiting))
    assert max(waiting) < 2 * bandwidth.TOGETHER
    assert heard.hertz(float(np.square(wave).mean()), False) == rate / 2
    assert heard._windows == math.ceil(len(wave) / heard._window)


@quickly
@given(st.sampled_from([8000, 16_000, 44_100, 96_000]), st.integers(0, 1000))
def test_powers_are_those_of_the_sound(rate: int, seed: int) -> None:
    """White noise has its mean square in all lines together, whatever the rate."""
    heard = Bandwidth(rate)
    heard.add(noise(5 * rate, seed=seed)[:, 0], 1.0)
    heard.hertz(0.01, False)
    assert heard._all.sum() / heard._windows == pytest.approx(0.01, rel=0.05)


@pytest.mark.shared
@pytest.mark.parametrize("file", ["h31-humclik.wav", "h31-metron1.wav"])
def test_clicks_that_trouble_people_are_heard(shared: Path, file: str) -> None:
    assert _of_file((shared / "trouble" / file).read_bytes()) == 22_050


def _dense(wave: np.ndarray, rate: int) -> np.ndarray:
    """The power of each band (bands,) by windows a quarter of one apart, without the loudest twentieth of them."""
    folds, size = bandwidth.FOLDS, bandwidth.FOLDS * bandwidth.fold_size(rate)
    window = np.hanning(size + 1)[:-1]
    frames = np.lib.stride_tricks.sliding_window_view(wave.astype(np.float64), size)[:: size // 4]
    lines = np.square(np.abs(np.fft.rfft(frames * window, axis=1))) * 2 / size / np.square(window).sum()
    bands = np.sort(lines[:, : size // 2 // folds * folds].reshape(len(lines), -1, folds).mean(axis=2), axis=0)
    power: np.ndarray = bands[: len(bands) * 19 // 20].mean(axis=0)
    return power


@pytest.mark.shared
def test_of_real_recordings_spectra_four_times_as_dense_tell_the_same(shared: Path) -> None:
    """Of every thirtieth recording: nothing above, and something below."""
    files = sorted((shared / "data/esc10").rglob("*.ogg"))[::30]
    assert files
    for file in files:
        wave, rate = soundfile.read(file, dtype="float32")
        samples = _in_16_bits(wave)
        hertz = _of_file(encoded(samples[:, None], rate, "WAV", "PCM_16"))
        size = bandwidth.fold_size(rate)
        power, floor = _dense(samples / 32768, rate), 10 * 2.0**-30 / 6 / (bandwidth.FOLDS * size)
        band = round((hertz or 0) / (rate / size))
        assert power[band + 4 :].max(initial=0.0) < 2 * floor, file.name
        assert power[band - 5 : band].max() > floor / 2, file.name


def test_an_edge_has_solid_sound_below_and_nothing_above() -> None:
    def spectrum(*parts: tuple[int, float]) -> Any:
        return np.concatenate([np.full(count, 10 ** (level / 10)) for count, level in parts])

    edge = bandwidth._edge
    assert edge(spectrum((60, -60), (60, -100)), 129.0) == 59
    assert edge(spectrum((60, -60), (60, -85)), 129.0) == 119  # no step
    assert edge(spectrum((60, -60), (2, -75), (58, -100)), 129.0) == 61
    assert edge(spectrum((50, -60), (2, -95), (6, -60), (60, -100)), 129.0) == 117  # a gap below it
    assert edge(spectrum((60, -60), (50, -100), (3, -65), (7, -100)), 129.0) == 119  # something above it
