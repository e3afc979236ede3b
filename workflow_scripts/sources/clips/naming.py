"""Which rows are which clip: what clips are called, and rows that say more of a clip or the same again."""

import polars as pl

from workflow_scripts.sources.clips.fields import BLANK_IS_NOT
from workflow_scripts.sources.rejects import row_rejects

DIGITS = 12
"""Of a hash behind an id that does not say all of its media's name: of a million two are alike once in 500 times."""
SPAN = ("start_ms", "end_ms")
_CLIP = ["media_key", *SPAN]


def in_ms(prefix: str = "") -> list[pl.Expr]:
    """SPAN of rows, by which clips of a media are told apart; their names, and those of the seconds, begin alike."""
    start, end = ((pl.col(f"{prefix}{one}_s") * 1000).round().cast(pl.Int64) for one in ("start", "end"))
    return [start.fill_null(0).alias(f"{prefix}start_ms"), end.alias(f"{prefix}end_ms")]


def named(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows with the `clip_id` of the clip that each speaks of.

    It is the `id` that the dataset file gives, or else the media's name without folders and suffix. A name that holds
    other characters than ids may, or is another media's too, has a hash of the whole behind it. Of media with several
    spans the start in ms follows, and the end where several start together; and a hash of all where that is what
    another is called.

    Args:
        rows: with `id` (null where there is none), `media_key`, `start_s`, `end_s`.
    """
    rows = rows.with_columns(in_ms())
    clips = rows.filter(pl.col("id").is_null()).unique(_CLIP, maintain_order=True).select(_CLIP)
    clips = clips.join(_names(clips["media_key"].unique()), on="media_key", how="left", maintain_order="left")
    spans, ends = pl.len().over("media_key"), pl.len().over("media_key", "start_ms")
    with_start = pl.concat_str("name", "start_ms", separator="_")
    with_end = pl.concat_str(with_start, pl.col("end_ms").cast(pl.String).fill_null("end"), separator="_")
    derived = pl.when(spans == 1).then("name").when(ends == 1).then(with_start).otherwise(with_end)
    clips = clips.with_columns(derived=derived)
    is_anothers = pl.col("derived").is_duplicated() | pl.col("derived").is_in(rows["id"].drop_nulls().implode())
    whole = clips.select(
        pl.concat_str("media_key", "start_ms", pl.col("end_ms").fill_null(-1), separator="\n")
    ).to_series()
    told_apart = pl.concat_str("derived", _digests(whole), separator="_")
    clips = clips.select(*_CLIP, derived=pl.when(is_anothers).then(told_apart).otherwise("derived"))
    rows = rows.join(clips, on=_CLIP, how="left", maintain_order="left", nulls_equal=True)
    return rows.with_columns(clip_id=pl.coalesce("id", "derived")).drop("derived")


def _names(media: pl.Series) -> pl.DataFrame:
    """What clips of each media are called: `media_key`, `name`."""
    stem = pl.col("media_key").str.replace(r"(?s)^.*/", "").str.replace(r"(?s)(.)\.[^.]*$", "${1}")
    fit = stem.str.replace_all(r"[^A-Za-z0-9_-]", "_")
    names = media.to_frame("media_key").with_columns(stem=stem, fit=fit)
    says_all = (pl.col("stem") == pl.col("fit")) & (pl.col("fit") != "") & ~pl.col("fit").is_duplicated()
    hashed = pl.concat_str("fit", _digests(media), separator="_")
    return names.select("media_key", name=pl.when(says_all).then("fit").otherwise(hashed))


def _digests(texts: pl.Series) -> pl.Series:
    import xxhash

    return pl.Series([xxhash.xxh3_64_hexdigest(text.encode())[:DIGITS] for text in texts], dtype=pl.String)


def told_together(rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows that are kept, and the `rejects` of those that say nothing new of a clip or something else of it.

    A clip that a row tells of beside its first is no row of its own; it is not kept either.

    The first row of a clip is kept, and each other of the same media, span and split that has a caption or an event, or
    says a class that none before it said; unless it is the same row again. One that says classes and none that is new,
    as the second of two annotators who agree, is no fault: `nothing_new`.

    Args:
        rows: as `named` gives them, in the order of the sources, with `classes`, `background` and `captions`.
    """
    what = ("media_key", *SPAN, "split")
    first = rows.unique("clip_id", keep="first", maintain_order=True).select(
        "clip_id",
        pl.col("place").alias("first_place"),
        pl.format("{}, line {}", pl.col("source").cast(pl.String), "line").alias("kept_from"),
        *(pl.col(name).alias(f"first_{name}") for name in what),
    )
    rows = rows.join(first, on="clip_id", how="left", maintain_order="left")
    alike = pl.all_horizontal(pl.col(name).eq_missing(pl.col(f"first_{name}")) for name in what)
    is_first = pl.col("place") == pl.col("first_place")
    adds = rows["place"].is_in(_that_add(rows).implode())
    detail = pl.format("{} is kept from {}", "clip_id", "kept_from")
    other = pl.when(~alike).then(pl.lit(", of another media, span or split")).otherwise(pl.lit(", which says the same"))
    broken = ~(is_first | (alike & adds))
    no_event = alike & (pl.col("class").list.len() == 0)
    agrees = alike & pl.col("classes").is_not_null() & _is_no_row_again()
    again = pl.when(agrees).then(pl.lit("nothing_new")).otherwise(pl.lit("duplicate_id"))
    reason = pl.when(no_event).then(pl.lit("no_event")).otherwise(again)
    other = pl.when(no_event).then(pl.lit(", and its list of classes is empty")).otherwise(other)
    judged = rows.with_columns(
        reason=pl.when(broken).then(reason), detail=pl.when(broken).then(pl.concat_str(detail, other))
    )
    kept = judged.filter(pl.col("reason").is_null()).drop(*first.columns[1:])
    return kept, row_rejects(judged.filter(~pl.col("again")))


def _that_add(rows: pl.DataFrame) -> pl.Series:
    """The places of rows that say a class of their clip for the first time, or have a caption or an event."""
    kinds = ("classes", "background")
    said = pl.concat(rows.select("place", "clip_id", said=kind, kind=pl.lit(kind)).explode("said") for kind in kinds)
    said = said.drop_nulls("said").sort("place", maintain_order=True)
    first = said.unique(["clip_id", "said", "kind"], keep="first", maintain_order=True)["place"]
    has_caption = pl.col("captions").list.eval(pl.element().str.contains(BLANK_IS_NOT)).list.any()
    says_more = has_caption | (pl.col("class").list.len() > 0)
    return pl.concat([first, rows.filter(_is_no_row_again() & says_more.fill_null(value=False))["place"]]).unique()


def _is_no_row_again() -> pl.Expr:
    return pl.struct("clip_id", "raw").is_first_distinct()
