"""The plan of an export on its way to disk: a list for each pack. Of millions of rows only a part is held at a time."""

import logging
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from workflow_scripts.exports.formats import Format, format_name
from workflow_scripts.exports.packs import pack_name
from workflow_scripts.exports.reading import Tables, refuse_splits
from workflow_scripts.tables.files import whole
from workflow_scripts.tables.leaves import BITS, WHOLE, hashes, leaf_names

ROWS_AT_ONCE = 250_000
"""So many rows are held, sorted and parted: a gigabyte a million. More are put aside on disk, all of them, which takes
a fifth of a plan's processor time."""
PART_BITS = 6
"""What was put aside is taken up again in 64 parts, by the first bits of the hash."""

_log = logging.getLogger(__name__)


def write_plan(made_by: Format, tables: Tables, options: dict[str, Any], folder: Path) -> None:
    """Write <leaf>.parquet for every pack of an export, or <group>-<leaf>.parquet: the rows that go into it.

    A row's leaf follows from its media and clip, so a list changes with its own rows alone; and as it holds all that
    the bytes of its pack depend on, only then is that pack made again.
    """
    lists = 0
    with whole(folder) as part:
        part.mkdir()
        rows = _Rows(part / ".aside")
        for some in made_by.plan(tables, options):
            group = pl.col("group") if "group" in some.columns else pl.lit("", pl.String)
            rows.add(some.with_columns(hash=hashes(some["media"], some["clip_id"]), group=group))
        refuse_splits(format_name(made_by), rows.groups(), [])
        leaves = rows.leaves(lambda clips: made_by.clips_a_pack(options, clips))
        for some in rows.parts(leaves):
            for (group,), of_group in some.partition_by("group", as_dict=True, include_key=False).items():
                leaf = _leaf_of(of_group["hash"], leaves[group])
                in_order = of_group.with_columns(leaf=leaf).drop("hash").sort(*made_by.SORTED_BY)
                for (leaf,), of_leaf in in_order.partition_by("leaf", as_dict=True, include_key=False).items():
                    file = part / f"{pack_name(group, leaf)}.parquet"
                    of_leaf.rechunk().write_parquet(file, compression="zstd", compression_level=1)
                    lists += 1
        rows.forget()
    _log.info("%d clips in %d packs", len(rows), lists)


class _Rows:
    """The rows of a plan, with their `hash` and their `group`."""

    def __init__(self, aside: Path) -> None:
        self._aside = aside
        self._hashes: list[pl.DataFrame] = []
        self._held: list[pl.DataFrame] = []

    def __len__(self) -> int:
        return sum(map(len, self._hashes))

    def add(self, rows: pl.DataFrame) -> None:
        """Take some in."""
        self._hashes.append(rows.select("hash", pl.col("group").cast(pl.Categorical)))
        self._held.append(rows)
        if sum(map(len, self._held)) > ROWS_AT_ONCE:
            self._put_aside()

    def groups(self) -> list[str]:
        """All that there are, in order."""
        each = [hashed["group"].cast(pl.String).unique() for hashed in self._hashes]
        return sorted(pl.concat(each).unique()) if each else []

    def leaves(self, most: Callable[[int], int]) -> dict[str, list[str]]:
        """The names of the leaves that the rows of each group fall into, in order.

        Args:
            most: how many rows a leaf has at most, of a group of so many.
        """
        if not self._hashes:
            return {}
        groups = pl.concat(self._hashes).partition_by("group", as_dict=True)
        return {group: sorted(leaf_names(rows["hash"], most(len(rows))).unique()) for (group,), rows in groups.items()}

    def parts(self, leaves: Mapping[str, list[str]]) -> Iterator[pl.DataFrame]:
        """All rows, those of a leaf together: at once if they are held, or if a leaf is larger than a part."""
        if not self._aside.exists():
            yield from [pl.concat(self._held)] if self._held else []
            return
        if self._held:
            self._put_aside()
        parts = sorted(self._aside.iterdir())
        each = [leaf for of_group in leaves.values() for leaf in of_group]
        is_divided = all(len(leaf) >= PART_BITS and leaf != WHOLE for leaf in each)
        for folders in [[part] for part in parts] if is_divided else [parts]:
            files = [file for folder in folders for file in sorted(folder.iterdir())]
            yield pl.concat([pl.read_ipc(file) for file in files])

    def _put_aside(self) -> None:
        rows = pl.concat(self._held).with_columns(part=pl.col("hash") // (1 << BITS - PART_BITS))
        self._held.clear()
        for (part,), some in rows.partition_by("part", as_dict=True, include_key=False).items():
            folder = self._aside / f"{part:02d}"
            folder.mkdir(parents=True, exist_ok=True)
            some.write_ipc(folder / f"{len(self._hashes):06d}.arrow", compression="lz4")

    def forget(self) -> None:
        """Remove what was put aside."""
        shutil.rmtree(self._aside, ignore_errors=True)


def _leaf_of(hashed: pl.Series, leaves: list[str]) -> pl.Series:
    """The leaf of each hash, out of all there are, which are called by the first bits of their hashes."""
    begins = [0 if leaf == WHOLE else int(leaf.ljust(BITS, "0"), 2) for leaf in leaves]
    places = np.searchsorted(np.array(begins, np.uint64), hashed.to_numpy(), side="right") - 1
    return pl.Series(leaves, dtype=pl.String).gather(places)
