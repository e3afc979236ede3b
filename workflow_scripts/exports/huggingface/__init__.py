"""Parquet files and a card for Hugging Face's `datasets`.

Source of the form: https://github.com/huggingface/datasets (src/datasets/io/parquet.py, arrow_writer.py, features),
version 5.2; https://huggingface.co/docs/hub/datasets-cards.
"""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from workflow_scripts.exports.audio.plan import IN_ORDER
from workflow_scripts.exports.cards import card, names_of_splits
from workflow_scripts.exports.counting import held_back, not_made
from workflow_scripts.exports.formats import Packed, Written
from workflow_scripts.exports.huggingface.choice import PARQUET, chosen, features
from workflow_scripts.exports.numbered import by_group, link_packs, total, warnings_of_sound
from workflow_scripts.exports.reading import Tables

SORTED_BY = IN_ORDER
CARD = "README.md"
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

    return write_rows(rows, folder)


def export(tables: Tables, options: dict[str, Any], folder: Path, final_folder: Path) -> Written:
    """Write data/<split>-<number>-of-<files>.parquet, the card README.md and SHA256SUMS."""
    of_split = by_group(tables.packs, names_of_splits("huggingface", tables.splits()).values())
    (folder / "data").mkdir()
    files = (
        (told, {PARQUET: f"data/{split}-{number:05}-of-{len(packs):05}.parquet"})
        for split, packs in of_split.items()
        for number, told in enumerate(packs)
    )
    link_packs(files, folder)
    clips = {split: total(packs, "clips") for split, packs in of_split.items()}
    size = {split: total(packs, "bytes") for split, packs in of_split.items()}
    (folder / CARD).write_text(card(tables, features(tables), "data/{}-*", clips, size), encoding="utf-8")
    left_out = held_back(tables.lazy("clips")) | not_made(tables.packs)
    _log.info("huggingface: %s; left out: %s", clips, left_out)
    overshoot, unlevelled = (
        sum(total(packs, what) for packs in of_split.values()) for what in ("overshoot", "unlevelled")
    )
    warnings = warnings_of_sound(overshoot, unlevelled, options["audio"]["overshoot"])
    lasting = sum(total(packs, "seconds") for packs in of_split.values())
    return Written(clips, lasting, left_out, warnings=tuple(warnings))
