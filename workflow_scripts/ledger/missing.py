"""What stays missing: which clips, and where something lies that may be theirs. Nothing is taken."""

from collections.abc import Iterable

import polars as pl

from workflow_scripts.ledger.match import clips_of_files
from workflow_scripts.media.stems import stem_of
from workflow_scripts.tables.schemas import FETCH_STATUSES

AGREE_S = 0.1
"""Durations as far apart as this may be those of one sound."""
SHORTEST_KEY = 4
"""Characters of a name that is looked for within others: shorter ones stand in many by chance."""
PROPOSED = {"clip_id": pl.String, "split": pl.String, "place": pl.String, "file": pl.String, "by": pl.String}
"""`by`: `name`, the file is called as the clip's media would be; `part_of_name`, that stands within its name, and its
duration agrees; `digest`, it has the bytes of a file that was fetched and is gone (`clip_id` is then its media's key,
or its path)."""


def missing_clips(clips: pl.LazyFrame, fetches: pl.LazyFrame | None) -> pl.DataFrame:
    """The clips whose media is not there, and why as far as a server said so.

    Args:
        clips: the ledger.
        fetches: what became of what was to be fetched; None if nothing was.

    Returns:
        `clip_id`, `split`, `labels` (ids, joined by `;`), `media_key`, `start_s`, `end_s`, `source_url`, `why`, by
        split and id.
    """
    gone = clips.filter(pl.col("status").cast(pl.String) == "missing").select(
        "clip_id",
        pl.col("split").cast(pl.String),
        "media_key",
        "start_s",
        "end_s",
        "source_url",
        labels=pl.col("class_ids").cast(pl.List(pl.String)).list.join(";"),
    )
    if fetches is None:
        told = gone.with_columns(why=pl.lit(None, pl.String))
    else:
        told = gone.join(_whys(fetches), on="media_key", how="left")
    order = ("clip_id", "split", "labels", "media_key", "start_s", "end_s", "source_url", "why")
    return told.select(order).sort("split", "clip_id").collect()


def _whys(fetches: pl.LazyFrame) -> pl.LazyFrame:
    """What is told of each media that was to be fetched: `media_key` and `why`, its status and the reason for it.

    Of several addresses of one media that of the most hopeful status counts, in the order of FETCH_STATUSES; of those
    the first by entry and address. The view `missing` takes the same.
    """
    hope = pl.col("status").cast(pl.Enum(list(FETCH_STATUSES)))
    first = fetches.filter(pl.col("media_key").is_not_null()).sort(hope, pl.col("entry").cast(pl.String), "address")
    said = pl.concat_str(pl.col("status", "reason").cast(pl.String), separator=": ", ignore_nulls=True)
    return first.group_by("media_key").agg(why=said.first())


def by_class(clips: pl.LazyFrame) -> pl.DataFrame:
    """How many clips of each class and split are missing: `split`, `class_id`, `missing`, `of`, the most first."""
    each = clips.select(
        pl.col("split").cast(pl.String),
        class_id=pl.col("class_ids").cast(pl.List(pl.String)),
        is_missing=pl.col("status").cast(pl.String) == "missing",
    )
    of_class = each.explode("class_id").group_by("split", "class_id")
    counted = of_class.agg(missing=pl.col("is_missing").sum(), of=pl.len()).filter(pl.col("missing") > 0)
    return counted.sort("missing", "split", "class_id", descending=[True, False, False]).collect()


def called_alike(missing: pl.DataFrame, files: pl.DataFrame, match: str, place: str) -> pl.DataFrame:
    """Files elsewhere that are called as the media of missing clips would be: what a root there would add.

    Args:
        missing: as `missing_clips` has them.
        files: `file`, the path of each below the place.
        match: how media are matched to clips.
        place: where they lie.
    """
    found = clips_of_files(files, missing, match)
    clips = missing.with_row_index("clip_row").select("clip_row", "clip_id", "split")
    return _proposed(found.join(clips, on="clip_row"), place, "name")


def with_key_in_name(missing: pl.DataFrame, orphans: pl.LazyFrame, durations: pl.LazyFrame) -> pl.DataFrame:
    """Media of the dataset's own roots under other names: the key of a missing clip's media stands within theirs.

    Args:
        missing: as `missing_clips` has them.
        orphans: media that serve no clip: `root`, `path`, `member`.
        durations: of all media: `root`, `path`, `member`, `duration_s`.

    Returns:
        PROPOSED, for media whose duration agrees with that of the clip's span. Of a clip whose span nobody told, none.
    """
    keys_sought = missing["media_key"].filter(missing["media_key"].str.len_bytes() >= SHORTEST_KEY).unique().sort()
    if keys_sought.is_empty():
        return nothing_proposed()
    file = pl.coalesce("member", "path")
    keys = ["root", "path", "member"]
    there = orphans.select(keys).join(durations, on=keys, nulls_equal=True).with_columns(file=file, stem=stem_of(file))
    within = pl.col("stem").str.extract_many(keys_sought.to_list(), overlapping=True)
    named = there.with_columns(media_key=within).explode("media_key").drop_nulls("media_key")
    wanted = missing.lazy().select("clip_id", "split", "media_key", span=pl.col("end_s") - pl.col("start_s"))
    agree = (pl.col("duration_s") - pl.col("span")).abs() <= AGREE_S
    found = named.join(wanted, on="media_key").filter((pl.col("stem") != pl.col("media_key")) & agree).unique()
    return _proposed(found.with_columns(place=pl.col("root")).collect(), None, "part_of_name")


def of_known_bytes(gone: pl.DataFrame, digests: Iterable[tuple[str, str]], place: str) -> pl.DataFrame:
    """Files elsewhere that have the bytes of what was fetched and is gone: PROPOSED, without a split.

    Args:
        gone: rows of schemas.FETCHES.
        digests: path and sha256 of each file that has the size of one of these.
        place: where they lie.
    """
    there = pl.DataFrame(list(digests), schema={"file": pl.String, "sha256": pl.String}, orient="row")
    of_gone = gone.select("sha256", clip_id=pl.coalesce("media_key", "path"), split=pl.lit(None, pl.String))
    return _proposed(there.join(of_gone, on="sha256"), place, "digest")


def nothing_proposed() -> pl.DataFrame:
    """PROPOSED, without rows."""
    return pl.DataFrame(schema=PROPOSED)


def _proposed(found: pl.DataFrame, place: str | None, by: str) -> pl.DataFrame:
    where = pl.col("place") if place is None else pl.lit(place)
    return (
        found.with_columns(place=where, by=pl.lit(by))
        .select(pl.col(name).cast(dtype) for name, dtype in PROPOSED.items())
        .unique()
        .sort("clip_id", "file", nulls_last=True)
    )
