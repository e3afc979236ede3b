"""One HDF5 a split of whole MP3 files and their targets, for PaSST.

Source of the form: https://github.com/kkoutini/PaSST (audioset/dataset.py, audioset/prepare_scripts).
"""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from workflow_scripts.exports.audio.form import AudioForm
from workflow_scripts.exports.audio.plan import IN_ORDER, OF_LEDGER, checked, is_so_already, sound_of
from workflow_scripts.exports.classes import CLASS_INDEX, indexed_classes, is_unlabelled, write_class_index
from workflow_scripts.exports.counting import held_back, not_made, taken
from workflow_scripts.exports.formats import Packed, Written
from workflow_scripts.exports.numbered import warnings_of_sound
from workflow_scripts.exports.packs import group_of
from workflow_scripts.exports.reading import Pack, Tables, in_ranges, refuse_splits

CLIPS_A_PACK = 2_000
"""Some 320 MB of clips of 10 s, and two minutes of one core."""
SORTED_BY = IN_ORDER
SEED = 0
FOLDER = "mp3"
FILE = f"{FOLDER}/{{}}_segments_mp3.hdf"
"""Of a split, as PaSST's configuration calls AudioSet's below its `base_dir`."""
CLASSES = 527
"""As many its dataset unpacks unless it is told otherwise."""
_log = logging.getLogger(__name__)


def plan(tables: Tables, options: dict[str, Any]) -> Iterator[pl.DataFrame]:
    """The clips of each split. What they are labelled stands in the HDF5 alone, so other labels make no pack anew."""
    refuse_splits("passt", tables.splits(), [FILE], [CLASS_INDEX])
    form = AudioForm("mp3", 32_000, "mono", 16, options["audio"]["overshoot"], options["audio"]["bitrate"])
    checks, reasons = checked(tables), _reasons(tables, options)
    for clips in in_ranges(taken(tables.lazy("clips"), reasons).select("clip_id", "split", *OF_LEDGER)):
        sound = sound_of(clips.hstack(checks.of(clips)), form, SEED, is_so_already(form))
        yield sound.hstack(clips.select("clip_id", group=pl.col("split").cast(pl.String)))


def clips_a_pack(options: dict[str, Any], clips: int) -> int:
    """As many as take a minute or two."""
    return CLIPS_A_PACK


def pack(rows: pl.DataFrame, folder: Path) -> Packed:
    """The MP3s of some clips, one behind the other."""
    from workflow_scripts.exports.passt.mp3s import write_mp3s

    return write_mp3s(rows, folder)


def export(tables: Tables, options: dict[str, Any], folder: Path, final_folder: Path) -> Written:
    """Write mp3/<split>_segments_mp3.hdf and class_labels_indices.csv.

    The clips of a split are in the order of its packs.
    """
    from workflow_scripts.exports.passt.hdf import Targets, write_split

    classes, reasons = indexed_classes(tables, options["restricted_classes"]), _reasons(tables, options)
    targets = Targets(taken(tables.lazy("clips"), reasons), classes)
    (folder / FOLDER).mkdir()
    clips, lasting, overshoot = {}, 0.0, 0
    for split, packs in _by_split(tables).items():
        told = write_split(packs, targets, folder / FILE.format(split))
        clips[split], lasting = len(told), lasting + float(told["seconds"].sum())
        overshoot += int(told["overshoot"].sum())
    write_class_index(classes, folder / CLASS_INDEX)
    left_out = held_back(tables.lazy("clips"), reasons) | not_made(tables.packs)
    warnings = [*warnings_of_sound(overshoot, 0, options["audio"]["overshoot"])]
    if len(classes) != CLASSES:
        warnings.append(f"PaSST unpacks {CLASSES} classes unless its AudioSetDataset gets classes_num={len(classes)}")
    _log.info("passt: %s; left out: %s", clips, left_out)
    return Written(clips, lasting, left_out, warnings=tuple(warnings))


def _reasons(tables: Tables, options: dict[str, Any]) -> dict[str, pl.Expr]:
    return {"unlabelled": is_unlabelled(indexed_classes(tables, options["restricted_classes"]))}


def _by_split(tables: Tables) -> dict[str, list[Pack]]:
    """The packs of each split, in the order of their names."""
    of_split: dict[str, list[Pack]] = {split: [] for split in tables.splits()}
    for one in sorted(tables.packs, key=lambda one: one.folder.name):
        of_split[group_of(one.folder.name)].append(one)
    return of_split
