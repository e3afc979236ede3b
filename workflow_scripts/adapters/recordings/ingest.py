"""The tables of a folder of recordings."""

import hashlib
import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from workflow_scripts.adapters import IngestSettings
from workflow_scripts.adapters.recordings.chunks import said_in_chunks
from workflow_scripts.adapters.recordings.kept import headers_of
from workflow_scripts.adapters.recordings.moments import Moment
from workflow_scripts.adapters.recordings.names import name_pattern, said_by_names
from workflow_scripts.adapters.recordings.reader import Header
from workflow_scripts.adapters.recordings.said import NUMBERS, TEXTS, Origin, Saying, origin_of
from workflow_scripts.adapters.recordings.windows import MOST, windows
from workflow_scripts.sources.clips.assemble import Told, assembled
from workflow_scripts.sources.clips.fields import CLIP
from workflow_scripts.sources.clips.judge import judged
from workflow_scripts.sources.clips.vocabulary import read_vocabulary
from workflow_scripts.sources.ingested import Ingested
from workflow_scripts.sources.listing import FolderListing

WHOLE: tuple[float | None, float | None] = (None, None)
CLIPS = {
    "file": pl.UInt32,
    "again": pl.Boolean,
    **{name: CLIP[name] for name in ("start_s", "end_s", "recorded_at", *TEXTS, *NUMBERS)},
    **dict.fromkeys(("extra", "reason", "detail"), pl.String),
}
NO_LENGTH = (
    "its header tells no length, so it is one clip and not windows; as WAV, or FLAC that knows its length, it has them"
)
_log = logging.getLogger(__name__)


def ingest(settings: IngestSettings) -> Ingested:
    """Read what lies in a folder of recordings, and what names and headers say.

    Raises:
        SourceError: a folder that cannot be listed, or a pattern of names that is none.
    """
    folder, named = settings.sources["folder"], settings.mapping["names"]
    patterns = [name_pattern(one) for one in ([named] if isinstance(named, str) else named)]
    listing = FolderListing.of(folder, settings.looks.get(folder, ""))
    files = listing.rows.with_row_index("file")
    audio = files.filter(pl.col("reason").is_null())
    headers = headers_of(folder, audio, settings.kept)
    said = said_by_names(audio["path"], patterns)
    origins = [origin_of(list(_said(*both))) for both in zip(headers, said, strict=True)]
    clips = _clips(audio["file"].to_list(), headers, origins, settings.mapping.get("windows"))
    rows = files.select("file", "source", "line", "raw", media="path", told_reason="reason", told_detail="detail")
    rows = rows.join(clips, on="file", how="left", maintain_order="left").with_columns(
        pl.coalesce("told_reason", "reason").alias("reason"), pl.coalesce("told_detail", "detail").alias("detail")
    )
    _log.info(
        "%s: %d recordings, %d of known length",
        folder,
        len(audio),
        sum(one["duration_s"] is not None for one in headers),
    )
    told = Told(
        judged(rows.drop("file", "told_reason", "told_detail"), "clip", "path"),
        lambda labels: read_vocabulary("labels", {}, labels),
        [listing.counted(_digests(files["file"], audio["file"], headers))],
        left_out=_uncut(audio, headers) if "windows" in settings.mapping else None,
    )
    return assembled(told, settings.rights)


def _said(header: Header, name: Saying | None) -> Iterator[Saying]:
    yield from said_in_chunks(header["chunks"])
    if name:
        yield name


def _clips(
    files: Sequence[int], headers: Sequence[Header], origins: Sequence[Origin], wanted: Mapping[str, Any] | None
) -> pl.DataFrame:
    """The clips of recordings: CLIPS, those of each one after the other."""
    rows: list[tuple[Any, ...]] = []
    for file, header, origin in zip(files, headers, origins, strict=True):
        spans, fault = _spans(header["duration_s"], origin.at, wanted)
        known = [origin.fields[name] for name in (*TEXTS, *NUMBERS)]
        for ordinal, (start, end) in enumerate(spans):
            at = origin.at.iso(start or 0.0) if origin.at else None
            rows.append((file, ordinal > 0, start, end, at, *known, origin.extra, *fault))
    return pl.DataFrame(rows, schema=CLIPS, orient="row")


def _spans(
    duration_s: float | None, at: Moment | None, wanted: Mapping[str, Any] | None
) -> tuple[Sequence[tuple[float | None, float | None]], tuple[str | None, str | None]]:
    """The spans of a recording that are clips, and reason and detail where there can be none."""
    if wanted is None or not duration_s:  # what cannot be read is one clip, of which its check tells
        return [WHOLE], (None, None)
    since = at.since_midnight_s if at else None
    if wanted["align"] == "clock" and since is None:
        return [WHOLE], ("no_time", "neither its header nor its name says when it began; windows: {align: start}?")
    spans = windows(duration_s, wanted["length_s"], since if wanted["align"] == "clock" else None)
    if spans is None:
        return [WHOLE], ("too_many_windows", f"its header declares {duration_s:.10g} s, more than {MOST:,} windows")
    return spans, (None, None)


def _uncut(audio: pl.DataFrame, headers: Sequence[Header]) -> pl.DataFrame:
    """Rows of recordings that have no windows, since nobody knows how many there are."""
    unknown = pl.Series([header["duration_s"] is None for header in headers], dtype=pl.Boolean)
    return audio.filter(unknown).with_columns(reason=pl.lit("no_length"), detail=pl.lit(NO_LENGTH))


def _digests(files: pl.Series, read: pl.Series, headers: Sequence[Header]) -> pl.Series:
    """Of each file a digest of what was read of its header; nothing where none was."""
    texts = [hashlib.sha256(repr(sorted(one.items())).encode()).hexdigest() for one in headers]
    told = pl.DataFrame({"file": read, "told": pl.Series(texts, dtype=pl.String)})
    joined = files.to_frame("file").join(told, on="file", how="left", maintain_order="left")
    return joined.select(pl.concat_str(pl.lit("\n"), "told").fill_null("")).to_series().alias("told")
