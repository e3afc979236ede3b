"""Data files of SpeechBrain, looked at without it; tests/consumers has it read them."""

import csv
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import soundfile

from tests.exports.packed import exported
from tests.exports.small_run import BELL_IN_A_CELL, SmallAudioset, instead
from workflow_scripts.errors import SoundledgerError
from workflow_scripts.tables import schemas

AS_THEY_LIE = {"-aaaaaaaaaa", "Ycccccccccc", "onlyabstrac", "onlynoindex"}
"""Trainable clips of balanced_train of one channel and 16 kHz."""


def rows_of(file: Path) -> dict[str, dict[str, Any]]:
    with file.open(newline="", encoding="utf-8") as lines:
        return {row["ID"]: row for row in csv.DictReader(lines)}


def test_what_lies_at_another_rate_needs_a_copy(small: SmallAudioset, tmp_path: Path) -> None:
    written = exported("speechbrain", small.for_exports, tmp_path / "never")
    assert rows_of(tmp_path / "never/out/balanced_train.csv").keys() == AS_THEY_LIE
    assert written.held_back["needs_copy"] == 3
    exported("speechbrain", small.for_exports, tmp_path / "auto", copies="auto")
    rows = rows_of(tmp_path / "auto/out/balanced_train.csv")
    assert rows.keys() == AS_THEY_LIE | {"_bbbbbbbbbb", "inrecording", "inmirrorxxx"}
    for row in rows.values():
        info = soundfile.info(row["wav"])
        assert (info.samplerate, info.channels) == (16_000, 1)
        assert (int(row["start"]), int(row["stop"])) == (0, info.frames)
        assert float(row["duration"]) == info.frames / 16_000


def test_a_stretch_of_a_recording_is_read_where_it_lies(small: SmallAudioset, tmp_path: Path) -> None:
    exported("speechbrain", small.for_exports, tmp_path, audio={"sample_rate": 8000})
    [row] = rows_of(tmp_path / "out/balanced_train.csv").values()
    assert (row["start"], row["stop"], row["duration"]) == ("240000", "320000", "10.0")
    assert row["wav"] == str(small.folder / "audio/recordings/inrecording.wav")


def test_relative_paths_are_below_a_variable(small: SmallAudioset, tmp_path: Path) -> None:
    exported("speechbrain", small.for_exports, tmp_path, paths="relative", copies="always")
    for row in rows_of(tmp_path / "out/balanced_train.csv").values():
        above, _, below = row["wav"].partition("/")
        assert above == "$data_root"
        assert (tmp_path / "out" / below).is_file()


def test_words_hold_nothing_that_looks_like_a_variable(small: SmallAudioset, tmp_path: Path) -> None:
    said = [("quotedxxxxx", 0, "costs $5, $ 3 and $$x"), ("-aaaaaaaaaa", 0, "5 $, no more")]
    captions = pl.DataFrame(said, schema=schemas.FOUND_CAPTIONS.empty().schema, orient="row")
    written = exported("speechbrain", instead(small.for_exports, tmp_path / "tables", captions=captions), tmp_path)
    [quoted] = rows_of(tmp_path / "out/eval.csv").values()
    assert quoted["text"] == "costs $ 5, $ 3 and $$ x"
    assert quoted["labels"] == f"Dog;{BELL_IN_A_CELL}"
    assert rows_of(tmp_path / "out/balanced_train.csv")["-aaaaaaaaaa"]["text"] == "5 $, no more"
    [warning] = written.warnings
    assert warning.startswith("the words of 1 clips hold a $ before a letter or digit")


def test_a_dollar_in_the_path_of_a_media_needs_a_copy(small: SmallAudioset, tmp_path: Path) -> None:
    clips = small.table("clips").with_columns(
        media_path=pl.when(pl.col("clip_id") == "-aaaaaaaaaa").then(pl.lit("/a/$b/c.wav")).otherwise("media_path")
    )
    exported("speechbrain", instead(small.for_exports, tmp_path / "tables", clips=clips), tmp_path)
    assert rows_of(tmp_path / "out/balanced_train.csv").keys() == AS_THEY_LIE - {"-aaaaaaaaaa"}


def test_a_dollar_in_the_path_of_the_results_is_an_error(small: SmallAudioset, tmp_path: Path) -> None:
    with pytest.raises(SoundledgerError, match=r"takes a \$ in a path for a variable\. Say paths: relative"):
        exported("speechbrain", small.for_exports, tmp_path / "$x", copies="always")
    exported("speechbrain", small.for_exports, tmp_path / "$y", copies="always", paths="relative")
