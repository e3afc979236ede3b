"""Loudness and true peak of the signals of EBU Tech 3341, and of real recordings against FFmpeg's own command."""

import re
import shutil
import struct
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.made_files import encoded, noise, noise16, wav
from tests.workers import SETTINGS
from workflow_scripts.media.content import Content
from workflow_scripts.sound.examine import examine
from workflow_scripts.sound.loudness import Loudness, TruePeak

RATE = 48_000
WITHIN_LU = 0.1
"""As EBU Tech 3341 asks of a meter."""


def _tone(levels: list[tuple[float, float]], rate: int = RATE, hertz: float = 1000.0) -> np.ndarray:
    """A sine of so many dBFS for so many seconds, and so on: (samples,) float32."""
    amplitude = np.concatenate([np.full(round(seconds * rate), 10 ** (level / 20)) for level, seconds in levels])
    return (amplitude * np.sin(2 * np.pi * hertz * np.arange(len(amplitude)) / rate)).astype(np.float32)


def _lufs(samples: np.ndarray, rate: int = RATE, layout: str | None = None, size: int | None = None) -> float | None:
    meter = Loudness(rate, samples.shape[1], layout)
    step = size or len(samples)
    for first in range(0, len(samples), step):
        meter.add(samples[first : first + step])
    return meter.lufs()


def _dbtp(samples: np.ndarray, rate: int = RATE, size: int | None = None) -> float | None:
    meter = TruePeak(rate, samples.shape[1])
    step = size or len(samples)
    for first in range(0, len(samples), step):
        meter.add(samples[first : first + step])
    return meter.dbtp()


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        ([(-23, 20)], -23.0),
        ([(-33, 20)], -33.0),
        ([(-36, 10), (-23, 60), (-36, 10)], -23.0),
        ([(-72, 10), (-36, 10), (-23, 60), (-36, 10), (-72, 10)], -23.0),
        ([(-26, 20), (-20, 20.1), (-26, 20)], -23.0),
    ],
    ids=["case 1", "case 2", "case 3", "case 4", "case 5"],
)
def test_stereo_signals_of_tech_3341(levels: list[tuple[float, float]], expected: float) -> None:
    samples = np.tile(_tone(levels)[:, None], 2)
    assert _lufs(samples) == pytest.approx(expected, abs=WITHIN_LU)
    assert _lufs(np.round(samples * 32767).astype(np.int16)) == pytest.approx(expected, abs=WITHIN_LU)


FIVE = np.stack([_tone([(level, 20)]) for level in (-28, -28, -24, -30, -30)], axis=1)


def test_surround_of_tech_3341() -> None:
    """Case 6: the channels behind count 1.5 dB more, where the layout says which they are."""
    assert _lufs(FIVE, layout="5.0") == pytest.approx(-23.0, abs=WITHIN_LU)
    assert _lufs(FIVE) == pytest.approx(-23.4, abs=WITHIN_LU)


def test_the_channel_of_effects_does_not_count() -> None:
    samples = np.insert(FIVE, 3, _tone([(-3, 20)]), axis=1)
    assert _lufs(samples, layout="0x3f") == pytest.approx(-23.0, abs=WITHIN_LU)


@pytest.mark.parametrize("rate", [8000, 16_000, 22_050, 44_100, 96_000, 192_000])
def test_at_any_rate_a_sine_in_one_channel_is_3_lu_below_its_level(rate: int) -> None:
    assert _lufs(_tone([(-20, 5)], rate, 997)[:, None], rate) == pytest.approx(-23.0, abs=WITHIN_LU)


def test_it_has_none_below_a_block_or_in_silence_or_at_rates_that_it_is_not_made_for() -> None:
    tone = _tone([(-20, 1)])[:, None]
    assert _lufs(tone[: round(0.4 * RATE) - 1]) is None
    assert _lufs(tone[: round(0.4 * RATE)]) == pytest.approx(-23.0, abs=WITHIN_LU)
    assert _lufs(np.zeros((RATE, 2), np.float32)) is None
    assert _lufs(tone * 1e-4) is None
    assert _lufs(tone, 4000) is None
    assert _lufs(np.tile(tone, 80)) is None


@pytest.mark.parametrize("size", [1000, 48_000, 77_777])
def test_where_blocks_end_makes_no_difference(size: int) -> None:
    samples = noise(5 * RATE + 123, 2) * np.linspace(0.01, 1, 5 * RATE + 123, dtype=np.float32)[:, None]
    assert _lufs(samples, size=size) == _lufs(samples)
    assert _dbtp(samples, size=size) == pytest.approx(_dbtp(samples), abs=1e-4)


@pytest.mark.parametrize(
    ("divisor", "phase", "level", "expected"),
    [(4, 0, 0.5, -6.0), (4, 45, 0.5, -6.0), (6, 60, 0.5, -6.0), (8, 67.5, 0.5, -6.0), (4, 45, 1.41, 3.0)],
    ids=["case 15", "case 16", "case 17", "case 18", "case 19"],
)
def test_true_peaks_of_tech_3341(divisor: int, phase: float, level: float, expected: float) -> None:
    """Within +0.2 and -0.4 dB, though the samples of case 16 reach -9 dB and those of 19 no more than full scale."""
    turns = 2 * np.pi * np.arange(RATE) / divisor + np.radians(phase)
    fade = np.minimum(1, np.minimum(np.arange(RATE), np.arange(RATE)[::-1]) / 1000)
    samples = np.tile((level * fade * np.sin(turns)).astype(np.float32)[:, None], 2)
    assert expected - 0.4 <= (_dbtp(samples) or 0) <= expected + 0.2


def test_a_true_peak_is_no_lower_than_the_samples() -> None:
    samples = noise16(30_000, 3)
    for rate in (8000, 48_000, 96_000, 192_000):
        assert (_dbtp(samples, rate) or 0) >= 20 * np.log10(np.abs(samples.astype(int)).max() / 32768) - 1e-6
    assert _dbtp(np.zeros((100, 1), np.int16)) is None


def _row(data: bytes, loudness: str) -> dict[str, Any]:
    return examine(Content.of(data), None, replace(SETTINGS, loudness=loudness))


def test_a_check_tells_what_its_setting_asks_for() -> None:
    data = wav(np.round(np.tile(_tone([(-23, 2)])[:, None], 2) * 32767).astype(np.int16), RATE)
    plain, integrated, both = (_row(data, asked) for asked in ("none", "integrated", "with_true_peak"))
    assert {"loudness_lufs", "true_peak_dbtp"}.isdisjoint(plain)
    assert integrated == plain | {"loudness_lufs": pytest.approx(-23.0, abs=WITHIN_LU)}
    assert both == integrated | {"true_peak_dbtp": pytest.approx(-23.0, abs=0.05)}
    fingerprints = {replace(SETTINGS, loudness=asked).fingerprint for asked in ("none", "integrated", "with_true_peak")}
    assert len(fingerprints) == 3


def _with_mask(samples: np.ndarray, mask: int) -> bytes:
    """A WAV that says which channels it has."""
    channels = samples.shape[1]
    form = struct.pack("<HHIIHHHHI", 0xFFFE, channels, RATE, RATE * channels * 2, channels * 2, 16, 22, 16, mask)
    form += bytes.fromhex("0100000000001000800000aa00389b71")
    data = np.round(samples * 32767).astype("<i2").tobytes()
    body = b"WAVEfmt " + struct.pack("<I", len(form)) + form + b"data" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", len(body)) + body


def test_the_layout_of_a_file_counts_where_it_tells_one() -> None:
    plain = wav(np.round(FIVE * 32767).astype(np.int16), RATE)
    cases = {
        "mask of 5.0": (_with_mask(FIVE, 0x37), -23.0),
        "FLAC": (encoded(FIVE, RATE, "FLAC", "PCM_16"), -23.0),
        "mask of three": (_with_mask(FIVE, 0x7), -23.4),
        "no mask": (plain, -23.4),
    }
    told = {name: _row(data, "integrated")["loudness_lufs"] for name, (data, _) in cases.items()}
    assert told == {name: pytest.approx(expected, abs=WITHIN_LU) for name, (_, expected) in cases.items()}


def test_what_cannot_be_measured_has_no_loudness_either() -> None:
    samples = noise(RATE, 2)
    samples[100] = np.nan
    assert {"loudness_lufs", "true_peak_dbtp"}.isdisjoint(_row(wav(samples, RATE), "with_true_peak"))


def _by_command(file: Path) -> float:
    command = ["ffmpeg", "-nostats", "-i", str(file), "-af", "ebur128", "-f", "null", "-"]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stderr
    return float(re.findall(r"I: +(-?[0-9.]+) LUFS", told)[-1])


@pytest.mark.shared
@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="no ffmpeg")
def test_real_recordings_are_as_loud_as_the_command_of_ffmpeg_says(shared: Path) -> None:
    files = sorted((shared / "data/esc10").rglob("*.ogg"))[::40]
    assert files
    told = {file.name: _row(file.read_bytes(), "integrated")["loudness_lufs"] or -70.0 for file in files}
    assert told == {file.name: pytest.approx(_by_command(file), abs=WITHIN_LU) for file in files}
