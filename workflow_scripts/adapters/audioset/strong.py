"""Strong labels: events with onset and offset.

Tab-separated, with a header that names the columns: as published `segment_id start_time_seconds end_time_seconds
label`, in other copies `filename event_label onset offset`, in any order. The segment is called as files are
(sources/youtube.py), with its start, from which onset and offset count, or without where its video has no other clip;
classes by id or, where it is one class's alone, by name.
"""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import polars as pl

from workflow_scripts.adapters.audioset.dialect import COLUMNS, header_names, names_again, places_of
from workflow_scripts.adapters.audioset.times import check_inside, check_seconds
from workflow_scripts.sources import youtube
from workflow_scripts.sources.faults import SourceError
from workflow_scripts.sources.ingested import Counted
from workflow_scripts.sources.label_sets import look_up
from workflow_scripts.sources.rejects import row_rejects, with_first_fault, without_long_rows
from workflow_scripts.sources.source import Source

EVENT_COLUMNS = {
    "segment": tuple(dict.fromkeys(("segment_id", "filename", *COLUMNS["name"]))),
    "onset_s": COLUMNS["start_s"],
    "offset_s": COLUMNS["end_s"],
    "label": tuple(dict.fromkeys(("label", "event_label", *COLUMNS["labels"]))),
}
"""As in segment lists, but that names with a start are looked for first."""


ROWS_AT_ONCE = 500_000
"""So many rows are held as texts of fields at a time."""


@dataclass(frozen=True)
class Events:
    """One list of events.

    Attributes:
        counted: the file, and the number of its data rows.
        rows: one row an event that can be taken: source, line, clip_row, class_row (places in the tables of clips and
            of classes), onset_s, offset_s.
        rejects: the others, as `rejects`.
    """

    counted: Counted
    rows: pl.DataFrame
    rejects: pl.DataFrame


def read_strong(path: str, clips: pl.DataFrame, classes: pl.DataFrame) -> Events:
    """Read one list of events.

    Args:
        path: of the file.
        clips: `media_key`, `start_s`, `end_s` of the clips that segment lists promise.
        classes: the `classes` table.

    Raises:
        SourceError: the header lacks a column, or the times are no seconds of the clips.
    """
    source = Source.read(path)
    counted, lines = Counted.of(source), source.lines()
    del source
    lines, long = without_long_rows(path, lines)
    lines = lines.filter(pl.col("raw").str.contains(r"\S"))
    places, videos = _places(path, lines), _Videos(clips)
    data = lines[1:].filter(~names_again(lines["raw"][0], "\t"))
    del lines
    parts = [data[first : first + ROWS_AT_ONCE] for first in range(0, len(data) or 1, ROWS_AT_ONCE)]
    judged = [_judged(path, part, places, videos, classes) for part in parts]
    rows, rejects = (pl.concat(of_all) for of_all in zip(*judged, strict=True))
    counted = replace(counted, read=len(data) + len(long))
    del data, parts
    of_clips = clips.select("start_s", "end_s")[rows["clip_row"]]
    check_inside(path, pl.concat([rows.select("line", "onset_s"), of_clips], how="horizontal"))
    del of_clips
    check_seconds(path, rows.select("line", start_s=pl.lit(0.0), end_s="offset_s"))
    return Events(counted, rows, pl.concat([long, rejects]))


def _judged(
    path: str, lines: pl.DataFrame, places: dict[str, int], videos: "_Videos", classes: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """`rows` and `rejects` of some lines."""
    field = pl.col("raw").str.split("\t")
    events = lines.with_columns(
        field.list.get(place, null_on_oob=True).str.strip_chars(' "').alias(name) for name, place in places.items()
    ).with_columns(
        pl.col("onset_s", "offset_s").cast(pl.Float64, strict=False),
        says_nothing=pl.all_horizontal(pl.col("onset_s", "offset_s", "label") == ""),
    )
    class_rows = classes.select("class_id").with_row_index("class_row")
    called = look_up(events["label"], classes).join(class_rows, on="class_id", how="left", maintain_order="left")
    events = events.join(_segments(events["segment"], videos), on="segment", how="left", maintain_order="left")
    events = events.join(called, on="label", how="left", maintain_order="left")
    events = with_first_fault(events, _faults(max(places.values()))).with_columns(source=pl.lit(path))
    good = events.filter(pl.col("reason").is_null())
    return good.select(
        pl.col("source").cast(pl.Categorical), "line", "clip_row", "class_row", "onset_s", "offset_s"
    ), row_rejects(events)


_SIDES: tuple[Literal["left", "right"], ...] = ("left", "right")


class _Videos:
    """The clips of each video, found by its hash."""

    def __init__(self, clips: pl.DataFrame) -> None:
        hashes = clips["media_key"].hash()
        self._clips = clips.with_row_index("clip_row")
        self._order = hashes.arg_sort().to_numpy()
        self._hashes = hashes.to_numpy()[self._order]

    def clips_of(self, media_keys: pl.Series) -> pl.DataFrame:
        """The clips of some videos, in order."""
        asked = media_keys.drop_nulls().unique()
        first, behind = (np.searchsorted(self._hashes, asked.hash().unique().to_numpy(), side) for side in _SIDES)
        counts = behind - first
        within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        places = np.sort(self._order[np.repeat(first, counts) + within])
        return self._clips[places].filter(pl.col("media_key").is_in(asked.implode()))


def _places(path: str, lines: pl.DataFrame) -> dict[str, int]:
    header = header_names(lines["raw"][0], "\t") if len(lines) else []
    places = places_of(header, EVENT_COLUMNS)
    if missing := [" or ".join(known) for name, known in EVENT_COLUMNS.items() if name not in places]:
        raise SourceError(
            f"{path}, line 1: expected tab-separated columns, found no {', no '.join(missing)} in {header}"
        )
    return places


def _segments(names: pl.Series, videos: _Videos) -> pl.DataFrame:
    """What each name means: `segment`, `is_named` (it is a name that means one clip at most), and what clip that is.

    That is its `clip_row`, null if none is promised. Of several that start there it is the first that ends as the name
    says, or else the first.
    """
    segments = names.drop_nulls().unique(maintain_order=True).alias("segment").to_frame()
    segments = segments.with_columns(said=youtube.read(pl.col("segment"))).unnest("said")
    clips = videos.clips_of(segments["media_key"])
    several = clips.filter(pl.col("media_key").is_duplicated())["media_key"].unique()
    is_sure = pl.col("named_start").is_not_null() | ~pl.col("media_key").is_in(several.implode())
    starts_so, ends_so = (youtube.same_start(pl.col(f"named_{one}"), pl.col(f"{one}_s")) for one in ("start", "end"))
    meant = (
        segments.join(clips, on="media_key", maintain_order="left")
        .filter(pl.when(pl.col("named_start").is_null()).then(is_sure).otherwise(starts_so))
        .sort(~ends_so.fill_null(False), maintain_order=True)
        .unique("segment", keep="first", maintain_order=True)
        .select("segment", "clip_row")
    )
    segments = segments.select("segment", is_named=pl.col("media_key").is_not_null() & is_sure)
    return segments.join(meant, on="segment", how="left")


def _faults(last: int) -> list[tuple[str, pl.Expr, pl.Expr]]:
    onset, offset = pl.col("onset_s"), pl.col("offset_s")
    no_class = pl.col("class_row").is_null()
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
            pl.col("clip_row").is_null(),
            pl.format("no segment list promises {}", pl.col("segment")),
        ),
        (
            "ambiguous_class",
            no_class & (pl.col("classes").fill_null(0) > 1),
            pl.format("{} is the name of several classes", pl.col("label")),
        ),
        ("unknown_class", no_class, pl.format("{} is in no source of classes", pl.col("label"))),
    ]
