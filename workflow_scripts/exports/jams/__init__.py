"""A JAMS file of each media: what is heard in each of its clips.

Source of the form: https://github.com/marl/jams (schemata/jams_schema.json, namespaces tag_open and segment_open),
version 0.3.5; E. J. Humphrey et al., "JAMS: A JSON annotated music specification", ISMIR 2014.
"""

from pathlib import Path
from typing import Any

import polars as pl

from workflow_scripts.exports.events.files import write_texts
from workflow_scripts.exports.events.labels import class_labels
from workflow_scripts.exports.events.media import durations
from workflow_scripts.exports.events.rows import DECIMALS, begins_in_media
from workflow_scripts.exports.events.taking import EventsTaken, Heard
from workflow_scripts.exports.formats import Written
from workflow_scripts.exports.reading import Tables

SUFFIX = ".jams"
FOLDER = "jams"
VERSION = "0.3.5"
NAMESPACES = {"strong": "segment_open", "weak": "tag_open"}
OBSERVATION = pl.struct(
    time="begin_s", duration=(pl.col("end_s") - pl.col("begin_s")).round(DECIMALS), value="label", confidence="value"
)


def export(tables: Tables, options: dict[str, Any], folder: Path, final_folder: Path) -> Written:
    """Write jams/<path of the media>.jams and labels.json."""
    taken = EventsTaken(tables, class_labels(tables, "jams"), SUFFIX, options["unlabelled"], with_weak=True)
    lengths = durations(tables)
    for heard in taken.parts(folder):
        clips = heard.clips.with_columns(lengths.of(heard.clips))
        write_texts(_files(heard._replace(clips=clips)).iter_rows(), folder / FOLDER)
    return taken.written(folder)


def _files(heard: Heard) -> pl.DataFrame:
    """`file` and its text; the annotations of a media in the order of its clips."""
    metadata = pl.struct(
        title=pl.col("below").str.split("/").list.last(),
        duration="media_duration_s",
        identifiers=pl.struct(path="below"),
        jams_version=pl.lit(VERSION),
    )
    each = _annotations(heard).group_by("file", maintain_order=True).agg("annotation", metadata=metadata.first())
    text = pl.struct(annotations="annotation", file_metadata="metadata").struct.json_encode()
    return each.select("file", text + "\n")


def _annotations(heard: Heard) -> pl.DataFrame:
    """An `annotation` for each clip and strength, in JAMS' own words, beside the columns of the clip.

    It says of what stretch of the media it speaks; one without data speaks of a clip in which nothing is heard.
    """
    said = heard.rows.group_by("clip_id", "strength", maintain_order=True).agg(data=OBSERVATION)
    clips = heard.clips.join(said, on="clip_id", how="left", maintain_order="left")
    annotation = pl.struct(
        namespace=pl.col("strength").fill_null("strong").replace_strict(NAMESPACES, return_dtype=pl.String),
        time=begins_in_media(),
        duration="duration_s",
        data=pl.col("data").fill_null([]),
        annotation_metadata=pl.struct(corpus=pl.lit("")),
        sandbox=pl.struct("clip_id", "split"),
    )
    return clips.with_columns(annotation=annotation)
