"""Mean and standard deviation of what lies in packs."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import polars as pl

from workflow_scripts.exports.packs import group_of
from workflow_scripts.exports.reading import Pack
from workflow_scripts.sound.settings import SAMPLE_RATE
from workflow_scripts.tables.store import read_table


def statistics(packs: Iterable[Pack], splits: Sequence[str], check: Mapping[str, Any]) -> dict[str, Any]:
    """Over every value of every frame, of each split by itself: a model is told those of what it is trained on.

    Args:
        packs: that hold anything.
        splits: all that there are.
        check: its settings, which the feature follows from.
    """
    sums: dict[str, Counter[str]] = {split: Counter() for split in splits}
    for pack in packs:
        sums[group_of(pack.folder.name)].update(read_table(pack.told).select(_SUMS).row(0, named=True))
    return {
        "feature": "fbank",
        "sample_rate": SAMPLE_RATE,
        **check,
        "splits": {split: _of(of_split) for split, of_split in sums.items()},
    }


_SUMS = [
    pl.len().alias("clips"),
    pl.col("frames").sum(),
    (pl.col("frames") * pl.col("bins")).sum().alias("values"),
    pl.col("total").sum(),
    pl.col("squares").sum(),
]


def _of(sums: Mapping[str, float]) -> dict[str, Any]:
    told: dict[str, Any] = {"clips": sums["clips"], "frames": sums["frames"], "mean": None, "std": None}
    if values := sums["values"]:
        mean = sums["total"] / values
        told |= {"mean": mean, "std": max(sums["squares"] / values - mean**2, 0.0) ** 0.5}
    return told
