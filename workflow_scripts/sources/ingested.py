"""What every adapter makes of its sources."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields

import polars as pl

from workflow_scripts.errors import SoundledgerError, first_twenty
from workflow_scripts.sources.source import Source
from workflow_scripts.tables import schemas

MOST_SPLITS = 1_000
"""Of a dataset. Exports and pages have files and lines for each; what has more is no column of splits."""

KEPT = {"source": pl.Categorical, "line": pl.Int64, "clip_id": pl.String}
"""Rows of the sources that were kept: for each its line, and the clip that it told something of (null for a class).

A row that tells of several clips, as a recording of its windows, stands there for each."""


@dataclass(frozen=True)
class Ingested:
    """The tables of an ingest, each called like its schema in tables.schemas.

    They are not yet collected, so that large ones can be made side by side. `kept` (KEPT) is no table of the results:
    it is what rows_kept is counted from, and by which every row can be held against the file.
    """

    promised: pl.LazyFrame
    labels: pl.LazyFrame
    found_captions: pl.LazyFrame
    classes: pl.LazyFrame
    origins: pl.LazyFrame
    rejects: pl.LazyFrame
    sources: pl.LazyFrame
    kept: pl.LazyFrame
    mixtures: pl.LazyFrame = field(default_factory=lambda: schemas.MIXTURES.empty().lazy())

    def __post_init__(self) -> None:
        for one in fields(self):
            if not isinstance(table := getattr(self, one.name), pl.LazyFrame):
                raise TypeError(f"Ingested.{one.name}: expected a polars LazyFrame, found {type(table).__name__}")

    def by_name(self) -> Mapping[str, pl.LazyFrame]:
        """Each table of the results by its name."""
        return {name: getattr(self, name) for name in schemas.INGESTED}


def check_classes(labels: pl.LazyFrame, classes: pl.LazyFrame) -> None:
    """Hold what is said of clips against the classes that there are: labels of other ones would train nothing.

    Raises:
        SoundledgerError: names the classes that only labels know.
    """
    said = labels.select(pl.col("class_id").unique().cast(pl.String))
    missing = said.join(classes.select("class_id"), on="class_id", how="anti")
    unknown = missing.collect(engine="streaming")["class_id"].sort().to_list()
    if unknown:
        raise SoundledgerError(
            f"labels speak of {len(unknown):,} classes that the table classes lacks: {first_twenty(unknown)}. "
            "The adapter is to reject such labels, or to add their classes"
        )


def check_splits(promised: pl.LazyFrame) -> None:
    """Hold the splits of clips against what a dataset has.

    Raises:
        SoundledgerError: there are more; says how many, and the first of them.
    """
    splits = promised.select(pl.col("split").unique().cast(pl.String)).collect(engine="streaming")["split"]
    if len(splits) > MOST_SPLITS:
        raise SoundledgerError(
            f"clips are of {len(splits):,} splits, and no dataset has more than {MOST_SPLITS:,}: "
            f"{first_twenty(splits.sort().to_list())}. What gives the split of a clip is likely another column's"
        )


@dataclass(frozen=True)
class Counted:
    """A source, the number of rows that it declares (None where it does not), and the number that were read."""

    path: str
    sha256: str
    bytes: int
    declared: int | None = None
    read: int = 0

    @classmethod
    def of(cls, source: Source, read: int = 0) -> "Counted":
        """What there is to know of a source by its bytes."""
        return cls(source.path, source.sha256, len(source.stored), read=read)


def source_table(counted: Iterable[Counted], kept: pl.LazyFrame, rejects: pl.LazyFrame) -> pl.LazyFrame:
    """The `sources` table of all rows; those kept and rejected are counted, each where they went.

    Args:
        counted: the sources, in the order of the table.
        kept: KEPT.
        rejects: the `rejects` table.
    """
    files = [(one.path, one.sha256, one.bytes, one.declared, one.read) for one in counted]
    schema = schemas.SOURCES.empty().schema
    columns = {name: schema[name] for name in ("source", "sha256", "bytes", "rows_declared", "rows_read")}
    went = {"rows_kept": kept, "rows_rejected": rejects.filter(pl.col("scope") == "row")}
    table = pl.LazyFrame(files, schema=columns, orient="row")
    for name, rows in went.items():
        count = rows.group_by("source").agg(pl.len().cast(pl.Int64).alias(name))
        count = count.with_columns(pl.col("source").cast(pl.String))
        table = table.join(count, on="source", how="left", maintain_order="left")
    return table.with_columns(pl.col(*went).fill_null(0), rows_not_in_subset=pl.lit(0, pl.Int64))
