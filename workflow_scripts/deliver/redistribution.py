"""What of an export may be handed on: by the licence of each clip whose sound it holds, and by that of the labels."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from workflow_scripts.errors import first_twenty, shown
from workflow_scripts.tables.licences import allows_redistribution
from workflow_scripts.tables.store import lazy_table

SOUND, LABELS, IMAGES = "sound", "labels", "images"
OF_IMAGE = ["image_dataset", "image_clip_id", "image_licence"]
"""Columns of a list whose rows have an image too."""


@dataclass(frozen=True)
class Licensed:
    """What of an export is under one licence.

    Attributes:
        of: `sound`, which features and pictures of it are too; `labels`, which captions are too; or `images`, which
            sounds are paired with.
        licence: as the tables or `rights` have it; None where none is said.
        clips: how many.
        hours: of sound that these have; None of labels and images.
    """

    of: str
    licence: str | None
    clips: int
    hours: float | None = None

    @property
    def may_go(self) -> bool:
        """Whether it may be handed on."""
        return allows_redistribution(self.licence)

    @property
    def told(self) -> str:
        """What it is, in words."""
        under = shown(self.licence) if self.licence else "no licence that is known"
        return f"{self.of} of {self.clips:,} clip{'' if self.clips == 1 else 's'} under {under}"


def licensed(labels: str | None, taken: int, clips: Path, packs: Iterable[Path]) -> list[Licensed]:
    """What an export holds, by licence: the labels, and the sound that its packs were made of.

    Args:
        labels: the licence of the labels; None where the dataset file says none.
        taken: how many clips the export speaks of.
        clips: the ledger.
        packs: the lists of what went into packs, which alone hold sound; none where it has no packs.
    """
    found = [Licensed(LABELS, labels, taken)]
    if lists := sorted(packs):
        packed = pl.concat([_clips_of(file) for file in lists]).unique()
        of_sound = (
            packed.join(lazy_table(clips), on="clip_id", how="left")  # of a clip that is not there nothing is known
            .group_by(pl.col("licence").cast(pl.String))
            .agg(clips=pl.len(), hours=pl.col("duration_s").sum().truediv(3600).round(6))
            .sort("clips", "licence", descending=[True, False], nulls_last=True)
            .collect()
        )
        found += [Licensed(SOUND, **row) for row in of_sound.iter_rows(named=True)]
        found += _of_images(lists)
    return found


def _of_images(lists: Sequence[Path]) -> list[Licensed]:
    """What is under the licences of images, where rows have any."""
    rows = [pl.scan_parquet(file, glob=False) for file in lists]
    if not {*OF_IMAGE} <= {*rows[0].collect_schema()}:
        return []
    images = pl.concat([some.select(OF_IMAGE) for some in rows]).unique()
    told = images.group_by(licence=OF_IMAGE[-1]).agg(clips=pl.len()).sort("clips", "licence", descending=[True, False])
    return [Licensed(IMAGES, **row) for row in told.collect().iter_rows(named=True)]


def _clips_of(listed: Path) -> pl.LazyFrame:
    rows = pl.scan_parquet(listed, glob=False)
    is_of_other = "of_clip" in rows.collect_schema()
    return rows.select(pl.col("of_clip" if is_of_other else "clip_id").alias("clip_id"))


def why(held: Sequence[Licensed]) -> str:
    """What of an export may not be handed on, in words; "" where all may."""
    return first_twenty([one.told for one in held if not one.may_go])


def advice(held: Sequence[Licensed], export: Mapping[str, Any], dataset_file: str) -> str:
    """What to do about an export that stays where it is.

    Args:
        held: all that it holds.
        export: its `name` and, as the dataset file has them, its `format`, `options`, and what stands `beside` these.
        dataset_file: where that is said.
    """
    words = []
    if not all(one.may_go for one in held if one.of == LABELS):
        words.append(f"Who knows the licence of the labels says it in {dataset_file}: `rights: {{labels: CC-BY-4.0}}`")
    sound = [one for one in held if one.of in (SOUND, IMAGES)]
    free = [one.licence for one in sound if one.may_go and one.licence]
    if free and len(free) < len(sound):
        words.append(f"An export of the clips that may go, under exports of {dataset_file}: {_narrowed(export, free)}")
    return ". ".join([*words, "Who may hand it on all the same says `even_if: not_redistributable` beside its `to`"])


def _narrowed(export: Mapping[str, Any], free: Sequence[str]) -> str:
    """An entry of a dataset file for the same export, of clips under some licences alone."""
    import yaml

    entry = {export["format"]: export["options"], "as": f"{export['name']}_free", "licences": {"only": sorted(free)}}
    return yaml.safe_dump(
        entry | export["beside"], default_flow_style=True, width=float("inf"), allow_unicode=True, sort_keys=False
    ).strip()
