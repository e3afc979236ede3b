"""Where windows lie in the export, and what BirdNET makes of their folders. Imports nothing heavy."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import polars as pl

from workflow_scripts.exports.files.names import TOLD
from workflow_scripts.exports.packs import group_of, link_files
from workflow_scripts.exports.reading import Pack
from workflow_scripts.exports.sums import add_sums
from workflow_scripts.tables.store import read_table

CLASS_FOLDER = "class_folder"
NON_EVENTS = ("noise", "other", "background", "silence")
"""Folders that are of no class for BirdNET, in small letters or others (config.py, NON_EVENT_CLASSES)."""


def link_windows(packs: Iterable[Pack], folder: Path) -> pl.DataFrame:
    """Have the files of all packs in <split>/<class folder> of an export too, and their digests in SHA256SUMS.

    Returns:
        What packs tell of each, with its `split` and, as `clip_id`, that of the clip it was cut out of.

    Raises:
        SoundledgerError: one is gone.
    """
    each = [pl.DataFrame(schema={**TOLD, CLASS_FOLDER: pl.String, "split": pl.String})]
    for pack in packs:
        told = read_table(pack.told).with_columns(split=pl.lit(group_of(pack.folder.name)))
        place = told.select("file", pl.concat_str("split", CLASS_FOLDER, "file", separator="/").alias("place"))
        link_files([pack], folder, dict(place.iter_rows()).__getitem__)
        add_sums(folder, zip(told["sha256"], place["place"], strict=True))
        each.append(told)
    return pl.concat(each).with_columns(pl.col("clip_id").str.replace(r"_\d+$", ""))


def misread(windows: pl.DataFrame, labels: Iterable[str]) -> Iterator[str]:
    """What the run ends with, as BirdNET does something else than the folders say, or nothing at all.

    Args:
        windows: as `link_windows` gives them.
        labels: of classes.
    """
    if none := sorted(label for label in labels if label.lower() in NON_EVENTS):
        yield f"BirdNET takes folders called {', '.join(none)} for no class; call such classes otherwise"
    of_split = windows.select("split", label=pl.col(CLASS_FOLDER).str.split(",")).unique().explode("label").unique()
    is_class = ~pl.col("label").str.to_lowercase().is_in(NON_EVENTS)
    counts = of_split.group_by("split").agg(classes=is_class.sum(), others=(~is_class).sum()).sort("split")
    for split in counts.filter(classes=1, others=0)["split"]:
        yield (
            f"{split}: BirdNET learns one class only beside sounds without it, in a folder called Background, as clips "
            "without a label are with unlabelled: negative"
        )
