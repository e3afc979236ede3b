"""Which windows of which clips there are, and the folder of each."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import polars as pl

from workflow_scripts.exports.audio.form import AudioForm
from workflow_scripts.exports.audio.plan import OF_LEDGER, checked, is_so_already, sound_of
from workflow_scripts.exports.birdnet.windows import WINDOW_S, of_events, of_whole
from workflow_scripts.exports.events.files import LONGEST_NAME
from workflow_scripts.exports.events.labels import class_labels
from workflow_scripts.exports.events.parts import OF_LABELS
from workflow_scripts.exports.events.rows import DECIMALS, begins_in_media
from workflow_scripts.exports.events.said import nothing_said, said_in_media
from workflow_scripts.exports.reading import MEDIA, Tables, in_ranges
from workflow_scripts.exports.text import CONTROL

NOTHING_HEARD = "Background"
"""The folder of clips in which nothing is heard, which BirdNET knows as no class."""
READ = ["clip_id", "split", *OF_LEDGER]
SUFFIX = {"opus": "ogg"}
"""Of files where it is not the codec: BirdNET finds wav, flac, mp3, ogg, m4a, wma, aiff and aif alone."""


class ChosenPart(NamedTuple):
    """Some trainable clips.

    Attributes:
        clips: READ, and why any is `held_back`.
        windows: clip_id, window_s and `class_folder` of each window of those that are taken.
        rows: what is said of these, as `said_in_media` has it.
    """

    clips: pl.DataFrame
    windows: pl.DataFrame
    rows: pl.DataFrame


def folders(tables: Tables) -> pl.DataFrame:
    """What the folder of each class is called: `<scientific name>_<name>` as BirdNET calls species, or its name.

    A comma would part two classes, a dash at its start make it what is not heard, a slash be another folder.
    """
    is_species = (pl.col("scientific_name") != pl.col("name")).fill_null(value=False)
    both = pl.format("{}_{}", "scientific_name", "name")
    name = pl.when(is_species).then(both).otherwise("name").str.replace(r"^[-.\s]+", "")
    return class_labels(tables, "birdnet", f"{CONTROL}|[,/]", name)


def choose(tables: Tables, options: dict[str, Any]) -> Iterator[ChosenPart]:
    """All trainable clips, some at a time, in the order of the ledger."""
    called = folders(tables)
    labels = tables.lazy("labels").filter(pl.col("origin") != "ontology").select(OF_LABELS)
    as_text = pl.col(pl.Categorical).cast(pl.String)
    for some in in_ranges(tables.lazy("clips").filter("trainable").select(READ)):
        clips = some.with_columns(as_text, first_s=begins_in_media())
        clips = clips.with_columns(last_s=(pl.col("first_s") + pl.col("duration_s")).round(DECIMALS))
        said = labels.join(clips.lazy().select("clip_id"), on="clip_id", how="semi").collect().with_columns(as_text)
        yield _chosen(clips, said, called, options)


def planned(tables: Tables, options: dict[str, Any]) -> Iterator[pl.DataFrame]:
    """The rows of a plan, one a window, whose `clip_id` is that of its clip with the ms behind it where it begins."""
    form, checks = AudioForm.of(options["audio"]), checked(tables)
    suffix = SUFFIX.get(form.codec, form.codec)
    for part in choose(tables, options):
        windows = part.windows.join(part.clips, on="clip_id", how="left", maintain_order="left")
        windows = _cut_out(windows).hstack(checks.of(windows))
        ms = ((pl.col("window_s") - pl.col("first_s")) * 1000 + 0.5).floor().cast(pl.Int64)
        yield sound_of(windows, form, 0, is_so_already(form)).hstack(
            windows.select(
                pl.col("split").alias("group"),
                pl.format("{}_{}", "clip_id", ms).alias("clip_id"),
                pl.col("clip_id").alias("of_clip"),
                pl.lit(suffix).alias("suffix"),
                "class_folder",
            )
        )


def _cut_out(windows: pl.DataFrame) -> pl.DataFrame:
    """Windows as clips of their own, that begin with a sample of their media: so each has as many of them."""
    is_all = pl.col("duration_s") <= WINDOW_S
    begin = (pl.col("window_s") * pl.col("sample_rate")).round() / pl.col("sample_rate")
    return windows.with_columns(
        whole_media=pl.col("whole_media") & is_all,
        start_s=pl.when(is_all).then("start_s").otherwise(begin),
        end_s=pl.when(is_all).then("end_s").otherwise(begin + WINDOW_S),
        duration_s=pl.min_horizontal("duration_s", pl.lit(WINDOW_S)),
    )


def _chosen(clips: pl.DataFrame, labels: pl.DataFrame, called: pl.DataFrame, options: dict[str, Any]) -> ChosenPart:
    of_clips = clips.select("clip_id", *MEDIA, "whole_media", "start_s", "duration_s")
    rows = said_in_media(labels, of_clips, called)
    judged = clips.with_columns(held_back=nothing_said(clips, labels, rows, options["unlabelled"]))
    windows = _windows(judged.filter(pl.col("held_back").is_null()), rows, options["whole_clips"])
    long = windows.filter(pl.col("class_folder").str.len_bytes() > LONGEST_NAME)["clip_id"].unique()
    is_long = pl.col("clip_id").is_in(long.implode())
    held_back = pl.coalesce("held_back", pl.when(is_long).then(pl.lit("long_name")))
    return ChosenPart(judged.with_columns(held_back=held_back), windows.filter(~is_long), rows)


def _windows(clips: pl.DataFrame, rows: pl.DataFrame, whole_clips: str) -> pl.DataFrame:
    inside = rows.filter(pl.col("left_out").is_null())
    events, others = (inside.filter((pl.col("strength") == "strong") == is_so) for is_so in (True, False))
    with_events, whole = (clips.join(events, on="clip_id", how=how, maintain_order="left") for how in ("semi", "anti"))
    windows = pl.concat([of_events(with_events, events), of_whole(whole, others, whole_clips)])
    folder = pl.when(pl.col("labels").list.len() > 0).then(pl.col("labels").list.join(","))
    return windows.select("clip_id", "window_s", class_folder=folder.fill_null(NOTHING_HEARD))
