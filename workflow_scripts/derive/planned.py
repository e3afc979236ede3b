"""What a kind of derived dataset plans: scenes, what each consists of, and what is heard in it."""

from dataclasses import dataclass, field
from typing import Any

import polars as pl

from workflow_scripts.derive.pools import refuse_leaks

OF_MEDIA = ["media", "path", "member", "media_path", "bytes_digest", "own_rate"]
"""Columns of a part by which its sound is found, besides those of the table."""
HEARD: dict[str, Any] = {
    "clip_id": pl.String,
    "class_id": pl.String,
    "onset_s": pl.Float64,
    "offset_s": pl.Float64,
    "origin": pl.String,
}
"""What is heard in scenes: `origin` is annotated, or background; onset and offset are null where all of the scene is
meant."""
HEARD_OF_PARTS: dict[str, Any] = HEARD | {"ordinal": pl.Int32}
"""By which part of its scene."""
TOLD: dict[str, Any] = {
    "clip_id": pl.String,
    "ordinal": pl.Int32,
    "gain_db": pl.Float64,
    "scale_db": pl.Float64,
    "steps_db": pl.List(pl.Float64),
}
"""Of each part of each scene that was made; `steps_db`, with the first part, has what each step of a recipe came to."""
RECIPE = pl.List(pl.Struct({"transform": pl.String, "parameters": pl.String}))
"""What is done to one clip, in its order: the steps that are applied, each with its parameters as JSON."""


@dataclass(frozen=True)
class ScenePlan:
    """A plan.

    Attributes:
        scenes: PLANNED_SCENES without `channels`; `sample_rate` of scenes that each have their own.
        parts: PLANNED_PARTS, `from_media_s`, where a part begins in its media, and OF_MEDIA.
        heard: HEARD_OF_PARTS.
        pools: what scenes could be made of: columns of pools.pool_of.
        augmentations: PLANNED_AUGMENTATIONS, of scenes that are clips to which a recipe is applied; None of others.
    """

    scenes: pl.DataFrame
    parts: pl.DataFrame
    heard: pl.DataFrame
    pools: list[pl.DataFrame] = field(default_factory=list)
    augmentations: pl.DataFrame | None = None

    def check(self, where: str) -> None:
        """Raises SoundledgerError where one sound would be in several splits that have scenes."""
        splits = self.scenes["split"].unique().implode()
        refuse_leaks([pool.filter(pl.col("split").is_in(splits)) for pool in self.pools], where)
