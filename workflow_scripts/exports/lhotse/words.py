"""What is said of a clip, as supervisions have it."""

import polars as pl

from workflow_scripts.exports.reading import Tables
from workflow_scripts.exports.words import captions

READ = ["split", "clip_id", "class_ids", "class_names"]
"""Columns of the ledger."""


class Words:
    """Captions and classes of clips."""

    def __init__(self, tables: Tables) -> None:
        self._captions = captions(tables)
        classes = tables.read("classes").filter(pl.col("class_index").is_not_null())
        self._index = dict(classes.select("class_id", pl.col("class_index").cast(pl.String)).iter_rows())

    def beside(self, clips: pl.DataFrame) -> pl.DataFrame:
        """Clips with `texts`, their captions, and `events`: indices of their classes as icefall has them."""
        index = pl.element().replace_strict(self._index, default=None, return_dtype=pl.String)
        events = pl.col("class_ids").cast(pl.List(pl.String)).list.eval(index).list.drop_nulls().list.join(";")
        return clips.with_columns(self._captions.of(clips)["texts"], events.alias("events"))
