"""What is fetched, and what became of it."""

import polars as pl

from workflow_scripts.tables.declared import Schema
from workflow_scripts.tables.schemas.columns import at_least, column, matches, one_of

FETCH_STATUSES = {
    "there": "it is where it belongs",
    "failed": "it could not be had yet: the next run tries again",
    "refused": "its server gives it to nobody, or not to this user",
    "gone": "its server has it no more",
}
"""What became of a file that was to be fetched; the most hopeful first, which is what is told of a media that has
several addresses."""

FETCHED = {
    "entry": column(pl.Categorical, "the entry of the dataset file that names it: `acquire[3]`"),
    "address": column(pl.String, "where it comes from"),
    "path": column(pl.String, "where it goes, as the run knows paths; empty if no file can be called so"),
    "media_key": column(pl.String, "the media that it is, where a row of the dataset says its address", null=True),
}
OF_MEMBERS = ("offset", "crc32", "packed_bytes", "bytes")

TO_FETCH = Schema(
    "to_fetch",
    "what one job fetches: one row a file",
    {
        **FETCHED,
        "mirrors": column(pl.List(pl.String), "other addresses of the same file"),
        "sha256": column(pl.String, "the digest that is published of it", matches(r"^[0-9a-f]{64}$"), null=True),
        "md5": column(pl.String, "likewise", matches(r"^[0-9a-f]{32}$"), null=True),
        "bytes": column(pl.Int64, "the size that is published of it", at_least(0), null=True),
        "refused": column(pl.String, "why nobody is asked for it, in a word", null=True),
        "members": column(
            pl.List(pl.Struct({"name": pl.String, **dict.fromkeys(OF_MEMBERS, pl.Int64)})),
            "of a zip those members that are to be had; null for all of a file",
            null=True,
        ),
    },
)

FETCHES = Schema(
    "fetches",
    "what became of each file that the dataset file says an address of: one row a file",
    {
        **FETCHED,
        "status": column(
            pl.Categorical,
            "; ".join(f"{status}: {meaning}" for status, meaning in FETCH_STATUSES.items()),
            one_of(FETCH_STATUSES),
        ),
        "reason": column(
            pl.Categorical, "why it is not there, in a word; the log of its job has a sentence", null=True
        ),
        "bytes": column(pl.Int64, "its size", at_least(0), null=True),
        "sha256": column(pl.String, "its digest", matches(r"^[0-9a-f]{64}$"), null=True),
    },
)
