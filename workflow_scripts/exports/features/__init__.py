"""Fbanks in packs with an index, for whoever trains many times on one set.

The feature is the check's: AST's fbank, with the channel and the number of bins that the check is set to. A form of our
own: tests/exports/test_exports_features.py and docs/exports.md read it.
"""

import json
import logging
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from workflow_scripts.exports.audio.plan import IN_ORDER, OF_LEDGER, checked, sound_of
from workflow_scripts.exports.classes import CLASS_INDEX, indexed_classes, write_class_index
from workflow_scripts.exports.counting import held_back, not_made, seconds, taken
from workflow_scripts.exports.features.form import FbankForm
from workflow_scripts.exports.features.index import INDEX, write_index
from workflow_scripts.exports.features.statistics import statistics
from workflow_scripts.exports.formats import Packed, Written
from workflow_scripts.exports.numbered import ToldPack, link_packs
from workflow_scripts.exports.packs import group_of
from workflow_scripts.exports.reading import Pack, Tables, in_ranges, refuse_splits
from workflow_scripts.exports.sums import SUMS
from workflow_scripts.tables.store import read_table

SORTED_BY = IN_ORDER
PACK, STATISTICS = "pack.zst", "stats.json"
SEED = 0
"""Of the order in packs: who reads one from its beginning gets clips that have nothing to do with each other."""
_log = logging.getLogger(__name__)


def plan(tables: Tables, options: dict[str, Any]) -> Iterator[pl.DataFrame]:
    """The clips of each split. What is said of them stands in the index alone, so other labels make no pack anew."""
    refuse_splits("features", tables.splits(), ["{}"], [INDEX, CLASS_INDEX, STATISTICS, SUMS])
    checks, form = checked(tables), FbankForm(tables.check["channel"], tables.check["num_mel_bins"])
    for clips in in_ranges(taken(tables.lazy("clips")).select("clip_id", "split", *OF_LEDGER)):
        sound = sound_of(clips.hstack(checks.of(clips)), form, SEED, pl.lit(value=False))
        yield sound.hstack(clips.select("clip_id", group=pl.col("split").cast(pl.String)))


def clips_a_pack(options: dict[str, Any], clips: int) -> int:
    """As many as a pack may hold."""
    return int(options["clips_a_pack"])


def pack(rows: pl.DataFrame, folder: Path) -> Packed:
    """One pack."""
    from workflow_scripts.exports.features.packing import write_fbanks

    return write_fbanks(rows, folder / PACK)


def export(tables: Tables, options: dict[str, Any], folder: Path, final_folder: Path) -> Written:
    """Write <split>/<number>.zst, index.parquet, class_labels_indices.csv, stats.json and SHA256SUMS."""
    splits, classes = tables.splits(), indexed_classes(tables)
    named = _named(tables.packs, splits)
    for split in splits:
        (folder / split).mkdir()
    link_packs(((_told(pack), {PACK: name}) for name, pack in named.items()), folder)
    clips = write_index(tables, named, classes, folder / INDEX)
    write_class_index(classes, folder / CLASS_INDEX)
    told = statistics(named.values(), splits, tables.check)
    (folder / STATISTICS).write_text(json.dumps(told, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    left_out = held_back(tables.lazy("clips")) | not_made(tables.packs)
    _log.info("features: %s; left out: %s", clips, left_out)
    return Written(clips, seconds(read_table(folder / INDEX).lazy()), left_out)


def _named(packs: Sequence[Pack], splits: list[str]) -> dict[str, Pack]:
    """The packs that hold anything, by what they are called: numbered within their split."""
    of_split: dict[str, list[Pack]] = {split: [] for split in splits}
    for one in sorted(packs, key=lambda one: one.folder.name):
        if one.account.made:
            of_split[group_of(one.folder.name)].append(one)
    return {f"{split}/{number}.zst": one for split, each in of_split.items() for number, one in enumerate(each)}


def _told(pack: Pack) -> ToldPack:
    return ToldPack(pack, {PACK: read_table(pack.told)["sha256"][0]})
