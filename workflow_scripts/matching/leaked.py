"""Which clips of an export share something with what is evaluated on, and so teach a model what it will be asked."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from workflow_scripts.errors import SoundledgerError, first_twenty, nearest, shown
from workflow_scripts.exports.split_by import with_splits
from workflow_scripts.tables import schemas
from workflow_scripts.tables.connected import connected
from workflow_scripts.tables.published import published_as
from workflow_scripts.tables.store import lazy_table

CLIP = ["dataset", "clip_id"]
KEYS = {
    "media": pl.concat_str("root", pl.lit("/"), "path", pl.lit("/"), pl.col("member").fill_null("")),
    "video": pl.concat_str("dataset", pl.lit(" "), "media_key"),
    "source": published_as(pl.col("source_url")),
}
"""What clips are known to share before any sound is held against another, as the view `sharing` has it."""
_READ = ["clip_id", "split", "usable", "media_key", "source_url", "root", "path", "member"]
_COLUMNS = list(schemas.LEAKED.columns)
_ORDER = {kind: place for place, kind in enumerate(schemas.SHARED_BY)}
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class WithoutLeaks:
    """What an export asks for.

    Attributes:
        dataset: that it is of.
        export: its name.
        split_by: what it takes for splits.
        evaluated: the splits that are evaluated on.
    """

    dataset: str
    export: str
    split_by: str
    evaluated: Sequence[str]


def leaked(
    asked: WithoutLeaks,
    clips: Mapping[str, Path],
    same_sound: Iterable[Path],
    foreign_clips: Iterable[Path] = (),
    splits: Iterable[Path] = (),
) -> pl.DataFrame:
    """The table `leaked` of an export.

    Args:
        asked: by the export.
        clips: the ledger of each dataset of the run.
        same_sound: that table, where there is sound at all.
        foreign_clips: that table, where the run has files of `against`.
        splits: the table of the dataset, where the export takes others than its authors'.

    Raises:
        SoundledgerError: nowhere is a split of a name that is evaluated on.
    """
    placed = _placed(asked, clips, foreign_clips, splits)
    _refuse_unknown(asked, placed)
    same = pl.concat([schemas.SAME_SOUND.empty().lazy(), *map(lazy_table, same_sound)])
    same = same.cast({pl.Categorical: pl.String})
    known = placed.with_columns(**KEYS).join(_of_same_samples(same), on=CLIP, how="left")
    is_evaluated = pl.col("split").is_in(list(asked.evaluated))
    kept, evaluated = known.filter("usable", ~is_evaluated, dataset=asked.dataset), known.filter(is_evaluated)
    found = [_sharing(kind, kept, evaluated) for kind in (*KEYS, "samples")]
    table = pl.concat([*found, _of_one_sound(same, kept, evaluated)]).collect()
    in_order = pl.col("shared_by").replace_strict(_ORDER)
    _log.info("%s: %d clips leak into %s", asked.export, table["clip_id"].n_unique(), ", ".join(asked.evaluated))
    return table.sort("clip_id", in_order, "with_dataset", "with_split").cast(schemas.LEAKED.empty().schema)


def _placed(
    asked: WithoutLeaks, clips: Mapping[str, Path], foreign_clips: Iterable[Path], splits: Iterable[Path]
) -> pl.LazyFrame:
    """All clips, each in its split: where they are the export's own as it takes them, else as their authors do."""
    each = []
    for dataset, file in clips.items():
        ledger = lazy_table(file).select(_READ)
        for table in splits if dataset == asked.dataset else ():
            ledger = with_splits(ledger, lazy_table(table), asked.split_by)
        each.append(ledger.cast({pl.Categorical: pl.String}).with_columns(dataset=pl.lit(dataset)))
    each += [lazy_table(table).select("dataset", "clip_id", "split") for table in foreign_clips]
    return pl.concat(each, how="diagonal")


def _refuse_unknown(asked: WithoutLeaks, placed: pl.LazyFrame) -> None:
    """Raises SoundledgerError for a split that no clip is of."""
    there = placed.select("dataset", "split").unique().drop_nulls().sort("dataset", "split").collect()
    known = there["split"].unique().to_list()
    for split in asked.evaluated:
        if split not in known:
            of_each = there.group_by("dataset", maintain_order=True).agg("split").iter_rows()
            listed = "; ".join(f"{dataset}: {first_twenty(splits)}" for dataset, splits in of_each)
            raise SoundledgerError(
                f"{asked.dataset}: exports: {asked.export}: without_leaks: no split is called {shown(split)}, in no "
                f"dataset of the run and in no file of `against`. There are {listed}{nearest(split, known)}"
            )


def _of_same_samples(same: pl.LazyFrame) -> pl.LazyFrame:
    """For clips whose files hold what others hold a number that these have too, as `samples`.

    Of many such clips each is paired with some alone, so it is told by what hangs together.
    """
    pairs = same.filter(how="samples").collect()
    sides = [pairs.select(dataset=f"dataset_{side}", clip_id=f"clip_id_{side}") for side in "ab"]
    clips = pl.concat(sides).unique().sort(CLIP).with_row_index("number")
    first, other = (side.join(clips, on=CLIP, how="left", maintain_order="left")["number"] for side in sides)
    together = pl.Series(connected(first.to_numpy(), other.to_numpy(), len(clips)))
    return clips.select(*CLIP, samples=together.cast(pl.String)).lazy()


def _sharing(kind: str, kept: pl.LazyFrame, evaluated: pl.LazyFrame) -> pl.LazyFrame:
    """The clips that share a key with such as are evaluated on."""
    ours = kept.select("clip_id", "split", key=kind).drop_nulls("key")
    others = evaluated.select(*(pl.col(name).alias(f"with_{name}") for name in (*CLIP, "split")), key=kind)
    counted = _counted(others.drop_nulls("key"), "key")
    return ours.join(counted, on="key").with_columns(shared_by=pl.lit(kind)).select(_COLUMNS)


def _of_one_sound(same: pl.LazyFrame, kept: pl.LazyFrame, evaluated: pl.LazyFrame) -> pl.LazyFrame:
    """The clips that hold the sound of such as are evaluated on, by their fingerprints."""
    found = same.filter(how="sound")
    sides = [
        found.select(
            dataset=f"dataset_{one}",
            clip_id=f"clip_id_{one}",
            with_dataset=f"dataset_{other}",
            with_clip_id=f"clip_id_{other}",
        )
        for one, other in ("ab", "ba")
    ]
    ours = pl.concat(sides).join(kept.select(*CLIP, "split"), on=CLIP)
    others = evaluated.select(*(pl.col(name).alias(f"with_{name}") for name in (*CLIP, "split")))
    pairs = ours.join(others, on=["with_dataset", "with_clip_id"])
    return _counted(pairs, "clip_id", "split").with_columns(shared_by=pl.lit("sound")).select(_COLUMNS)


def _counted(rows: pl.LazyFrame, *by: str) -> pl.LazyFrame:
    """Of other clips the first of each split, and how many there are."""
    first, count = pl.col("with_clip_id").min(), pl.col("with_clip_id").n_unique().cast(pl.Int64)
    return rows.group_by(*by, "with_dataset", "with_split").agg(first, with_clips=count)
