"""Clips brought to a loudness, held to the numbers of EBU Tech 3341 and to what comes out."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import soundfile

from tests.consumers.loaders import neighbours
from tests.exports.packed import exported
from tests.exports.small_run import SmallAudioset, instead
from workflow_scripts.exports.audio.cutting import Cut
from workflow_scripts.exports.audio.encoding import encode
from workflow_scripts.exports.audio.form import AudioForm
from workflow_scripts.exports.audio.loudness import loudness


def tone(*parts: tuple[float, float], rate: int = 48_000, channels: int = 2) -> Any:
    """1 kHz at so many dB for so many seconds, one after the other."""
    level = np.concatenate([np.full(round(seconds * rate), 10 ** (decibels / 20)) for decibels, seconds in parts])
    wave = level * np.sin(2 * np.pi * 1000 / rate * np.arange(len(level)))
    return np.tile(wave[:, None].astype(np.float32), (1, channels))


@pytest.mark.parametrize(("parts", "lufs"), [
    ([(-23, 20)], -23.0),
    ([(-33, 20)], -33.0),
    ([(-36, 10), (-23, 60), (-36, 10)], -23.0),
    ([(-72, 10), (-36, 10), (-23, 60), (-36, 10), (-72, 10)], -23.0),
    ([(-26, 20), (-20, 20.1), (-26, 20)], -23.0),
])  # fmt: skip
def test_loudness_is_as_ebu_tech_3341_says_cases_1_to_5(parts: list[tuple[float, float]], lufs: float) -> None:
    assert loudness(tone(*parts), 48_000) == pytest.approx(lufs, abs=0.1)


@pytest.mark.parametrize("rate", [8000, 16_000, 22_050, 44_100, 96_000, 192_000])
def test_loudness_follows_from_no_rate(rate: int) -> None:
    assert loudness(tone((-23, 5), rate=rate), rate) == pytest.approx(-23.0, abs=0.1)


def test_each_channel_counts_alike() -> None:
    one = loudness(tone((-23, 5), channels=1)[:, 0], 48_000)
    assert one == pytest.approx(-26.0, abs=0.1)
    for channels in (1, 2, 4, 9):
        of_all = loudness(tone((-23, 5), channels=channels), 48_000)
        assert of_all == pytest.approx(one + 10 * np.log10(channels), abs=0.01)


@pytest.mark.parametrize("samples", [tone((-23, 0.39)), tone((-75, 5)), np.zeros((48_000, 1), np.float32)])
def test_what_is_too_short_or_too_quiet_has_none(samples: Any) -> None:
    assert loudness(samples, 48_000) is None


def encoded(samples: Any, **given: Any) -> Any:
    form = {"codec": "flac", "sample_rate": None, "channels": "all", "bits": 16, "overshoot": "clip"} | given
    return encode(Cut({}, samples, 48_000), AudioForm(**form))


@pytest.mark.parametrize("codec", ["flac", "wav", "mp3", "opus", "ogg"])
def test_what_comes_out_is_as_loud_as_was_asked_for(codec: str) -> None:
    """Noise below 2 kHz, of which a codec keeps all; LAME writes what it is given 0 to 0.45 dB lower."""
    white = np.random.default_rng(3).standard_normal((10 * 48_000, 2)).astype(np.float32)
    samples = np.apply_along_axis(np.convolve, 0, white, np.hanning(49) / 1000, mode="same").astype(np.float32)
    samples[5 * 48_000 :] *= 4
    made = encoded(samples, codec=codec, loudness_lufs=-23.0, bitrate=192)
    assert (made.overshoot, made.unlevelled) == (0, False)
    sound, rate = soundfile.read(io.BytesIO(made.content), dtype="float32")
    assert loudness(sound, rate) == pytest.approx(-23.0, abs=0.5 if codec == "mp3" else 0.1)


@pytest.mark.parametrize("overshoot", ["clip", "scale"])
def test_a_gain_that_goes_beyond_full_scale_is_counted_and_done_with_as_the_setting_says(overshoot: str) -> None:
    samples = tone((-23, 5), channels=1)[:, 0].copy()
    samples[48_000:48_010] = 0.5
    made = encoded(samples, loudness_lufs=-10.0, overshoot=overshoot)
    assert made.overshoot >= 10
    sound, rate = soundfile.read(io.BytesIO(made.content), dtype="float32")
    assert np.abs(sound).max() == pytest.approx(1.0, abs=1e-4)
    assert (loudness(sound, rate) == pytest.approx(-10.0, abs=0.1)) == (overshoot == "clip")


def test_clips_without_a_loudness_are_left_as_they_are_and_counted(small: SmallAudioset, tmp_path: Path) -> None:
    """Of the recording a clip of 0.3 s is made; the others are noise."""
    is_it = pl.col("clip_id") == "inrecording"
    clips = small.table("clips").with_columns(
        end_s=pl.when(is_it).then(30.3).otherwise("end_s"), duration_s=pl.when(is_it).then(0.3).otherwise("duration_s")
    )
    tables = instead(small.for_exports, tmp_path / "tables", clips=clips)
    written = exported("webdataset", tables, tmp_path, audio={"sample_rate": 16_000, "loudness_lufs": -30})
    assert any(
        one.startswith("1 of the clips are too short or too quiet to have a loudness") for one in written.warnings
    )
    pairs = {one["__key__"]: one["flac"] for tar in (tmp_path / "out").rglob("*.tar") for one in neighbours(tar)}
    for clip_id, content in pairs.items():
        sound, rate = soundfile.read(io.BytesIO(content), dtype="float32")
        if clip_id != "inrecording":
            assert loudness(sound, rate) == pytest.approx(-30, abs=0.1), clip_id
    exported("webdataset", tables, tmp_path / "as_loud", audio={"sample_rate": 16_000})
    before = {
        one["__key__"]: one["flac"] for tar in (tmp_path / "as_loud/out").rglob("*.tar") for one in neighbours(tar)
    }
    assert {clip_id for clip_id in pairs if pairs[clip_id] == before[clip_id]} == {"inrecording"}


def test_a_file_that_lies_somewhere_is_as_loud_as_it_is_so_each_clip_needs_a_copy(
    small: SmallAudioset, tmp_path: Path
) -> None:
    as_they_lie = exported("lhotse", small.for_exports, tmp_path / "lie", copies="auto")
    written = exported("lhotse", small.for_exports, tmp_path / "out", copies="auto", audio={"loudness_lufs": -23})
    assert written.clips == as_they_lie.clips
    copies = list((tmp_path / "out/out/audio").rglob("*.flac"))
    assert len(copies) == sum(written.clips.values()) > len(list((tmp_path / "lie").rglob("audio/**/*.flac")))
    never = exported("lhotse", small.for_exports, tmp_path / "never", audio={"loudness_lufs": -23})
    assert (sum(never.clips.values()), never.held_back["needs_copy"]) == (0, len(copies))
