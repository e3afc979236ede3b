"""Which classes are said of which clips, as numbers."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from workflow_scripts.tables.leaves import hashes


@dataclass(frozen=True)
class ClassesOfClips:
    """What annotators said of the trainable clips: what a class has is counted by these alone.

    Attributes:
        ids: of all classes, sorted: the number of a class is its place here.
        names: of these.
        rows: `unit`, the place of a clip in the ledger; `label`, a class; `clips`, which is 1.
    """

    ids: list[str]
    names: list[str]
    rows: pl.DataFrame

    @classmethod
    def of(cls, clips: pl.LazyFrame) -> "ClassesOfClips":
        """What is said in the ledger."""
        said = (
            clips.select("trainable", "class_ids", "class_names")
            .with_row_index("unit")
            .filter("trainable")
            .explode("class_ids", "class_names")
            .drop_nulls("class_ids")
            .unique(["unit", "class_ids"])
            .collect(engine="streaming")
        )
        known = said.select(pl.col("class_ids", "class_names")).unique("class_ids").cast(pl.String).sort("class_ids")
        ids = known["class_ids"].to_list()
        label = said["class_ids"].cast(pl.Enum(ids)).to_physical().cast(pl.UInt32)
        rows = said.select("unit", label.alias("label"), clips=pl.lit(1, pl.UInt32)).sort("unit", "label")
        return cls(ids, known["class_names"].to_list(), rows)

    def by(self, units: np.ndarray) -> pl.DataFrame:
        """The same by other units, of which each clip has one: rows with how many `clips` of them say it."""
        of_unit = pl.Series("unit", units)[self.rows["unit"]]
        return (
            self.rows.with_columns(of_unit).group_by("unit", "label").agg(pl.col("clips").sum()).sort("unit", "label")
        )


def order_by_hash(clip_ids: pl.Series, seed: int) -> np.ndarray:
    """A number for each clip that follows from the seed and its id alone: uint64."""
    seeded = pl.select(pl.concat_str(pl.lit(f"{seed} "), clip_ids)).to_series()
    return hashes(seeded, pl.Series([None], dtype=pl.String).new_from_index(0, len(seeded))).to_numpy()
