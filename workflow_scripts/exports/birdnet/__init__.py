"""A folder a class of 3 s each, for BirdNET-Analyzer to train a classifier on.

Source of the form: https://github.com/birdnet-team/BirdNET-Analyzer (docs/best-practices/training.rst,
docs/usage/cli.rst, birdnet_analyzer/train/utils.py, birdnet_analyzer/config.py).
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from workflow_scripts.exports.audio.plan import IN_ORDER
from workflow_scripts.exports.birdnet.choice import choose, planned
from workflow_scripts.exports.birdnet.folders import CLASS_FOLDER, link_windows, misread
from workflow_scripts.exports.counting import held_back
from workflow_scripts.exports.events.said import NOTHING_SAID
from workflow_scripts.exports.events.tally import FILE, LabelTally
from workflow_scripts.exports.formats import Packed, Written
from workflow_scripts.exports.numbered import warnings_of_sound
from workflow_scripts.exports.reading import Tables, refuse_splits
from workflow_scripts.exports.sums import SUMS

SORTED_BY = IN_ORDER
WINDOWS_A_PACK = 2000


def plan(tables: Tables, options: dict[str, Any]) -> Iterator[pl.DataFrame]:
    """The windows of each split."""
    refuse_splits("birdnet", tables.splits(), ["{}"], [FILE, SUMS])
    return planned(tables, options)


def clips_a_pack(options: dict[str, Any], clips: int) -> int:
    """As many windows as take a minute or two."""
    return WINDOWS_A_PACK


def pack(rows: pl.DataFrame, folder: Path) -> Packed:
    """The files of some windows."""
    from workflow_scripts.exports.files.packing import make_files

    packed = make_files(rows, folder)
    told = packed.told.join(rows.select("clip_id", CLASS_FOLDER), on="clip_id", how="left", maintain_order="left")
    return Packed(told, packed.failed)


def export(tables: Tables, options: dict[str, Any], folder: Path, final_folder: Path) -> Written:
    """Write <split>/<class>/<clip>_<ms>.<suffix>, labels.json and SHA256SUMS."""
    windows = link_windows(tables.packs, folder)
    labels, left_out = LabelTally(), Counter[str]()
    for part in choose(tables, options):
        made = part.clips.join(windows, on="clip_id", how="semi").select("clip_id")
        left_out.update(part.clips["held_back"].drop_nulls())
        left_out["not_made"] += part.clips["held_back"].null_count() - len(made)
        labels.add(part.rows.join(made, on="clip_id", how="semi"))
    labels.write(tables, folder)
    each = dict(windows.group_by("split").agg(pl.col("clip_id").n_unique()).iter_rows())
    clips = {split: each.get(split, 0) for split in tables.splits()}
    in_order = {reason: left_out[reason] for reason in (*NOTHING_SAID, "long_name", "not_made") if left_out[reason]}
    overshoot, unlevelled = windows.filter(pl.col("overshoot") > 0).height, int(windows["unlevelled"].sum())
    warnings = [
        *warnings_of_sound(overshoot, unlevelled, options["audio"]["overshoot"]),
        *misread(windows, labels.used),
        *labels.warnings(),
        *labels.unsaid("folders"),
    ]
    seconds = float((windows["frames"] / windows["sample_rate"]).sum())
    return Written(clips, seconds, held_back(tables.lazy("clips")) | in_order, warnings=tuple(warnings))
