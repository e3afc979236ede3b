"""What is said of clips, for exports that hold it beside their sound."""

import polars as pl

from workflow_scripts.exports.keyed import Keyed
from workflow_scripts.exports.reading import Tables


def captions(tables: Tables) -> Keyed:
    """The captions of each clip that has any, as `texts`; blank ones say nothing."""
    said = tables.lazy("captions").filter(pl.col("text").str.contains(r"\S")).sort("clip_id", "ordinal")
    texts = said.group_by("clip_id", maintain_order=True).agg(texts="text").collect()
    return Keyed(lambda: [texts], ["clip_id"])
