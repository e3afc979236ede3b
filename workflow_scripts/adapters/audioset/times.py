"""Times that are no seconds, noticed by what they would mean."""

import math
from collections.abc import Iterable

import polars as pl

from workflow_scripts.sources import youtube
from workflow_scripts.sources.faults import SourceError, shown

HOUR_S = 3600.0
DAY_S = 24 * HOUR_S
USUAL_S = 10.0
"""AudioSet's segments are ten seconds long, but for some at a video's end."""
UNITS = {
    1.0: "a time of something else than the video",
    1e3: "milliseconds",
    16e3: "samples at 16,000 Hz",
    22.05e3: "samples at 22,050 Hz",
    32e3: "samples at 32,000 Hz",
    44.1e3: "samples at 44,100 Hz",
    48e3: "samples at 48,000 Hz",
    1e6: "microseconds",
}
"""How many of them a second has, and what they are."""


def check_seconds(path: str, rows: pl.DataFrame) -> None:
    """Stop where the times of a list are no seconds.

    The rule: more than half of the spans are longer than an hour, or more than one start in twenty lies beyond 24
    hours, which no video has; and in either case more than one row does. A single odd row is left to the ledger, as
    is a list of one row. What they are is told from the span in the middle: the unit in which it comes next to ten
    seconds.

    Args:
        path: of the list.
        rows: its good rows: `line`, `start_s`, `end_s`.

    Raises:
        SourceError: they are no seconds; says what they look like, and the first row.
    """
    timed, span = rows["start_s"].count(), pl.col("end_s") - pl.col("start_s")
    long, late = rows.filter(span > HOUR_S), rows.filter(pl.col("start_s") > DAY_S)
    if len(long) * 2 > timed and len(long) > 1:
        odd, what = long, "spans are longer than an hour"
    elif len(late) * 20 > timed and len(late) > 1:
        odd, what = late, "starts lie beyond 24 hours"
    else:
        return
    rate = _unit(rows.select(span.median()).item() or USUAL_S)
    line, start, end = odd.select("line", "start_s", "end_s").row(0)
    mend = f": divide by {rate:.0f}" if rate > 1 else "; write seconds from the video's beginning"
    raise SourceError(
        f"{path}: {len(odd):,} of its {timed:,} {what} (line {line} starts at {start:g}"
        f"{'' if end is None else f' and ends at {end:g}'}), so its times are no seconds; "
        f"they look like {UNITS[rate]}{mend}"
    )


def check_starts(path: str, rows: pl.DataFrame) -> None:
    """Stop where the times of a list are not those of its clips: most of the starts in names, and more than one.

    Args:
        path: of the list.
        rows: its good rows: `line`, `name`, `named_start`, `start_s`.

    Raises:
        SourceError: they are not; says what they look like, and the first row.
    """
    named = rows.drop_nulls("named_start")
    odd = named.filter(~youtube.same_start(pl.col("named_start"), pl.col("start_s")))
    if len(odd) * 2 <= len(named) or len(odd) < 2:
        return
    line, name, start = odd.select("line", "name", "start_s").row(0)
    raise SourceError(
        f"{path}: {len(odd):,} of its {len(named):,} names have another start than their rows (line {line} "
        f"starts at {start:g} and is called {shown(name)!r}), so its times look like events inside clips: name the "
        f"list under `strong`; if they are those of the clips, write ids without a start"
    )


def check_inside(path: str, events: pl.DataFrame) -> None:
    """Stop where events begin when their clips have ended: more than one in twenty, and more than one.

    Args:
        path: of the list.
        events: its good rows: `line`, `onset_s`, and `start_s` and `end_s` of the clip.

    Raises:
        SourceError: they do; says what their times look like, and the first row.
    """
    onset, length = pl.col("onset_s"), pl.col("end_s") - pl.col("start_s")
    beyond = events.filter(onset >= length)
    if len(beyond) * 20 <= events["end_s"].count() or len(beyond) < 2:
        return
    timed = events.drop_nulls("end_s")
    line, at, length_s = beyond.select("line", "onset_s", length).row(0)
    rates = [rate for rate in UNITS if len(timed.filter(onset / rate >= length)) * 20 <= len(timed)]
    if len(beyond.filter(onset.is_between("start_s", "end_s"))) * 2 > len(beyond):
        mend = "they look like seconds of the video: subtract the clip's start"
    elif rates:
        mend = f"they look like {UNITS[rates[0]]}: divide by {rates[0]:.0f}"
    else:
        mend = "write seconds from the clip's beginning"
    raise SourceError(
        f"{path}: {len(beyond):,} of its {len(timed):,} events begin when their clip has ended (line {line} "
        f"begins at {at:g} in a clip of {length_s:g} s), so their times are no seconds of the clip; {mend}"
    )


def _unit(span: float, units: Iterable[float] = UNITS) -> float:
    return min(units, key=lambda rate: abs(math.log(span / rate / USUAL_S)))


def seconds_of_names(rows: pl.DataFrame) -> list[pl.Expr]:
    """`start_s` and `end_s` from what names say; null where they say nothing.

    Decimals and leading zeros are those of seconds, and so are whole numbers where most names have them. Else all whole
    numbers are milliseconds or all are seconds: spans tell which comes nearer to ten seconds; starts alone are
    milliseconds where the one in the middle is 1,000 or more, and no name is in seconds for sure.

    Args:
        rows: `named_start` and `named_end`, texts.
    """
    said = pl.concat_str("named_start", "named_end", separator=" ", ignore_nulls=True)
    are_seconds = said.str.contains(r"\.|\b0\d")
    named = rows.drop_nulls("named_start")
    whole = named.filter(~are_seconds)
    start, end = (pl.col(name).cast(pl.Float64, strict=False) for name in ("named_start", "named_end"))
    span, middle = whole.select(span=(end - start).median(), middle=start.filter(start > 0).median()).row(0)
    is_milliseconds = _unit(span, (1.0, 1e3)) == 1e3 if span and span > 0 else (middle or 0) >= 1e3
    rate = 1e3 if is_milliseconds and len(whole) * 2 >= len(named) else 1.0
    stay = are_seconds | (end.is_null() & (len(whole) < len(named)))
    divisor = pl.when(stay).then(1.0).otherwise(rate)
    return [(start / divisor).alias("start_s"), (end / divisor).alias("end_s")]
