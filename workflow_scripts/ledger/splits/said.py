"""Which classes are said of which clips, as numbers."""

from dataclasses import dataclass

import numpy as np
import polars as pl


@dataclass(frozen=True)
class ClassesOfClips:
    """What annotators said of all clips.

    Attributes:
        ids: of all classes, sorted: the number of a class is its place here.
        names: of these.
        rows: `unit`, the place of a clip in the ledger; `label`, a class; `clips`, which is 1; and whether it is
            `trainable`.
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
            .explode("class_ids", "class_names")
            .drop_nulls("class_ids")
            .unique(["unit", "class_ids"])
            .collect(engine="streaming")
        )
        known = said.select("class_ids", "class_names").unique("class_ids").cast(pl.String).sort("class_ids")
        ids = known["class_ids"].to_list()
        label = said["class_ids"].cast(pl.Enum(ids)).to_physical().cast(pl.UInt32)
        rows = said.select("unit", label.alias("label"), pl.lit(1, pl.UInt32).alias("clips"), "trainable")
        return cls(ids, known["class_names"].to_list(), rows.sort("unit", "label"))

    def of_trainable(self) -> pl.DataFrame:
        """The rows of the clips that are trainable."""
        return self.rows.filter("trainable").drop("trainable")

    def by(self, units: np.ndarray, trainable: bool = True) -> pl.DataFrame:
        """The same by other units, of which each clip has one: rows with how many `clips` of them say it.

        Args:
            units: for each clip its unit, less than 0 if it has none.
            trainable: which clips count: those that are, or those that are not.
        """
        rows = self.rows.filter(pl.col("trainable") == trainable)
        rows = rows.select(pl.Series("unit", units)[rows["unit"]], "label", "clips").filter(pl.col("unit") >= 0)
        return rows.group_by("unit", "label").agg(pl.col("clips").sum()).sort("unit", "label")
