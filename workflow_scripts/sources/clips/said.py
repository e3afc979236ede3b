"""What rows say of clips: events, captions and whatever else, from the rows of clips or from tables of their own."""

from dataclasses import dataclass
from math import inf

import polars as pl

from workflow_scripts.sources import youtube
from workflow_scripts.sources.clips.fields import ABOUT


@dataclass(frozen=True)
class Said:
    """Rows of tables of events, of captions, or about clips.

    Attributes:
        rows: source, line, raw, what they say, reason and detail; `clip_id` of the first clip that they speak of.
        of_clips: what they say of each clip.
    """

    rows: pl.DataFrame
    of_clips: pl.DataFrame


def of_clips(rows: pl.DataFrame, clips: pl.DataFrame) -> Said:
    """Find the clips that rows speak of: by `id`, or all clips of their media.

    Args:
        rows: as judged, with `id`, `media_key` and `place`, unique.
        clips: rows of clips with clip_id, media_key, start_s, end_s.
    """
    spans = _spans(clips).select("clip_id", "media_key")
    by_id = rows.join(spans.select("clip_id"), left_on="id", right_on="clip_id", how="inner", coalesce=False)
    by_media = rows.filter(pl.col("id").is_null()).join(spans, on="media_key", how="inner")
    found = pl.concat([by_id, by_media.select(by_id.columns)]).sort("place", maintain_order=True)
    return _with_first_clip(rows, found)


def heard_in(events: pl.DataFrame, clips: pl.DataFrame) -> Said:
    """Find the clips that events are heard in: that of an event's `id`, or those of its media that it falls into.

    Of a clip that is a span of its media, an event counts from the clip's start, and ends with it at the latest. A row
    of several classes is an event of each.

    Args:
        events: rows as judged, with `id`, `media_key`, `named_start` and `place`, unique.
        clips: rows of clips with clip_id, media_key, start_s, end_s.
    """
    good, spans = events.filter(pl.col("reason").is_null()), _spans(clips)
    spans = spans.with_columns(start=pl.col("start_s").fill_null(0.0), end=pl.col("end_s").fill_null(inf))
    own = spans.select("clip_id", "media_key", "start_s", start=pl.lit(0.0), end=pl.col("end") - pl.col("start"))
    by_id = good.join(own.drop("media_key"), left_on="id", right_on="clip_id", how="inner", coalesce=False)
    of_media = good.filter(pl.col("id").is_null())
    named = of_media.filter(pl.col("named_start").is_not_null()).join(own, on="media_key", how="inner")
    named = named.filter(youtube.same_start(pl.col("named_start"), pl.col("start_s").fill_null(0.0)))
    others = _within(of_media.filter(pl.col("named_start").is_null()), spans)
    found = pl.concat([by_id, named.select(by_id.columns), others.select(by_id.columns)])
    told = _with_first_clip(events, heard(found).sort("place", maintain_order=True))
    return Said(told.rows, told.of_clips.explode("class"))


def heard(events: pl.DataFrame) -> pl.DataFrame:
    """Those of events that are heard between `start` and `end`, counted from there.

    One of no length is heard where a stretch begins, but not where it ends.
    """
    onset, offset = pl.col("onset_s"), pl.col("offset_s")
    inside = (onset < pl.col("end")) & ((offset > pl.col("start")) | ((onset == offset) & (offset >= pl.col("start"))))
    return events.filter(inside).with_columns(
        onset_s=pl.max_horizontal("onset_s", "start") - pl.col("start"),
        offset_s=pl.min_horizontal("offset_s", "end") - pl.col("start"),
    )


def _spans(clips: pl.DataFrame) -> pl.DataFrame:
    return clips.select("clip_id", "media_key", "start_s", "end_s").unique("clip_id", keep="first", maintain_order=True)


def _within(events: pl.DataFrame, spans: pl.DataFrame) -> pl.DataFrame:
    """Events with each clip of their media that may hear them: a day in spans of 3 s has 30,000, and as many events.

    Of the spans of a media, in the order of their starts, those that end before an event and those that start behind it
    are not even asked.
    """
    of_media = spans.sort("start").partition_by("media_key", as_dict=True)
    parts = [events.clear().join(spans.clear(), on="media_key", how="inner")]
    for key, some in events.partition_by("media_key", as_dict=True, maintain_order=True).items():
        if key in of_media:
            clips = of_media[key]
            first = clips["end"].cum_max().search_sorted(some["onset_s"], side="left")
            behind = clips["start"].search_sorted(some["offset_s"], side="right")
            pairs = pl.select(event=pl.int_range(len(some)), first=first, number=behind - first).filter(
                pl.col("number") > 0
            )
            pairs = pairs.select(
                pl.col("event").repeat_by("number"), clip=pl.int_ranges("first", pl.col("first") + pl.col("number"))
            ).explode("event", "clip")
            found = some[pairs["event"]].hstack(clips[pairs["clip"]].drop("media_key"))
            parts.append(found.select(parts[0].columns))
    return pl.concat(parts)


def told_about(clips: pl.DataFrame, said: Said) -> pl.DataFrame:
    """Clips with what rows tell about them where they say nothing themselves: of each field the first that is told.

    Args:
        clips: rows with `clip_id`, the fields of ABOUT and `extra`, a JSON object; what else is told is added to it.
        said: the same fields of clips.
    """
    names = (*ABOUT, "extra")
    told = said.of_clips.group_by("clip_id").agg(
        pl.col(name).drop_nulls().first().alias(f"told_{name}") for name in names
    )
    clips = clips.join(told, on="clip_id", how="left", maintain_order="left")
    own, more = pl.col("extra"), pl.col("told_extra")
    both = pl.concat_str(own.str.head(-1), pl.lit(", "), more.str.slice(1))
    return clips.with_columns(
        *(pl.coalesce(name, f"told_{name}").alias(name) for name in ABOUT),
        extra=pl.when(own.is_not_null() & more.is_not_null()).then(both).otherwise(pl.coalesce(own, more)),
    ).drop(f"told_{name}" for name in names)


def joined(events: pl.DataFrame, within_s: float) -> pl.DataFrame:
    """Events of which those of one class and value that follow each other in a clip are one.

    It stands where the first of them stood, which is the row that it is told of.

    Args:
        events: with clip_id, class, value, onset_s, offset_s.
        within_s: so long after one ends the next may begin at most.
    """
    alike = ("clip_id", "class", "value")
    events = events.with_row_index("order").sort(*alike, "onset_s", "offset_s", "order")
    heard_until = pl.col("offset_s").cum_max().shift().over(alike)
    begins = (pl.col("onset_s") > heard_until + within_s).fill_null(value=True)
    runs = events.with_columns(run=begins.cum_sum())
    whole = runs.group_by("run").agg(pl.col("onset_s").min(), pl.col("offset_s").max())
    first = runs.sort("order").unique("run", keep="first", maintain_order=True).drop("order", "onset_s", "offset_s")
    return first.join(whole, on="run", how="left", maintain_order="left").drop("run").select(events.columns[1:])


def _with_first_clip(rows: pl.DataFrame, found: pl.DataFrame) -> Said:
    first = found.unique("place", keep="first", maintain_order=True).select("place", "clip_id")
    rows = rows.join(first, on="place", how="left", maintain_order="left")
    nobody = pl.col("reason").is_null() & pl.col("clip_id").is_null()
    named = pl.coalesce("id", "media_key", pl.lit("null"))
    rows = rows.with_columns(
        reason=pl.when(nobody).then(pl.lit("no_such_clip")).otherwise("reason"),
        detail=pl.when(nobody)
        .then(pl.concat_str(pl.lit("no clip is promised that it speaks of: "), named))
        .otherwise("detail"),
    )
    good = rows.filter(pl.col("reason").is_null()).select("place")
    return Said(rows, found.join(good, on="place", how="semi", maintain_order="left"))
