"""Clips and checks put together: the ledger, the orphans, and how many of each."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import polars as pl

from workflow_scripts.ledger.checked import CheckedMedia, RootChecks
from workflow_scripts.ledger.counts import Counts
from workflow_scripts.ledger.match import match_names
from workflow_scripts.ledger.orphans import orphans
from workflow_scripts.ledger.reviews import corrected, reviewed
from workflow_scripts.ledger.rows import TOLD, put_told, rows
from workflow_scripts.ledger.serve import serve
from workflow_scripts.ledger.sheaves import Sheaves
from workflow_scripts.tables import schemas
from workflow_scripts.tables.store import ROW_GROUP

CLIPS_AT_ONCE = 2 * ROW_GROUP
"""So many clips are held with all that is said of them: some 300 MB."""

_log = logging.getLogger(__name__)


def resolve(
    promised: pl.LazyFrame,
    roots: list[RootChecks],
    limits: dict[str, float],
    match: str,
    splits: Sequence[str] = (),
    aside: Path | None = None,
    clips_at_once: int = CLIPS_AT_ONCE,
    captions: pl.LazyFrame | None = None,
    reviews: pl.LazyFrame | None = None,
) -> Iterator[tuple[str, Iterable[pl.DataFrame]]]:
    """Give each clip its media and its status.

    Which media serves which clip is found for all at once, from numbers alone; texts come last, for a part of the clips
    at a time. The tables are the same whatever the parts.

    Args:
        promised: that table.
        roots: in the order of the dataset file.
        limits: min_duration_s, max_duration_s and train_min_duration_s.
        match: how media are matched to clips: youtube, stem or path.
        splits: those that there should be, as far as it is known before a row is read.
        aside: a folder for what media say of clips; needed where clips come in several parts.
        clips_at_once: clips of a part.
        captions: `found_captions`; none where there are no captions.
        reviews: `found_reviews`; none where the dataset file names no files of reviews.

    Yields:
        The name of each table of tables.schemas.RESOLVED, and its parts; they have to be taken before the next table.
    """
    media, counts = CheckedMedia(roots), Counts()
    keys = promised.select("media_key", "start_s", "end_s").with_row_index("clip_row").collect(engine="streaming")
    names = match_names(media.names(), keys, match)
    spans = keys.select("start_s", "end_s")
    del keys
    served = serve(names.filter(~pl.col("other_span")), spans, media, limits, clips_at_once, aside)
    told = Sheaves(aside, TOLD, len(spans), clips_at_once)
    put_told(served, spans, media, roots, told)
    judged = reviewed(schemas.FOUND_REVIEWS.empty().lazy() if reviews is None else reviews, promised, served, media)
    yield "clips", map(counts.clips, rows(promised, served, told, limits, judged.of_clips))
    yield "orphans", map(counts.orphans, orphans(promised, names, served, media, roots, aside, clips_at_once))
    summary = counts.summary(splits)
    yield "summary", [summary]
    yield "roots", [counts.roots(roots, media.by_root())]
    yield (
        "captions",
        corrected(schemas.FOUND_CAPTIONS.empty().lazy() if captions is None else captions, judged.captions),
    )
    yield "reviews", [judged.table]
    _log.info(
        "%d clips, %d media, %d usable, %d ambiguous, %d orphans, %d reviews, %d of them stale",
        len(spans),
        len(media.table),
        summary.filter(pl.col("status") == "usable")["clips"].sum(),
        len(served.ambiguous),
        counts.all_orphans(),
        len(judged.table),
        judged.table["stale"].sum(),
    )
