"""<split>.csv of addresses and texts: LAION's form of handing lists in."""

import csv
import json
from pathlib import Path
from typing import Any

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from tests.exports.made_exports import account_of, exported
from tests.exports.small_run import BELL, BELL_IN_A_CELL, SmallAudioset, instead
from workflow_scripts.exports.account import Account
from workflow_scripts.exports.words import sentences
from workflow_scripts.tables import schemas

ODD = [
    ("-aaaaaaaaaa", 0, 'He said "no", twice'),
    ("-aaaaaaaaaa", 1, "שלום, עולם"),
    ("-aaaaaaaaaa", 2, "two\nlines\rand more"),
    ("Ycccccccccc", 0, "\t "),
]


def rows_of(file: Path) -> list[dict[str, Any]]:
    with file.open(newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def written(small: SmallAudioset, folder: Path, clips: pl.DataFrame | None = None, said: list[Any] = ODD) -> Account:
    captions = pl.DataFrame(said, schema=schemas.FOUND_CAPTIONS.empty().schema, orient="row")
    ledger = small.table("clips") if clips is None else clips
    tables = instead(small.for_exports, folder / "tables", clips=ledger, captions=captions)
    return account_of(exported("url_text", tables, folder / "out"))


def test_each_clip_has_its_address_and_a_text(small: SmallAudioset, tmp_path: Path) -> None:
    done = written(small, tmp_path)
    rows = {row["clip_id"]: row for row in rows_of(tmp_path / "out/balanced_train.csv")}
    assert done.clips == {"balanced_train": len(rows), "eval": 1}
    assert rows["-aaaaaaaaaa"] == {
        "url": "https://youtu.be/-aaaaaaaaaa?start=30",
        "text": 'He said "no", twice',
        "caption1": 'He said "no", twice',
        "caption2": "שלום, עולם",
        "caption3": "two\nlines\rand more",
        "tags": "Bark;Dog",
        "clip_id": "-aaaaaaaaaa",
        "start_s": "30.0",
        "end_s": "40.0",
        "duration_s": "1.25",
        "licence": "CC-BY-4.0",
    }
    assert rows["Ycccccccccc"]["text"] == "The sounds of Old name, Cat and Not in the index"
    assert rows["Ycccccccccc"]["caption1"] == ""
    [quoted] = rows_of(tmp_path / "out/eval.csv")
    assert (quoted["text"], quoted["tags"]) == (f"The sounds of Dog and {BELL}", f"Dog;{BELL_IN_A_CELL}")


def test_json_lines_have_lists(small: SmallAudioset, tmp_path: Path) -> None:
    captions = pl.DataFrame(
        [*ODD, ("_bbbbbbbbbb", 0, "NA")], schema=schemas.FOUND_CAPTIONS.empty().schema, orient="row"
    )
    made = exported("url_text", instead(small.for_exports, tmp_path / "t", captions=captions), tmp_path, form="jsonl")
    with (made / "balanced_train.jsonl").open(encoding="utf-8") as lines:
        rows = {row["clip_id"]: row for row in map(json.loads, lines)}
    assert rows["-aaaaaaaaaa"]["captions"] == [text for clip_id, _, text in ODD if clip_id == "-aaaaaaaaaa"]
    assert (rows["-aaaaaaaaaa"]["tags"], rows["-aaaaaaaaaa"]["licence"]) == (["Bark", "Dog"], "CC-BY-4.0")
    assert rows["_bbbbbbbbbb"]["captions"] == [rows["_bbbbbbbbbb"]["text"]] == ["NA"]
    assert (rows["Ycccccccccc"]["captions"], rows["Ycccccccccc"]["start_s"]) == ([], 30.0)


def test_without_captions_there_are_no_columns_of_them(small: SmallAudioset, tmp_path: Path) -> None:
    written(small, tmp_path, said=[])
    [row] = rows_of(tmp_path / "out/eval.csv")
    assert list(row) == ["url", "text", "tags", "clip_id", "start_s", "end_s", "duration_s", "licence"]


def test_what_has_no_address_or_no_words_is_held_back(small: SmallAudioset, tmp_path: Path) -> None:
    is_one, nothing = pl.col("clip_id").is_in, pl.lit([], pl.List(pl.Categorical))
    clips = small.table("clips").with_columns(
        source_url=pl.when(is_one(["_bbbbbbbbbb", "shortxxxxxx"])).then(None).otherwise("source_url"),
        class_names=pl.when(is_one(["-aaaaaaaaaa", "Ycccccccccc"])).then(nothing).otherwise("class_names"),
    )
    done = written(small, tmp_path, clips)
    assert {row["clip_id"] for row in rows_of(tmp_path / "out/balanced_train.csv")} == {
        *("-aaaaaaaaaa", "onlyabstrac", "onlynoindex", "inrecording", "inmirrorxxx")
    }
    assert done.held_back == {
        "missing": 2,
        "truncated": 1,
        "feature_failed": 1,
        "not_trainable": 1,
        "no_url": 1,
        "no_text": 1,
    }
    assert sum(done.clips.values()) + sum(done.held_back.values()) == len(clips)


def test_that_nothing_was_taken_is_said(small: SmallAudioset, tmp_path: Path) -> None:
    clips = small.table("clips").with_columns(source_url=pl.lit(None, pl.String))
    assert written(small, tmp_path, clips).warnings == ["no clip was taken"]
    assert rows_of(tmp_path / "out/balanced_train.csv") == []


@given(st.lists(st.lists(st.text(), max_size=4), min_size=1))
def test_sentences_name_every_class(names: list[list[str]]) -> None:
    table = pl.DataFrame({"class_names": names}, schema={"class_names": pl.List(pl.String)})
    for classes, sentence in zip(names, table.select(sentences()).to_series(), strict=True):
        *first, last = classes or [None]
        said = f"{', '.join(first)} and {last}" if first else last
        assert sentence == (None if last is None else f"The sounds of {said}")
