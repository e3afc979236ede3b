"""Strong labels: events with onset and offset.

Tab-separated, `segment_id start_time_seconds end_time_seconds label` or `filename event_label onset offset`; the
segment is called `<id>_<start of the clip in milliseconds>`.
"""

import polars as pl

from workflow_scripts.sources.rejects import with_first_fault
from workflow_scripts.sources.source import Source, SourceError

COLUMNS = {
    "segment": ("segment_id", "filename"),
    "onset_s": ("start_time_seconds", "onset"),
    "offset_s": ("end_time_seconds", "offset"),
    "class_id": ("label", "event_label"),
}


def read_strong(source: Source, clips: pl.DataFrame, classes: pl.DataFrame) -> pl.DataFrame:
    """Read one list of events.

    Args:
        source: the file.
        clips: `clip_id`, `start_s` of the clips that segment lists promise.
        classes: the `classes` table.

    Returns:
        One row a data row: source, line, raw, clip_id, class_id, onset_s, offset_s, and reason and detail, which are
        null where the event can be taken.

    Raises:
        SourceError: the header has neither set of columns.
    """
    lines = source.lines().filter(pl.col("raw").str.strip_chars() != "")
    header = lines["raw"][0].split("\t") if len(lines) else []
    places = {name: place for name, known in COLUMNS.items() if (place := _place(header, known)) is not None}
    if missing := [" or ".join(known) for name, known in COLUMNS.items() if name not in places]:
        raise SourceError(
            f"{source.path}, line 1: expected tab-separated columns, found no {', no '.join(missing)} in {header}"
        )
    field = pl.col("raw").str.split("\t")
    events = lines[1:].with_columns(
        field.list.get(place, null_on_oob=True).str.strip_chars().alias(name) for name, place in places.items()
    )
    events = events.with_columns(
        pl.col("onset_s", "offset_s").cast(pl.Float64, strict=False),
        clip_id=pl.col("segment").str.extract(r"^([A-Za-z0-9_-]{11})_\d+$"),
        start_ms=pl.col("segment").str.extract(r"^[A-Za-z0-9_-]{11}_(\d+)$").cast(pl.Int64, strict=False),
    )
    promised = clips.select("clip_id", promised_ms=(pl.col("start_s") * 1000).round().cast(pl.Int64))
    events = events.join(promised, on="clip_id", how="left", maintain_order="left")
    events = with_first_fault(events, _faults(classes))
    events = events.with_columns(source=pl.lit(source.path).cast(pl.Categorical))
    return events.select("source", "line", "raw", "clip_id", "class_id", "onset_s", "offset_s", "reason", "detail")


def _place(header: list[str], known: tuple[str, ...]) -> int | None:
    return next((place for place, name in enumerate(header) if name.strip() in known), None)


def _faults(classes: pl.DataFrame) -> list[tuple[str, pl.Expr, pl.Expr]]:
    onset, offset = pl.col("onset_s"), pl.col("offset_s")
    return [
        ("malformed_row", pl.col("raw").str.count_matches("\t") < 3, pl.lit("fewer than four fields")),
        ("bad_id", pl.col("clip_id").is_null(), pl.format("{} is not <id>_<start in ms>", pl.col("segment"))),
        (
            "bad_time",
            ~(onset.is_finite() & offset.is_finite() & (onset >= 0)).fill_null(False),
            pl.lit("onset and offset are not both numbers of seconds from 0 on"),
        ),
        ("backward_time", offset <= onset, pl.format("ends at {} s, where it starts at {} s", offset, onset)),
        (
            "unknown_clip",
            (pl.col("promised_ms") != pl.col("start_ms")).fill_null(True),
            pl.format("no segment list promises {}", pl.col("segment")),
        ),
        (
            "unknown_class",
            ~pl.col("class_id").is_in(classes["class_id"].implode()),
            pl.format("{} is in no source of classes", pl.col("class_id")),
        ),
    ]
