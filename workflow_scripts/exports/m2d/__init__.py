"""Log-mel spectrograms, a file each, and lists of them, for M2D and M2D-AS.

Source of the form: https://github.com/nttcslab/m2d (data/README.md, wav_to_lms.py, audio_dataset.py,
util/make_as_weighted_list.py).
"""

import logging
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from workflow_scripts.exports.audio.plan import IN_ORDER, OF_LEDGER, checked, sound_of
from workflow_scripts.exports.classes import CLASS_INDEX, indexed_classes, refuse_commas, write_class_index
from workflow_scripts.exports.counting import held_back, not_made, taken
from workflow_scripts.exports.files.names import link_copies
from workflow_scripts.exports.formats import Packed, Written
from workflow_scripts.exports.m2d.form import LogMelForm
from workflow_scripts.exports.m2d.lists import FILES, WEIGHTED, Listed, write_lists
from workflow_scripts.exports.reading import Tables, in_ranges, refuse_splits
from workflow_scripts.exports.sums import SUMS

CLIPS_A_PACK = 2_000
SORTED_BY = IN_ORDER
_log = logging.getLogger(__name__)


def plan(tables: Tables, options: dict[str, Any]) -> Iterator[pl.DataFrame]:
    """The clips of each split. Labels stand in the lists alone, so other labels make no pack anew."""
    refuse_splits("m2d", tables.splits(), ["{}", FILES, WEIGHTED], [CLASS_INDEX, SUMS])
    checks, form = checked(tables), LogMelForm(options["padded_to_s"])
    for clips in in_ranges(taken(tables.lazy("clips")).select("clip_id", "split", *OF_LEDGER)):
        sound = sound_of(clips.hstack(checks.of(clips)), form, 0, pl.lit(value=False))
        yield sound.hstack(clips.select("clip_id", group=pl.col("split").cast(pl.String)))


def clips_a_pack(options: dict[str, Any], clips: int) -> int:
    """As many as take half a minute."""
    return CLIPS_A_PACK


def pack(rows: pl.DataFrame, folder: Path) -> Packed:
    """Some of the spectrograms of a split."""
    from workflow_scripts.exports.m2d.spectrograms import write_spectrograms

    return write_spectrograms(rows, folder)


def export(tables: Tables, options: dict[str, Any], folder: Path, final_folder: Path) -> Written:
    """Write <split>/<two digits>/<clip>.npy, files_<split>.csv, files_<split>_weighted.csv, class_labels_indices.csv.

    M2D takes the folder as `--data_path`.
    """
    classes = indexed_classes(tables)
    refuse_commas("m2d", classes)
    listed = write_lists(tables, classes, folder)
    write_class_index(classes, folder / CLASS_INDEX)
    link_copies(tables.packs, folder)
    clips = {split: one.clips for split, one in listed.items()}
    left_out = held_back(tables.lazy("clips")) | not_made(tables.packs)
    _log.info("m2d: %s; left out: %s", clips, left_out)
    seconds = sum(one.seconds for one in listed.values())
    return Written(clips, seconds, left_out, warnings=tuple(_warnings(listed)))


def _warnings(listed: Mapping[str, Listed]) -> Iterator[str]:
    clips, labelled = (sum(one[place] for one in listed.values()) for place in (0, 1))
    if unlabelled := clips - labelled:
        yield f"{unlabelled:,} clips have no class with an index: M2D takes them, the weighted lists of M2D-AS do not"
