"""The tables of a dataset that was planned."""

from dataclasses import replace

import polars as pl

from workflow_scripts.adapters import IngestSettings
from workflow_scripts.sources.ingested import KEPT, Counted, Ingested, source_table
from workflow_scripts.sources.labels import background_labels, strong_labels, weak_labels
from workflow_scripts.sources.source import Source
from workflow_scripts.tables import schemas

_ENUM = pl.Categorical


def ingest(settings: IngestSettings) -> Ingested:
    """Read what was planned: rows that the workflow wrote, so none is rejected.

    Raises:
        SourceError: a file of the plan is gone.
    """
    paths = settings.sources
    scenes, heard, classes = (pl.read_parquet(paths[name]) for name in ("scenes", "heard", "classes"))
    tables = {"scenes": scenes, "heard": heard, "classes": classes}
    numbered = {
        name: table.with_row_index("line", 1).with_columns(pl.col("line").cast(pl.Int64), source=pl.lit(paths[name]))
        for name, table in tables.items()
    }
    numbered["classes"] = numbered["classes"].with_columns(clip_id=pl.lit(None, pl.String))
    kept = pl.concat(
        table.select(pl.col(name).cast(kind) for name, kind in KEPT.items()) for table in numbered.values()
    ).lazy()
    rejects = schemas.REJECTS.empty().lazy()
    counted = [_counted(paths[name], len(table)) for name, table in tables.items()]
    return Ingested(
        promised=_promised(numbered["scenes"], heard, classes, settings),
        labels=_labels(heard, classes),
        found_captions=_captions(scenes),
        classes=classes.lazy(),
        origins=schemas.ORIGINS.empty().lazy(),
        rejects=rejects,
        sources=source_table(counted, kept, rejects),
        kept=kept,
    )


def _counted(path: str, rows: int) -> Counted:
    """A file of the plan, which says how many rows it has: where nothing is labelled nothing is heard, no loss."""
    return replace(Counted.of(Source.read(path), rows), declared=rows)


def _promised(
    scenes: pl.DataFrame, heard: pl.DataFrame, classes: pl.DataFrame, settings: IngestSettings
) -> pl.LazyFrame:
    annotated = heard.filter(pl.col("origin") == "annotated").unique(["clip_id", "class_id"], maintain_order=True)
    names = classes.select("class_id", class_name="name")
    of_clip = (
        annotated.join(names, on="class_id", maintain_order="left")
        .sort("clip_id", "class_id")
        .group_by("clip_id", maintain_order=True)
        .agg(class_ids="class_id", class_names="class_name")
    )
    nothing = pl.lit([], pl.List(pl.String))
    codec = settings.mapping["derive"]["render"]["codec"]
    return (
        scenes.join(of_clip, on="clip_id", how="left", maintain_order="left")
        .with_columns(
            pl.concat_str("clip_id", pl.lit(f".{codec}")).alias("media_key"),
            pl.lit(None, pl.Float64).alias("start_s"),
            pl.lit(None, pl.Float64).alias("end_s"),
            pl.lit(settings.rights.get("audio"), pl.String).cast(_ENUM).alias("licence"),
            pl.lit(None, pl.String).alias("source_url"),
            pl.col("source").cast(_ENUM),
            pl.col("split").cast(pl.String).cast(_ENUM),
            *(pl.coalesce(name, nothing).cast(pl.List(_ENUM)).alias(name) for name in ("class_ids", "class_names")),
        )
        .select(*schemas.PROMISED.columns)
        .lazy()
    )


def _labels(heard: pl.DataFrame, classes: pl.DataFrame) -> pl.LazyFrame:
    is_background = pl.col("origin") == "background"
    said = heard.filter(~is_background)
    places = classes.select("class_id").with_row_index("label_set")
    events = said.drop_nulls("onset_s").join(places, on="class_id", maintain_order="left")
    strong = strong_labels(events.select("clip_id", "onset_s", "offset_s", "label_set").lazy(), classes)
    weak_rows = said.filter(pl.col("onset_s").is_null()).group_by("clip_id", maintain_order=True).agg("class_id")
    sets = weak_rows.select(class_ids="class_id").unique(maintain_order=True).with_row_index("label_set")
    clips = weak_rows.join(sets.rename({"class_ids": "class_id"}), on="class_id", maintain_order="left")
    weak = weak_labels(clips.select("clip_id", "label_set").lazy(), sets, classes)
    behind = background_labels(
        heard.filter(is_background).select("clip_id", "class_id").unique(maintain_order=True).lazy(), classes
    )
    return pl.concat([strong, weak, behind])


def _captions(scenes: pl.DataFrame) -> pl.LazyFrame:
    said = scenes.drop_nulls("caption")
    return said.select("clip_id", pl.lit(0, pl.Int32).alias("ordinal"), pl.col("caption").alias("text")).lazy()
