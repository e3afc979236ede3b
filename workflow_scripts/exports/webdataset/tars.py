"""A tar of pairs: the same bytes whenever it is made of the same clips."""

import hashlib
import io
import json
import tarfile
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import polars as pl

from workflow_scripts.exports.audio.cutting import Failed, Row
from workflow_scripts.exports.audio.encoding import Encoded
from workflow_scripts.exports.audio.form import AudioForm
from workflow_scripts.exports.audio.making import make_clips
from workflow_scripts.exports.formats import Packed
from workflow_scripts.exports.webdataset.choice import LONGEST_S

TOLD = {"pairs": pl.Int64, "sha256": pl.String, "overshoot": pl.Int64, "long": pl.Int64}


def write_tar(rows: pl.DataFrame, file: Path) -> Packed:
    """Write the pairs of a plan's rows, in their order; those of one media are cut out of it at once.

    What is encoded waits on disk for its turn: a tar of long clips is larger than memory.

    Returns:
        How many pairs there are, the tar's digest, how many clips went beyond full scale, how many are longer than
        10 s; nothing where no pair could be made, and there is no tar.
    """
    codec = AudioForm.read(rows["made_as"][0]).codec
    made: dict[str, tuple[Row, Encoded, Path]] = {}
    failed: dict[str, list[str]] = {}
    with tempfile.TemporaryDirectory(dir=file.parent.parent) as waiting:
        for number, one in enumerate(make_clips(rows)):
            if isinstance(one, Failed):
                made.pop(one.row["clip_id"], None)
                failed[one.row["clip_id"]] = [one.kind, one.words]
                continue
            row, encoded = one
            stored = Path(waiting, str(number))  # an id may be longer than a file's name
            stored.write_bytes(encoded.content)
            made[row["clip_id"]] = row, encoded._replace(content=b""), stored
        in_order = [made[clip_id] for clip_id in rows["clip_id"] if clip_id in made]
        if not in_order:
            return Packed(pl.DataFrame(schema=TOLD), dict(sorted(failed.items())))
        _write(file, in_order, codec)
    told = {
        "pairs": len(in_order),
        "sha256": _sha256(file),
        "overshoot": sum(one.overshoot > 0 for _, one, _ in in_order),
        "long": sum(one.frames > LONGEST_S * one.sample_rate for _, one, _ in in_order),
    }
    return Packed(pl.DataFrame([told], schema=TOLD), dict(sorted(failed.items())))


def _write(file: Path, pairs: Iterable[tuple[Row, Encoded, Path]], codec: str) -> None:
    with tarfile.open(file, "w", format=tarfile.GNU_FORMAT) as tar:
        for row, encoded, stored in pairs:
            clip_id, said = row["clip_id"], json.dumps(_said(row, encoded), ensure_ascii=False).encode()
            for suffix, content in ((codec, stored.read_bytes()), ("json", said)):
                member = tarfile.TarInfo(f"{clip_id}.{suffix}")  # of nobody, made in 1970: else bytes would differ
                member.size = len(content)
                tar.addfile(member, io.BytesIO(content))


def _said(row: Row, encoded: Encoded) -> dict[str, Any]:
    """What LAION's loaders read, and where it is from."""
    return {
        "text": row["texts"] or [sounds_of(row["tags"])],
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


def sounds_of(names: list[str]) -> str:
    """The sentence that stands for a caption where there are labels alone.

    >>> sounds_of(["Dog"]), sounds_of(["Dog", "Rain", "Car"])
    ('The sounds of Dog', 'The sounds of Dog, Rain and Car')
    """
    *first, last = names
    return f"The sounds of {', '.join(first)} and {last}" if first else f"The sounds of {last}"


def _sha256(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
