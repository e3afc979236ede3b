"""Packs as a plan of copies lists them, each copy a name of one of a few files: as many as no disk would hold."""

import os
from pathlib import Path

import polars as pl

from benchmarks.hard_links import LINKS_A_FILE, write_wav
from workflow_scripts.exports.ast.copies import FBANKS
from workflow_scripts.exports.files.names import TOLD
from workflow_scripts.exports.formats import Packed
from workflow_scripts.exports.packs import write_pack

NAMES_A_COPY = 2
"""One in its pack, one in its export."""


class OneSound:
    """A format whose copies are all the same sound."""

    def __init__(self, originals: Path) -> None:
        originals.mkdir()
        self._originals, self._links = originals, LINKS_A_FILE

    def pack(self, rows: pl.DataFrame, folder: Path) -> Packed:
        """Link them."""
        if self._links + NAMES_A_COPY * len(rows) > LINKS_A_FILE:
            self._original = write_wav(self._originals / f"{len(os.listdir(self._originals))}.wav")
            self._links = 0
        self._links += NAMES_A_COPY * len(rows)
        for clip_id in rows["clip_id"]:
            os.link(self._original, f"{folder}/{clip_id}.wav")
        told = rows.select(
            "clip_id",
            file=pl.col("clip_id") + ".wav",
            frames=pl.lit(160_000),
            sample_rate=pl.lit(16_000),
            channels=pl.lit(1),
            bytes=pl.lit(320_044),
            sha256=pl.lit("0" * 64),
            overshoot=pl.lit(0),
            unlevelled=pl.lit(value=False),
            fbank_frames=pl.lit(998),
            fbank_mean=pl.lit(-4.0),
            fbank_std=pl.lit(3.0),
        ).cast({**TOLD, **FBANKS})
        return Packed(told)


def write_packs(lists: Path, packs: Path) -> None:
    """A pack for each of the lists of a plan."""
    made_by = OneSound(packs.with_name(".originals"))
    for listed in sorted(lists.glob("*.parquet")):
        write_pack(made_by, listed, packs / f"{listed.stem}.json")  # type: ignore[arg-type]
