"""Which 3 s of clips are cut out, and what is heard in them; all times are those of the media."""

import bisect
from collections.abc import Iterable

import polars as pl

WINDOW_S = 3.0
"""What BirdNET hears at once."""
HEARD_S = 0.5
"""An event is heard in a window that has so much of it, or half of it."""
APART_S = 0.001
"""Windows that begin within so much of each other are one: files are called by milliseconds."""
NO_LABEL = pl.lit([], pl.List(pl.String))


def around(events: Iterable[tuple[float, float]], first_s: float, last_s: float) -> list[float]:
    """Where the windows of a clip begin that has events, in seconds and in order.

    Events are gone through in order of time. One that lies in a window as a whole needs no other. A window has its
    event in its middle, as far as the clip goes; an event that is longer gets as many as it holds, side by side in its
    middle. Where the clip is no longer than a window it is all of it.

    >>> around([(4.0, 5.0), (4.5, 5.5), (8.0, 15.0)], 0.0, 20.0)
    [3.0, 8.5, 11.5]

    Args:
        events: begin and end of each, within the clip.
        first_s: where the clip begins.
        last_s: where it ends.
    """
    last = max(first_s, last_s - WINDOW_S)
    begins: list[float] = []
    for begin, end in sorted(events):
        if (place := bisect.bisect_right(begins, begin)) and end <= begins[place - 1] + WINDOW_S:
            continue
        count = max(1, int((end - begin) // WINDOW_S))
        middle = begin + (end - begin - count * WINDOW_S) / 2
        for number in range(count):
            window = min(max(first_s, middle + number * WINDOW_S), last)
            place = bisect.bisect_left(begins, window - APART_S)
            if place == len(begins) or begins[place] > window + APART_S:
                begins.insert(place, window)
    return begins


def of_events(clips: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """The windows of clips that have events.

    Args:
        clips: clip_id, first_s and last_s, where each begins and ends.
        rows: clip_id, begin_s, end_s and label of what is heard in them.

    Returns:
        clip_id, window_s, where it begins, and `labels`, sorted.
    """
    each = rows.group_by("clip_id", maintain_order=True).agg("begin_s", "end_s")
    told = clips.select("clip_id", "first_s", "last_s").join(each, on="clip_id", maintain_order="left")
    begins = [around(zip(begin, end, strict=True), *clip) for _, *clip, begin, end in told.iter_rows()]
    windows = told.select("clip_id", window_s=pl.Series(begins, dtype=pl.List(pl.Float64))).explode("window_s")
    return windows.join(_heard(windows, rows), on=["clip_id", "window_s"], maintain_order="left")


def of_whole(clips: pl.DataFrame, rows: pl.DataFrame, which: str) -> pl.DataFrame:
    """The windows of clips of which something is said as a whole, or that nothing is heard.

    Args:
        clips: clip_id, first_s and last_s, where each begins and ends.
        rows: clip_id and label of what is said of them.
        which: `centre`, the one in the middle, or `all` that a clip holds, side by side from its start.

    Returns:
        As `of_events`.
    """
    spare = (pl.col("last_s") - pl.col("first_s") - WINDOW_S).round(6).clip(0)
    steps = pl.concat_list(spare / 2)
    if which == "all":
        numbers = pl.int_ranges(0, (spare // WINDOW_S).cast(pl.Int64) + 1)
        steps = numbers.list.eval(pl.element() * WINDOW_S)
    windows = clips.select("clip_id", "first_s", step=steps).explode("step")
    labels = rows.group_by("clip_id").agg(labels=pl.col("label").unique().sort())
    told = windows.join(labels, on="clip_id", how="left", maintain_order="left")
    return told.select(
        "clip_id", window_s=pl.col("first_s") + pl.col("step"), labels=pl.col("labels").fill_null(NO_LABEL)
    )


def _heard(windows: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """The labels of each window: of the thousands that a day has of either, only those are asked that lie near it."""
    near_windows = _near(windows, "window_s", pl.col("window_s") + WINDOW_S)
    near_rows = _near(rows.select("clip_id", "begin_s", "end_s", "label"), "begin_s", pl.col("end_s"))
    both = near_windows.join(near_rows, on=["clip_id", "near"])
    has = pl.min_horizontal("end_s", pl.col("window_s") + WINDOW_S) - pl.max_horizontal("begin_s", "window_s")
    enough = pl.min_horizontal(pl.lit(HEARD_S), (pl.col("end_s") - pl.col("begin_s")) / 2)
    heard = both.filter(has >= enough)
    return heard.group_by("clip_id", "window_s").agg(labels=pl.col("label").unique().sort())


def _near(rows: pl.DataFrame, begin: str, end: pl.Expr) -> pl.DataFrame:
    """Rows, once for each of the stretches, as long as a window, that they touch."""
    first, last = ((second // WINDOW_S).cast(pl.Int64) for second in (pl.col(begin), end))
    return rows.with_columns(near=pl.int_ranges(first, last + 1)).explode("near")
