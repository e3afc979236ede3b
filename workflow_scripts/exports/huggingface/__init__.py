"""Parquet files and a card for Hugging Face's `datasets`.

Source of the form: https://github.com/huggingface/datasets (src/datasets/io/parquet.py, arrow_writer.py, features),
version 5.2; https://huggingface.co/docs/hub/datasets-cards.
"""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from workflow_scripts.exports.formats import Packed, Written
from workflow_scripts.exports.huggingface.card import card
from workflow_scripts.exports.huggingface.choice import called, choose, chosen, features
from workflow_scripts.exports.packs import link_files
from workflow_scripts.exports.plans import group_of
from workflow_scripts.exports.reading import Tables, not_made
from workflow_scripts.tables.store import read_table

SORTED_BY = ("order", "clip_id")
PARQUET, CARD, SUMS = "pack.parquet", "README.md", "SHA256SUMS"
_log = logging.getLogger(__name__)


def plan(tables: Tables, options: dict[str, Any]) -> Iterator[pl.DataFrame]:
    """The clips of each split."""
    return chosen(tables, options)


def clips_a_pack(options: dict[str, Any], clips: int) -> int:
    """As many as a file may hold."""
    return int(options["clips_a_file"])


def pack(rows: pl.DataFrame, folder: Path) -> Packed:
    """One Parquet file."""
    from workflow_scripts.exports.huggingface.rows import write_rows

    return write_rows(rows, folder / PARQUET)


def export(tables: Tables, options: dict[str, Any], folder: Path, final_folder: Path) -> Written:
    """Write data/<split>-<number>-of-<files>.parquet, the card README.md and SHA256SUMS."""
    of_split: dict[str, list[tuple[Any, dict[str, Any]]]] = {called(split): [] for split in tables.splits()}
    for made in sorted(tables.packs, key=lambda one: one.folder.name):
        for told in read_table(made.told).iter_rows(named=True):
            of_split[group_of(made.folder.name)].append((made, told))
    sums = {}
    (folder / "data").mkdir()
    for split, packs in of_split.items():
        for number, (made, told) in enumerate(packs):
            name = f"data/{split}-{number:05}-of-{len(packs):05}.parquet"
            link_files([made], folder, {PARQUET: name}.__getitem__)
            sums[name] = told["sha256"]
    (folder / SUMS).write_text("".join(f"{digest}  {name}\n" for name, digest in sorted(sums.items())))
    clips = {split: sum(told["clips"] for _, told in packs) for split, packs in of_split.items()}
    size = {split: sum(told["bytes"] for _, told in packs) for split, packs in of_split.items()}
    (folder / CARD).write_text(card(tables, features(tables), clips, size), encoding="utf-8")
    held_back = choose(tables) | not_made(tables.packs)
    _log.info("huggingface: %s; left out: %s", clips, held_back)
    overshoot = sum(told["overshoot"] for packs in of_split.values() for _, told in packs)
    return Written(clips, held_back, warnings=tuple(_warnings(clips, overshoot, options)))


def _warnings(clips: dict[str, int], overshoot: int, options: dict[str, Any]) -> Iterator[str]:
    if not sum(clips.values()):
        yield "no clip was taken"
    if overshoot:
        done = "scaled" if options["audio"]["overshoot"] == "scale" else "clipped"
        yield f"{overshoot:,} of the clips went beyond full scale when they were resampled, and were {done}"
