"""Where the copies of clips lie in an export. Imports nothing heavy."""

import functools
from collections.abc import Iterable, Iterator
from pathlib import Path

import polars as pl
import xxhash

from workflow_scripts.exports.packs import group_of, link_files
from workflow_scripts.exports.reading import Pack
from workflow_scripts.exports.sums import add_sums
from workflow_scripts.tables.store import read_table

TOLD = {
    "clip_id": pl.String,
    "file": pl.String,
    "frames": pl.Int64,
    "sample_rate": pl.Int64,
    "channels": pl.Int32,
    "bytes": pl.Int64,
    "sha256": pl.String,
    "overshoot": pl.Int64,
    "unlevelled": pl.Boolean,
}
"""What packs tell of their copies; `file` is the name in the pack."""


AUDIO = "audio"
"""The folder that copies lie below, where they are of no group."""


def below_export(file: str, folder: str = AUDIO) -> str:
    """Where a copy lies below its export; no folder holds many.

    >>> below_export("-0RWZT-miFs.wav")
    'audio/a5/-0RWZT-miFs.wav'
    """
    clip_id = file.rpartition(".")[0]
    return f"{folder}/{xxhash.xxh3_64_intdigest(clip_id.encode()) & 0xFF:02x}/{file}"


def told(packs: Iterable[Pack]) -> Iterator[pl.DataFrame]:
    """What packs tell, with the `group` that each is of; once without rows."""
    yield pl.DataFrame(schema={**TOLD, "group": pl.String})
    for pack in packs:
        yield read_table(pack.told).with_columns(group=pl.lit(group_of(pack.folder.name)))


def link_copies(packs: Iterable[Pack], folder: Path) -> None:
    """Have the copies of all packs in an export's folder too, and their digests in SHA256SUMS there.

    They lie below a folder that is called like their group, or else `audio`.

    Raises:
        SoundledgerError: one is gone.
    """
    for pack in packs:
        place = functools.partial(below_export, folder=group_of(pack.folder.name) or AUDIO)
        link_files([pack], folder, place)
        each = read_table(pack.told).select("sha256", "file")
        add_sums(folder, ((sha256, place(file)) for sha256, file in each.iter_rows()))
