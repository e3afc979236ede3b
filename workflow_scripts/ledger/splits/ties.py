"""What may not be parted: clips of one video or recording, of one file, of the same samples, and what follows."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
import polars as pl

from workflow_scripts.tables.connected import connected
from workflow_scripts.tables.published import published_as

TIES = {
    "video": "both are of one video or recording",
    "source": "both were published as one",
    "media": "one file serves both",
    "samples": "their files hold the same samples",
}
"""What ties two clips, and how it is said. A video or recording is what `media_key` names."""
MEDIA = ["root", "path", "member"]
DAY = r"^(\d{4}-\d{2}-\d{2})"


def ties(clips: pl.LazyFrame, checks: Mapping[str, list[Path]]) -> pl.DataFrame:
    """TIES of each clip: a number that those tied to it have too; null where nothing is known.

    Digital silence ties nothing: all of it is the same.

    Args:
        clips: the ledger.
        checks: the files of the checks of each root, by its slug.
    """
    media = [pl.col(name).cast(pl.String) for name in MEDIA]
    numbers = clips.select(
        video=pl.col("media_key").hash(),
        source=_number(published_as(pl.col("source_url"))),
        media=pl.when(pl.col("path").is_not_null()).then(pl.struct(media).hash()),
    )
    samples = _samples(clips.select(media), checks)
    known = pl.lit(None, pl.UInt64) if samples is None else samples
    return numbers.collect(engine="streaming").with_columns(known.alias("samples"))


def sessions(clips: pl.LazyFrame, origins: pl.LazyFrame) -> pl.Series:
    """The recording session of each clip, in words: day, recordist and place, as far as its origin tells.

    A session needs its day, and a recordist or a place: the site, the locality, or else degrees to three decimals.
    """
    degrees = pl.concat_str(pl.col("latitude").round(3), pl.lit(" "), pl.col("longitude").round(3))
    said = [pl.col(name).str.strip_chars().replace("", None) for name in ("recordist", "site", "locality")]
    who, where = said[0], pl.coalesce(*said[1:], degrees)
    known = origins.select(
        "clip_id",
        session=pl.when(who.is_not_null() | where.is_not_null()).then(
            pl.concat_str(
                pl.col("recorded_at").str.extract(DAY),
                pl.concat_str(pl.lit(", "), who).fill_null(""),
                pl.concat_str(pl.lit(", "), where).fill_null(""),
            )
        ),
    ).drop_nulls("session")
    joined = clips.select("clip_id").join(known, on="clip_id", how="left", maintain_order="left")
    return joined.collect(engine="streaming")["session"]


def tied(numbers: Iterable[pl.Series]) -> np.ndarray:
    """For each row the first of all that it is tied to, itself or an earlier one, directly or through others.

    >>> tied([pl.Series([1, 2, 1, None]), pl.Series([None, 5, None, 5])]).tolist()
    [0, 1, 0, 1]
    >>> tied([pl.Series([1, 2, 1, 3]), pl.Series([4, 5, 5, 4])]).tolist()
    [0, 0, 0, 0]
    """
    columns = list(numbers)
    first, other = (np.concatenate(rows) for rows in zip(*map(_pairs, columns), strict=True))
    return connected(first, other, len(columns[0]))


def _pairs(numbers: pl.Series) -> tuple[np.ndarray, np.ndarray]:
    """The rows that share a number, each beside the first that has it."""
    rows = pl.DataFrame({"number": numbers}).with_row_index("row").drop_nulls()
    shared = rows.filter(pl.col("number").is_duplicated())
    shared = shared.with_columns(first=pl.col("row").min().over("number")).filter(pl.col("row") != pl.col("first"))
    return shared["first"].to_numpy(), shared["row"].to_numpy()


def _number(text: pl.Expr) -> pl.Expr:
    return pl.when(text.is_not_null()).then(text.hash())


def _samples(media: pl.LazyFrame, checks: Mapping[str, list[Path]]) -> pl.Series | None:
    """A number for each clip whose media holds the same samples as another media; None where none was checked.

    Few do: digests are compared as numbers, and clips joined to those media alone.
    """
    heard = [
        pl.scan_parquet(files, glob=False)
        .filter("load_ok", pl.col("peak") > 0)
        .select(pl.lit(slug).alias("root"), "path", "member", _number(pl.col("pcm_digest")).alias("samples"))
        .drop_nulls("samples")
        for slug, files in checks.items()
        if files
    ]
    if not heard:
        return None
    of_all = pl.concat(heard)
    repeated = of_all.group_by("samples").len().filter(pl.col("len") > 1).select("samples")
    suspected = of_all.join(repeated.collect(engine="streaming").lazy(), on="samples", how="semi")
    joined = media.join(suspected, on=MEDIA, how="left", nulls_equal=True, maintain_order="left")
    return joined.select("samples").collect(engine="streaming")["samples"]
