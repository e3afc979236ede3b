"""Manifests, class list, sample weights, and the fbank of every clip in a file of its own, for AudioMAE.

Source of the form: https://github.com/facebookresearch/AudioMAE (dataset.py, main_finetune_as.py). With `--use_fbank`
it takes <name>.npy of one folder for a WAV <name>.wav, wherever that lies, so all names are in one folder.
"""

import contextlib
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from workflow_scripts.exports.audio.form import AudioForm
from workflow_scripts.exports.audio.plan import IN_ORDER, OF_LEDGER, checked, sound_of
from workflow_scripts.exports.audiomae.told import OF_FBANK, statistics
from workflow_scripts.exports.classes import (
    CLASS_INDEX,
    indexed_classes,
    is_unlabelled,
    joined_labels,
    refuse_commas,
    write_class_index,
)
from workflow_scripts.exports.counting import held_back, not_made, taken
from workflow_scripts.exports.files.names import below_export
from workflow_scripts.exports.formats import Packed, Written
from workflow_scripts.exports.manifest import MANIFEST, WEIGHTS, lines_of, split_files
from workflow_scripts.exports.numbered import warnings_of_sound
from workflow_scripts.exports.packs import link_files
from workflow_scripts.exports.reading import Tables, in_ranges, refuse_splits
from workflow_scripts.exports.sums import SUMS, add_sums
from workflow_scripts.tables.store import read_table

CLIPS_A_PACK = 2_000
"""Some 1.7 GB of clips of 10 s, and a minute of one core."""
SORTED_BY = IN_ORDER
FBANKS, STATISTICS = "fbank", "stats.json"
MADE_AS = "fbank 128 float32 1"
"""How an fbank is made of a WAV; its last number is raised by hand when the same WAV would give other bytes."""
SIGNAL = {"first": "first", "mean": "mono"}
"""What of a media is taken, by what the check takes."""
_log = logging.getLogger(__name__)


def plan(tables: Tables, options: dict[str, Any]) -> Iterator[pl.DataFrame]:
    """The clips. What they are labelled stands in the manifests alone, so other labels make no pack anew."""
    refuse_splits("audiomae", tables.splits(), [MANIFEST, WEIGHTS], [CLASS_INDEX, STATISTICS, FBANKS, "audio", SUMS])
    checks, form = checked(tables), AudioForm("wav", 16_000, SIGNAL[tables.check["channel"]], 16, "clip")
    ledger = taken(tables.lazy("clips"), _reasons(tables, options))
    for clips in in_ranges(ledger.select("clip_id", *OF_LEDGER)):
        sound = sound_of(clips.hstack(checks.of(clips)), form, 0, pl.lit(value=False))
        yield sound.with_columns(
            clips["clip_id"],
            with_sound=pl.lit(options["sound"]),
            fbank_frames=pl.lit(options["frames"], pl.Int64),
            fbank_made_as=pl.lit(MADE_AS),
        )


def clips_a_pack(options: dict[str, Any], clips: int) -> int:
    """As many as take a minute or two."""
    return CLIPS_A_PACK


def pack(rows: pl.DataFrame, folder: Path) -> Packed:
    """The files of some clips."""
    from workflow_scripts.exports.audiomae.fbanks import write_fbanks

    return write_fbanks(rows, folder)


def export(tables: Tables, options: dict[str, Any], folder: Path, final_folder: Path) -> Written:
    """Write <split>.json, <split>_weights.csv, class_labels_indices.csv, stats.json, fbank/<clip>.npy and the WAVs."""
    classes = _classes(tables, options)
    clips = _clips(tables, options, classes)
    above = f"{final_folder.absolute()}/" if options["paths"] == "absolute" else ""
    wav = pl.col("clip_id") + ".wav"
    if options["sound"]:
        wav = above + wav.map_elements(below_export, return_dtype=pl.String)
    with contextlib.ExitStack() as stack:
        for (split,), of_split in clips.partition_by("split", as_dict=True).items():
            add = stack.enter_context(split_files(folder, str(split), of_split.lazy()))
            for some in of_split.iter_slices(100_000):
                add(some.with_columns(wav=wav))
        for split in set(tables.splits()) - set(clips["split"]):
            stack.enter_context(split_files(folder, split, clips.clear().lazy()))
    write_class_index(classes, folder / CLASS_INDEX)
    stats = {split: statistics(clips.filter(pl.col("split") == split)) for split in tables.splits()}
    said = json.dumps({"splits": stats}, indent=2, ensure_ascii=False)
    (folder / STATISTICS).write_text(f"{said}\n", encoding="utf-8")
    (folder / FBANKS).mkdir()
    _link(tables, folder)
    taken_of = {split: one["clips"] for split, one in stats.items()}
    left_out = held_back(tables.lazy("clips"), _reasons(tables, options)) | not_made(tables.packs)
    _log.info("audiomae: %s; left out: %s", taken_of, left_out)
    warnings = warnings_of_sound(int(clips["overshoot"].sum()), 0, "clip")
    lasting = float(clips["seconds"].sum())
    return Written(taken_of, lasting, left_out, warnings=tuple(warnings), lines=lines_of(taken_of))


def _classes(tables: Tables, options: dict[str, Any]) -> pl.DataFrame:
    classes = indexed_classes(tables, options["restricted_classes"])
    refuse_commas("audiomae", classes)
    return classes


def _reasons(tables: Tables, options: dict[str, Any]) -> dict[str, pl.Expr]:
    return {"unlabelled": is_unlabelled(_classes(tables, options))}


def _clips(tables: Tables, options: dict[str, Any], classes: pl.DataFrame) -> pl.DataFrame:
    """The clips that were made, in the order of the ledger, with `labels` and what is told of their fbanks."""
    told = [read_table(one.told).drop_nulls("fbank_frames").drop("file", "bytes", "sha256") for one in tables.packs]
    ledger = taken(tables.lazy("clips"), _reasons(tables, options)).select("split", "clip_id", "media_key", "class_ids")
    named = [
        some.select(
            pl.col("split").cast(pl.String), "clip_id", "media_key", labels=joined_labels(some["class_ids"], classes)
        )
        for some in in_ranges(ledger)
    ]
    made = pl.concat([pl.DataFrame(schema={"clip_id": pl.String, **OF_FBANK}), *told])
    return pl.concat(named).join(made, on="clip_id", maintain_order="left")


def _link(tables: Tables, folder: Path) -> None:
    """Have the files of all packs in the export, and their digests in SHA256SUMS."""
    for one in tables.packs:
        link_files([one], folder, _place)
        each = read_table(one.told).select("sha256", "file")
        add_sums(folder, ((digest, _place(file)) for digest, file in each.iter_rows()))


def _place(file: str) -> str:
    """Where a file of a pack lies in the export.

    >>> _place("-0RWZT-miFs.npy"), _place("-0RWZT-miFs.wav")
    ('fbank/-0RWZT-miFs.npy', 'audio/a5/-0RWZT-miFs.wav')
    """
    return f"{FBANKS}/{file}" if file.endswith(".npy") else below_export(file)
