"""Manifests, class list, sample weights and statistics for AST, SSAST and AudioMAE.

Source of the formats: https://github.com/YuanGongND/ast (egs/audioset, src/dataloader.py, gen_weight_file.py) and
https://github.com/facebookresearch/AudioMAE.
"""

import csv
import json
import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from workflow_scripts.errors import SoundledgerError
from workflow_scripts.exports.ast.choice import MEDIA, choose, trained_classes
from workflow_scripts.exports.ast.readme import readme
from workflow_scripts.exports.ast.statistics import statistics
from workflow_scripts.exports.copies import copy_name, copy_plan
from workflow_scripts.exports.formats import Packed, Written
from workflow_scripts.exports.packs import link_files
from workflow_scripts.exports.reading import Tables, by_split, file_paths, splits_of

CLIPS_A_PACK = 5_000
"""Some 1.6 GB and a minute or two of one core."""
CLIPS_AT_ONCE = 100_000
"""So many lines of a manifest are held as text."""

_log = logging.getLogger(__name__)


def plan(tables: Tables, options: dict[str, Any]) -> pl.DataFrame:
    """The clips that get a copy."""
    copied = choose(tables, options).clips.filter("copied")
    return copy_plan(copied, tables.checks([*MEDIA, "bytes_digest"]), tables.check["channel"])


def pack(rows: pl.DataFrame, folder: Path) -> Packed:
    """Some of these copies."""
    from workflow_scripts.exports.copying import copy_clips

    return copy_clips(rows, folder)


def export(tables: Tables, options: dict[str, Any], folder: Path, final_folder: Path) -> Written:
    """Write <split>.json, <split>_weights.csv, class_labels_indices.csv, stats.json, README and the copies, if any.

    Clips are taken in the order of the ledger, with those of their annotated classes that are trained on.
    """
    choice = choose(tables, options).without(_failed(tables))
    splits = splits_of(tables.lazy("clips"))
    wav = _wav(choice.clips, options["paths"], final_folder)
    for split in splits:
        is_of_split = choice.clips["split"] == split
        clips = choice.clips.filter(is_of_split)
        _write_manifest(clips, wav.filter(is_of_split), folder / f"{split}.json")
        _write_weights(clips, folder / f"{split}_weights.csv")
    classes = trained_classes(tables, options["restricted_classes"])
    _write_class_index(classes, folder / "class_labels_indices.csv")
    clips_of = by_split(choice.clips, splits)
    train, evaluated = _roles(splits, options)
    stats = statistics(choice, train, tables)
    (folder / "stats.json").write_text(json.dumps(stats, indent=2) + "\n")
    (folder / "README").write_text(readme(choice, clips_of, train, evaluated, classes, stats), encoding="utf-8")
    link_files(tables.packs, folder)
    _log.info("ast: %d clips; left out: %s", len(choice.clips), choice.held_back)
    return Written(clips_of, choice.held_back, choice.copies_bytes, tuple(_warnings(clips_of, train)))


def _warnings(clips_of: dict[str, int], train: list[str]) -> Iterator[str]:
    if not sum(clips_of.values()):
        yield "no clip was taken"
    elif not train:
        yield (
            "no split to train on, so no statistics and no commands: no name holds `train`. Say which are for what: "
            f"{{train: […], eval: […]}}, of {', '.join(clips_of)}"
        )
    elif not sum(clips_of[split] for split in train):
        yield f"no clip to train on was taken: none of {', '.join(train)}"


def _failed(tables: Tables) -> list[str]:
    """Clips whose copy could not be made."""
    return [clip_id for made in tables.packs for clip_id in made.account.failed]


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
    names = copied["clip_id"].map_elements(lambda clip_id: f"{above}{copy_name(clip_id)}", return_dtype=pl.String)
    copies = clips.select("clip_id").join(
        copied.with_columns(wav=names), on="clip_id", how="left", maintain_order="left"
    )
    return copies["wav"].zip_with(copies["wav"].is_not_null(), file_paths(clips, paths, final_folder))


def _write_manifest(clips: pl.DataFrame, wav: pl.Series, file: Path) -> None:
    """{"data": [{"wav": path, "labels": "a,b", "video_id": id}, …]}, one clip a line."""
    entry = pl.struct(wav.alias("wav"), pl.col("labels").cast(pl.String), pl.col("media_key").alias("video_id"))
    with file.open("w", encoding="utf-8") as lines:
        lines.write('{"data": [')
        for first in range(0, len(clips), CLIPS_AT_ONCE):
            rows = clips.select(entry.slice(first, CLIPS_AT_ONCE).struct.json_encode()).to_series()
            lines.write(",\n" if first else "\n")
            lines.write(",\n".join(rows))
        lines.write("\n]}\n")


def _write_weights(clips: pl.DataFrame, file: Path) -> None:
    """The sum over each clip's labels of 1000 / (count + 0.01), counts over the same clips, a line each."""
    sets = clips.group_by("labels").len("clips").with_columns(label=pl.col("labels").cast(pl.String).str.split(","))
    said = sets.select("labels", "label", "clips").explode("label")
    said = said.with_columns(weight=1000 / (pl.col("clips").sum().over("label") + 0.01))
    weights = said.group_by("labels").agg(pl.col("weight").sum())
    texts = weights.select("labels", text=pl.col("weight").map_elements(repr, return_dtype=pl.String))
    of_clips = clips.select("labels").join(texts, on="labels", how="left", maintain_order="left")
    of_clips.select("text").write_csv(file, include_header=False, quote_style="never")


def _write_class_index(classes: pl.DataFrame, file: Path) -> None:
    """index,mid,display_name as AudioSet's own, whose names are always quoted; indices without a gap."""
    with file.open("w", encoding="utf-8", newline="") as lines:
        lines.write("index,mid,display_name\n")
        mids = csv.writer(lines, lineterminator=",")
        names = csv.writer(lines, lineterminator="\n", quoting=csv.QUOTE_ALL)
        for row in classes.select("index", "class_id", "name").iter_rows():
            mids.writerow(row[:2])
            names.writerow(row[2:])
