"""What scenes are made of: clips and stretches that are heard, each by its own row of what a query chooses."""

import logging
from collections.abc import Iterator
from typing import Any

import duckdb
import polars as pl
import pytest

from tests.derive.small_catalogue import OPTIONS, catalogue_of
from workflow_scripts.derive.kinds import mixtures, soundscapes
from workflow_scripts.derive.pools import pool_of, sounding
from workflow_scripts.errors import SoundledgerError

LOUD, SILENT = [0.1] * 10, [0.0] * 10
CLIPS = {"owl": LOUD, "wren": LOUD, "none": SILENT, "half": SILENT[:5] + LOUD[:5], "unknown": None}
"""Each with the envelope of its five seconds."""


@pytest.fixture
def catalogue() -> Iterator[duckdb.DuckDBPyConnection]:
    with catalogue_of(CLIPS) as connection:
        yield connection


def chosen(catalogue: duckdb.DuckDBPyConnection, query: str) -> pl.DataFrame:
    return sounding(pool_of(catalogue, query, ["d"], "here"), "here")


def test_clips_and_stretches_of_silence_are_left_out_and_counted(
    catalogue: duckdb.DuckDBPyConnection, caplog: pytest.LogCaptureFixture
) -> None:
    query = "SELECT clip_id FROM clips UNION ALL SELECT 'half'"
    both = "SELECT clip_id, 0 AS start_s, 2.5 AS end_s FROM clips UNION ALL SELECT 'half', 2.5, 5"
    with caplog.at_level(logging.WARNING):
        assert set(chosen(catalogue, query)["clip_id"]) == {"owl", "wren", "half", "unknown"}
        half = chosen(catalogue, both).filter(pl.col("clip_id") == "half")
    assert half["start_s"].to_list() == [2.5]
    assert [record.getMessage() for record in caplog.records] == [
        "here: 1 of 5 that it chooses are silent, and are left out",
        "here: 2 of 6 that it chooses are silent, and are left out",
    ]
    with pytest.raises(SoundledgerError, match="here: all that it chooses is silent"):
        chosen(catalogue, "SELECT clip_id FROM clips WHERE clip_id = 'none'")


def test_where_no_clip_is_usable_it_is_told_what_they_are(catalogue: duckdb.DuckDBPyConnection) -> None:
    status = pl.when(pl.col("clip_id") == "wren").then(pl.lit("gone")).otherwise(pl.lit("too_long"))
    clips = catalogue.table("clips").pl().with_columns(status=status, usable=pl.col("clip_id") == "owl")
    catalogue.register("clips", clips.to_arrow())
    for query, told in {
        "SELECT clip_id FROM clips WHERE NOT usable": "chooses no usable clip: 3 too_long, 1 gone",
        "SELECT 'owl' AS clip_id, 3 AS start_s, 3 AS end_s": "1 with nothing between `start_s` and `end_s`",
        "SELECT 'jay' AS clip_id": "chooses no usable clip: no clip at all",
    }.items():
        with pytest.raises(SoundledgerError, match=told):
            chosen(catalogue, query)


def soundscape(catalogue: duckdb.DuckDBPyConnection, **options: Any) -> Any:
    foreground = "SELECT clip_id FROM clips WHERE clip_id IN ('owl', 'none')"
    asked = {"from": ["d"], "seed": 1, "soundscapes": OPTIONS | {"scenes": 8, "foreground": foreground} | options}
    return soundscapes.plan(catalogue, asked, "here")


def test_no_event_is_of_silence(catalogue: duckdb.DuckDBPyConnection) -> None:
    plan = soundscape(catalogue)
    plan.check("here")
    assert set(plan.heard["class_id"]) == set(plan.parts["from_clip_id"]) == {"owl"}


def test_scenes_of_nothing_are_refused(catalogue: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(SoundledgerError, match="of 8 scenes none has a background or an event"):
        soundscape(catalogue, events=0)


def test_two_stretches_of_one_clip_are_two_to_draw_from(catalogue: duckdb.DuckDBPyConnection) -> None:
    query = (
        "SELECT 'owl' AS clip_id, 0 AS start_s, 1 AS end_s UNION ALL SELECT 'owl', 3, 4 UNION ALL SELECT 'wren', 1, 2"
    )
    drawn = {"pairs": "drawn", "clips": query, "scenes": 40, "gain_db": 0, "added_offset_s": 0.5}
    plan = mixtures.plan(catalogue, {"from": ["d"], "seed": 1, "mixtures": drawn}, "here")
    parts = plan.parts
    assert parts["clip_id"].value_counts()["count"].to_list() == [2] * 40
    assert set(parts.select("from_clip_id", "from_s", "taken_s").rows()) == {
        ("owl", 0.0, 1.0), ("owl", 3.0, 1.0), ("wren", 1.0, 1.0),
    }  # fmt: skip
    assert set(parts.group_by("clip_id").agg(pl.col("media").n_unique())["media"]) == {2}


def test_pairs_that_are_said_are_of_the_split_of_their_pair(catalogue: duckdb.DuckDBPyConnection) -> None:
    said = pl.DataFrame(
        [("d", "owl", "wren", "train"), ("d", "wren", "none", "eval")],
        schema=["dataset", "clip_id", "added_clip_id", "split"], orient="row",
    ).with_columns(offset_s=pl.lit(None, pl.Float64), added_offset_s=0.25)  # fmt: skip
    catalogue.register("mixtures", said.to_arrow())
    plan = mixtures.plan(catalogue, {"from": ["d"], "seed": 1, "mixtures": {"pairs": "said"}}, "here")
    assert plan.scenes.select("clip_id", "split", "duration_s", "picture_clip_id").rows() == [
        ("owl_with_wren", "train", 5.25, "owl"), ("wren_with_none", "eval", 5.25, "wren"),
    ]  # fmt: skip
    assert plan.parts.select("clip_id", "from_clip_id", "onset_s").rows() == [
        ("owl_with_wren", "owl", 0.0), ("owl_with_wren", "wren", 0.25),
        ("wren_with_none", "wren", 0.0), ("wren_with_none", "none", 0.25),
    ]  # fmt: skip
    with pytest.raises(SoundledgerError, match=r"d/wren \(eval\) = d/wren \(train\)"):
        plan.check("here")


def test_a_class_that_is_meant_of_a_mixture_is_refused(catalogue: duckdb.DuckDBPyConnection) -> None:
    drawn = {"pairs": "drawn", "clips": "SELECT clip_id, 'owl' AS class_id FROM clips", "scenes": 4, "gain_db": 0}
    with pytest.raises(SoundledgerError, match=r"here\.clips: `class_id` has no meaning here"):
        mixtures.plan(catalogue, {"from": ["d"], "seed": 1, "mixtures": drawn | {"added_offset_s": 0}}, "here")


def test_a_clip_of_which_stretches_alone_are_said_has_their_class(catalogue: duckdb.DuckDBPyConnection) -> None:
    clips = catalogue.table("clips").pl().with_columns(class_ids=pl.lit([], pl.List(pl.String)))
    catalogue.register("clips", clips.to_arrow())
    assert chosen(catalogue, "SELECT clip_id FROM clips WHERE clip_id <> 'none'")["class_id"].to_list() == [
        "half", "owl", "unknown", "wren",
    ]  # fmt: skip
