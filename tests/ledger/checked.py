"""Clips and checks made by hand, for tests of what follows from them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl

from workflow_scripts.ledger.checked import RootChecks
from workflow_scripts.ledger.resolve import resolve
from workflow_scripts.tables import schemas
from workflow_scripts.tables.store import validate

Row = dict[str, Any]
LIMITS = {"min_duration_s": 0.1, "max_duration_s": 11.0, "train_min_duration_s": 1.0}


def fault(kind: str, **more: Any) -> Row:
    return {"load_ok": False, "resample_ok": None, "feature_ok": None, "error_kind": kind, "error": "a fault", **more}


def check(path: str, **more: Any) -> Row:
    """A row of `checks`: a sound file of 10 s unless told otherwise."""
    return dict.fromkeys(schemas.CHECKS.columns) | {
        "path": path,
        "bytes": 1,
        "mtime_ns": 1,
        "load_ok": True,
        "resample_ok": True,
        "feature_ok": True,
        "duration_s": 10.0,
        "sample_rate": 16_000,
        "channels": 1,
        "pcm_digest": "of the one sound",
        "fingerprint": "f",
        **more,
    }


def clips_table(*clips: Row) -> pl.DataFrame:
    """A `clips` table: from 30 s to 40 s of the split `train` unless told otherwise."""
    known = {
        "split": "train",
        "start_s": 30.0,
        "end_s": 40.0,
        "class_ids": ["/m/a"],
        "class_names": ["A"],
        "licence": None,
        "source_url": None,
        "source": "train.csv",
    }
    rows = [known | {"line": line, "media_key": clip["clip_id"]} | clip for line, clip in enumerate(clips, start=1)]
    return pl.DataFrame(rows, schema=schemas.PROMISED.empty().schema)


def root(folder: Path, slug: str, *checks: Row, shards: int = 1, holds: str = "clips") -> RootChecks:
    """A root whose checks are written to as many tables as it has shards."""
    files = []
    for shard in range(shards):
        rows = sorted(checks[shard::shards], key=lambda row: row["path"])
        file = folder / slug / "checks" / f"shard={shard:04d}.parquet"
        table = pl.DataFrame(rows, schema=schemas.CHECKS.empty().schema)
        validate(table, schemas.CHECKS)
        table.write_parquet(file, mkdir=True)
        files.append(file)
    return RootChecks(slug, f"/audio/{slug}", holds, files)


def resolved(
    clips: pl.DataFrame,
    roots: list[RootChecks],
    match: str,
    limits: dict[str, float] = LIMITS,
    splits: Sequence[str] = (),
    **parts: Any,
) -> dict[str, pl.DataFrame]:
    """The tables of a dataset, each whole."""
    tables = resolve(clips.lazy(), roots, limits, match, splits, **parts)
    return {name: pl.concat(frames) for name, frames in tables}
