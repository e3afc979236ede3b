"""Which clips an export of events takes, with which labels, and what became of the others."""

import functools
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import polars as pl

from workflow_scripts.exports.counting import not_usable
from workflow_scripts.exports.events.files import below_root, folders_called, is_odd, without_suffix
from workflow_scripts.exports.events.parts import media_parts
from workflow_scripts.exports.events.said import NOTHING_SAID, nothing_said, said_in_media
from workflow_scripts.exports.events.tally import LabelTally
from workflow_scripts.exports.formats import Written
from workflow_scripts.exports.reading import Tables, in_ranges

REASONS = ("in_archive", "odd_name", *NOTHING_SAID)
"""Why usable clips are not taken."""


class Heard(NamedTuple):
    """What is heard in some media.

    Attributes:
        clips: those that are taken, all of a media side by side; beside the columns of the ledger the media's path
            `below` its root, with the root before it where there are several, and the `file` that is called after it.
        rows: what is heard in them, as `said_in_media` has it.
    """

    clips: pl.DataFrame
    rows: pl.DataFrame


@dataclass
class EventsTaken:
    """The clips of a dataset and what is heard in them, for an export that speaks of media as they lie.

    Usable clips are taken: who reads of events cuts windows of his own. Labels are those that people gave.

    Attributes:
        tables: clips, labels, classes.
        called: class_id, label.
        suffix: of a file that is called after each media; None where media are named by absolute paths, whatever these
            hold.
        unlabelled: what becomes of clips of which nothing is said: `leave_out`, or `negative`, without a row.
        with_weak: labels of whole clips are rows beside events too.
        once: what is said of a stretch of a media is one row, though several clips have it.
        clips: taken so far, by split.
        seconds: of sound that these have.
        held_back: usable ones not taken, by reason.
        labels: what became of them.
    """

    tables: Tables
    called: pl.DataFrame
    suffix: str | None
    unlabelled: str = "leave_out"
    with_weak: bool = False
    once: bool = False
    clips: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    held_back: Counter[str] = field(default_factory=Counter)
    labels: LabelTally = field(default_factory=LabelTally)

    def parts(self, folder: Path) -> Iterator[Heard]:
        """All that is taken, some media at a time; without clips where none of them is.

        Args:
            folder: of the export.
        """
        for clips, labels in media_parts(self.tables, folder):
            named = self._named(clips)
            rows = said_in_media(labels, named, self.called, self.with_weak)
            judged = named.with_columns(held_back=self._held_back(named, labels, rows))
            taken = judged.filter(pl.col("held_back").is_null())
            rows = rows.join(taken.select("clip_id"), on="clip_id", how="semi", maintain_order="left")
            rows = _told_once(rows) if self.once else rows
            self.clips.update(dict(taken["split"].value_counts().iter_rows()))
            self.seconds += float(taken["duration_s"].sum())
            self.held_back.update(dict(judged["held_back"].drop_nulls().value_counts().iter_rows()))
            self.labels.add(rows)
            yield Heard(taken, rows.filter(pl.col("left_out").is_null()))

    def written(self, folder: Path, warnings: Iterable[str] = ()) -> Written:
        """What the export wrote, after all parts; labels.json says where the labels are.

        Args:
            folder: of the export.
            warnings: what its run ends with besides.
        """
        self.labels.write(self.tables, folder)
        clips = {split: self.clips[split] for split in self.tables.splits()}
        held_back = {reason: self.held_back[reason] for reason in REASONS if self.held_back[reason]}
        all_warnings = (*self.labels.warnings(), *warnings)
        held_back = not_usable(self.tables.lazy("clips")) | held_back
        return Written(clips, self.seconds, held_back, warnings=all_warnings)

    @functools.cached_property
    def several_roots(self) -> bool:
        """Whether media of more than one root serve the dataset."""
        return bool(self.tables.lazy("clips").select(pl.col("root").drop_nulls().n_unique() > 1).collect().item())

    @functools.cached_property
    def _folders(self) -> pl.Series:
        """The folders in which files of the export would be called: hardly any has such a name."""
        if not self.suffix:
            return pl.Series(dtype=pl.String)
        is_below = pl.col("member").is_null() & pl.col("path").str.contains(f"{self.suffix}/", literal=True)
        found: set[str] = set()
        for clips in in_ranges(self.tables.lazy("clips").filter(pl.col("usable") & is_below).select("root", "path")):
            found |= folders_called(self.suffix, clips.select(self._below()).to_series())
        return pl.Series(sorted(found), dtype=pl.String)

    def _below(self) -> pl.Expr:
        """The path of a media below its root, with the root before it where there are several."""
        root = pl.concat_str(pl.col("root").cast(pl.String), pl.lit("/"))
        return pl.concat_str(root, below_root()) if self.several_roots else below_root()

    def _named(self, clips: pl.DataFrame) -> pl.DataFrame:
        named = clips.with_columns(below=self._below())
        called = pl.when("shares_stem").then("below").otherwise(without_suffix("below"))
        return named.with_columns(file=pl.concat_str(called, pl.lit(self.suffix or "")))

    def _held_back(self, clips: pl.DataFrame, labels: pl.DataFrame, rows: pl.DataFrame) -> pl.Series:
        called_like_folder = pl.col("file").is_in(self._folders.implode())
        odd = pl.lit(value=False) if self.suffix is None else is_odd(self.suffix) | called_like_folder
        in_archive = pl.when(pl.col("member").is_not_null()).then(pl.lit("in_archive"))
        unsaid = nothing_said(clips, labels, rows, self.unlabelled)
        return clips.select(
            held_back=pl.coalesce(in_archive, pl.when(odd).then(pl.lit("odd_name")), unsaid)
        ).to_series()


def _told_once(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of which those that say what one before them does are left out, too."""
    same = pl.struct("root", "path", "begin_s", "end_s", "label", "left_out")
    is_again = pl.col("left_out").is_null() & ~same.is_first_distinct()
    return rows.with_columns(left_out=pl.when(is_again).then(pl.lit("again")).otherwise("left_out"))
