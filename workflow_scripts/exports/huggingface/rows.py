"""A Parquet file as `datasets` itself writes them: the same bytes whenever it is made of the same clips."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from workflow_scripts.exports.audio.cutting import Row
from workflow_scripts.exports.audio.form import AudioForm
from workflow_scripts.exports.audio.waiting import Made, made_in_order
from workflow_scripts.exports.formats import Packed
from workflow_scripts.exports.hub_files import read_hub_file_back, write_hub_file
from workflow_scripts.exports.huggingface.choice import PARQUET
from workflow_scripts.exports.sums import sha256

TOLD = {
    "clips": pl.Int64,
    "seconds": pl.Float64,
    "bytes": pl.Int64,
    PARQUET: pl.String,
    "overshoot": pl.Int64,
    "unlevelled": pl.Int64,
}
OF_ROW = {
    "clip_id": "clip_id",
    "labels": "labels",
    "captions": "texts",
    "start_s": "said_start_s",
    "end_s": "said_end_s",
    "duration_s": "duration_s",
    "licence": "licence",
    "source_url": "source_url",
}
"""Columns besides the audio, and what they are called in a plan."""


def write_rows(rows: pl.DataFrame, folder: Path) -> Packed:
    """Write the clips of a plan's rows, in their order.

    Returns:
        How many clips and bytes there are, the file's digest, how many clips went beyond full scale, and how many have
        no loudness to bring them by; nothing where no clip could be made, and there is no file.
    """
    suffix = AudioForm.read(rows["made_as"][0]).codec
    with made_in_order(rows, folder.parent) as (clips, failed):
        if not clips:
            return Packed(pl.DataFrame(schema=TOLD), failed)
        features = json.loads(clips[0].row["features"])
        write_hub_file(folder / PARQUET, features, _rows(clips, suffix, features))
        read_hub_file_back(folder / PARQUET, _rows(clips, suffix, features), len(clips), "clip_id")
    told = {
        "clips": len(clips),
        "seconds": sum(clip.encoded.frames / clip.encoded.sample_rate for clip in clips),
        "bytes": (folder / PARQUET).stat().st_size,
        PARQUET: sha256(folder / PARQUET),
        "overshoot": sum(clip.encoded.overshoot > 0 for clip in clips),
        "unlevelled": sum(clip.encoded.unlevelled for clip in clips),
    }
    return Packed(pl.DataFrame([told], schema=TOLD), failed)


def _rows(clips: list[Made], suffix: str, features: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for row, _, stored in clips:
        told = {column: row[OF_ROW[column]] for column in features if column in OF_ROW}
        yield {"audio": {"bytes": stored.read_bytes(), "path": _path(row, suffix)}, **told}


def _path(row: Row, suffix: str) -> str:
    """What the audio of a clip is called, with the suffix that its media had where it is as it was."""
    name = row["member"] or row["path"]
    kept = name.rpartition(".")[2].lower() if row["as_is"] and "." in name else suffix
    return f"{row['clip_id']}.{kept}"
