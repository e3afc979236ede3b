"""Clips that reviews drop are in no export, whatever its format, and its account says how many."""

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from tests.exports.made_exports import account_of, exported
from tests.exports.small_run import SmallAudioset, instead
from workflow_scripts.exports.licences import Licences
from workflow_scripts.exports.reading import Tables
from workflow_scripts.tables import schemas

VERDICTS = {"-aaaaaaaaaa": "drop", "gonexxxxxxx": "drop", "_bbbbbbbbbb": "disputed", "quotedxxxxx": "keep"}
"""Of clips of the small run; the second has no media, and is left out for that."""
DROPPED = "-aaaaaaaaaa"
OF_CLIPS = [name for name, schema in (schemas.INGESTED | schemas.RESOLVED).items() if "clip_id" in schema.columns]


@pytest.fixture(scope="module")
def tables(small: SmallAudioset, tmp_path_factory: pytest.TempPathFactory) -> Tables:
    clips = small.table("clips")
    verdicts = pl.Series([VERDICTS.get(clip) for clip in clips["clip_id"]], dtype=pl.Categorical)
    said = clips.with_columns(verdict=verdicts, trainable=pl.col("trainable") & (verdicts.fill_null("keep") != "drop"))
    return instead(small.for_exports, tmp_path_factory.mktemp("tables"), clips=said)


@pytest.mark.parametrize("table", OF_CLIPS)
def test_no_table_of_clips_shows_one_that_was_dropped(
    small: SmallAudioset, tables: Tables, tmp_path: Path, table: str
) -> None:
    if table not in ("clips", "promised", "labels"):  # of which this AudioSet has no rows
        rows = pl.DataFrame({"clip_id": ["quotedxxxxx", DROPPED, None, "gonexxxxxxx"]})  # an orphan may be no clip's
        rows = pl.concat([(schemas.INGESTED | schemas.RESOLVED)[table].empty(), rows], how="diagonal")
        tables = instead(tables, tmp_path, **{table: rows})
    whole = pl.read_parquet(tables.files[table])
    shown = whole.filter((pl.col("clip_id") != DROPPED).fill_null(value=True))
    assert 0 < len(shown) < len(whole)
    assert tables.read(table).equals(shown)
    assert tables.lazy(table).collect().equals(shown)


@pytest.mark.parametrize("kind", ["csv", "ast", "audacity", "url_text"])
def test_the_account_says_how_many_and_all_clips_are_accounted_for(
    small: SmallAudioset, tables: Tables, tmp_path: Path, kind: str
) -> None:
    before, now = (
        account_of(exported(kind, of, tmp_path / f"{kind}{at}")) for at, of in enumerate((small.for_exports, tables))
    )
    assert "dropped_by_review" not in before.held_back
    assert now.held_back["dropped_by_review"] == 1
    assert now.held_back["missing"] == before.held_back["missing"]
    assert sum(now.clips.values()) + sum(now.held_back.values()) == len(pl.read_parquet(tables.files["clips"]))


def test_who_is_held_back_for_a_licence_or_is_outside_the_subset_is_not_counted_twice(
    tables: Tables, tmp_path: Path
) -> None:
    assert tables.dropped == 1
    assert replace(tables, licences=Licences(frozenset({"CC0-1.0"}), unknown="keep")).dropped == 0
    subsets = {"subset": ["mine"] * 2, "clip_id": ["quotedxxxxx", "gonexxxxxxx"], "class_id": ["/m/dog"] * 2}
    types = schemas.SUBSETS.empty().schema
    subset = instead(tables, tmp_path, subsets=pl.DataFrame(subsets, schema=types))
    assert replace(subset, subset="mine").dropped == 0
    mine = pl.DataFrame(subsets | {"clip_id": ["quotedxxxxx", DROPPED]}, schema=types)
    assert replace(instead(tables, tmp_path, subsets=mine), subset="mine").dropped == 1
