"""Manifests, class list, sample weights and statistics for AST, SSAST and AudioMAE.

Source of the formats: https://github.com/YuanGongND/ast (egs/audioset, src/dataloader.py, gen_weight_file.py) and
https://github.com/facebookresearch/AudioMAE.
"""

import contextlib
import json
import logging
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl

from workflow_scripts.errors import SoundledgerError
from workflow_scripts.exports.ast.choice import choose, trained_classes
from workflow_scripts.exports.ast.copies import FBANKS, OVERSHOOT, SUFFIX, fbank_of, form_of
from workflow_scripts.exports.ast.readme import readme
from workflow_scripts.exports.ast.statistics import statistics
from workflow_scripts.exports.audio.plan import IN_ORDER, OF_LEDGER, checked, sound_of
from workflow_scripts.exports.classes import CLASS_INDEX, write_class_index
from workflow_scripts.exports.counting import by_split, seconds
from workflow_scripts.exports.files.names import below_export, link_copies, told
from workflow_scripts.exports.formats import Packed, Written
from workflow_scripts.exports.manifest import MANIFEST, WEIGHTS, lines_of, split_files
from workflow_scripts.exports.numbered import warnings_of_sound
from workflow_scripts.exports.reading import Tables, file_paths, refuse_splits

CLIPS_A_PACK = 5_000
"""Some 1.6 GB and a minute or two of one core."""
SORTED_BY = IN_ORDER
STATISTICS, README = "stats.json", "README"
_log = logging.getLogger(__name__)


def plan(tables: Tables, options: dict[str, Any]) -> Iterator[pl.DataFrame]:
    """The clips that get a copy."""
    _splits(tables)
    choice = choose(tables, options)
    ways = choice.trainable.select("taken", "copied")  # the other columns take a gigabyte for twenty million clips
    choice = replace(choice, trainable=ways)
    checks, form = checked(tables), form_of(tables.check)
    for clips in choice.taken(tables, ["clip_id", *OF_LEDGER]):
        copied = clips.filter("copied")
        rows = sound_of(copied.hstack(checks.of(copied)), form, 0, pl.lit(value=False))
        yield rows.with_columns(copied["clip_id"], suffix=pl.lit(SUFFIX))


def clips_a_pack(options: dict[str, Any], clips: int) -> int:
    """As many as take a minute or two."""
    return CLIPS_A_PACK


def pack(rows: pl.DataFrame, folder: Path) -> Packed:
    """Some of these copies."""
    from workflow_scripts.exports.files.packing import Tell, make_files

    return make_files(rows, folder, Tell(FBANKS, fbank_of))


def export(tables: Tables, options: dict[str, Any], folder: Path, final_folder: Path) -> Written:
    """Write <split>.json, <split>_weights.csv, class_labels_indices.csv, stats.json, README and the copies, if any.

    Clips are taken in the order of the ledger, with those of their annotated classes that are trained on.
    """
    splits = _splits(tables)
    choice = choose(tables, options)
    taken = choice.trainable.lazy().filter("taken")
    with contextlib.ExitStack() as stack:
        of_splits = {split: taken.filter(pl.col("split") == split) for split in splits}
        adds = {
            split: stack.enter_context(split_files(folder, split, clips, options["compress"]))
            for split, clips in of_splits.items()
        }
        for clips in choice.taken(tables, ["split", "clip_id", "media_key", "media_path"]):
            named = clips.with_columns(_wav(clips, options["paths"], final_folder).alias("wav"))
            for split, add in adds.items():
                add(named.filter(pl.col("split") == split))
    classes = trained_classes(tables, options)
    write_class_index(classes, folder / CLASS_INDEX)
    clips_of = by_split(taken, splits)
    train, evaluated = _roles(splits, options)
    stats = statistics(choice, train, tables)
    (folder / STATISTICS).write_text(json.dumps(stats, indent=2) + "\n")
    (folder / README).write_text(
        readme(choice, tables.held_back, clips_of, train, evaluated, classes, stats), encoding="utf-8"
    )
    link_copies(tables.packs, folder)
    _log.info("ast: %d clips; left out: %s", sum(clips_of.values()), choice.held_back)
    overshoot = sum(int((some["overshoot"] > 0).sum()) for some in told(tables.packs))
    warnings = (*warnings_of_sound(overshoot, 0, OVERSHOOT), *_warnings(clips_of, train))
    lines = lines_of(clips_of, options["compress"])
    return Written(clips_of, seconds(taken), choice.held_back, choice.copies_bytes, warnings, lines)


def _splits(tables: Tables) -> list[str]:
    """Those of the clips, if all of their files can be written."""
    splits = tables.splits()
    refuse_splits("ast", splits, [MANIFEST, WEIGHTS], [CLASS_INDEX, STATISTICS, README])
    return splits


def _warnings(clips_of: dict[str, int], train: list[str]) -> Iterator[str]:
    if not sum(clips_of.values()):
        return
    if not train:
        yield (
            "no split to train on, so no statistics and no commands: no name holds `train`. Say which are for what: "
            f"{{train: […], eval: […]}}, of {', '.join(clips_of)}"
        )
    elif not sum(clips_of[split] for split in train):
        yield f"no clip to train on was taken: none of {', '.join(train)}"


def _roles(splits: list[str], options: dict[str, Any]) -> tuple[list[str], list[str]]:
    """The splits to train on, and those to evaluate on; never one for both unless the options say so."""
    unknown = sorted({*options["train"], *options["eval"]} - set(splits))
    if unknown:
        raise SoundledgerError(
            f"export ast: train, eval: there is no split {', '.join(unknown)}; there are {', '.join(splits) or 'none'}"
        )
    train = options["train"] or [split for split in splits if "train" in split]
    return train, options["eval"] or [split for split in splits if split not in train]


def _wav(clips: pl.DataFrame, paths: str, final_folder: Path) -> pl.Series:
    """The file of each clip: its copy, if it has one."""
    above = "" if paths == "relative" else f"{os.path.abspath(final_folder)}/"
    copied = clips.filter("copied").select("clip_id")
    files = (copied["clip_id"] + f".{SUFFIX}").map_elements(below_export, return_dtype=pl.String)
    copies = clips.select("clip_id").join(
        copied.with_columns(wav=above + files), on="clip_id", how="left", maintain_order="left"
    )
    return copies["wav"].zip_with(copies["wav"].is_not_null(), file_paths(clips, paths, final_folder))
