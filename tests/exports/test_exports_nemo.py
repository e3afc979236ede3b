"""Manifests of NeMo, read as it reads them: offset and duration times the rate of the file, cut to whole samples."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from tests.exports.packed import exported
from tests.exports.small_run import BELL_IN_A_CELL, SmallAudioset, instead
from workflow_scripts.errors import SoundledgerError
from workflow_scripts.exports.files.seconds import to_the_sample
from workflow_scripts.tables import schemas

MONO = {"-aaaaaaaaaa", "Ycccccccccc", "onlyabstrac", "onlynoindex", "inrecording", "inmirrorxxx"}
"""Trainable clips of balanced_train with one channel."""


def manifest(file: Path) -> dict[str, dict[str, Any]]:
    with file.open(encoding="utf-8") as lines:  # as NeMo opens it, for which U+2028 ends no line
        return {row["clip_id"]: row for row in map(json.loads, lines)}


def read(row: dict[str, Any], folder: Path) -> tuple[Any, int]:
    """The samples that NeMo takes for a line, and their rate."""
    with soundfile.SoundFile(folder / row["audio_filepath"]) as file:
        file.seek(int(row["offset"] * file.samplerate))
        return file.read(int(row["duration"] * file.samplerate), dtype="int16"), file.samplerate


@pytest.mark.parametrize("paths", ["absolute", "relative"])
def test_each_line_is_the_clip_to_the_sample(small: SmallAudioset, tmp_path: Path, paths: str) -> None:
    exported("nemo", small.for_exports, tmp_path, paths=paths)
    rows = manifest(tmp_path / "out/balanced_train.json")
    assert rows.keys() == MONO
    ledger = {row["clip_id"]: row for row in small.table("clips").iter_rows(named=True)}
    for clip_id, row in rows.items():
        samples, rate = read(row, tmp_path / "out")
        assert len(samples) == round(ledger[clip_id]["duration_s"] * rate)
    recording, rate = soundfile.read(small.folder / "audio/recordings/inrecording.wav", dtype="int16")
    assert (read(rows["inrecording"], tmp_path / "out")[0] == recording[30 * rate : 40 * rate]).all()
    assert Path(rows["inrecording"]["audio_filepath"]).is_absolute() == (paths == "absolute")


def test_a_stretch_whose_seconds_would_be_cut_short_has_all_of_its_samples(
    small: SmallAudioset, tmp_path: Path
) -> None:
    first, frames, rate = 1003, 1001, 8000
    assert (int(first / rate * rate), int(frames / rate * rate)) == (1002, 1000)
    span = {"start_s": first / rate, "end_s": (first + frames) / rate}
    clips = small.table("clips").with_columns(
        pl.when(pl.col("clip_id") == "inrecording").then(pl.lit(seconds)).otherwise(name).alias(name)
        for name, seconds in span.items()
    )
    exported("nemo", instead(small.for_exports, tmp_path / "tables", clips=clips), tmp_path)
    recording, _ = soundfile.read(small.folder / "audio/recordings/inrecording.wav", dtype="int16")
    samples, _ = read(manifest(tmp_path / "out/balanced_train.json")["inrecording"], tmp_path)
    assert samples.tolist() == recording[first : first + frames].tolist()


def test_what_has_more_channels_gets_a_copy_of_one(small: SmallAudioset, tmp_path: Path) -> None:
    written = exported("nemo", small.for_exports, tmp_path / "never")
    assert written.held_back["needs_copy"] == 1
    assert written.copies_bytes > 0
    written = exported("nemo", small.for_exports, tmp_path / "auto", copies="auto")
    rows = manifest(tmp_path / "auto/out/balanced_train.json")
    assert rows.keys() == MONO | {"_bbbbbbbbbb"}
    samples, rate = read(rows["_bbbbbbbbbb"], tmp_path)
    assert (samples.shape, rate) == ((25_397,), 16_000)


def test_words_are_the_first_caption_or_made_of_the_labels(small: SmallAudioset, tmp_path: Path) -> None:
    said = [("quotedxxxxx", 0, 'a\nbell,\u2028 "big"'), ("quotedxxxxx", 1, "another")]
    captions = pl.DataFrame(said, schema=schemas.FOUND_CAPTIONS.empty().schema, orient="row")
    nothing = pl.lit([], pl.List(pl.Categorical))
    clips = small.table("clips").with_columns(
        class_names=pl.when(pl.col("clip_id") == "onlynoindex").then(nothing).otherwise("class_names")
    )
    tables = instead(small.for_exports, tmp_path / "tables", captions=captions, clips=clips)
    [warning] = exported("nemo", tables, tmp_path).warnings
    [quoted] = manifest(tmp_path / "out/eval.json").values()
    assert (quoted["text"], quoted["label"]) == ('a\nbell,\u2028 "big"', f"Dog;{BELL_IN_A_CELL}")
    rows = manifest(tmp_path / "out/balanced_train.json")
    assert (rows["-aaaaaaaaaa"]["text"], rows["-aaaaaaaaaa"]["label"]) == ("The sounds of Bark and Dog", "Bark;Dog")
    assert rows["onlynoindex"]["text"] == ""
    assert "label" not in rows["onlynoindex"]
    assert warning.startswith("1 of the clips have no class and no `label`")
    assert exported("nemo", small.for_exports, tmp_path / "labelled").warnings == ()


def test_a_relative_path_that_nemo_would_not_look_for_is_an_error(small: SmallAudioset, tmp_path: Path) -> None:
    path = pl.lit("/" + "/".join(["x" * 90] * 3) + "/a.wav")
    clips = small.table("clips").with_columns(
        media_path=pl.when(pl.col("clip_id") == "-aaaaaaaaaa").then(path).otherwise("media_path")
    )
    tables = instead(small.for_exports, tmp_path / "tables", clips=clips)
    exported("nemo", tables, tmp_path / "absolute")
    with pytest.raises(SoundledgerError, match=r"more than 254 characters.*Say paths: absolute"):
        exported("nemo", tables, tmp_path / "relative", paths="relative")


@given(
    st.lists(st.integers(0, 2**40), min_size=1),
    st.sampled_from([8000, 11_025, 16_000, 22_050, 44_100, 48_000, 192_000]),
)
def test_seconds_are_cut_to_the_samples_they_are_of(frames: list[int], rate: int) -> None:
    series = pl.Series("frames", frames, dtype=pl.Int64)
    seconds = to_the_sample(series, pl.Series([rate] * len(frames), dtype=pl.Int64))
    assert [int(one * rate) for one in seconds] == frames
    assert np.allclose(seconds, series / rate, rtol=1e-15)
