"""What every adapter makes of its sources."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

import polars as pl


@dataclass(frozen=True)
class Ingested:
    """The tables of an ingest, each called like its schema in tables.schemas.

    They are not yet collected, so that large ones can be made side by side.
    """

    promised: pl.LazyFrame
    labels: pl.LazyFrame
    captions: pl.LazyFrame
    classes: pl.LazyFrame
    origins: pl.LazyFrame
    rejects: pl.LazyFrame
    sources: pl.LazyFrame

    def by_name(self) -> Mapping[str, pl.LazyFrame]:
        """Each table by its name."""
        return {field.name: getattr(self, field.name) for field in fields(self)}
