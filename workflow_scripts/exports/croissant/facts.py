"""What the tables tell of a dataset, in numbers: nothing is said of it that is not counted here."""

from dataclasses import dataclass
from typing import Any

import polars as pl

from workflow_scripts.exports.reading import Tables

DAY = 10
"""Characters of a date, as `recorded_at` begins with where the source knows the day."""


@dataclass(frozen=True)
class Facts:
    """What was counted.

    Attributes:
        statuses: clips by split and status: `split`, `status`, `clips`.
        licences: clips by licence, the most first: `licence` (None where none is known), `clips`, `usable`, `hours`.
        durations: least, mean and most seconds of a usable clip; None where there is none.
        hours: of sound that the usable clips have.
        labels: rows of labels by `origin` and `strength`, the most first: these and `labels`, `clips`.
        classes: clips of each class that annotators said of any, the most first: `name`, `clips`.
        captions: how many there are, and of how many clips.
        recorded: first and last day of which a source says that a clip was recorded then.
        sources: files that were read: `source`, `sha256`, `bytes`, `rows_read`, `rows_kept`, `rows_rejected`.
    """

    statuses: list[dict[str, Any]]
    licences: list[dict[str, Any]]
    durations: tuple[float, float, float] | None
    hours: float
    labels: list[dict[str, Any]]
    classes: list[dict[str, Any]]
    captions: tuple[int, int]
    recorded: tuple[str, str] | None
    sources: list[dict[str, Any]]

    @property
    def clips(self) -> int:
        """All there are."""
        return sum(row["clips"] for row in self.statuses)

    @property
    def usable(self) -> int:
        """Those that can be used."""
        return sum(row["clips"] for row in self.statuses if row["status"] == "usable")

    def of_split(self, split: str) -> int:
        """Usable clips of a split."""
        return sum(row["clips"] for row in self.statuses if row["status"] == "usable" and row["split"] == split)


def facts_of(tables: Tables) -> Facts:
    """Count."""
    clips, labels, captions = (tables.lazy(name) for name in ("clips", "labels", "captions"))
    usable = pl.col("usable")
    hours = pl.col("duration_s").filter(usable).sum() / 3600
    duration = pl.col("duration_s").filter(usable)
    total = clips.select(hours, duration.min().alias("least"), duration.mean().alias("mean"), most=duration.max())
    hours_of_all, *durations = total.collect().row(0)
    said = pl.col("origin", "strength").cast(pl.String)
    return Facts(
        statuses=_rows(
            clips.group_by(pl.col("split", "status").cast(pl.String)).agg(clips=pl.len()), "split", "status"
        ),
        licences=_rows(
            clips.group_by(pl.col("licence").cast(pl.String)).agg(
                clips=pl.len(), usable=usable.sum(), hours=hours.round(3)
            ),
            "-clips",
            "licence",
        ),
        durations=None if None in durations else (durations[0], round(durations[1], 3), durations[2]),
        hours=round(hours_of_all, 3),
        labels=_rows(
            labels.group_by(said).agg(labels=pl.len(), clips=pl.col("clip_id").n_unique()),
            "-labels",
            "origin",
            "strength",
        ),
        classes=_rows(
            labels.filter(pl.col("origin") == "annotated")
            .group_by(name=pl.col("class_name").cast(pl.String))
            .agg(clips=pl.col("clip_id").n_unique()),
            "-clips",
            "name",
        ),
        captions=captions.select(pl.len(), clips=pl.col("clip_id").n_unique()).collect().row(0),
        recorded=_recorded(tables.lazy("origins")),
        sources=_rows(
            tables.lazy("sources").select("source", "sha256", "bytes", "rows_read", "rows_kept", "rows_rejected"),
            "source",
        ),
    )


def _rows(table: pl.LazyFrame, *order: str) -> list[dict[str, Any]]:
    """The rows of a small table, sorted by columns: those with a `-` before it the most first."""
    columns = [column.removeprefix("-") for column in order]
    down = [column.startswith("-") for column in order]
    return table.sort(columns, descending=down, nulls_last=True).collect().to_dicts()


def _recorded(origins: pl.LazyFrame) -> tuple[str, str] | None:
    days = pl.col("recorded_at").str.head(DAY).filter(pl.col("recorded_at").str.contains(r"^\d{4}-\d{2}-\d{2}"))
    first, last = origins.select(days.min().alias("first"), last=days.max()).collect().row(0)
    return None if first is None else (first, last)
