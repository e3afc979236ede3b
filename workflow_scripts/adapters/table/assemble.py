"""From tables of any dataset to the tables of an ingest."""

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from workflow_scripts.adapters import IngestSettings
from workflow_scripts.adapters.table.clips import named, told_together
from workflow_scripts.adapters.table.judged import Judge
from workflow_scripts.adapters.table.mapping import ORIGIN, expressions
from workflow_scripts.adapters.table.vocabulary import classes_of
from workflow_scripts.sources.classes import NO_ROWS, Classes, read_classes
from workflow_scripts.sources.expand import with_ancestors
from workflow_scripts.sources.faults import SourceError
from workflow_scripts.sources.files import files_of
from workflow_scripts.sources.ingested import Counted, Ingested, source_table
from workflow_scripts.sources.label_sets import look_up
from workflow_scripts.sources.rejects import row_rejects
from workflow_scripts.sources.source import Source
from workflow_scripts.tables import schemas

NOTHING = pl.lit([], dtype=pl.List(pl.String))


def ingest(settings: IngestSettings) -> Ingested:
    """Read the tables of a dataset as its file says.

    Raises:
        SourceError: a source that cannot be used at all; single bad rows become rejects instead.
        ExpressionError: an expression of the dataset file cannot be asked of a row.
    """
    judge = Judge(list(expressions(settings.mapping)), settings.mapping["match"], settings.mapping["reading"])
    counted, parts = [], []
    for split, path in _tables(settings.sources):
        source = Source.read(path)
        of_source = list(judge.rows(source, split))
        parts += of_source
        counted.append(Counted.of(source, sum(map(len, of_source))))
    rows = pl.concat(parts).with_row_index("place")
    good = rows.filter(pl.col("reason").is_null())
    kept, duplicates = told_together(named(good))
    vocabulary = _vocabulary(settings, kept)
    said = _said(kept, vocabulary.table, by_name_alone=settings.mapping["vocabulary"] == "labels")
    clips = _clips(kept, said, settings.rights)
    rejects = pl.concat([row_rejects(rows), duplicates, row_rejects(vocabulary.rows), _label_rejects(kept, said)])
    known = [kept, vocabulary.rows.filter(pl.col("reason").is_null())]
    kept_rows = pl.concat([_kept(part) for part in known])
    return Ingested(
        promised=clips.select(*schemas.PROMISED.columns).lazy(),
        labels=_labels(clips, vocabulary.table).lazy(),
        captions=_captions(kept).lazy(),
        classes=vocabulary.table.lazy(),
        origins=_origins(kept).lazy(),
        rejects=rejects.sort("source", "line", maintain_order=True).lazy(),
        sources=source_table([*counted, *vocabulary.counted], kept_rows, rejects.lazy()),
        kept=kept_rows,
    )


def _tables(sources: Mapping[str, Any]) -> Iterator[tuple[str | None, str]]:
    """Each file of the tables, once, with the split that it is named for."""
    named_for: dict[str, str | None] = {}
    table = sources["table"]
    of_splits = table.items() if isinstance(table, dict) else [(None, table)]
    for split, patterns in of_splits:
        for pattern in [patterns] if isinstance(patterns, str) else patterns:
            for path in files_of(pattern):
                if path in named_for and named_for[path] != split:
                    raise SourceError(f"{path}: named for the splits {named_for[path]} and {split}; name it for one")
                if path not in named_for:
                    named_for[path] = split
                    yield split, path


def _vocabulary(settings: IngestSettings, kept: pl.DataFrame) -> Classes:
    if settings.mapping["vocabulary"] == "audioset":
        return read_classes(settings.sources)
    labels = kept["classes"].explode().drop_nulls().unique()
    return Classes(classes_of(label for label in labels if label.strip()), NO_ROWS, [])


def _said(kept: pl.DataFrame, classes: pl.DataFrame, by_name_alone: bool) -> pl.DataFrame:
    """Each label of each row, in their order: place, clip_id, label, class_id and name (null where it is no class).

    Blank ones are none.
    """
    labels = kept.select("place", "clip_id", label="classes").explode("label")
    labels = labels.filter(pl.col("label").str.strip_chars() != "")
    names = classes.select("class_id", "name")
    found = (
        names.with_columns(label="name")
        if by_name_alone
        else look_up(labels["label"], classes).join(names, on="class_id", how="left")
    )
    return labels.join(found.select("label", "class_id", "name"), on="label", how="left", maintain_order="left")


def _clips(kept: pl.DataFrame, said: pl.DataFrame, rights: Mapping[str, str]) -> pl.DataFrame:
    """The first row of each clip, with the classes of all of them."""
    first = kept.unique("clip_id", keep="first", maintain_order=True)
    classes = said.drop_nulls("class_id").unique(["clip_id", "class_id"], keep="first", maintain_order=True)
    lists = classes.group_by("clip_id", maintain_order=True).agg(class_ids="class_id", class_names="name")
    return first.join(lists, on="clip_id", how="left", maintain_order="left").with_columns(
        pl.col("class_ids", "class_names").fill_null(NOTHING).cast(pl.List(pl.Categorical)),
        pl.col("split").cast(pl.Categorical),
        pl.col("licence").fill_null(pl.lit(rights.get("audio"), dtype=pl.String)).cast(pl.Categorical),
    )


def _labels(clips: pl.DataFrame, classes: pl.DataFrame) -> pl.DataFrame:
    said = clips.select("clip_id", pl.col("class_ids").cast(pl.List(pl.String)))
    sets = said.select(pl.col("class_ids").unique(maintain_order=True)).with_row_index("label_set")
    nowhere = pl.lit(None, dtype=pl.Float64)
    return (
        said.join(sets, on="class_ids", how="left", maintain_order="left")
        .join(with_ancestors(sets, classes), on="label_set", how="inner", maintain_order="left")
        .explode("class_id", "class_name", "origin", "via_class_id")
        .with_columns(onset_s=nowhere, offset_s=nowhere, strength=pl.lit("weak").cast(pl.Categorical))
        .select(*schemas.LABELS.columns)
    )


def _captions(kept: pl.DataFrame) -> pl.DataFrame:
    texts = kept.select("clip_id", text="captions").explode("text").drop_nulls("text")
    ordinal = pl.int_range(pl.len(), dtype=pl.Int32).over("clip_id")
    return texts.with_columns(ordinal=ordinal).select(*schemas.CAPTIONS.columns)


def _origins(kept: pl.DataFrame) -> pl.DataFrame:
    says_something = pl.any_horizontal(pl.col(name).is_not_null() for name in (*ORIGIN, "extra"))
    origins = kept.filter(says_something).unique("clip_id", keep="first", maintain_order=True)
    return origins.select(*schemas.ORIGINS.columns)


def _label_rejects(kept: pl.DataFrame, said: pl.DataFrame) -> pl.DataFrame:
    """Labels that were left out of rows that were kept."""
    unknown = said.filter(pl.col("class_id").is_null()).select(
        "place", reason=pl.lit("unknown_class"), detail=pl.concat_str("label", pl.lit(" is in no source of classes"))
    )
    return (
        kept.select("place", "source", "line", "raw")
        .join(unknown, on="place", how="inner", maintain_order="left_right")
        .select(pl.col("source").cast(pl.String), "line", pl.lit("label").alias("scope"), "reason", "detail", "raw")
    )


def _kept(rows: pl.DataFrame) -> pl.LazyFrame:
    return rows.lazy().select("source", pl.col("line").cast(pl.Int64), "clip_id")
