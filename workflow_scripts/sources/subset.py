"""A subset of a dataset: what an adapter made of all rows, narrowed to the clips that somebody asks for.

Sources are read whole as ever. Rows of clips that nobody asked for are neither kept nor rejected: they are counted.
"""

import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import polars as pl

from workflow_scripts.errors import SoundledgerError, first_twenty, nearest, shown
from workflow_scripts.sources.ingested import Ingested
from workflow_scripts.tables.order import order_by_hash

OF_CLIPS = ("promised", "labels", "found_captions", "origins")
"""Tables with a row for what is said of one clip."""
_NAMES = ("class_id", "name", "scientific_name")
_log = logging.getLogger(__name__)


def narrowed(ingested: Ingested, subset: Mapping[str, Any]) -> Ingested:
    """The tables of a subset.

    Args:
        ingested: of all rows.
        subset: as a dataset file has it: `classes`, `splits`, `clips` and `seed`.

    Returns:
        The same tables, without what is said of other clips; `classes` and `rejects` are as they were. In `sources`
        those rows that tell of other clips alone are not kept any more, but `rows_not_in_subset`.

    Raises:
        SoundledgerError: it names a class or a split that there is not.
    """
    promised = ingested.promised.select("clip_id", pl.col("split").cast(pl.String)).collect()
    chosen = chosen_clips(promised, ingested.labels, ingested.classes, subset)
    _log.info("a subset: %d of %d clips", len(chosen), len(promised))
    ids = chosen.lazy()
    of_clips = {
        name: getattr(ingested, name).join(ids, on="clip_id", how="semi", maintain_order="left") for name in OF_CLIPS
    }
    both = ingested.mixtures.join(ids, on="clip_id", how="semi", maintain_order="left")
    both = both.join(ids, left_on="added_clip_id", right_on="clip_id", how="semi", maintain_order="left")
    of_none = ingested.kept.filter(pl.col("clip_id").is_null())
    inside = pl.concat([of_none, ingested.kept.join(ids, on="clip_id", how="semi")])
    return replace(
        ingested,
        **of_clips,
        mixtures=both,
        kept=inside,
        sources=_recounted(ingested.sources, ingested.kept, inside),
    )


def chosen_clips(
    promised: pl.DataFrame, labels: pl.LazyFrame, classes: pl.LazyFrame, subset: Mapping[str, Any]
) -> pl.DataFrame:
    """The clips of a subset: those of its classes and splits, of these the first in the order that its seed settles.

    Args:
        promised: `clip_id` and `split` of all clips.
        labels: the `labels` table. What is heard behind is no class of a clip.
        classes: the `classes` table.
        subset: as `narrowed` takes it.

    Returns:
        Their `clip_id`, sorted.

    Raises:
        SoundledgerError: it names a class or a split that there is not, or there is no such clip.
    """
    chosen = promised
    if splits := subset.get("splits"):
        _refuse_unknown("splits", splits, promised["split"].unique().sort().to_list())
        chosen = chosen.filter(pl.col("split").is_in(splits))
    if named := subset.get("classes"):
        said = labels.filter(pl.col("origin").cast(pl.String) != "background")
        said = said.select("clip_id", pl.col("class_id").cast(pl.String))
        wanted = _with_all_below(named, classes.collect())
        chosen = chosen.join(said.join(wanted.lazy(), on="class_id", how="semi").collect(), on="clip_id", how="semi")
    if chosen.is_empty() and not promised.is_empty():
        raise SoundledgerError(f"subset: none of {len(promised):,} clips is of {' and '.join(_said(subset))}")
    if clips := subset.get("clips"):
        drawn = pl.Series("drawn", order_by_hash(chosen["clip_id"], subset["seed"]), dtype=pl.UInt64)
        chosen = chosen.with_columns(drawn).sort("drawn", "clip_id").head(clips)
    return chosen.select("clip_id").sort("clip_id")


def _said(subset: Mapping[str, Any]) -> list[str]:
    named = {"classes": "these classes", "splits": "these splits"}
    return [f"{words} ({first_twenty(subset[key])})" for key, words in named.items() if subset.get(key)]


def _with_all_below(named: list[str], classes: pl.DataFrame) -> pl.DataFrame:
    """The `class_id` of each class that is called so, and of all below these."""
    known = pl.concat([classes[name].drop_nulls() for name in _NAMES])
    _refuse_unknown("classes", named, known.unique().sort().to_list())
    called = classes.filter(pl.any_horizontal(pl.col(name).is_in(named) for name in _NAMES))["class_id"]
    is_below = pl.col("ancestor_ids").list.eval(pl.element().is_in(called.implode())).list.any()
    return classes.filter(pl.col("class_id").is_in(called.implode()) | is_below).select("class_id")


def _refuse_unknown(key: str, named: list[str], known: list[str]) -> None:
    unknown = sorted(set(named) - set(known))
    if unknown:
        there = f"there are {first_twenty(known)}" if known else "there are none"
        raise SoundledgerError(
            f"subset.{key}: the dataset has no {', '.join(map(shown, unknown[:20]))}; {there}"
            f"{nearest(unknown[0], known)}"
        )


def _recounted(sources: pl.LazyFrame, kept: pl.LazyFrame, inside: pl.LazyFrame) -> pl.LazyFrame:
    """The `sources` table, in which rows that tell of no clip of the subset are counted by themselves."""
    rows, still = (
        part.select(pl.col("source").cast(pl.String), "line").unique().group_by("source").agg(pl.len())
        for part in (kept, inside)
    )
    counts = rows.join(still, on="source", how="left", suffix="_still")
    outside = (pl.col("len") - pl.col("len_still").fill_null(0)).cast(pl.Int64)
    counted = sources.join(counts.select("source", outside=outside), on="source", how="left", maintain_order="left")
    outside = pl.col("outside").fill_null(0)
    told = counted.with_columns(pl.col("rows_kept") - outside, rows_not_in_subset=outside)
    return told.drop("outside")
