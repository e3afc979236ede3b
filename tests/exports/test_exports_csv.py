"""full_<split>_segments.csv holds every usable clip with its file, span and labels."""

import csv
import os
from pathlib import Path

import polars as pl
import pytest
import soundfile

from tests.exports.made_exports import exported
from tests.exports.packed import options_of
from tests.exports.small_run import BELL_IN_A_CELL, SmallAudioset, instead
from workflow_scripts.exports.formats import format_of
from workflow_scripts.tables import schemas

COLUMNS = [
    "file_path",
    "clip_id",
    "start_seconds",
    "end_seconds",
    "positive_labels",
    "positive_labels_names",
    "duration_s",
    "sample_rate",
    "channels",
    "member",
    "whole_file",
    "trainable",
    "licence",
    "source_url",
]


def _exported(small: SmallAudioset, folder: Path, paths: str = "absolute") -> dict[str, list[dict[str, str]]]:
    folder.mkdir(parents=True, exist_ok=True)
    format_of("csv").export(small.for_exports, options_of("csv", paths=paths), folder, folder)
    tables = {}
    for file in sorted(folder.iterdir()):
        with file.open(newline="", encoding="utf-8") as lines:
            reader = csv.DictReader(lines)
            tables[file.name] = list(reader)
            assert reader.fieldnames == COLUMNS
    return tables


def test_every_split_has_a_file_of_its_usable_clips(small: SmallAudioset, tmp_path: Path) -> None:
    tables = _exported(small, tmp_path)
    assert {name: [row["clip_id"] for row in rows] for name, rows in tables.items()} == {
        "full_balanced_train_segments.csv": [
            "-aaaaaaaaaa",
            "_bbbbbbbbbb",
            "Ycccccccccc",
            "onlyabstrac",
            "onlynoindex",
            "shortxxxxxx",
            "inrecording",
            "inmirrorxxx",
        ],
        "full_eval_segments.csv": ["quotedxxxxx"],
    }


def test_rows_say_what_the_ledger_says(small: SmallAudioset, tmp_path: Path) -> None:
    ledger = {row["clip_id"]: row for row in small.table("clips").iter_rows(named=True)}
    for rows in _exported(small, tmp_path).values():
        for row in rows:
            clip = ledger[row["clip_id"]]
            assert row["file_path"] == clip["media_path"]
            assert (float(row["start_seconds"]), float(row["end_seconds"])) == (clip["start_s"], clip["end_s"])
            assert row["positive_labels"].split(",") == list(clip["class_ids"])
            assert float(row["duration_s"]) == clip["duration_s"]
            assert (int(row["sample_rate"]), int(row["channels"])) == (clip["sample_rate"], clip["channels"])
            assert row["trainable"] == str(clip["trainable"]).lower()
            assert (row["licence"], row["source_url"]) == (clip["licence"], clip["source_url"])


def test_a_row_tells_whether_its_span_is_one_of_the_file(small: SmallAudioset, tmp_path: Path) -> None:
    [rows, _] = _exported(small, tmp_path).values()
    assert {row["clip_id"] for row in rows if row["whole_file"] == "false"} == {"inrecording"}
    assert {row["clip_id"] for row in rows if row["trainable"] == "false"} == {"shortxxxxxx"}


def test_captions_have_columns_of_their_own(small: SmallAudioset, tmp_path: Path) -> None:
    said = [("_bbbbbbbbbb", 0, "NA"), ("_bbbbbbbbbb", 1, " "), ("_bbbbbbbbbb", 2, 'two\nlines, "q"')]
    captions = pl.DataFrame(said, schema=schemas.FOUND_CAPTIONS.empty().schema, orient="row")
    made = exported("csv", instead(small.for_exports, tmp_path / "tables", captions=captions), tmp_path / "csv")
    with (made / "full_balanced_train_segments.csv").open(newline="", encoding="utf-8") as lines:
        rows = {row["clip_id"]: row for row in csv.DictReader(lines)}
    assert list(rows["_bbbbbbbbbb"]) == [*COLUMNS, "caption1", "caption2"]
    assert (rows["_bbbbbbbbbb"]["caption1"], rows["_bbbbbbbbbb"]["caption2"]) == ("NA", 'two\nlines, "q"')
    assert rows["Ycccccccccc"]["caption1"] == ""
    assert (made / "full_eval_segments.csv").read_text().split("\n")[0] == ",".join(rows["Ycccccccccc"])


def test_names_with_commas_and_quotes_survive(small: SmallAudioset, tmp_path: Path) -> None:
    rows = _exported(small, tmp_path)["full_eval_segments.csv"]
    assert [row["positive_labels"] for row in rows] == ["/m/dog,/m/bell"]
    assert [row["positive_labels_names"] for row in rows] == [f"Dog;{BELL_IN_A_CELL}"]
    assert rows[0]["file_path"] == str(small.folder / 'audio/clips/eval, it\'s "quoted"/quotedxxxxx.ogg')


@pytest.mark.parametrize("paths", ["absolute", "relative"])
def test_files_are_there_with_the_sound_they_promise(small: SmallAudioset, tmp_path: Path, paths: str) -> None:
    folder = tmp_path / "exports" / "csv"
    for rows in _exported(small, folder, paths).values():
        for row in rows:
            assert os.path.isabs(row["file_path"]) == (paths == "absolute")
            info = soundfile.info(folder / row["file_path"])
            assert (info.samplerate, info.channels) == (int(row["sample_rate"]), int(row["channels"]))


def test_relative_paths_start_from_the_final_folder(small: SmallAudioset, tmp_path: Path) -> None:
    final, part = tmp_path / "results/small/exports/csv", tmp_path / "elsewhere"
    part.mkdir()
    format_of("csv").export(small.for_exports, options_of("csv", paths="relative"), part, final)
    final.mkdir(parents=True)
    for path in pl.read_csv(part / "full_balanced_train_segments.csv")["file_path"]:
        assert (final / path).is_file()


def test_relative_paths_are_right_though_results_are_a_link_to_another_disk(
    small: SmallAudioset, tmp_path: Path
) -> None:
    (tmp_path / "scratch/far/away").mkdir(parents=True)
    (tmp_path / "results").symlink_to("scratch/far/away")
    folder = tmp_path / "results" / "csv"
    for rows in _exported(small, folder, "relative").values():
        for row in rows:
            assert (folder / row["file_path"]).is_file(), row["file_path"]


def test_exporting_again_gives_the_same_bytes(small: SmallAudioset, tmp_path: Path) -> None:
    for folder in (tmp_path / "one", tmp_path / "other"):
        _exported(small, folder)
    for file in (tmp_path / "one").iterdir():
        assert file.read_bytes() == (tmp_path / "other" / file.name).read_bytes()
