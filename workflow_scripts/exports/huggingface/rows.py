"""A Parquet file as `datasets` itself writes them: the same bytes whenever it is made of the same clips."""

import json
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from workflow_scripts.errors import SoundledgerError
from workflow_scripts.exports.audio.cutting import Row
from workflow_scripts.exports.audio.form import AudioForm
from workflow_scripts.exports.audio.waiting import Made, made_in_order
from workflow_scripts.exports.formats import Packed
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
ROW_GROUP_BYTES = 100 * 10**6
CHUNKING = {"min_chunk_size": 256 * 1024, "max_chunk_size": 1024 * 1024, "norm_level": 0}
"""Pages end where the content says, so that a hub that keeps chunks by digest keeps what did not change."""
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
AUDIO = pa.struct([("bytes", pa.binary()), ("path", pa.string())])


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
        _write(folder / PARQUET, clips, suffix)
        _read_back(folder / PARQUET, clips, suffix)
    told = {
        "clips": len(clips),
        "seconds": sum(clip.encoded.frames / clip.encoded.sample_rate for clip in clips),
        "bytes": (folder / PARQUET).stat().st_size,
        PARQUET: sha256(folder / PARQUET),
        "overshoot": sum(clip.encoded.overshoot > 0 for clip in clips),
        "unlevelled": sum(clip.encoded.unlevelled for clip in clips),
    }
    return Packed(pl.DataFrame([told], schema=TOLD), failed)


def _write(file: Path, clips: list[Made], suffix: str) -> None:
    features = json.loads(clips[0].row["features"])
    schema = pa.schema([(name, _type(feature)) for name, feature in features.items()])
    schema = schema.with_metadata({"huggingface": json.dumps({"info": {"features": features}})})
    others = [name for name in _leaves(schema) if not name.startswith("audio.")]
    with pq.ParquetWriter(
        file,
        schema,
        compression={**dict.fromkeys(others, "snappy"), "audio.bytes": "none", "audio.path": "none"},
        use_dictionary=others,
        write_page_index=True,
        use_content_defined_chunking=CHUNKING,
    ) as writer:
        writer.add_key_value_metadata({"content_defined_chunking": json.dumps(CHUNKING)})
        group: list[dict[str, Any]] = []
        size = 0
        for row, _, stored in clips:
            content = stored.read_bytes()
            if group and size + len(content) > ROW_GROUP_BYTES:
                writer.write_table(pa.Table.from_pylist(group, schema))
                group, size = [], 0
            group.append(_row(row, content, suffix, features))
            size += len(content)
        writer.write_table(pa.Table.from_pylist(group, schema))


def _read_back(file: Path, clips: list[Made], suffix: str) -> None:
    """Raises SoundledgerError where a file has not the sound and words of these clips."""
    with pq.ParquetFile(file) as written:
        if (rows := written.metadata.num_rows) != len(clips):
            raise _distrusted(file, f"{rows:,} rows read back of {len(clips):,} that were written")
        groups = range(written.metadata.num_row_groups)
        there = (row for group in groups for row in written.read_row_group(group).to_pylist())
        for clip, row in zip(clips, there, strict=True):
            audio = row.pop("audio")
            is_as_meant = row == {column: clip.row[OF_ROW[column]] for column in row}
            if not is_as_meant or audio != {"bytes": clip.stored.read_bytes(), "path": _path(clip.row, suffix)}:
                raise _distrusted(file, f"{clip.row['clip_id']} was not read back as it was written")


def _distrusted(file: Path, why: str) -> SoundledgerError:
    return SoundledgerError(f"{file}: {why}: the disk is not to be trusted. Write results elsewhere, and run again")


def _row(row: Row, content: bytes, suffix: str, features: dict[str, Any]) -> dict[str, Any]:
    told = {column: row[OF_ROW[column]] for column in features if column in OF_ROW}
    return {"audio": {"bytes": content, "path": _path(row, suffix)}, **told}


def _path(row: Row, suffix: str) -> str:
    """What the audio of a clip is called, with the suffix that its media had where it is as it was."""
    name = row["member"] or row["path"]
    kept = name.rpartition(".")[2].lower() if row["as_is"] and "." in name else suffix
    return f"{row['clip_id']}.{kept}"


def _type(feature: dict[str, Any]) -> pa.DataType:
    kind = feature["_type"]
    if kind == "List":
        return pa.list_(_type(feature["feature"]))
    return {"Audio": AUDIO, "ClassLabel": pa.int64()}.get(kind) or pa.type_for_alias(feature["dtype"])


def _leaves(schema: pa.Schema) -> list[str]:
    """Paths of the columns as Parquet knows them."""
    return [f"{field.name}.list.element" if pa.types.is_list(field.type) else field.name for field in schema]
