"""croissant.json read by mlcroissant, without a network: valid, and every record set as the ledger has it."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.consumers.test_consumers import told_by
from tests.exports.described import ALL_SAID, described
from tests.exports.made_exports import exported
from tests.exports.small_run import SmallAudioset, instead
from workflow_scripts.exports.reading import Tables
from workflow_scripts.tables import schemas

pytestmark = pytest.mark.consumer

ODD = {"balanced_train": "full-train.v2_b", "eval": "clips"}
"""What splits are called where it is hard: a folder is called like one of the tables."""
SAID = [
    ("-aaaaaaaaaa", 0, "NA"),
    ("-aaaaaaaaaa", 1, 'He said "no",\nand: שלום'),
    ("quotedxxxxx", 0, "\r\n"),
    ("gonexxxxxxx", 0, "of a clip that is lost"),
]


def odd(small: SmallAudioset, folder: Path) -> Tables:
    """The small run with other splits, captions, places, and clips of no licence, or one that says so in words."""
    licence = {"-aaaaaaaaaa": None, "quotedxxxxx": 'As "the author" says', "_bbbbbbbbbb": "CC-BY-NC-4.0"}
    ids = pl.col("clip_id")
    clips = small.table("clips").with_columns(
        split=pl.col("split").cast(pl.String).replace(ODD).cast(pl.Categorical),
        licence=ids.replace_strict(licence, default="CC-BY-4.0").cast(pl.Categorical),
    )
    said = pl.DataFrame(SAID, schema=schemas.FOUND_CAPTIONS.empty().schema, orient="row")
    captions = pl.concat([schemas.CAPTIONS.empty(), said], how="diagonal")
    places = pl.DataFrame({"clip_id": ["-aaaaaaaaaa"], "latitude": [50.5], "recorded_at": ["2021-03-04"]})
    origins = pl.concat([schemas.ORIGINS.empty(), places], how="diagonal")
    return instead(small.for_exports, folder, clips=clips, captions=captions, origins=origins)


def told_of(tables: Tables, folder: Path, split: str, **options: Any) -> dict[str, Any]:
    made = exported("croissant", described(tables, folder, "csv", "webdataset"), folder / "croissant", **options)
    return told_by("read_croissant.py", made / "croissant.json", split, home=folder / "home")


def test_it_is_valid_without_a_warning_where_all_is_said(small: SmallAudioset, tmp_path: Path) -> None:
    told = told_of(small.for_exports, tmp_path, "eval", **ALL_SAID)
    assert (told["errors"], told["warnings"], told["heard"]) == ([], [], "")


def test_warnings_are_of_what_only_the_publisher_knows(small: SmallAudioset, tmp_path: Path) -> None:
    told = told_of(small.for_exports, tmp_path, "eval")
    assert told["errors"] == []
    assert [warning.split('"')[1].rsplit("/", 1)[1] for warning in told["warnings"]] == ["datePublished", "version"]
    assert told["heard"].count("WARNING") == 0


def test_every_record_is_read_as_the_ledger_has_it(small: SmallAudioset, tmp_path: Path) -> None:
    tables = odd(small, tmp_path / "tables")
    told = told_of(tables, tmp_path / "exports", "clips", **ALL_SAID)
    assert (told["errors"], told["warnings"], told["heard"]) == ([], [], "")
    records = told["records"]
    rows = {name: tables.read(name).height for name in ("clips", "labels", "captions", "classes", "origins")}
    assert {name: len(records[name]) for name in rows} == rows
    ledger = tables.read("clips").with_columns(pl.col("split", "licence", "status").cast(pl.String))
    columns = ["clip_id", "split", "licence", "status", "duration_s", "channels", "usable"]
    read = {tuple(row[f"clips/{column}"] for column in columns) for row in records["clips"]}
    assert read == set(ledger.select(columns).iter_rows())
    lists = {row["clips/clip_id"]: row["clips/class_names"] for row in records["clips"]}
    assert lists == dict(ledger.select("clip_id", pl.col("class_names").cast(pl.List(pl.String))).iter_rows())
    texts = [(row["captions/clip_id"], row["captions/ordinal"], row["captions/text"]) for row in records["captions"]]
    assert sorted(texts) == sorted(SAID)
    assert {row["splits/name"] for row in records["splits"]} == set(ODD.values())
    assert sum(row["statuses/clips"] for row in records["statuses"]) == rows["clips"]
    assert sum(row["licences/clips"] for row in records["licences"]) == rows["clips"]


def test_a_split_is_read_by_itself(small: SmallAudioset, tmp_path: Path) -> None:
    tables = odd(small, tmp_path / "tables")
    for split, clips, captions in ((ODD["balanced_train"], 10, 3), (ODD["eval"], 3, 1)):
        told = told_of(tables, tmp_path / split, split)
        assert (told["of_split"]["clips"], told["of_split"]["captions"]) == (clips, captions)
