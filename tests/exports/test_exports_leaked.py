"""Clips that leak into what is evaluated on are in no export that asks for it; its account says how many and why."""

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from tests.exports.made_exports import account_of, exported
from tests.exports.packed import options_of
from tests.exports.small_run import SmallAudioset, instead
from workflow_scripts.exports.formats import format_of
from workflow_scripts.exports.licences import Licences
from workflow_scripts.exports.plans import write_plan
from workflow_scripts.exports.reading import Tables
from workflow_scripts.tables import schemas

LEAKED = [
    ("-aaaaaaaaaa", "balanced_train", "samples", "small", "eval", "quotedxxxxx", 1),
    ("-aaaaaaaaaa", "balanced_train", "sound", "far", "eval", "f", 2),
    ("_bbbbbbbbbb", "balanced_train", "sound", "far", "eval", "f", 2),
]
LEAKING = ["-aaaaaaaaaa", "_bbbbbbbbbb"]
OF_CLIPS = ["clips", "promised", "labels"]


@pytest.fixture(scope="module")
def tables(small: SmallAudioset, tmp_path_factory: pytest.TempPathFactory) -> Tables:
    rows = pl.DataFrame(LEAKED, schemas.LEAKED.empty().schema, orient="row")
    return instead(small.for_exports, tmp_path_factory.mktemp("tables"), leaked=rows)


@pytest.mark.parametrize("table", OF_CLIPS)
def test_no_table_of_clips_shows_one_that_leaks(tables: Tables, table: str) -> None:
    whole = pl.read_parquet(tables.files[table])
    shown = whole.filter(~pl.col("clip_id").is_in(LEAKING))
    assert 0 < len(shown) < len(whole)
    assert tables.read(table).equals(shown)
    assert tables.lazy(table).collect().equals(shown)


@pytest.mark.parametrize("kind", ["csv", "ast", "jams", "url_text"])
def test_the_account_says_how_many_what_they_share_and_with_whom(
    small: SmallAudioset, tables: Tables, tmp_path: Path, kind: str
) -> None:
    before, now = (
        account_of(exported(kind, of, tmp_path / f"{kind}{at}")) for at, of in enumerate((small.for_exports, tables))
    )
    assert ("leaks" in before.held_back, before.leaks) == (False, [])
    assert now.held_back["leaks"] == 2
    assert now.leaks == [
        {"shared_by": "sound", "dataset": "far", "split": "eval", "clips": 2},
        {"shared_by": "samples", "dataset": "small", "split": "eval", "clips": 1},
    ]
    assert sum(now.clips.values()) + sum(now.held_back.values()) == len(small.table("clips"))


def test_packs_hold_none_that_leaks(tables: Tables, tmp_path: Path) -> None:
    write_plan(format_of("webdataset"), tables, options_of("webdataset"), tmp_path / "plan")
    planned = pl.concat([pl.read_parquet(listed) for listed in (tmp_path / "plan").iterdir()])
    assert not {*planned["clip_id"]} & {*LEAKING}
    assert len(planned)


def test_who_is_left_out_for_licence_subset_or_review_is_not_counted_twice(tables: Tables, tmp_path: Path) -> None:
    assert tables.leaks["clip_id"].n_unique() == 2
    assert len(replace(tables, licences=Licences(frozenset({"CC0-1.0"}), unknown="keep")).leaks) == 0
    types = schemas.SUBSETS.empty().schema
    subsets = pl.DataFrame({"subset": ["mine"], "clip_id": ["_bbbbbbbbbb"], "class_id": ["/m/dog"]}, types)
    subset = replace(instead(tables, tmp_path, subsets=subsets), subset="mine")
    assert (subset.leaks["clip_id"].to_list(), subset.outside_subset) == (["_bbbbbbbbbb"], 12)
    clips = pl.read_parquet(tables.files["clips"])
    verdicts = pl.Series(["drop" if clip == "_bbbbbbbbbb" else None for clip in clips["clip_id"]], dtype=pl.Categorical)
    reviewed = instead(tables, tmp_path, clips=clips.with_columns(verdict=verdicts))
    assert ({*reviewed.leaks["clip_id"]}, reviewed.dropped) == ({"-aaaaaaaaaa"}, 1)
    assert len(reviewed.read("clips")) == len(clips) - 2
