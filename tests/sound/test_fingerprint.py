"""The acoustic fingerprint: what its definition gives, and what it withstands."""

import io
import subprocess

import numpy as np
import pytest
import soundfile
import soxr
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.made_files import bands, wav
from workflow_scripts.media.content import Content
from workflow_scripts.sound import fingerprint
from workflow_scripts.sound.examine import examine
from workflow_scripts.sound.fbank import frame_count
from workflow_scripts.sound.feature import Feature
from workflow_scripts.sound.settings import CheckSettings

RATE = 16_000


def _sound(seconds: float, seed: int = 1, rate: int = RATE) -> np.ndarray:
    """(samples,), full scale 1."""
    return bands(seconds, seed, rate)[:, 0].astype(np.float64)


def _of(data: bytes, channel: str = "first") -> bytes:
    packed = examine(Content.of(data), None, CheckSettings(channel, 128))["acoustic_fingerprint"]
    assert isinstance(packed, bytes)
    return packed


def _of_wave(wave: np.ndarray, rate: int = RATE) -> bytes:
    return _of(wav(wave[:, np.newaxis].astype(np.float32), rate=rate))


def _error(one: bytes, other: bytes, offset: int = 0) -> float:
    """The share of symbols that differ at the best offset within a step of one; those of nothing do not count."""
    best = 1.0
    for shift in (offset - 1, offset, offset + 1):
        a, b = fingerprint.symbols(one)[max(0, shift) :], fingerprint.symbols(other)[max(0, -shift) :]
        a, b = a[: len(b)], b[: len(a)]
        counts = (a > 0) & (b > 0)
        best = min(best, float((a != b)[counts].mean()))
    return best


def _by_definition(wave: np.ndarray) -> np.ndarray:
    """Symbols in plain loops, from spectra of NumPy."""
    emphasised = []
    for frame in range(frame_count(len(wave))):
        piece = wave[frame * 160 : frame * 160 + 400]
        piece = piece - piece.mean()
        piece = piece - 0.97 * np.concatenate([piece[:1], piece[:-1]])
        emphasised.append(np.abs(np.fft.rfft(piece * np.hanning(400), 512)) ** 2)
    edges = np.geomspace(100, 3600, 22)
    energies = np.zeros((len(emphasised), 21))
    for band in range(21):
        for line in range(257):
            low, high = max(line * 31.25 - 15.625, edges[band]), min(line * 31.25 + 15.625, edges[band + 1])
            if high > low:
                energies[:, band] += (high - low) / 31.25 * np.array(emphasised)[:, line]
    window = np.hanning(39)[1:-1]
    steps = np.array(
        [window @ energies[first : first + 37] / window.sum() for first in range(0, len(energies) - 36, 5)]
    )
    around = [steps[max(0, step - 100) : step + 101].max() for step in range(len(steps))]
    levels = np.log(steps + 1e-6 * np.array(around)[:, None])
    found = []
    for step in range(6, len(steps)):
        change = np.diff(levels[step]) - np.diff(levels[step - 6])
        row = []
        for group in change.reshape(5, 4):
            place = int(np.abs(group).argmax())
            row.append(0 if abs(group[place]) < 0.1 else 1 + 2 * place + int(group[place] > 0))
        found.append(row)
    return np.array(found)


@pytest.mark.parametrize("seconds", [0.7, 3.0, 12.34])
def test_it_is_what_its_definition_says(seconds: float) -> None:
    wave = _sound(seconds)
    found, expected = fingerprint.symbols(_of_wave(wave)), _by_definition(wave.astype(np.float32).astype(float))
    assert found.shape == expected.shape
    assert (found != expected).mean() < 0.005  # what lies at a bound goes to either side


def test_ten_seconds_take_less_than_four_hundred_bytes() -> None:
    assert 300 < len(_of_wave(_sound(10))) <= 400


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(1, 30_000), max_size=5))
def test_it_does_not_depend_on_how_a_signal_is_cut(cuts: list[int]) -> None:
    wave = _sound(4).astype(np.float32)
    whole, cut = fingerprint.Fingerprint(), fingerprint.Fingerprint()
    Feature(128, whole).add(wave)
    feature = Feature(128, cut)
    for piece in np.split(wave, np.cumsum(cuts)):
        feature.add(piece)
    one, other = whole.packed(), cut.packed()
    assert one is not None
    assert other is not None
    assert len(one) == len(other)
    assert _error(one, other) < 0.005


@pytest.mark.parametrize(
    "wave",
    [
        np.zeros(RATE * 3),
        np.full(RATE * 3, 0.25),
        0.5 * np.sin(2 * np.pi * 440 * np.arange(RATE * 3) / RATE),
        _sound(0.6),
    ],
    ids=["silence", "constant", "tone", "too_short"],
)
def test_what_says_nothing_has_none(wave: np.ndarray) -> None:
    samples = np.round(wave * 32767).astype(np.int16)[:, np.newaxis]
    row = examine(Content.of(wav(samples, rate=RATE)), None, CheckSettings("first", 128))
    assert row["load_ok"]
    packed = row["acoustic_fingerprint"]
    assert packed is None or (fingerprint.symbols(packed) > 0).mean() < 0.02


def test_it_is_of_the_channel_of_the_feature() -> None:
    both = np.stack([_sound(3, 1), _sound(3, 2)], axis=1).astype(np.float32)
    data = wav(both, rate=RATE)
    assert _error(_of(data), _of_wave(both[:, 0])) == 0
    assert _error(_of(data, "mean"), _of_wave(both.mean(1))) < 0.005


@pytest.mark.parametrize("gain_db", [-40, -12, 6])
def test_level_changes_nothing(gain_db: float) -> None:
    wave = _sound(5) * 0.5
    assert _error(_of_wave(wave), _of_wave(wave * 10 ** (gain_db / 20))) < 0.005


@pytest.mark.parametrize("rate", [8000, 22_050, 44_100])
def test_the_rate_changes_little(rate: int) -> None:
    wave = _sound(5)
    assert _error(_of_wave(wave), _of_wave(soxr.resample(wave, RATE, rate), rate)) < 0.05


@pytest.mark.parametrize(
    ("codec", "most"),
    [(["-c:a", "libmp3lame", "-b:a", "64k", "-f", "mp3"], 0.3), (["-c:a", "libopus", "-b:a", "24k", "-f", "ogg"], 0.4)],
    ids=["mp3", "opus"],
)
def test_a_codec_changes_few_symbols(codec: list[str], most: float) -> None:
    data = wav(_sound(6, rate=48_000)[:, np.newaxis].astype(np.float32), rate=48_000)
    made = subprocess.run(
        ["ffmpeg", "-v", "error", "-i", "-", *codec, "-"], input=data, stdout=subprocess.PIPE, check=True
    ).stdout
    assert _error(_of(data), _of(made)) < most


def test_strangers_agree_no_more_than_by_chance() -> None:
    prints = [_of_wave(_sound(6, seed)) for seed in range(8)]
    errors = [_error(one, other) for number, one in enumerate(prints) for other in prints[:number]]
    assert min(errors) > 0.75
    assert np.mean(errors) == pytest.approx(7 / 8, abs=0.03)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 120), st.floats(0.7, 6))
def test_a_span_of_a_recording_has_what_a_file_of_it_would_have(first: int, seconds: float) -> None:
    wave = _sound(12)
    start_s, end_s = first * 0.05, min(12.0, first * 0.05 + seconds)
    own = fingerprint.Fingerprint()
    Feature(128, own).add(wave[round(start_s * RATE) : round(end_s * RATE)].astype(np.float32))
    packed, part = own.packed(), fingerprint.span(_of_wave(wave), start_s, end_s)
    assert abs(len(packed or b"") - len(part)) <= 2
    if packed and part:
        assert _error(packed, part) < 0.1  # what is loudest around is another


def test_a_span_of_what_is_not_there_is_empty() -> None:
    packed = _of_wave(_sound(3))
    assert fingerprint.span(packed, 1.0, 1.5) == fingerprint.span(packed, 30.0, 40.0) == b""
    assert fingerprint.span(packed, 0.0, 3.0) == packed


def test_a_click_far_away_leaves_a_quiet_stretch_its_symbols() -> None:
    wave = np.concatenate([_sound(8) * 1e-3, np.zeros(RATE * 8), _sound(2)])
    quiet = fingerprint.span(_of_wave(wave), 0, 8)
    assert _error(quiet, _of_wave(_sound(8) * 1e-3)) < 0.05


def test_noise_of_sixteen_bits_below_the_edge_of_a_codec_decides_nothing() -> None:
    """Of two copies, one with dither where the other has none, the same symbols are left."""
    wave = _sound(5) * 0.9
    dithered = wave + np.random.default_rng(3).triangular(-1, 0, 1, len(wave)) / 32768
    out = io.BytesIO()
    soundfile.write(out, dithered, RATE, format="WAV", subtype="PCM_16")
    assert _error(_of_wave(wave), _of(out.getvalue())) < 0.05
