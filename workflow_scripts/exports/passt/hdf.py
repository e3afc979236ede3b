"""The HDF5 of a split: the same bytes whenever it holds the same."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import polars as pl

from workflow_scripts.errors import SoundledgerError
from workflow_scripts.exports.classes import label_numbers
from workflow_scripts.exports.keyed import Keyed
from workflow_scripts.exports.passt.mp3s import PACK, TOLD
from workflow_scripts.exports.reading import Pack, in_ranges
from workflow_scripts.tables.store import read_table

NAME = "Y{}.mp3"
NAME_BYTES = 20
"""Of a name, as PaSST writes them; it reads names of any length, and longer ones have more."""


class Targets:
    """The classes of each clip, as bits."""

    def __init__(self, ledger: pl.LazyFrame, classes: pl.DataFrame) -> None:
        """Take them in.

        Args:
            ledger: clip_id and class_ids of the clips.
            classes: those that a model has an output for, with `index`.
        """
        self._classes = len(classes)
        self.bytes = (len(classes) + 7) // 8
        columns = ledger.select("clip_id", "class_ids")
        self._labels = Keyed(
            lambda: (
                some.select("clip_id", numbers=label_numbers(some["class_ids"], classes)) for some in in_ranges(columns)
            ),
            ["clip_id"],
        )

    def of(self, clips: pl.DataFrame) -> np.ndarray[Any, Any]:
        """For each clip a row of bytes, whose highest bit is the first class: (clips, bytes) uint8."""
        numbers = self._labels.of(clips)["numbers"]
        said = pl.DataFrame({"row": np.arange(len(clips)), "number": numbers}).explode("number").drop_nulls()
        bits = np.zeros((len(clips), self._classes), bool)
        bits[said["row"].to_numpy(), said["number"].to_numpy()] = True
        return np.packbits(bits, axis=-1)


def write_split(packs: Sequence[Pack], targets: Targets, file: Path) -> pl.DataFrame:
    """Write audio_name, mp3 and target of the clips of some packs, in their order, and read each back.

    Args:
        packs: of the split.
        targets: of their clips.
        file: to write; it stands there whole only when all is done, as its folder does.

    Returns:
        What the packs tell of each clip.

    Raises:
        SoundledgerError: a pack, or what was written, holds something else.
    """
    told = [read_table(pack.told) for pack in packs]
    each = pl.concat([pl.DataFrame(schema=TOLD), *told])
    longest = max([NAME_BYTES, *(len(NAME.format(clip_id)) for clip_id in each["clip_id"])])
    with h5py.File(file, "w", track_order=False) as hdf:
        shape = (len(each),)
        names = hdf.create_dataset("audio_name", shape, f"S{longest}", track_times=False)
        mp3s = hdf.create_dataset("mp3", shape, h5py.vlen_dtype(np.dtype("uint8")), track_times=False)
        target = hdf.create_dataset("target", (len(each), targets.bytes), "uint8", track_times=False)
        place = 0
        for pack, clips in zip(packs, told, strict=True):
            there = slice(place, place + len(clips))
            if len(clips):
                names[there] = np.array([NAME.format(clip_id) for clip_id in clips["clip_id"]], f"S{longest}")
                target[there] = targets.of(clips)
            _write_mp3s(mp3s, place, pack.files / PACK, clips["bytes"].to_list())
            place += len(clips)
    return each


def _write_mp3s(mp3s: Any, place: int, file: Path, sizes: list[int]) -> None:
    """Write those of a pack behind each other, from a place on."""
    if not sizes:
        return
    if (found := file.stat().st_size) != sum(sizes):
        raise SoundledgerError(
            f"{file}: {found:,} bytes where {sum(sizes):,} were made; run again: the pack is made anew"
        )
    with file.open("rb") as packed:
        for number, size in enumerate(sizes, place):
            content = np.frombuffer(packed.read(size), np.uint8)
            mp3s[number] = content
            if not np.array_equal(mp3s[number], content):
                raise SoundledgerError(f"{mp3s.file.filename}: it does not hold what was written to it")
