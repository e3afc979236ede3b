"""What all jobs measured, as tables of a dataset."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import polars as pl

from workflow_scripts.exports.reading import pack_of
from workflow_scripts.tables import schemas
from workflow_scripts.tables.store import write_table

ORDER = {
    "windowed": ["clip_id"],
    "directions": ["clip_id", "onset_s", "ordinal"],
    "indices": ["clip_id", "onset_s", "index"],
}
"""So rows stand whatever jobs they were measured in."""


def gather(accounts: Iterable[Path], outputs: Mapping[str, Path]) -> None:
    """Write the tables of schemas.WINDOWS.

    Args:
        accounts: of the packs.
        outputs: the file of each table.
    """
    packs = [pack_of(account) for account in accounts]
    for name, schema in schemas.WINDOWS.items():
        files = [pack.files / f"{name}.parquet" if name in schemas.BY_WINDOW else pack.told for pack in packs]
        parts = [schema.empty(), *(pl.read_parquet(file, glob=False) for file in files)]
        write_table(pl.concat(parts).sort(ORDER[name]), outputs[name], schema)
