"""Which clips and which labels an export of events takes, and what became of the others."""

import functools
import json
import logging
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import polars as pl

from workflow_scripts.exports.events.files import below_root, is_odd, without_suffix
from workflow_scripts.exports.events.parts import media_parts
from workflow_scripts.exports.events.rows import in_media_time
from workflow_scripts.exports.formats import Written
from workflow_scripts.exports.reading import Tables, not_usable

TALLY = "labels.json"
REASONS = ("in_archive", "odd_name", "unlabelled", "labels_outside")
"""Why usable clips are not taken."""
LEFT_OUT = ("of_clips_left_out", "outside_clip", "weak_beside_events", "again", "joined")
"""Why labels are not written."""
_log = logging.getLogger(__name__)


class Heard(NamedTuple):
    """What is heard in some media.

    Attributes:
        clips: those that are taken, all of a media side by side; beside the columns of the ledger the media's path
            `below` its root, with the root before it where there are several, and the `file` that is called after it.
        rows: what is heard in them, as `in_media_time` has it.
    """

    clips: pl.DataFrame
    rows: pl.DataFrame


@dataclass
class EventsTaken:
    """The clips of a dataset and what is heard in them, for an export that speaks of media as they lie.

    Usable clips are taken: who reads of events cuts windows of his own. Labels are those that people gave. Where a clip
    has events, its labels of the whole clip are no rows: they would be heard from its start to its end.

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
        labels: `written` ones, and others by why they are not.
        cut: how many of the written are events that end with their clip, beyond which they go on.
        valued: how many of them say how sure they are.
        used: what the written ones say.
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
    labels: Counter[str] = field(default_factory=Counter)
    cut: int = 0
    valued: int = 0
    used: set[str] = field(default_factory=set)

    def parts(self, folder: Path) -> Iterator[Heard]:
        """All that is taken, some media at a time; without clips where none of them is.

        Args:
            folder: of the export.
        """
        for clips, labels in media_parts(self.tables, folder):
            named = self._named(clips)
            rows = self._rows(labels, named)
            judged = self._judged(named, labels, rows)
            taken = judged.filter(pl.col("held_back").is_null())
            written = rows.join(taken.select("clip_id"), on="clip_id", how="semi", maintain_order="left")
            written = _told_once(written) if self.once else written
            self._count(judged, written)
            yield Heard(taken, written.filter(pl.col("left_out").is_null()))

    @functools.cached_property
    def several_roots(self) -> bool:
        """Whether media of more than one root serve the dataset."""
        return bool(self.tables.lazy("clips").select(pl.col("root").drop_nulls().n_unique() > 1).collect().item())

    def _named(self, clips: pl.DataFrame) -> pl.DataFrame:
        below = pl.concat_str("root", pl.lit("/"), below_root()) if self.several_roots else below_root()
        named = clips.with_columns(below=below)
        called = pl.when("shares_stem").then("below").otherwise(without_suffix("below"))
        return named.with_columns(file=pl.concat_str(called, pl.lit(self.suffix or "")))

    def _rows(self, labels: pl.DataFrame, clips: pl.DataFrame) -> pl.DataFrame:
        """All labels of some clips as rows, with why any is `left_out`."""
        rows = in_media_time(labels.filter(pl.col("origin") == "annotated"), clips, self.called)
        is_strong = pl.col("strength") == "strong"
        beside = ~is_strong & is_strong.any().over("clip_id") & pl.lit(not self.with_weak)
        left_out = pl.when("is_outside").then(pl.lit("outside_clip")).when(beside).then(pl.lit("weak_beside_events"))
        return rows.with_columns(left_out=left_out)

    def _judged(self, clips: pl.DataFrame, labels: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
        """Clips with why any is `held_back`."""
        of_clips = labels.group_by("clip_id").agg(said=pl.len(), annotated=(pl.col("origin") == "annotated").sum())
        of_rows = rows.filter(pl.col("left_out").is_null()).group_by("clip_id").agg(rows=pl.len())
        counted = clips
        for counts in (of_clips, of_rows):
            counted = counted.join(counts, on="clip_id", how="left", maintain_order="left")
        counted = counted.with_columns(pl.col("said", "annotated", "rows").fill_null(0))
        nobody_told = (pl.col("said") > 0) | pl.lit(self.unlabelled == "leave_out")
        holds = (
            pl.col("member").is_not_null(),
            pl.lit(value=False) if self.suffix is None else is_odd(self.suffix),
            (pl.col("annotated") == 0) & nobody_told,
            (pl.col("annotated") > 0) & (pl.col("rows") == 0),
        )
        each = (pl.when(why).then(pl.lit(reason)) for reason, why in zip(REASONS, holds, strict=True))
        return counted.with_columns(held_back=pl.coalesce(*each)).drop("said", "annotated", "rows")

    def _count(self, judged: pl.DataFrame, rows: pl.DataFrame) -> None:
        self.clips.update(dict(judged.filter(pl.col("held_back").is_null())["split"].value_counts().iter_rows()))
        self.seconds += float(judged.filter(pl.col("held_back").is_null())["duration_s"].sum())
        self.held_back.update(dict(judged["held_back"].drop_nulls().value_counts().iter_rows()))
        self.labels.update(dict(rows["left_out"].fill_null("written").value_counts().iter_rows()))
        written = rows.filter(pl.col("left_out").is_null())
        self.cut += int(written["is_cut"].sum())
        self.valued += written["value"].count()
        self.used.update(written["label"].unique())

    def leave_out(self, reason: str, labels: int) -> None:
        """Count so many of the written labels as not written, for a reason of LEFT_OUT."""
        self.labels[reason] += labels
        self.labels["written"] -= labels

    def written(self, folder: Path, warnings: Iterable[str] = ()) -> Written:
        """What the export wrote, after all parts; labels.json says where the labels are.

        Args:
            folder: of the export.
            warnings: what its run ends with besides.
        """
        annotated = self.tables.lazy("labels").filter(pl.col("origin") == "annotated").select(pl.len()).collect().item()
        self.labels["of_clips_left_out"] = annotated - self.labels.total()
        left_out = {reason: self.labels[reason] for reason in LEFT_OUT if self.labels[reason]}
        told = {"labels": annotated, "written": self.labels["written"], "left_out": left_out, "cut": self.cut}
        (folder / TALLY).write_text(json.dumps(told, indent=1) + "\n")
        _log.info("%s", told)
        clips = {split: self.clips[split] for split in self.tables.splits()}
        held_back = {reason: self.held_back[reason] for reason in REASONS if self.held_back[reason]}
        all_warnings = (*self._warnings(), *warnings)
        return Written(clips, self.seconds, not_usable(self.tables.lazy("clips")) | held_back, warnings=all_warnings)

    def unsaid(self, where: str) -> Iterator[str]:
        """What a run ends with where a form has no place for how sure a label is.

        Args:
            where: the form, in words.
        """
        if self.valued:
            yield f"{self.valued:,} labels say how sure they are (`value`), for which {where} have no place"

    def _warnings(self) -> Iterator[str]:
        if not self.clips.total():
            yield "no clip was taken"
        if outside := self.labels["outside_clip"]:
            yield f"{outside:,} events begin behind the end of their clip, and are left out"
        if self.cut:
            yield f"{self.cut:,} events go on beyond the end of their clip, and end with it"


def _told_once(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of which those that say what one before them does are left out, too."""
    same = pl.struct("root", "path", "begin_s", "end_s", "label", "left_out")
    is_again = pl.col("left_out").is_null() & ~same.is_first_distinct()
    return rows.with_columns(left_out=pl.when(is_again).then(pl.lit("again")).otherwise("left_out"))
