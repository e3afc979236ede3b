"""Splits, folds and subsets put together: the tables `splits` and `subsets`."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from workflow_scripts.errors import SoundledgerError, first_twenty
from workflow_scripts.ledger.splits.filling import OUTSIDE, POOL, Units, fill
from workflow_scripts.ledger.splits.folds import Groups, stratified
from workflow_scripts.ledger.splits.reasons import refilled, tied_to
from workflow_scripts.ledger.splits.said import ClassesOfClips
from workflow_scripts.ledger.splits.ties import sessions, tied, ties
from workflow_scripts.tables import schemas
from workflow_scripts.tables.order import order_by_hash

_log = logging.getLogger(__name__)


def assign(
    clips: pl.LazyFrame, checks: Mapping[str, list[Path]], origins: pl.LazyFrame, settings: Mapping[str, Any]
) -> Iterator[tuple[str, pl.DataFrame]]:
    """Say of each clip in which split and fold it stands, and choose subsets.

    What comes out follows from the clips, whatever the order of their rows.

    Args:
        clips: the ledger.
        checks: the files of the checks of each root, by its slug.
        origins: that table.
        settings: `augment_splits`, `folds` and `subsets` of the dataset file, as far as they stand there.

    Yields:
        The name of each table of tables.schemas.ASSIGNED, and its rows.

    Raises:
        SoundledgerError: a split of the ledger is none of those that `augment_splits` names, or one that a subset is of
            is not there.
    """
    known = clips.select("clip_id", pl.col("split").cast(pl.String), "trainable").collect(engine="streaming")
    numbers, said = ties(clips, checks), ClassesOfClips.of(clips)
    together = tied(numbers.get_columns())
    table = known.select("clip_id", "split", assigned_split="split", split_reason=pl.lit(None, pl.String))
    if "augment_splits" in settings:
        table = _augmented(table, numbers, together, said, settings["augment_splits"])
    session, fold = sessions(clips, origins), pl.lit(None, pl.Int32)
    if "folds" in settings:
        with_sessions = tied([*numbers.get_columns(), session])
        fold = pl.lit(_folds(known, with_sessions, said, **settings["folds"]))
    table = table.with_columns(_first_ids(known["clip_id"], together).alias("group_id"), session, fold.alias("fold"))
    table = table.cast({"assigned_split": pl.Categorical, "split": pl.Categorical})
    yield "splits", table.select(*schemas.SPLITS.columns)
    there = sorted({*known["split"].unique(), *settings.get("augment_splits", {}).get("splits", [])})
    yield "subsets", _subsets(table, together, said, settings.get("subsets", []), there)


def _augmented(
    table: pl.DataFrame, numbers: pl.DataFrame, together: np.ndarray, said: ClassesOfClips, settings: Mapping[str, Any]
) -> pl.DataFrame:
    """The same with `assigned_split` and `split_reason`.

    Clips that are tied go to the first of their splits; then all splits but the last are filled from that.
    """
    order: list[str] = settings["splits"]
    _refuse_unknown(table["split"], order)
    ranks = table["split"].cast(pl.Enum(order)).to_physical().to_numpy().astype(np.int32)
    first = np.full(len(ranks), len(order), np.int32)
    np.minimum.at(first, together, ranks)
    moved = table.with_columns(assigned_split=_names(first[together], order))
    reasons = tied_to(moved, numbers, together)

    groups = np.flatnonzero(together == np.arange(len(together)))  # each is called by its first row
    place = np.full(len(ranks), OUTSIDE, np.int32)
    place[groups] = np.where(first[groups] == len(order) - 1, POOL, first[groups])
    smallest = _smallest(together, table["clip_id"], settings["seed"])
    rank = np.empty(len(ranks), np.int64)
    rank[np.lexsort((smallest, np.bincount(together, minlength=len(ranks))))] = np.arange(len(ranks))
    units = Units(said.by(together), place, rank)
    taken = fill(units, len(order) - 1, settings["clips_a_class"], len(said.ids))
    final = np.where(place == POOL, len(order) - 1, place)[together]
    reasons = pl.concat([reasons, refilled(taken, table["clip_id"], together, said, settings)])
    _log.info("%d clips stand in another split, %d groups of them taken to fill splits", len(reasons), len(taken))
    why = table.select("clip_id").join(reasons, on="clip_id", how="left", maintain_order="left")["split_reason"]
    return table.with_columns(why, assigned_split=_names(final, order))


def _refuse_unknown(splits: pl.Series, named: Sequence[str]) -> None:
    if others := sorted(set(splits.unique()) - set(named)):
        raise SoundledgerError(
            f"augment_splits: splits: the dataset has {first_twenty(others)} too; say which place it has among "
            f"{', '.join(named)}: a clip that is tied to clips of several splits goes to the first of them"
        )


def _names(ranks: np.ndarray, order: Sequence[str]) -> pl.Series:
    return pl.Series("assigned_split", order, dtype=pl.String).gather(ranks)


def _smallest(together: np.ndarray, clip_ids: pl.Series, seed: int) -> np.ndarray:
    """For the first row of each group the smallest hash of its clips."""
    hashed = order_by_hash(clip_ids, seed)
    smallest = np.full(len(hashed), np.iinfo(np.uint64).max)
    np.minimum.at(smallest, together, hashed)
    return smallest


def _first_ids(clip_ids: pl.Series, together: np.ndarray) -> pl.Series:
    """For each clip the id that comes first of those in its group."""
    return pl.select(clip_id=clip_ids, group=together).select(pl.col("clip_id").min().over("group")).to_series()


def _folds(known: pl.DataFrame, together: np.ndarray, said: ClassesOfClips, k: int, seed: int) -> pl.Series:
    """The fold of each clip: first of groups with trainable clips, which alone count there; then of the others."""
    firsts, group = np.unique(together, return_inverse=True)
    smallest = _smallest(together, known["clip_id"], seed)[firsts]
    trainable = known["trainable"].to_numpy()
    folds, held = np.full(len(firsts), -1, np.int32), np.zeros(k, np.int64)
    for counted in (True, False):
        sizes = np.bincount(group[trainable == counted], minlength=len(firsts))
        these = np.flatnonzero((folds < 0) & (sizes > 0))
        place = np.full(len(firsts), -1, np.int64)
        place[these] = np.arange(len(these))
        groups = Groups(said.by(place[group], counted), sizes[these], smallest[these])
        folds[these] = stratified(groups, k, len(said.ids), seed, held.tolist())
        there = folds[group] >= 0
        held = np.bincount(folds[group][there & ~trainable], minlength=k)
    return pl.Series("fold", folds[group], dtype=pl.Int32)


def _subsets(
    table: pl.DataFrame,
    together: np.ndarray,
    said: ClassesOfClips,
    asked: Sequence[Mapping[str, Any]],
    there: list[str],
) -> pl.DataFrame:
    """The `subsets` table: those of each, in the order of the ledger.

    Args:
        table: `clip_id` and `assigned_split` of all.
        together: for each clip the first row of those that are tied to it.
        said: of all.
        asked: `subsets` of the dataset file.
        there: all splits; one may have been left without clips.
    """
    rows, chosen = said.of_trainable(), []
    for one in asked:
        if missing := [split for split in one.get("splits", []) if split not in there]:
            raise SoundledgerError(
                f"subsets: {one['name']}: there is no split {first_twenty(missing)}; there are {first_twenty(there)}"
            )
        is_in = table["assigned_split"].is_in(one.get("splits", there)).to_numpy()
        hashed = order_by_hash(table["clip_id"], one["seed"])
        units = Units(rows, np.where(is_in, POOL, OUTSIDE), _one_of_each_first(together, hashed))
        taken = fill(units, 1, one["clips_a_class"], len(said.ids)).sort("unit")
        of_ledger = table["clip_id"].gather(taken["unit"])
        label = pl.Series(said.ids, dtype=pl.String).gather(taken["label"])
        chosen.append(pl.select(subset=pl.lit(one["name"]), clip_id=of_ledger, class_id=label))
    return pl.concat([schemas.SUBSETS.empty(), *(part.cast(schemas.SUBSETS.empty().schema) for part in chosen)])


def _one_of_each_first(together: np.ndarray, hashed: np.ndarray) -> np.ndarray:
    """An order of clips: one of each group before the second of any."""
    in_groups = np.lexsort((hashed, together))
    firsts = np.flatnonzero(np.diff(together[in_groups], prepend=-1))
    lengths = np.diff(firsts, append=len(together))
    place_in_group = np.empty(len(together), np.int64)
    place_in_group[in_groups] = np.arange(len(together)) - np.repeat(firsts, lengths)
    rank = np.empty(len(together), np.int64)
    rank[np.lexsort((hashed, place_in_group))] = np.arange(len(together))
    return rank
