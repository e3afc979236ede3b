"""From AudioSet's files to the tables of an ingest."""

from typing import Any

import polars as pl

from workflow_scripts.adapters import IngestSettings
from workflow_scripts.adapters.audioset.segments import SegmentList, read_segments
from workflow_scripts.adapters.audioset.strong import read_strong
from workflow_scripts.sources.expand import split_sets, with_ancestors
from workflow_scripts.sources.ingested import Ingested
from workflow_scripts.sources.ontology import class_table, read_class_index, read_display_names, read_ontology
from workflow_scripts.sources.rejects import rejected, row_rejects
from workflow_scripts.sources.source import Source
from workflow_scripts.tables import schemas
from workflow_scripts.tables.distinct import all_distinct

Row = dict[str, Any]


def ingest(settings: IngestSettings) -> Ingested:
    """Read all sources of an AudioSet.

    Raises:
        SourceError: a source that cannot be used at all; single bad rows become rejects instead.
    """
    classes, class_sources = _read_classes(settings.sources)
    lists = {
        split: read_segments(Source.read(path), settings.sources["on_count_mismatch"])
        for split, path in settings.sources["segments"].items()
    }
    rows, sets = _judge(lists, classes)
    kept = rows.filter(pl.col("reason").is_null())
    strong = [Source.read(path) for path in settings.sources["strong"]]
    events = [read_strong(source, kept.select("clip_id", "start_s"), classes) for source in strong]
    labels = [_weak_labels(kept.lazy(), sets, classes), *(_strong_labels(part, classes).lazy() for part in events)]
    rejects = pl.concat([row_rejects(rows), _label_rejects(kept, sets), *(row_rejects(part) for part in events)])
    sources = [_source_row(part.source, part.declared, part.read, kept, rejects) for part in lists.values()]
    for source, part in zip(strong, events, strict=True):
        sources.append(_source_row(source, None, len(part), part.filter(pl.col("reason").is_null()), rejects))
    return Ingested(
        promised=_promised(kept.lazy(), sets, settings.rights),
        labels=pl.concat(labels),
        captions=schemas.empty(schemas.CAPTIONS).lazy(),
        classes=classes.lazy(),
        origins=schemas.empty(schemas.ORIGINS).lazy(),
        rejects=rejects.sort("source", "line", maintain_order=True).lazy(),
        sources=pl.LazyFrame([*sources, *class_sources], schema=schemas.empty(schemas.SOURCES).schema),
    )


def _read_classes(sources: dict[str, Any]) -> tuple[pl.DataFrame, list[Row]]:
    ontology, index = Source.read(sources["ontology"]), Source.read(sources["classes"])
    tree, rows = read_ontology(ontology), read_class_index(index)
    read = [(ontology, len(tree)), (index, len(rows))]
    names: dict[str, str] = {}
    if "display_names" in sources:
        more = Source.read(sources["display_names"])
        names = read_display_names(more)
        read.append((more, len(names)))
    return class_table(tree, rows, names), [_counted(source, None, count, count, 0) for source, count in read]


def _judge(lists: dict[str, SegmentList], classes: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """All rows of all lists with the reason why one is no clip, and the label sets that they name."""
    rows = pl.concat(
        part.rows.with_columns(
            split=pl.lit(split).cast(pl.Categorical), source=pl.lit(part.source.path).cast(pl.Categorical)
        )
        for split, part in lists.items()
    )
    sets = split_sets(rows["text"], classes)
    rows = rows.join(sets.select("text", "label_set"), on="text", how="left", maintain_order="left").drop("text")
    nothing_known = sets.filter(pl.col("class_ids").list.len() == 0)["label_set"]
    rows = rejected(
        rows,
        pl.col("label_set").is_in(nothing_known.implode()),
        "no_known_label",
        pl.lit("none of its classes is in the ontology or the class list"),
    )
    return _reject_duplicates(rows), sets


def _reject_duplicates(rows: pl.DataFrame) -> pl.DataFrame:
    """Of rows with one id the first good one is kept: in the order of the dataset file, then of lines."""
    good = rows.filter(pl.col("reason").is_null())
    if all_distinct(good["clip_id"]):
        return rows
    first = good.group_by("clip_id", maintain_order=True).agg(
        kept_in=pl.format("{}, line {}", pl.col("source").cast(pl.String), pl.col("line")).first(),
        kept_source=pl.col("source").first(),
        kept_line=pl.col("line").first(),
    )
    rows = rows.join(first, on="clip_id", how="left", maintain_order="left")
    is_later = (pl.col("source") != pl.col("kept_source")) | (pl.col("line") != pl.col("kept_line"))
    detail = pl.format("{} is kept from {}", pl.col("clip_id"), pl.col("kept_in"))
    return rejected(rows, is_later, "duplicate_id", detail).drop("kept_in", "kept_source", "kept_line")


def _promised(kept: pl.LazyFrame, sets: pl.DataFrame, rights: dict[str, str]) -> pl.LazyFrame:
    names = sets.lazy().select("label_set", pl.col("class_ids", "class_names").cast(pl.List(pl.Categorical)))
    return kept.join(names, on="label_set", how="left", maintain_order="left").select(
        "clip_id",
        pl.col("clip_id").alias("media_key"),
        "split",
        "start_s",
        "end_s",
        "class_ids",
        "class_names",
        pl.lit(rights.get("audio"), dtype=pl.String).cast(pl.Categorical).alias("licence"),
        pl.concat_str(
            pl.lit("https://youtu.be/"), "clip_id", pl.lit("?start="), pl.col("start_s").floor().cast(pl.Int64)
        ).alias("source_url"),
        "source",
        pl.col("line").cast(pl.Int64),
    )


def _weak_labels(kept: pl.LazyFrame, sets: pl.DataFrame, classes: pl.DataFrame) -> pl.LazyFrame:
    said = with_ancestors(sets.select("label_set", "class_ids"), classes)
    nowhere = pl.lit(None, dtype=pl.Float64)
    return (
        kept.select("clip_id", "label_set")
        .join(said.lazy(), on="label_set", how="left", maintain_order="left")
        .explode("class_id", "class_name", "origin", "via_class_id")
        .with_columns(onset_s=nowhere, offset_s=nowhere, strength=pl.lit("weak").cast(pl.Categorical))
        .select(*schemas.LABELS.columns)
    )


def _strong_labels(events: pl.DataFrame, classes: pl.DataFrame) -> pl.DataFrame:
    """Events with what follows from each: a class by itself is a label set of one."""
    sets = classes.select(class_ids=pl.concat_list("class_id"), said="class_id").with_row_index("label_set")
    said = with_ancestors(sets.select("label_set", "class_ids"), classes).join(
        sets.select("label_set", "said"), on="label_set"
    )
    return (
        events.filter(pl.col("reason").is_null())
        .select("clip_id", "onset_s", "offset_s", said="class_id")
        .join(said, on="said", how="left", maintain_order="left")
        .explode("class_id", "class_name", "origin", "via_class_id")
        .with_columns(strength=pl.lit("strong").cast(pl.Categorical))
        .select(*schemas.LABELS.columns)
    )


def _label_rejects(kept: pl.DataFrame, sets: pl.DataFrame) -> pl.DataFrame:
    """Labels that were left out of rows that became clips."""
    left_out = pl.concat(
        sets.select("label_set", pl.lit(reason).alias("reason"), pl.col(column).alias("class_id"), words.alias("why"))
        .explode("class_id")
        .drop_nulls("class_id")
        for column, reason, words in (
            ("unknown", "unknown_class", pl.lit("is in no source of classes")),
            ("repeated", "repeated_class", pl.lit("stands there more than once")),
        )
    )
    return (
        kept.select("source", "line", "raw", "label_set")
        .join(left_out, on="label_set", how="inner", maintain_order="left_right")
        .select(
            pl.col("source").cast(pl.String),
            pl.col("line").cast(pl.Int64),
            pl.lit("label").alias("scope"),
            "reason",
            pl.concat_str("class_id", pl.lit(" "), "why").alias("detail"),
            "raw",
        )
    )


def _source_row(source: Source, declared: int | None, read: int, kept: pl.DataFrame, rejects: pl.DataFrame) -> Row:
    """Each count from its own place: lines of the file, rows that were kept, rows of the rejects."""
    in_rejects = rejects.filter((pl.col("scope") == "row") & (pl.col("source") == source.path))
    return _counted(source, declared, read, len(kept.filter(pl.col("source") == source.path)), len(in_rejects))


def _counted(source: Source, declared: int | None, read: int, kept: int, rejected: int) -> Row:
    return {
        "source": source.path,
        "sha256": source.sha256,
        "bytes": len(source.stored),
        "rows_declared": declared,
        "rows_read": read,
        "rows_kept": kept,
        "rows_rejected": rejected,
    }
