"""An export takes clips by other splits, or a subset of them, whatever its format; no format has to see to it."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.exports.made_exports import account_of, exported, of_any_dataset
from tests.exports.small_run import SmallAudioset, instead
from workflow_scripts.exports.licences import Licences
from workflow_scripts.exports.reading import Tables
from workflow_scripts.tables import schemas

EVERY = [*((name, {}) for name in of_any_dataset()), ("ast", {"copies": "always"})]
MOVED = {"-aaaaaaaaaa": "eval", "quotedxxxxx": "balanced_train"}
CHOSEN = ["quotedxxxxx", "_bbbbbbbbbb", "cutxxxxxxxx"]


@pytest.fixture(scope="module")
def tables(small: SmallAudioset, tmp_path_factory: pytest.TempPathFactory) -> Tables:
    """The small run with two clips in other splits, three folds and a subset of three clips, of which one is cut."""
    clips = small.table("clips").select("clip_id", pl.col("split").cast(pl.String))
    splits = clips.with_columns(
        assigned_split=pl.col("clip_id").replace_strict(MOVED, default=pl.col("split")),
        group_id="clip_id",
        fold=pl.int_range(pl.len(), 0, -1, dtype=pl.Int32) % 3,
    )
    reason = pl.when(pl.col("split") != pl.col("assigned_split")).then(pl.lit("a reason"))
    files = {file.stem: file for file in small.tables_folder.glob("*.parquet")}
    return instead(
        replace(small.for_exports, files=files),
        tmp_path_factory.mktemp("tables"),
        splits=_as(schemas.SPLITS, splits.with_columns(split_reason=reason)),
        subsets=_as(schemas.SUBSETS, pl.DataFrame({"subset": ["mine"] * 3 + ["other"], "clip_id": [*CHOSEN, "nanx"]})),
    )


def _as(schema: Any, rows: pl.DataFrame) -> pl.DataFrame:
    known = schema.empty()
    missing = [
        pl.lit("/m/dog" if name == "class_id" else None).alias(name) for name in known.columns if name not in rows
    ]
    return rows.with_columns(missing).select(known.columns).cast(known.schema)  # type: ignore[arg-type]


def split_of(tables: Tables) -> dict[str, str]:
    rows = tables.read("clips").select("clip_id", pl.col("split").cast(pl.String))
    assert tables.lazy("clips").select("clip_id").collect()["clip_id"].to_list() == rows["clip_id"].to_list()
    return dict(rows.iter_rows())


def test_the_authors_splits_are_taken_where_nothing_else_is_said(tables: Tables) -> None:
    assert split_of(tables)["quotedxxxxx"] == "eval"
    assert tables.splits() == ["balanced_train", "eval"]


def test_assigned_splits_take_the_place_of_the_authors(tables: Tables) -> None:
    taken = replace(tables, split_by="assigned")
    assert split_of(taken) == split_of(tables) | MOVED
    assert taken.splits() == ["eval", "balanced_train"], "in the order of the clips"
    order = tables.read("clips")["clip_id"].to_list()
    assert taken.read("clips")["clip_id"].to_list() == order
    assert taken.read("clips").drop("split").equals(tables.read("clips").drop("split"))
    assert taken.read("clips").columns == tables.read("clips").columns


def test_folds_are_splits_by_their_numbers(tables: Tables) -> None:
    taken = replace(tables, split_by="folds")
    assert taken.splits() == ["fold_0", "fold_1", "fold_2"]
    assert list(split_of(taken).values())[:4] == ["fold_1", "fold_0", "fold_2", "fold_1"]


def test_a_subset_is_all_that_a_format_sees(tables: Tables) -> None:
    taken = replace(tables, subset="mine")
    assert set(split_of(taken)) == {*CHOSEN}
    assert taken.splits() == tables.splits(), "a split of which nothing is left stays"
    assert taken.outside_subset == 10
    assert tables.outside_subset == 0


@pytest.mark.parametrize(("kind", "options"), EVERY)
def test_every_format_takes_other_splits_and_accounts_for_every_clip(
    tables: Tables, tmp_path: Path, kind: str, options: dict[str, Any]
) -> None:
    clips = tables.read("clips")
    told = {}
    for split_by in ("authors", "assigned", "folds"):
        made = account_of(exported(kind, replace(tables, split_by=split_by), tmp_path / split_by / kind, **options))
        assert sum(made.clips.values()) + sum(made.held_back.values()) == len(clips)
        told[split_by] = made.clips
    assert sum(told["authors"].values()) == sum(told["assigned"].values()) == sum(told["folds"].values())
    assert list(told["folds"]) == ["fold_0", "fold_1", "fold_2"]
    one_went_each_way = told["authors"]["eval"] > 0  # some formats cannot take the one that leaves eval
    assert (told["assigned"] == told["authors"]) == (one_went_each_way or sum(told["authors"].values()) == 0)


@pytest.mark.parametrize(("kind", "options"), EVERY)
def test_every_format_takes_a_subset_and_counts_what_is_outside(
    tables: Tables, tmp_path: Path, kind: str, options: dict[str, Any]
) -> None:
    narrowed = replace(tables, subset="mine", split_by="assigned")
    made = account_of(exported(kind, narrowed, tmp_path / kind, **options))
    assert made.held_back.pop("not_in_subset") == 10
    assert sum(made.clips.values()) + sum(made.held_back.values()) == 3
    if kind in ("csv", "webdataset", "huggingface"):
        assert (made.held_back, made.clips) == ({"truncated": 1}, {"eval": 0, "balanced_train": 2})


def test_what_is_held_back_for_its_licence_is_not_counted_again_outside_the_subset(
    small: SmallAudioset, tables: Tables, tmp_path: Path
) -> None:
    kept = Licences(frozenset({"CC0-1.0"}), unknown="hold")
    free = pl.when(pl.col("clip_id").is_in(["quotedxxxxx", "nanxxxxxxxx"])).then(pl.lit("CC0-1.0"))
    clips = small.table("clips").with_columns(licence=free.cast(pl.Categorical))
    narrowed = replace(instead(tables, tmp_path / "tables", clips=clips), subset="mine", licences=kept)
    made = account_of(exported("csv", narrowed, tmp_path / "csv"))
    assert made.held_back == {"licence": 11, "not_in_subset": 1}
    assert made.clips == {"balanced_train": 0, "eval": 1}


def test_captions_and_promises_follow_the_subset_and_their_rows_stay_in_order(
    small: SmallAudioset, tables: Tables, tmp_path: Path
) -> None:
    said = small.table("promised")["clip_id"].to_list()
    captions = pl.DataFrame({"clip_id": said, "ordinal": [0] * len(said), "text": said}, schema=_caption_types())
    whole = instead(tables, tmp_path, captions=captions, promised=small.table("promised"))
    narrowed = replace(whole, subset="mine", split_by="assigned")
    in_order = [clip for clip in said if clip in CHOSEN]
    assert narrowed.read("captions")["clip_id"].to_list() == in_order
    promised = narrowed.read("promised").select("clip_id", pl.col("split").cast(pl.String)).rows()
    assert promised == [(clip, MOVED.get(clip, "balanced_train")) for clip in in_order]


def _caption_types() -> pl.Schema:
    return schemas.FOUND_CAPTIONS.empty().schema
