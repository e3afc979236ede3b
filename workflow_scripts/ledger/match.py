"""Which clips a media's name speaks of, read as the dataset's adapter declares."""

from collections.abc import Sequence

import polars as pl

from workflow_scripts.sources import youtube

MATCHED = {
    "media_row": pl.UInt32,
    "clip_row": pl.UInt32,
    "literalness": pl.UInt8,
    "other_span": pl.Boolean,
    "is_cut": pl.Boolean,
}
"""What is told of a media and a clip that its name speaks of."""


def match_names(media: pl.DataFrame, clips: pl.DataFrame, match: str) -> pl.DataFrame:
    """Find the clips that each media is called after.

    Args:
        media: `media_row`, `path` and `member`.
        clips: `clip_row`, `media_key` and `start_s`.
        match: `youtube`, `stem` or `path`.

    Returns:
        MATCHED, one row a media and clip: `literalness` is 0 for the most literal way to be called so, and
        `other_span` tells that the name says other starts of the clip's media only; so the media does not hold it.
        `is_cut` tells that it says a start: of a whole recording it would not.
    """
    ways = {"youtube": _by_youtube_name, "stem": _by_stem, "path": _by_path}
    return ways[match](media, clips.select("clip_row", "media_key", "start_s")).select(*MATCHED)


def _by_youtube_name(media: pl.DataFrame, promised: pl.DataFrame) -> pl.DataFrame:
    read = (
        media.select("media_row", youtube.read(pl.coalesce("member", "path")).alias("read"))
        .unnest("read")
        .drop_nulls("media_key")
        .join(promised, on="media_key", maintain_order="left_right")
        .with_columns(
            other_span=~youtube.same_start(pl.col("named_start"), pl.col("start_s")).fill_null(True),
            literalness=pl.lit(0, dtype=pl.UInt8),
            is_cut=pl.col("named_start").is_not_null(),
        )
    )
    sure = read.filter(~pl.col("other_span"))
    other = read.filter("other_span").join(sure, on="media_row", how="anti", maintain_order="left")
    return pl.concat([sure, other])


def _by_stem(media: pl.DataFrame, promised: pl.DataFrame) -> pl.DataFrame:
    name = pl.coalesce("member", "path").str.extract(r"([^/]+)$")
    return _most_literal(media, promised, [name, _without_suffix(name), _without_number(name)])


def _by_path(media: pl.DataFrame, promised: pl.DataFrame) -> pl.DataFrame:
    """By the path below the root (a member's behind its archive's), by the member, or by the end of the path."""
    member = pl.col("member").str.strip_prefix("./")  # as `tar -C folder .` writes it
    whole = pl.concat_str("path", member, separator="/", ignore_nulls=True)
    places = [whole, member]
    places += [whole.str.extract(rf"([^/]+(?:/[^/]+){{{parts - 1}}})$") for parts in _numbers_of_parts(promised, media)]
    readings = [reading for place in places for reading in (place, _without_suffix(place), _without_number(place))]
    return _most_literal(media, promised, readings)


def _numbers_of_parts(promised: pl.DataFrame, media: pl.DataFrame) -> list[int]:
    """Of how many parts the promised paths are, the most first, as far as media lie so deep."""
    slashes = media.select(pl.sum_horizontal(pl.col("path", "member").str.count_matches("/", literal=True)).max())
    most = (slashes.item() or 0) + 2
    parts = promised["media_key"].str.count_matches("/", literal=True).unique() + 1
    return sorted((number for number in parts if number <= most), reverse=True)


def _without_suffix(name: pl.Expr) -> pl.Expr:
    return name.str.replace(r"(?s)^((?:.*/)?\.*[^./][^/]*)\.[^./]*$", "${1}")


def _without_number(name: pl.Expr) -> pl.Expr:
    """Without what the scan puts behind names that stand in one Parquet file several times."""
    return _without_suffix(name.str.replace(rf"{youtube.NUMBERED}$", ""))


def _most_literal(media: pl.DataFrame, promised: pl.DataFrame, readings: Sequence[pl.Expr]) -> pl.DataFrame:
    """What each media speaks of in the first of some readings of its name that anything is promised under."""
    unread, found = media.select("media_row", "path", "member"), [pl.DataFrame(schema=MATCHED)]
    for literalness, reading in enumerate(readings):
        read = (
            unread.select("media_row", reading.alias("media_key"))
            .drop_nulls("media_key")
            .join(promised, on="media_key", maintain_order="left_right")
            .with_columns(literalness=pl.lit(literalness, dtype=pl.UInt8), other_span=False, is_cut=False)
        )
        found.append(read.select(*MATCHED))
        unread = unread.join(read, on="media_row", how="anti", maintain_order="left")
    return pl.concat(found)
