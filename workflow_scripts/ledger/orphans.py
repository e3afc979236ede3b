"""Media that serve no clip, and why."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from workflow_scripts.ledger.checked import CheckedMedia, RootChecks
from workflow_scripts.ledger.serve import Served
from workflow_scripts.ledger.sheaves import Sheaves
from workflow_scripts.tables import schemas
from workflow_scripts.tables.store import read_table

SPOKEN_OF = {"path": pl.String, "member": pl.String, "clip_id": pl.String, "reason": pl.Categorical}


def orphans(
    promised: pl.LazyFrame,
    names: pl.DataFrame,
    served: Served,
    media: CheckedMedia,
    roots: list[RootChecks],
    aside: Path | None,
    at_once: int,
) -> Iterator[pl.DataFrame]:
    """The `orphans` table, root by root; what was not looked at comes last.

    Args:
        promised: that table.
        names: ledger.match.MATCHED.
        served: which media serves which clip.
        media: all checked media.
        roots: in the order of the dataset file.
        aside: a folder for the orphans of a root; needed where they come in several parts.
        at_once: so many are brought in order at a time, more where more lie in one archive.
    """
    left_over = media.table.select("media_row", "root_ordinal").join(served.serving, on="media_row", how="anti")
    spoken_of = _spoken_of(names, left_over, served, promised)
    yield schemas.ORPHANS.empty()
    for ordinal, root in enumerate(roots):
        of_root = left_over.filter(pl.col("root_ordinal") == ordinal)["media_row"].sort()
        folder = aside and aside / f"orphans-{ordinal}"
        for part in _in_order(of_root, spoken_of, media, folder, at_once):
            yield part.with_columns(
                root=pl.lit(root.slug), reason=pl.col("reason").cast(pl.String).fill_null("unclaimed")
            ).select(*schemas.ORPHANS.columns)
    yield from _not_looked_at(roots)


def _in_order(
    media_rows: pl.Series, spoken_of: pl.DataFrame, media: CheckedMedia, aside: Path | None, at_once: int
) -> Iterator[pl.DataFrame]:
    """SPOKEN_OF of media of one root in the order of paths, each part those between two paths.

    Files of checks hold a fair sample of the paths of a root, so those of the first media tell where to part all.
    """
    sample = media.more(media_rows.head(at_once), ["path"])["path"].sort()
    bounds = sample.gather_every(max(1, len(sample) * at_once // max(len(media_rows), 1)))[1:]
    if len(media_rows) <= at_once:
        bounds = bounds.clear()
    parts = Sheaves(aside, {"range": pl.UInt32, **SPOKEN_OF}, len(bounds) + 1, 1, by="range")
    for first in range(0, len(media_rows), at_once):
        some = media_rows[first : first + at_once]
        said = media.more(some, ["path", "member"]).join(spoken_of.filter(_lies_in(some)), on="media_row", how="left")
        parts.put(said.with_columns(bounds.search_sorted(said["path"], side="right").alias("range")))
    for part in range(len(parts.parts)):
        yield parts.take(part).sort("path", "member")


def _lies_in(media_rows: pl.Series) -> pl.Expr:
    return pl.col("media_row").is_between(media_rows[0], media_rows[-1])


def _spoken_of(names: pl.DataFrame, left_over: pl.DataFrame, served: Served, promised: pl.LazyFrame) -> pl.DataFrame:
    """The one clip that the name of each of some media speaks of, an ambiguous one before others, and the reason."""
    untold = served.ambiguous.select("clip_row", is_ambiguous=True)
    spoken_of = (
        names.select("media_row", "clip_row", "other_span")
        .join(left_over, on="media_row", how="semi")
        .join(untold, on="clip_row", how="left")
        .sort("other_span", pl.col("is_ambiguous").is_null(), "clip_row", maintain_order=True)
        .unique("media_row", keep="first", maintain_order=True)
    )
    asked = spoken_of.select(pl.col("clip_row").unique()).lazy()
    clip_ids = promised.select("clip_id").with_row_index("clip_row").join(asked, on="clip_row", how="semi")
    reason = pl.when("other_span").then(pl.lit("other_span")).when("is_ambiguous").then(pl.lit("ambiguous"))
    return spoken_of.join(clip_ids.collect(engine="streaming"), on="clip_row", how="left").select(
        "media_row", "clip_id", reason=reason.otherwise(pl.lit("superseded")).cast(pl.Categorical)
    )


def _not_looked_at(roots: list[RootChecks]) -> Iterator[pl.DataFrame]:
    """What the scans left aside: it holds audio of kinds that are not read, so nobody asks whether it could serve."""
    for root in roots:
        if root.not_looked_at is not None:
            yield (
                read_table(root.not_looked_at)
                .with_columns(
                    root=pl.lit(root.slug), reason=pl.lit("not_looked_at"), clip_id=pl.lit(None, dtype=pl.String)
                )
                .select(*schemas.ORPHANS.columns)
            )
