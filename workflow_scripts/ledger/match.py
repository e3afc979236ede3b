"""Which clips a media's name speaks of, read as the dataset's adapter declares."""

from collections.abc import Iterator, Sequence
from typing import Any

import polars as pl

from workflow_scripts.media.stems import name_of, without_suffix
from workflow_scripts.sources import youtube

CLIPS_AT_ONCE = 4_000_000
"""Joined with the media of their names; a gigabyte or less."""
MATCHED = {
    "media_row": pl.UInt32,
    "clip_row": pl.UInt32,
    "literalness": pl.UInt8,
    "other_span": pl.Boolean,
    "is_cut": pl.Boolean,
}
"""What is told of a media and a clip that its name speaks of."""


def match_names(
    media: pl.LazyFrame, clips: pl.DataFrame, match: str, clips_at_once: int = CLIPS_AT_ONCE
) -> pl.DataFrame:
    """Find the clips that each media is called after.

    Args:
        media: `media_row`, `path` and `member`.
        clips: `clip_row`, `media_key` and `start_s`.
        match: `youtube`, `stem` or `path`.
        clips_at_once: so many are joined at a time, or somewhat more.

    Returns:
        MATCHED, one row a media and clip: `literalness` is 0 for the most literal way to be called so, and
        `other_span` tells that the name says other starts of the clip's media only; so the media does not hold it.
        `is_cut` tells that it says a start: of a whole recording it would not.
    """
    ways = {"youtube": _by_youtube_name, "stem": _by_stem, "path": _by_path}
    promised = _Promised(clips.select("clip_row", "media_key", "start_s"), clips_at_once)
    return pl.concat([pl.DataFrame(schema=MATCHED), *ways[match](media, promised)])


def clips_of_files(files: pl.DataFrame, clips: pl.DataFrame, match: str) -> pl.DataFrame:
    """The clips that files which lie elsewhere are called after, as media are.

    Args:
        files: `file`, the path of each.
        clips: `media_key` and `start_s`, in their order.
        match: as of `match_names`.

    Returns:
        `file`, `clip_row` and `is_cut`, a row a file and clip.
    """
    named = files.lazy().with_row_index("media_row")
    media = named.select("media_row", path="file", member=pl.lit(None, dtype=pl.String))
    found = match_names(media, clips.select("media_key", "start_s").with_row_index("clip_row"), match)
    holding = found.filter(~pl.col("other_span")).sort("media_row", "clip_row")
    return holding.select(files["file"].gather(holding["media_row"]), "clip_row", "is_cut")


class _Promised:
    """The clips by the hash of their key, so that only clips and media of a part have to be joined at once."""

    def __init__(self, clips: pl.DataFrame, clips_at_once: int) -> None:
        self.clips = clips
        self._parts = 1 + len(clips) // clips_at_once
        self._part = self._part_of(clips)

    def joined(self, read: pl.DataFrame) -> Iterator[pl.DataFrame]:
        """Media and the clips of their `media_key`, part by part; those of one key stand in one part."""
        part_of_read = self._part_of(read)
        for part in range(self._parts):
            yield read.filter(part_of_read == part).join(self.clips.filter(self._part == part), on="media_key")

    def _part_of(self, keyed: pl.DataFrame) -> pl.Series:
        if self._parts == 1:
            return pl.repeat(0, len(keyed), dtype=pl.UInt32, eager=True)
        return (keyed["media_key"].hash() % self._parts).cast(pl.UInt32)


def _by_youtube_name(media: pl.LazyFrame, promised: _Promised) -> Iterator[pl.DataFrame]:
    name = youtube.read(pl.coalesce("member", "path")).alias("read")
    read = media.select("media_row", name).unnest("read").drop_nulls("media_key").drop("named_end")
    for joined in promised.joined(read.collect(engine="streaming")):
        told = joined.select(
            "media_row",
            "clip_row",
            literalness=pl.lit(0, dtype=pl.UInt8),
            other_span=~youtube.same_start(pl.col("named_start"), pl.col("start_s")).fill_null(True),
            is_cut=pl.col("named_start").is_not_null(),
        )
        sure = told.filter(~pl.col("other_span"))
        yield sure
        yield told.filter("other_span").join(sure, on="media_row", how="anti")


def _by_stem(media: pl.LazyFrame, promised: _Promised) -> Iterator[pl.DataFrame]:
    name = name_of(pl.coalesce("member", "path"))
    return _most_literal(media, promised, [name, without_suffix(name), _without_number(name), _of_xeno_canto(name)])


def _of_xeno_canto(name: pl.Expr) -> pl.Expr:
    """A recording of xeno-canto, by the number that its name begins with: `XC1 - Great Tit.mp3`, or is: `1.mp3`."""
    number = name.str.extract(r"(?is)^XC([0-9]+)(?:[^0-9a-z].*)?$")
    return pl.concat_str(pl.lit("XC"), pl.coalesce(number, name.str.extract(r"(?s)^([0-9]+)(?:\.[^.]*)?$")))


def _by_path(media: pl.LazyFrame, promised: _Promised) -> Iterator[pl.DataFrame]:
    """By the path below the root (a member's behind its archive's), by the member, or by the end of the path."""
    member = pl.col("member").str.strip_prefix("./")  # as `tar -C folder .` writes it
    whole = pl.concat_str("path", member, separator="/", ignore_nulls=True)
    places = [whole, member]
    places += [
        whole.str.extract(rf"([^/]+(?:/[^/]+){{{parts - 1}}})$") for parts in _numbers_of_parts(promised.clips, media)
    ]
    readings = [reading for place in places for reading in (place, without_suffix(place), _without_number(place))]
    return _most_literal(media, promised, readings)


def _numbers_of_parts(promised: pl.DataFrame, media: pl.LazyFrame) -> list[int]:
    """Of how many parts the promised paths are, the most first, as far as media lie so deep."""
    slashes = media.select(pl.sum_horizontal(pl.col("path", "member").str.count_matches("/", literal=True)).max())
    most = (slashes.collect().item() or 0) + 2
    parts = promised["media_key"].str.count_matches("/", literal=True).unique() + 1
    return sorted((number for number in parts if number <= most), reverse=True)


def _without_number(name: pl.Expr) -> pl.Expr:
    """Without what the scan puts behind names that stand in one Parquet file several times."""
    return without_suffix(name.str.replace(rf"{youtube.NUMBERED}$", ""))


def _most_literal(media: pl.LazyFrame, promised: _Promised, readings: Sequence[pl.Expr]) -> Iterator[pl.DataFrame]:
    """What each media speaks of in the first of some readings of its name that anything is promised under."""
    unread = media.collect(engine="streaming")
    for literalness, reading in enumerate(readings):
        read = unread.select("media_row", reading.alias("media_key")).drop_nulls("media_key")
        of_reading: dict[str, Any] = {
            "literalness": pl.lit(literalness, dtype=pl.UInt8),
            "other_span": False,
            "is_cut": False,
        }
        found = [joined.select("media_row", "clip_row", **of_reading) for joined in promised.joined(read)]
        yield from found
        unread = unread.join(pl.concat(found), on="media_row", how="anti")
