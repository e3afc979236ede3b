"""What clips of YouTube videos are called: files, members of archives, rows of Parquet, strong labels, ids in a list.

A name is `Y` or nothing, the video's id, and behind it the start, or start and end, joined by `_` or `-`: `<id>`,
`Y<id>_30.000_40.000.wav`, `<id>_390.0-400.0.wav`, `<id>_000017.m4a`, `<id>_30000`. A folder before it and suffixes
behind it say nothing. An id has eleven characters and may itself begin with `Y`, `-` or `_`; since a time begins with a
digit, a name has one reading at most.
"""

import polars as pl

ID = r"[A-Za-z0-9_-]{11}"
TIME = r"\d+(?:\.\d+)?"
SUFFIX = r"\.[A-Za-z0-9-]*[A-Za-z][A-Za-z0-9-]*"
"""It holds a letter, or it would be the decimals of a time."""
NUMBERED = r"#\d+"
"""What the scan puts behind names that stand in one Parquet file several times."""
NAME = (
    rf"(?s)^(?:.*/)?Y?(?P<media_key>{ID})(?:[_-](?P<named_start>{TIME})(?:[_-](?P<named_end>{TIME}))?)?"
    rf"(?:{SUFFIX})*(?:{NUMBERED})?$"
)

START_TOLERANCE_S = 0.011
"""Names give starts in whole hundredths of a second at best, or in milliseconds."""
MILLISECOND_TOLERANCE_S = 0.0005


def read(name: pl.Expr) -> pl.Expr:
    """What a name says: a struct of `media_key`, `named_start` and `named_end`, texts, null where it says none.

    >>> names = pl.Series("name", ["Y-cq7SqKl9AE_30.000_40.000.wav", "YouTubeIdxx", "cover"]).to_frame()
    >>> names.select(read(pl.col("name"))).unnest("name").rows()
    [('-cq7SqKl9AE', '30.000', '40.000'), ('YouTubeIdxx', None, None), (None, None, None)]
    """
    return name.str.extract_groups(NAME)


def same_start(named: pl.Expr, start_s: pl.Expr) -> pl.Expr:
    """Whether a start in a name is one in seconds; null where either is null.

    The name's is in seconds or in whole milliseconds, and nobody says in which: either may agree.
    """
    number = named.cast(pl.Float64, strict=False)
    seconds = (number - start_s).abs() <= START_TOLERANCE_S
    milliseconds = (number / 1000 - start_s).abs() <= MILLISECOND_TOLERANCE_S
    return seconds | milliseconds


def address(media_key: pl.Expr, start_s: pl.Expr) -> pl.Expr:
    """Where a clip of a video was published.

    >>> clip = pl.DataFrame({"media_key": ["-cq7SqKl9AE"], "start_s": [30.5]})
    >>> clip.select(address(pl.col("media_key"), pl.col("start_s"))).item()
    'https://youtu.be/-cq7SqKl9AE?start=30'
    """
    start = start_s.floor().cast(pl.Int64).cast(pl.String)
    return pl.concat_str(
        pl.lit("https://youtu.be/"), media_key, pl.concat_str(pl.lit("?start="), start).fill_null("")
    ).alias("source_url")
