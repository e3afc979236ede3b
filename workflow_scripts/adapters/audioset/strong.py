"""Strong labels: events with onset and offset.

Tab-separated, with a header that names the columns: as published `segment_id start_time_seconds end_time_seconds
label`, in other copies `filename event_label onset offset`, in any order. The segment is called as files are
(sources/youtube.py), with its start, from which onset and offset count, or without where its video has no other clip;
classes by id or, where it is one class's alone, by name.
"""

import polars as pl

from workflow_scripts.adapters.audioset.dialect import COLUMNS, header_names, names_again, places_of
from workflow_scripts.adapters.audioset.times import check_inside, check_seconds
from workflow_scripts.sources import youtube
from workflow_scripts.sources.faults import SourceError
from workflow_scripts.sources.label_sets import look_up
from workflow_scripts.sources.rejects import with_first_fault
from workflow_scripts.sources.source import Source

EVENT_COLUMNS = {
    "segment": tuple(dict.fromkeys(("segment_id", "filename", *COLUMNS["name"]))),
    "onset_s": COLUMNS["start_s"],
    "offset_s": COLUMNS["end_s"],
    "label": tuple(dict.fromkeys(("label", "event_label", *COLUMNS["labels"]))),
}
"""As in segment lists, but that names with a start are looked for first."""


def read_strong(source: Source, clips: pl.DataFrame, classes: pl.DataFrame) -> pl.DataFrame:
    """Read one list of events.

    Args:
        source: the file.
        clips: `clip_id`, `media_key`, `start_s`, `end_s` of the clips that segment lists promise.
        classes: the `classes` table.

    Returns:
        One row a data row: source, line, raw, clip_id, class_id, onset_s, offset_s, and reason and detail, which are
        null where the event can be taken.

    Raises:
        SourceError: the header lacks a column, or the times are no seconds of the clips.
    """
    lines = source.lines().filter(pl.col("raw").str.strip_chars() != "")
    places = _places(source, lines)
    field = pl.col("raw").str.split("\t")
    events = lines[1:].with_columns(
        field.list.get(place, null_on_oob=True).str.strip_chars(' "').alias(name) for name, place in places.items()
    )
    events = events.filter(~names_again(lines["raw"][0], "\t")).with_columns(
        pl.col("onset_s", "offset_s").cast(pl.Float64, strict=False),
        says_nothing=pl.all_horizontal(pl.col("onset_s", "offset_s", "label") == ""),
    )
    events = events.join(_segments(events["segment"], clips), on="segment", how="left", maintain_order="left")
    events = events.join(look_up(events["label"], classes), on="label", how="left", maintain_order="left")
    events = with_first_fault(events, _faults(max(places.values())))
    good = events.filter(pl.col("reason").is_null())
    check_inside(source.path, good)
    check_seconds(source.path, good.select("line", start_s=pl.lit(0.0), end_s="offset_s"))
    events = events.with_columns(source=pl.lit(source.path).cast(pl.Categorical))
    return events.select("source", "line", "raw", "clip_id", "class_id", "onset_s", "offset_s", "reason", "detail")


def _places(source: Source, lines: pl.DataFrame) -> dict[str, int]:
    header = header_names(lines["raw"][0], "\t") if len(lines) else []
    places = places_of(header, EVENT_COLUMNS)
    if missing := [" or ".join(known) for name, known in EVENT_COLUMNS.items() if name not in places]:
        raise SourceError(
            f"{source.path}, line 1: expected tab-separated columns, found no {', no '.join(missing)} in {header}"
        )
    return places


def _segments(names: pl.Series, clips: pl.DataFrame) -> pl.DataFrame:
    """What each name means: `segment`, `is_named` (it is a name that means one clip at most), and what clip that is.

    That is `clip_id`, `start_s` and `end_s`, null if none is promised. Of several that start there it is the first that
    ends as the name says, or else the first.
    """
    segments = names.drop_nulls().unique(maintain_order=True).alias("segment").to_frame()
    segments = segments.with_columns(said=youtube.read(pl.col("segment"))).unnest("said")
    clips = clips.join(segments, on="media_key", how="semi", maintain_order="left")
    several = clips.filter(pl.col("media_key").is_duplicated())["media_key"].unique()
    is_sure = pl.col("named_start").is_not_null() | ~pl.col("media_key").is_in(several.implode())
    starts_so, ends_so = (youtube.same_start(pl.col(f"named_{one}"), pl.col(f"{one}_s")) for one in ("start", "end"))
    meant = (
        segments.join(clips, on="media_key", maintain_order="left")
        .filter(pl.when(pl.col("named_start").is_null()).then(is_sure).otherwise(starts_so))
        .sort(~ends_so.fill_null(False), maintain_order=True)
        .unique("segment", keep="first", maintain_order=True)
        .select("segment", "clip_id", "start_s", "end_s")
    )
    segments = segments.select("segment", is_named=pl.col("media_key").is_not_null() & is_sure)
    return segments.join(meant, on="segment", how="left")


def _faults(last: int) -> list[tuple[str, pl.Expr, pl.Expr]]:
    onset, offset = pl.col("onset_s"), pl.col("offset_s")
    no_class = pl.col("class_id").is_null()
    return [
        (
            "malformed_row",
            pl.col("raw").str.count_matches("\t") < max(3, last),
            pl.lit("fewer than four fields"),
        ),
        (
            "bad_id",
            ~pl.col("is_named").fill_null(False),
            pl.format("{} does not say which clip is meant, as <id>_<start in ms> does", pl.col("segment")),
        ),
        ("no_event", pl.col("says_nothing"), pl.format("{} is named without an event", pl.col("segment"))),
        (
            "bad_time",
            ~(onset.is_finite() & offset.is_finite() & (onset >= 0)).fill_null(False),
            pl.lit("onset and offset are not both numbers of seconds from 0 on"),
        ),
        ("backward_time", offset <= onset, pl.format("ends at {} s, where it starts at {} s", offset, onset)),
        (
            "unknown_clip",
            pl.col("clip_id").is_null(),
            pl.format("no segment list promises {}", pl.col("segment")),
        ),
        (
            "ambiguous_class",
            no_class & (pl.col("classes").fill_null(0) > 1),
            pl.format("{} is the name of several classes", pl.col("label")),
        ),
        ("unknown_class", no_class, pl.format("{} is in no source of classes", pl.col("label"))),
    ]
