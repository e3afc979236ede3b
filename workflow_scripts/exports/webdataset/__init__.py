"""Tars of pairs `<clip>.flac` and `<clip>.json`, for LAION-CLAP, webdataset and any PyTorch loader.

Source of the form: https://github.com/LAION-AI/audio-dataset (data_preprocess) and https://github.com/LAION-AI/CLAP
(src/laion_clap/training/data.py); https://github.com/webdataset/webdataset.
"""

import json
import logging
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from workflow_scripts.exports.audio.plan import IN_ORDER
from workflow_scripts.exports.counting import not_made
from workflow_scripts.exports.formats import Packed, Written
from workflow_scripts.exports.numbered import ToldPack, by_group, link_packs, total, warnings_of_sound
from workflow_scripts.exports.reading import Tables
from workflow_scripts.exports.webdataset.choice import (
    CLAP_RATE,
    CLASSES,
    FOUND_BY_CLAP,
    TAR,
    called,
    choose,
    chosen,
)

SORTED_BY = IN_ORDER
SIZES = "sizes.json"
_log = logging.getLogger(__name__)


def plan(tables: Tables, options: dict[str, Any]) -> Iterator[pl.DataFrame]:
    """The pairs of each split."""
    return chosen(tables, options)


def clips_a_pack(options: dict[str, Any], clips: int) -> int:
    """How many pairs a tar of a split of so many holds at most.

    Where there are to be more tars, half of that, or half of the half: so one clip more or less is of no consequence.

    >>> [clips_a_pack({"pairs_a_tar": 512, "tars_a_split": tars}, 1000) for tars in (1, 8)]
    [512, 128]
    """
    most = int(options["pairs_a_tar"])
    while most > 1 and math.ceil(clips / most) < options["tars_a_split"]:
        most //= 2
    return most


def pack(rows: pl.DataFrame, folder: Path) -> Packed:
    """One tar."""
    from workflow_scripts.exports.webdataset.tars import write_tar

    return write_tar(rows, folder)


def export(tables: Tables, options: dict[str, Any], folder: Path, final_folder: Path) -> Written:
    """Write <split>/<number>.tar, <split>/sizes.json, class_labels_indices.json and SHA256SUMS.

    LAION-CLAP takes the folder above as `datasetpath`, the export's name as `datasetnames`.
    """
    numbered = by_group(tables.packs, dict.fromkeys(called(tables, options).values()))
    for split, packs in numbered.items():
        (folder / split).mkdir()
        sizes = {f"{number}.tar": told.of["pairs"] for number, told in enumerate(packs)}
        (folder / split / SIZES).write_text(json.dumps(sizes, indent=1) + "\n")
    tars = ((told, {TAR: f"{split}/{number}.tar"}) for split in numbered for number, told in enumerate(numbered[split]))
    link_packs(tars, folder)
    (folder / CLASSES).write_text(_class_labels(tables), encoding="utf-8")
    clips = {split: total(packs, "pairs") for split, packs in numbered.items()}
    held_back = choose(tables, options) | not_made(tables.packs)
    _log.info("webdataset: %s; left out: %s", clips, held_back)
    lasting = sum(total(packs, "seconds") for packs in numbered.values())
    return Written(clips, lasting, held_back, warnings=tuple(_warnings(numbered, clips, options)))


def _class_labels(tables: Tables) -> str:
    """The index of each name that a `tag` may be, in the order of the classes that have one."""
    names = tables.read("classes").sort("class_index", nulls_last=True, maintain_order=True)["name"]
    return json.dumps({name: index for index, name in enumerate(names.unique(maintain_order=True))}, indent=1) + "\n"


def _warnings_of_form(audio: dict[str, Any]) -> Iterator[str]:
    """What LAION-CLAP makes of it; other loaders take whatever there is."""
    if audio["codec"] != "flac":
        yield f"LAION-CLAP reads no .{audio['codec']}, but .flac alone"
    elif audio["sample_rate"] != CLAP_RATE:
        yield f"LAION-CLAP does not resample: {audio['sample_rate']:,} Hz it takes for {CLAP_RATE:,} Hz"
    if audio["channels"] == "all":
        yield "LAION-CLAP takes the first of several channels"


def _warnings(numbered: dict[str, list[ToldPack]], clips: dict[str, int], options: dict[str, Any]) -> Iterator[str]:
    packs = [told for of_split in numbered.values() for told in of_split]
    overshoot, unlevelled = total(packs, "overshoot"), total(packs, "unlevelled")
    yield from warnings_of_sound(overshoot, unlevelled, options["audio"]["overshoot"])
    yield from _warnings_of_form(options["audio"])
    if long := total(packs, "long"):
        yield f"LAION-CLAP fails at {long:,} clips longer than 10 s: longer_than_10_s: cut or leave_out"
    if others := sorted(split for split in numbered if split not in FOUND_BY_CLAP):
        yield f"LAION-CLAP finds no split called {', '.join(others)}; call it otherwise: splits: {{{others[0]}: train}}"
    for split, tars in numbered.items():
        if 0 < len(tars) < options["tars_a_split"]:
            yield f"{split}: {len(tars):,} tars, as it has {clips[split]:,} clips; a loader may have no more workers"
