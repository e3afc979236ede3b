"""Everything that one decoding of one media tells."""

import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.audio.made_files import encoded, noise, noise16, wav
from tests.audio.workers import SETTINGS
from workflow_scripts.audio.examine import digest_of, examine
from workflow_scripts.audio.pool import Task, examine_all
from workflow_scripts.tables import schemas
from workflow_scripts.tables.store import validate

Row = dict[str, Any]


def _examined(folder: Path, data: bytes) -> Row:
    file = folder / "x.wav"
    file.write_bytes(data)
    return examine(str(file), None, SETTINGS)


def _assert_fits_the_schema(rows: list[Row]) -> None:
    """Together with what the media list and the settings say, a row is one of the table `checks`."""
    known = {"bytes": 1, "mtime_ns": 1, "fingerprint": SETTINGS.fingerprint}
    assert all(set(row) <= set(schemas.CHECKS.columns) for row in rows)
    complete = [
        dict.fromkeys(schemas.CHECKS.columns) | known | {"path": f"{number}.wav"} | row
        for number, row in enumerate(rows)
    ]
    validate(pl.DataFrame(complete, schema=schemas.empty(schemas.CHECKS).schema), schemas.CHECKS)


def _changed(samples: np.ndarray, value: float) -> np.ndarray:
    changed = samples.copy()
    changed[len(changed) // 2, -1] = value
    return changed


FAULTS: dict[str, tuple[bytes, Row]] = {
    "empty": (b"", {"load_ok": False, "error_kind": "empty"}),
    "an HTML page": (b"<!DOCTYPE html><title>404</title>", {"load_ok": False, "error_kind": "not_audio"}),
    "half a WAV": (
        wav(noise16(16_000))[:16_044],
        {"load_ok": True, "error_kind": "truncated", "duration_s": 0.5, "declared_duration_s": 1.0, "feature_ok": True},
    ),
    "a header alone": (
        wav(noise16(16_000))[:44],
        {"load_ok": True, "error_kind": "truncated", "duration_s": 0.0, "declared_duration_s": 1.0, "frames": 0},
    ),
    "a WAV of no samples": (
        wav(noise16(0)),
        {"load_ok": True, "error_kind": "no_samples", "frames": 0, "feature_ok": None},
    ),
    "half a FLAC": (
        encoded(noise16(40_000), 16_000, "FLAC", "PCM_16")[:30_000],
        {"load_ok": False, "error_kind": "corrupt", "declared_duration_s": 2.5},
    ),
    "NaN": (
        wav(_changed(noise(16_000, 2), np.nan)),
        {"load_ok": True, "error_kind": "not_finite", "feature_ok": False, "peak": None, "fbank_mean": None},
    ),
    "infinite": (
        wav(_changed(noise(16_000, 2), np.inf)),
        {"load_ok": True, "error_kind": "not_finite", "feature_ok": False, "peak": None, "fbank_mean": None},
    ),
    "minus infinite": (
        wav(_changed(noise(16_000), -np.inf)),
        {"load_ok": True, "error_kind": "not_finite", "feature_ok": False},
    ),
    "800 Hz": (
        wav(noise16(8_000), rate=800),
        {"load_ok": True, "error_kind": "rate_too_low", "resample_ok": False, "feature_ok": None, "duration_s": 10.0},
    ),
    "less than a frame": (
        wav(noise16(399)),
        {"load_ok": True, "error_kind": "too_few_samples", "resample_ok": True, "feature_ok": False},
    ),
    "beyond what the fbank holds": (
        wav(np.full((16_000, 1), 1e30, np.float32) * noise(16_000)),
        {"load_ok": True, "error_kind": "fbank_not_finite", "resample_ok": True, "feature_ok": False},
    ),
    "half a WAV with NaN": (
        wav(_changed(noise(16_000), np.nan))[: 44 + 40_000],
        {"load_ok": True, "error_kind": "truncated", "feature_ok": False},
    ),
}


@pytest.mark.filterwarnings("ignore:overflow encountered", "ignore:invalid value encountered")
@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_has_its_kind_and_a_reason_in_words(tmp_path: Path, fault: str) -> None:
    data, expected = FAULTS[fault]
    row = _examined(tmp_path, data)
    assert {name: row.get(name) for name in expected} == expected
    assert row["error"]
    assert row["bytes_digest"] == digest_of(data)
    _assert_fits_the_schema([row])


def test_not_finite_samples_are_counted(tmp_path: Path) -> None:
    samples = noise(16_000, 2)
    samples[100:107, 0] = np.nan
    samples[200:203, 1] = -np.inf
    assert _examined(tmp_path, wav(samples))["error"] == "10 samples are NaN or infinite"


def test_one_frame_at_16_khz_is_enough(tmp_path: Path) -> None:
    row = _examined(tmp_path, wav(noise16(400)))
    assert (row["feature_ok"], row["fbank_frames"]) == (True, 1)


def test_a_sixteenth_of_the_rate_is_still_resampled(tmp_path: Path) -> None:
    assert _examined(tmp_path, wav(noise16(1000), rate=1000))["resample_ok"]
    assert not _examined(tmp_path, wav(noise16(1000), rate=999))["resample_ok"]


@pytest.mark.parametrize(
    ("container", "subtype"),
    [("WAV", "PCM_16"), ("FLAC", "PCM_16"), ("OGG", "VORBIS"), ("MP3", "MPEG_LAYER_III"), ("RF64", "PCM_24")],
)
def test_a_sound_file_fills_every_column_but_the_faults(tmp_path: Path, container: str, subtype: str) -> None:
    row = _examined(tmp_path, encoded(noise(22_050, 2), 22_050, container, subtype))
    _assert_fits_the_schema([row])
    found = set(schemas.CHECKS.columns) - {name for name, value in row.items() if value is not None}
    assert found == {"path", "member", "bytes", "mtime_ns", "fingerprint", "error_kind", "error"}
    assert (row["format"], row["subtype"], row["channels"], row["sample_rate"]) == (container, subtype, 2, 22_050)
    assert (row["load_ok"], row["resample_ok"], row["feature_ok"]) == (True, True, True)


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 20_000), st.sampled_from([8000, 11_025, 16_000, 22_050, 32_000, 44_100, 48_000, 96_000]))
def test_durations_are_exact(tmp_path_factory: pytest.TempPathFactory, frames: int, rate: int) -> None:
    row = _examined(tmp_path_factory.getbasetemp(), wav(noise16(frames), rate=rate))
    assert row["frames"] == frames
    assert row["duration_s"] == row["declared_duration_s"] == float(Fraction(frames, rate))


def test_the_same_samples_have_the_same_pcm_digest_in_flac_and_wav(tmp_path: Path) -> None:
    samples = noise16(8000, 2)
    flac = _examined(tmp_path, encoded(samples, 16_000, "FLAC", "PCM_16"))
    other = [
        _examined(tmp_path, encoded(samples, 16_000, container, "PCM_16", endian))
        for container, endian in (("WAV", "FILE"), ("WAV", "BIG"), ("AIFF", "FILE"), ("W64", "FILE"))
    ]
    assert {row["pcm_digest"] for row in other} == {flac["pcm_digest"]}
    assert len({row["bytes_digest"] for row in [flac, *other]}) == 5


def test_the_same_numbers_at_another_rate_or_in_other_channels_are_another_sound(tmp_path: Path) -> None:
    samples = noise16(8000, 2)
    files = [wav(samples), wav(samples, rate=8000), wav(samples.reshape(-1, 1)), wav(samples[::-1].copy())]
    assert len({_examined(tmp_path, data)["pcm_digest"] for data in files}) == 4


def test_known_bytes_are_not_decoded(tmp_path: Path) -> None:
    data = b"not audio, and so decoding it would tell"
    (tmp_path / "x.wav").write_bytes(data)
    assert examine(str(tmp_path / "x.wav"), digest_of(data), SETTINGS) == {"same_bytes": True}


def test_other_bytes_than_the_known_are_decoded(tmp_path: Path) -> None:
    (tmp_path / "x.wav").write_bytes(wav(noise16(800)))
    assert examine(str(tmp_path / "x.wav"), digest_of(b"before"), SETTINGS)["load_ok"]


def test_places_that_are_no_readable_file_are_rows(
    open_folder: Path, as_ordinary_user: Callable[[], AbstractContextManager[None]]
) -> None:
    os.mkfifo(open_folder / "pipe.wav")
    (open_folder / "dangling.wav").symlink_to("nowhere")
    (open_folder / "loop.wav").symlink_to("loop.wav")
    (open_folder / "forbidden.wav").write_bytes(wav(noise16(800)))
    (open_folder / "forbidden.wav").chmod(0)
    places = ["pipe.wav", "dangling.wav", "loop.wav", "forbidden.wav", "gone.wav", "pipe.wav/below.wav"]
    with as_ordinary_user():
        rows = [examine(str(open_folder / place), None, SETTINGS) for place in places]
    assert [row["error_kind"] for row in rows] == [
        "not_a_file",
        "vanished",
        "not_openable",
        "not_openable",
        "vanished",
        "not_openable",
    ]
    _assert_fits_the_schema(rows)


def test_a_folder_called_like_a_wav_is_a_row(tmp_path: Path) -> None:
    (tmp_path / "x.wav").mkdir()
    row = examine(str(tmp_path / "x.wav"), None, SETTINGS)
    assert (row["load_ok"], row["error_kind"]) == (False, "not_a_file")
    _assert_fits_the_schema([row])


def test_damaged_files_are_rows(tmp_path: Path) -> None:
    """300 files with some bytes changed, examined in workers: their decoders may crash, and still give a row each."""
    rng = np.random.default_rng(5)
    whole = [
        encoded(noise(6000, channels), 16_000, container, subtype)
        for channels, container, subtype in (
            (1, "WAV", "PCM_16"),
            (2, "WAV", "FLOAT"),
            (2, "FLAC", "PCM_16"),
            (1, "OGG", "VORBIS"),
            (1, "MP3", "MPEG_LAYER_III"),
            (2, "AIFF", "PCM_24"),
        )
    ]
    tasks = []
    for number in range(300):
        data = bytearray(whole[number % len(whole)])
        reach = len(data) if number % 2 else 100  # every other time in the header
        for place in rng.integers(0, reach, rng.integers(1, 6)):
            data[place] = rng.integers(0, 256)
        file = tmp_path / f"{number}.wav"
        file.write_bytes(data)
        tasks.append(Task(str(file), len(data), None))
    rows = list(examine_all(tasks, SETTINGS, 2))
    assert len(rows) == 300
    _assert_fits_the_schema(rows)
    assert {row.get("error_kind") for row in rows} >= {None, "not_audio", "corrupt"}


@pytest.mark.shared
def test_every_odd_file_is_a_row(shared: Path) -> None:
    files = sorted(file for file in (shared / "data/odd_audio").rglob("*") if file.is_file())
    rows = [examine(str(file), None, SETTINGS) for file in files]
    assert len(rows) > 70
    _assert_fits_the_schema(rows)
    assert all(row["error"] for row in rows if not (row["load_ok"] and row.get("feature_ok")))


@pytest.mark.shared
@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("scipy/test-44100Hz-be-1ch-4bytes.wav", {"frames": 4410, "error_kind": None}),
        ("scipy/test-44100Hz-le-1ch-4bytes-rf64.wav", {"frames": 4410, "error_kind": None}),
        ("scipy/test-44100Hz-le-1ch-4bytes-early-eof.wav", {"error_kind": "truncated", "declared_duration_s": 0.1}),
        ("scipy/test-44100Hz-le-1ch-4bytes-early-eof-no-data.wav", {"error_kind": "not_audio"}),
        ("scipy/test-8000Hz-le-3ch-5S-24bit-inconsistent.wav", {"frames": 5, "error_kind": "too_few_samples"}),
        ("pysox/annoying filename (derp).wav", {"duration_s": 10.0, "error_kind": None, "feature_ok": True}),
        ("pysox/empty.wav", {"error_kind": "no_samples"}),
        ("pysox/silence.wav", {"frames": 627_456, "error_kind": None, "channel_layout": "mono"}),
        ("claxon/non_subset.flac", {"frames": 4096, "error_kind": None, "subtype": "PCM_24"}),
    ],
)
def test_odd_files_are_what_they_are(shared: Path, file: str, expected: Row) -> None:
    row = examine(str(shared / "data/odd_audio" / file), None, SETTINGS)
    assert {name: row.get(name) for name in expected} == expected
