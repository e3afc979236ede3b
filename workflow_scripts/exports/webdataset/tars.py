"""A tar of pairs: the same bytes whenever it is made of the same clips."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import polars as pl

from workflow_scripts.exports.audio.cutting import Row
from workflow_scripts.exports.audio.encoding import Encoded
from workflow_scripts.exports.audio.form import AudioForm
from workflow_scripts.exports.audio.waiting import Made, made_in_order
from workflow_scripts.exports.formats import Packed
from workflow_scripts.exports.sums import sha256
from workflow_scripts.exports.tars import Tar
from workflow_scripts.exports.webdataset.choice import LONGEST_S, TAR

TOLD = {
    "pairs": pl.Int64,
    "seconds": pl.Float64,
    TAR: pl.String,
    "overshoot": pl.Int64,
    "unlevelled": pl.Int64,
    "long": pl.Int64,
}


def write_tar(rows: pl.DataFrame, folder: Path) -> Packed:
    """Write the pairs of a plan's rows, in their order.

    Returns:
        How many pairs there are, the tar's digest, how many clips went beyond full scale, have no loudness to bring
        them by, and are longer than 10 s; nothing where no pair could be made, and there is no tar.
    """
    codec = AudioForm.read(rows["made_as"][0]).codec
    with made_in_order(rows, folder.parent) as (clips, failed):
        if not clips:
            return Packed(pl.DataFrame(schema=TOLD), failed)
        _write(folder / TAR, clips, codec)
    each = [clip.encoded for clip in clips]
    told = {
        "pairs": len(clips),
        "seconds": sum(one.frames / one.sample_rate for one in each),
        TAR: sha256(folder / TAR),
        "overshoot": sum(one.overshoot > 0 for one in each),
        "unlevelled": sum(one.unlevelled for one in each),
        "long": sum(one.frames > LONGEST_S * one.sample_rate for one in each),
    }
    return Packed(pl.DataFrame([told], schema=TOLD), failed)


def _write(file: Path, pairs: Iterable[Made], codec: str) -> None:
    with Tar(file) as tar:
        for row, encoded, stored in pairs:
            said = json.dumps(_said(row, encoded), ensure_ascii=False).encode()
            tar.add(f"{row['clip_id']}.{codec}", stored.read_bytes())
            tar.add(f"{row['clip_id']}.json", said)


def _said(row: Row, encoded: Encoded) -> dict[str, Any]:
    """What LAION's loaders read, and where it is from."""
    return {
        "text": row["texts"],
        "tag": row["tags"],
        "original_data": {
            "clip_id": row["clip_id"],
            "split": row["split"],
            "class_ids": row["class_ids"],
            "start_s": row["said_start_s"],
            "end_s": row["said_end_s"],
            "duration_s": encoded.frames / encoded.sample_rate,
            "sample_rate": encoded.sample_rate,
            "channels": encoded.channels,
            "licence": row["licence"],
            "source_url": row["source_url"],
            "media": row["path"] if row["member"] is None else f"{row['path']}/{row['member']}",
        },
    }
