"""From AudioSet's files to the tables of an ingest."""

from collections.abc import Iterator
from typing import Any

import polars as pl

from workflow_scripts.adapters import IngestSettings
from workflow_scripts.adapters.audioset.clips import Clips, find_clips
from workflow_scripts.adapters.audioset.segments import read_segments
from workflow_scripts.adapters.audioset.strong import Events, read_strong
from workflow_scripts.sources import youtube
from workflow_scripts.sources.classes import read_classes
from workflow_scripts.sources.files import refuse_one_file_twice
from workflow_scripts.sources.ingested import Ingested, source_table
from workflow_scripts.sources.labels import strong_labels, weak_labels
from workflow_scripts.sources.rejects import row_rejects, with_raw
from workflow_scripts.tables import schemas


def ingest(settings: IngestSettings) -> Ingested:
    """Read all sources of an AudioSet.

    Raises:
        SourceError: a source that cannot be used at all; single bad rows become rejects instead.
    """
    refuse_one_file_twice(_named(settings.sources))
    read = read_classes(settings.sources)
    classes = read.table
    lists = {
        split: read_segments(path, settings.sources["on_count_mismatch"], classes)
        for split, path in settings.sources["segments"].items()
    }
    found = find_clips(lists)
    clips = found.clips.select("media_key", "start_s", "end_s")
    events = [read_strong(path, clips, classes) for path in settings.sources["strong"]]
    labels = [_weak_labels(found, classes), *(_strong_labels(part, found, classes) for part in events)]
    of_events = (part.rejects for part in events)
    rejects = pl.concat([found.rejects, *of_events, row_rejects(read.rows), _label_rejects(found)])
    of_classes = read.rows.lazy().filter(pl.col("reason").is_null())
    kept = pl.concat(map(_kept, [*map(found.named, [found.rows, *(part.rows for part in events)]), of_classes]))
    counted = [*(part.counted for part in lists.values()), *(part.counted for part in events)]
    return Ingested(
        promised=_promised(found, settings.rights),
        labels=pl.concat(labels),
        found_captions=schemas.FOUND_CAPTIONS.empty().lazy(),
        classes=classes.lazy(),
        origins=schemas.ORIGINS.empty().lazy(),
        rejects=rejects.sort("source", "line", maintain_order=True).lazy(),
        sources=source_table([*counted, *read.counted], kept, rejects.lazy()),
        kept=kept,
    )


def _named(sources: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Every file of the sources and what it is named as."""
    yield from ((f"segments.{split}", path) for split, path in sources["segments"].items())
    yield from ((f"strong[{ordinal}]", path) for ordinal, path in enumerate(sources["strong"]))
    yield from ((key, sources[key]) for key in ("ontology", "classes", "display_names") if key in sources)


def _kept(rows: pl.LazyFrame) -> pl.LazyFrame:
    return rows.select("source", pl.col("line").cast(pl.Int64), "clip_id")


def _promised(found: Clips, rights: dict[str, str]) -> pl.LazyFrame:
    names = found.sets.lazy().select("label_set", pl.col("class_ids", "class_names").cast(pl.List(pl.Categorical)))
    return (
        found.clips.lazy()
        .join(names, on="label_set", how="left", maintain_order="left")
        .select(
            "clip_id",
            "media_key",
            "split",
            "start_s",
            "end_s",
            "class_ids",
            "class_names",
            pl.lit(rights.get("audio"), dtype=pl.String).cast(pl.Categorical).alias("licence"),
            youtube.address(pl.col("media_key"), pl.col("start_s")),
            "source",
            pl.col("line").cast(pl.Int64),
        )
    )


def _weak_labels(found: Clips, classes: pl.DataFrame) -> pl.LazyFrame:
    clips = found.clips.lazy().select("clip_id", "label_set")
    return weak_labels(clips, found.sets.select("label_set", "class_ids"), classes)


def _strong_labels(events: Events, found: Clips, classes: pl.DataFrame) -> pl.LazyFrame:
    of_clips = found.named(events.rows).select("clip_id", "onset_s", "offset_s", label_set="class_row")
    return strong_labels(of_clips, classes)


def _label_rejects(found: Clips) -> pl.DataFrame:
    """Labels that were left out of rows that were kept."""
    left_out = pl.concat(
        found.sets.select("label_set", pl.col(column).alias("label"), reason=pl.lit(reason), why=pl.lit(why))
        .explode("label")
        .drop_nulls("label")
        for column, reason, why in (
            ("unknown", "unknown_class", "is in no source of classes"),
            ("ambiguous", "ambiguous_class", "is the name of several classes"),
            ("repeated", "repeated_class", "stands there more than once"),
        )
    )
    rows = found.rows.filter(pl.col("label_set").is_in(left_out["label_set"].implode()))
    return (
        with_raw(rows.select("source", "line", "label_set"), found.raw)
        .join(left_out, on="label_set", how="inner", maintain_order="left_right")
        .select(
            "source",
            pl.col("line").cast(pl.Int64),
            pl.lit("label").alias("scope"),
            "reason",
            pl.concat_str("label", pl.lit(" "), "why").alias("detail"),
            "raw",
        )
    )
