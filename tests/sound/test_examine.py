"""Everything that one decoding of one media tells, whatever the blocks that it is decoded in."""

import itertools
import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import soxr
import xxhash
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.made_files import encoded, flac_of_unknown_length, noise, noise16, wav
from tests.media.test_content import listed
from tests.sound.test_fbank import reference
from tests.workers import SETTINGS
from workflow_scripts.check.pool import examine_all
from workflow_scripts.check.task import Task
from workflow_scripts.check.worker import examine_batch
from workflow_scripts.media import content
from workflow_scripts.media.content import Content, file_content
from workflow_scripts.media.media import Media
from workflow_scripts.sound import decode
from workflow_scripts.sound import examine as examining
from workflow_scripts.sound.examine import examine
from workflow_scripts.tables import schemas
from workflow_scripts.tables.store import validate

Row = dict[str, Any]


def _examined(data: bytes) -> Row:
    return examine(Content.of(data), None, SETTINGS)


def _of_file(file: Path) -> Row:
    """The row of a loose file; a place that cannot be looked at is listed with size and time 0."""
    media = listed(file) if file.exists() else Media(str(file), None, 0, 0)
    return examine_batch([Task(media, None)], SETTINGS)[0]


def _digest_of(data: bytes) -> str:
    return xxhash.xxh3_128_hexdigest(data)


def _assert_fits_the_schema(rows: list[Row]) -> None:
    """Together with what the media list and the settings say, a row is one of the table `checks`."""
    known = {"bytes": 1, "mtime_ns": 1, "fingerprint": SETTINGS.fingerprint}
    assert all(set(row) <= set(schemas.CHECKS.columns) for row in rows)
    complete = [
        dict.fromkeys(schemas.CHECKS.columns) | known | {"path": f"{number}.wav"} | row
        for number, row in enumerate(rows)
    ]
    validate(pl.DataFrame(complete, schema=schemas.CHECKS.empty().schema), schemas.CHECKS)


def _changed(samples: np.ndarray, value: float) -> np.ndarray:
    changed = samples.copy()
    changed[len(changed) // 2, -1] = value
    return changed


def _damaged(data: bytes) -> bytes:
    """With another byte in its middle."""
    half = len(data) // 2
    return data[:half] + bytes([data[half] ^ 0xFF]) + data[half + 1 :]


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
        {"load_ok": True, "error_kind": "truncated", "declared_duration_s": 2.5, "feature_ok": True},
    ),
    "a FLAC with a damaged byte": (
        _damaged(encoded(noise16(40_000), 16_000, "FLAC", "PCM_16")),
        {"load_ok": False, "error_kind": "corrupt", "declared_duration_s": 2.5, "frames": 16_384, "feature_ok": True},
    ),
    "a rate that no sound has": (wav(noise16(100), rate=7), {"load_ok": False, "error_kind": "absurd_rate"}),
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
    "beyond what any sound is": (
        wav(np.full((16_000, 1), 1e30, np.float32) * noise(16_000)),
        {"load_ok": True, "error_kind": "not_finite", "feature_ok": False, "peak": None},
    ),
    "half a WAV with NaN": (
        wav(_changed(noise(16_000), np.nan))[: 44 + 40_000],
        {"load_ok": True, "error_kind": "truncated", "feature_ok": False},
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_has_its_kind_and_a_reason_in_words(fault: str) -> None:
    data, expected = FAULTS[fault]
    row = _examined(data)
    assert {name: row.get(name) for name in expected} == expected
    assert row["error"]
    assert row["bytes_digest"] == _digest_of(data)
    _assert_fits_the_schema([row])


def test_not_finite_samples_are_counted() -> None:
    samples = noise(16_000, 2)
    samples[100:107, 0] = np.nan
    samples[200:203, 1] = -np.inf
    assert _examined(wav(samples))["error"] == "10 samples are NaN, infinite or beyond 1e+09 times full scale"


def test_one_frame_at_16_khz_is_enough() -> None:
    row = _examined(wav(noise16(400)))
    assert (row["feature_ok"], row["fbank_frames"]) == (True, 1)


def test_a_sixteenth_of_the_rate_is_still_resampled() -> None:
    assert _examined(wav(noise16(1000), rate=1000))["resample_ok"]
    assert not _examined(wav(noise16(1000), rate=999))["resample_ok"]


@pytest.mark.parametrize(
    ("container", "subtype"),
    [
        *[(name, "PCM_16") for name in ("WAV", "FLAC", "AIFF", "AU", "CAF", "NIST", "W64")],
        ("OGG", "VORBIS"),
        ("MP3", "MPEG_LAYER_III"),
        ("RF64", "PCM_24"),
    ],
)
def test_a_sound_file_fills_every_column_but_the_faults(container: str, subtype: str) -> None:
    row = _examined(encoded(noise(22_050, 2), 22_050, container, subtype))
    _assert_fits_the_schema([row])
    found = set(schemas.CHECKS.columns) - {name for name, value in row.items() if value is not None}
    unasked = {"loudness_lufs", "true_peak_dbtp"}
    assert found == {"path", "member", "mtime_ns", "fingerprint", "error_kind", "error", *unasked}
    assert (row["format"], row["subtype"], row["channels"], row["sample_rate"]) == (container, subtype, 2, 22_050)
    assert (row["load_ok"], row["resample_ok"], row["feature_ok"]) == (True, True, True)


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 20_000), st.sampled_from([8000, 11_025, 16_000, 22_050, 32_000, 44_100, 48_000, 96_000]))
def test_durations_are_exact(frames: int, rate: int) -> None:
    row = _examined(wav(noise16(frames), rate=rate))
    assert row["frames"] == frames
    assert row["duration_s"] == row["declared_duration_s"] == float(Fraction(frames, rate))


def test_known_bytes_are_not_decoded() -> None:
    data = b"not audio, and so decoding it would tell"
    assert examine(Content.of(data), _digest_of(data), SETTINGS) == {"same_bytes": True}


def test_other_bytes_than_the_known_are_decoded() -> None:
    assert examine(Content.of(wav(noise16(800))), _digest_of(b"before"), SETTINGS)["load_ok"]


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
        rows = [_of_file(open_folder / place) for place in places]
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
    row = _of_file(tmp_path / "x.wav")
    assert (row["load_ok"], row["error_kind"]) == (False, "not_a_file")
    _assert_fits_the_schema([row])


EXACT = [
    "pcm_digest", "bytes_digest", "bytes", "frames", "duration_s", "declared_duration_s", "peak", "silent_fraction",
    "channel_layout", "bandwidth_hz", "clipped_fraction", "fbank_frames", "load_ok", "resample_ok", "feature_ok",
    "error_kind", "error",
]  # fmt: skip
CLOSE = {
    "rms_dbfs": 1e-5,
    "dc_offset": 1e-7,
    "channel_correlation": 1e-5,
    "channel_level_difference_db": 1e-5,
    "fbank_mean": 1e-5,
    "fbank_std": 1e-5,
    "envelope_peak": 0,
    "envelope_rms": 1e-6,
}


def _assert_same(row: Row, expected: Row) -> None:
    assert row.keys() == expected.keys()
    assert {name: row.get(name) for name in EXACT} == {name: expected.get(name) for name in EXACT}
    for name, tolerance in CLOSE.items():
        assert row.get(name) == (None if expected.get(name) is None else pytest.approx(expected[name], abs=tolerance))


def _in_blocks(seconds: int, data: bytes) -> Row:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(decode, "BLOCK_SECONDS", seconds)
        return _examined(data)


def _long_sound(rate: int, seconds: float, channels: int) -> np.ndarray:
    """Noise that swells, is silent for a while, and clips in places."""
    frames = round(rate * seconds)
    wave = noise(frames, channels, level=0.5) * np.abs(np.sin(np.arange(frames) / rate))[:, None]
    wave[frames // 2 : frames // 2 + rate] = 0
    return np.clip(wave, -1, 1).astype(np.float32)


@settings(max_examples=25, deadline=None)
@given(
    st.sampled_from([11_025, 16_000, 22_050, 44_100, 48_000]),
    st.sampled_from([3.0, 4.0, 4.5, 6.01, 2.37]),
    st.integers(1, 3),
    st.integers(1, 3),
    st.sampled_from([("WAV", "PCM_16"), ("WAV", "FLOAT"), ("FLAC", "PCM_16"), ("FLAC", "PCM_24"), ("OGG", "VORBIS")]),
)
def test_a_row_does_not_depend_on_the_length_of_blocks(
    rate: int, seconds: float, channels: int, block: int, form: tuple[str, str]
) -> None:
    data = encoded(_long_sound(rate, seconds, channels), rate, *form)
    _assert_same(_in_blocks(block, data), _in_blocks(16, data))


@pytest.mark.parametrize("form", [("MP3", "MPEG_LAYER_III"), ("OGG", "OPUS"), ("CAF", "ALAC_16")])
def test_nor_in_other_formats(form: tuple[str, str]) -> None:
    data = encoded(_long_sound(48_000, 5.3, 2), 48_000, *form)
    _assert_same(_in_blocks(2, data), _in_blocks(16, data))


@pytest.mark.parametrize("rate", [16_000, 44_100])
@pytest.mark.parametrize("frames_more", [-1, 0, 1])
def test_around_the_length_of_a_block_no_sample_is_lost(rate: int, frames_more: int) -> None:
    samples = _long_sound(rate, 33, 1)[: 32 * rate + frames_more]
    row = _examined(wav(samples, rate=rate))
    expected = reference(soxr.resample(samples[:, 0], rate, 16_000, quality="HQ"))
    assert (row["frames"], row["fbank_frames"]) == (len(samples), len(expected))
    assert row["fbank_mean"] == pytest.approx(float(expected.mean()), abs=1e-3)
    assert row["fbank_std"] == pytest.approx(float(expected.std(correction=0)), abs=1e-3)
    assert len(row["envelope_peak"]) == -(-2 * len(samples) // rate)


def test_what_failed_before_leaves_no_trace_in_the_next_row() -> None:
    whole = encoded(_long_sound(44_100, 3.3, 2), 44_100, "FLAC", "PCM_16")
    before = _examined(whole)
    for broken in (_damaged(whole), whole[: len(whole) // 2], wav(_changed(noise(44_100 * 2, 2), np.nan), rate=44_100)):
        assert _in_blocks(1, broken)["error_kind"] is not None
        assert _examined(whole) == before


def test_what_lies_before_a_later_fault_is_told_of_a_cut_recording() -> None:
    data = wav(_long_sound(16_000, 6.5, 2))
    row = _in_blocks(2, data[: len(data) * 2 // 3])
    assert (row["error_kind"], row["feature_ok"]) == ("truncated", True)
    assert len(row["envelope_peak"]) == 9


def test_a_nan_in_a_later_block_leaves_no_measures() -> None:
    samples = _long_sound(16_000, 6.5, 2)
    samples[-100, 1] = np.nan
    row = _in_blocks(2, wav(samples))
    assert (row["error_kind"], row["load_ok"], row["feature_ok"], row["frames"]) == ("not_finite", True, False, 104_000)
    assert {"peak", "envelope_peak", "fbank_mean"}.isdisjoint(row)
    _assert_fits_the_schema([row])


def test_more_samples_than_are_decoded_are_too_large_where_no_header_tells(monkeypatch: pytest.MonkeyPatch) -> None:
    data = flac_of_unknown_length(encoded(noise16(40_000), 8000, "FLAC", "PCM_16"))
    assert _in_blocks(1, data)["load_ok"]
    monkeypatch.setattr(examining, "MAX_SAMPLES", 30_000)
    row = _in_blocks(1, data)
    assert (row["load_ok"], row["error_kind"]) == (False, "too_large")
    _assert_fits_the_schema([row])


WINDOWED = {
    "WAV": wav(noise16(40_000, 2)),
    "WAV of size 0": wav(noise16(40_000, 2), declared_bytes=0),
    "cut WAV": wav(noise16(40_000, 2))[:100_000],
    "FLAC": encoded(noise16(40_000, 2), 22_050, "FLAC", "PCM_16"),
    "cut FLAC": encoded(noise16(40_000, 2), 22_050, "FLAC", "PCM_16")[:60_000],
    "damaged FLAC": _damaged(encoded(noise16(40_000, 2), 22_050, "FLAC", "PCM_16")),
    "OGG": encoded(noise(40_000, 2), 22_050, "OGG", "VORBIS"),
    "MP3": encoded(noise(40_000, 2), 22_050, "MP3", "MPEG_LAYER_III"),
    "W64": encoded(noise16(40_000, 2), 22_050, "W64", "PCM_16"),
    "no audio": b"<html>" * 500,
}


@pytest.fixture
def _nothing_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(content, "IN_MEMORY_BYTES", 100)


@pytest.mark.usefixtures("_nothing_in_memory")
@pytest.mark.parametrize("name", WINDOWED)
def test_a_file_that_is_read_as_it_is_decoded_has_the_same_row(tmp_path: Path, name: str) -> None:
    file = tmp_path / "x.wav"
    file.write_bytes(WINDOWED[name])
    row, expected = _of_file(file), _examined(WINDOWED[name])
    assert row == expected
    assert len(row) > 3
    with file_content(listed(file)) as opened:
        assert examine(opened, expected["bytes_digest"], SETTINGS) == {"same_bytes": True}


@pytest.mark.usefixtures("_nothing_in_memory")
@pytest.mark.parametrize("name", ["WAV", "WAV of size 0", "FLAC", "OGG", "MP3", "W64"])
def test_a_disk_that_fails_is_an_io_error_wherever_it_fails(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the bytes are digested, or the header is read, or it is decoded: it is not the file that was cut."""
    file = tmp_path / "x.wav"
    file.write_bytes(WINDOWED[name])
    monkeypatch.setattr(content, "PIECE", 8192)
    monkeypatch.setattr(content, "BUFFER", 8192)
    preadv, count = os.preadv, 0

    def fail_later(*arguments: Any) -> int:
        nonlocal count
        count += 1
        if count > reads:
            raise OSError(5, "Input/output error")
        return preadv(*arguments)

    monkeypatch.setattr(os, "preadv", fail_later)
    for reads in itertools.count():
        count = 0
        row = _of_file(file)
        if count <= reads:
            break
        assert (row["load_ok"], row.get("error_kind")) == (False, "io_error"), (reads, row)
        _assert_fits_the_schema([row])
    assert row == _examined(WINDOWED[name])
    assert reads > len(WINDOWED[name]) // 8192


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
        tasks.append(Task(listed(file), None))
    rows = [row for _, row in examine_all(tasks, SETTINGS, 2)]
    assert len(rows) == 300
    _assert_fits_the_schema(rows)
    assert {row.get("error_kind") for row in rows} >= {None, "not_audio", "corrupt"}


@pytest.mark.shared
def test_every_odd_file_is_a_row(shared: Path) -> None:
    files = sorted(file for file in (shared / "data/odd_audio").rglob("*") if file.is_file())
    rows = [_of_file(file) for file in files]
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
    row = _of_file(shared / "data/odd_audio" / file)
    assert {name: row.get(name) for name in expected} == expected
