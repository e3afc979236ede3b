"""Acoustic fingerprints of clips in one Parquet file, which another run holds its own against (`against`).

A form of our own: tables/schemas/against.py declares it, docs/exports.md tells of it. No sound can be made of it, so it
is handed around where the sound may not be.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from workflow_scripts.exports.counting import not_usable
from workflow_scripts.exports.formats import Written
from workflow_scripts.exports.keyed import Keyed
from workflow_scripts.exports.reading import MEDIA, Tables, in_ranges
from workflow_scripts.sound import fingerprint
from workflow_scripts.tables import schemas
from workflow_scripts.tables.store import write_parts

FILE = "{}.fingerprints.parquet"
"""Of a dataset."""
OF_LEDGER = [*MEDIA, "clip_id", "split", "start_s", "end_s", "duration_s", "whole_media", "peak"]
OF_CHECKS = ["pcm_digest", "acoustic_fingerprint"]


def export(tables: Tables, options: dict[str, Any], folder: Path, final_folder: Path) -> Written:
    """Write <dataset>.fingerprints.parquet: a row for each usable clip whose sound can be told again."""
    ledger, clips = tables.lazy("clips"), dict.fromkeys(tables.splits(), 0)
    seconds, usable = 0.0, 0

    def parts() -> Iterator[pl.DataFrame]:
        nonlocal seconds, usable
        checks = Keyed(lambda: tables.each_checks([*MEDIA, *OF_CHECKS]), MEDIA)
        for some in in_ranges(ledger.filter("usable").select(OF_LEDGER)):
            rows = _told(some.hstack(checks.of(some)), tables.dataset)
            for split, count in rows.group_by("split").len().iter_rows():
                clips[split] += count
            seconds, usable = seconds + float(rows["duration_s"].sum()), usable + len(some)
            yield rows

    rows = write_parts(parts(), folder / FILE.format(tables.dataset), schemas.FINGERPRINTS)
    untold = {"no_fingerprint": usable - rows} if usable > rows else {}
    return Written(clips, seconds, not_usable(ledger) | untold)


def _told(clips: pl.DataFrame, dataset: str) -> pl.DataFrame:
    """The rows of some clips: of those that have a digest or a fingerprint."""
    rows = clips.with_columns(
        dataset=pl.lit(dataset),
        pcm_digest=pl.when("whole_media", pl.col("peak") > 0).then("pcm_digest"),  # all silence is the same
        fingerprint_version=pl.lit(fingerprint.VERSION),
        acoustic_fingerprint=_of_stretches(clips),
    )
    told = rows.filter(pl.col("pcm_digest").is_not_null() | pl.col("acoustic_fingerprint").is_not_null())
    return told.select(pl.col(name).cast(kind) for name, kind in schemas.FINGERPRINTS.empty().schema.items())


def _of_stretches(clips: pl.DataFrame) -> pl.Series:
    """The fingerprint of each clip's own stretch; null where it has none."""
    columns = clips.select("acoustic_fingerprint", "whole_media", "start_s", "duration_s").iter_rows()
    return pl.Series([_of_stretch(*clip) for clip in columns], dtype=pl.Binary)


def _of_stretch(packed: bytes | None, whole_media: bool, start_s: float | None, duration_s: float) -> bytes | None:
    if packed is None or whole_media:
        return packed
    start_s = start_s or 0.0
    stretch = fingerprint.span(packed, start_s, start_s + duration_s)
    return stretch if any(stretch) else None
