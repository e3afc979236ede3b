"""Adapters: one module a label format, each with `ingest(settings) -> {table name: frame}`."""

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import polars as pl


@dataclass(frozen=True)
class IngestSettings:
    """What an adapter is told of its dataset.

    Attributes:
        name: the dataset's name.
        sources: its sources, paths as the run knows them.
        on_count_mismatch: `stop` or `warn`.
        rights: what the dataset file says of licences.
    """

    name: str
    sources: dict[str, Any]
    on_count_mismatch: str
    rights: dict[str, str]


def adapter(name: str) -> Callable[[IngestSettings], dict[str, pl.LazyFrame]]:
    """The ingest function of an adapter.

    It returns the tables of tables.schemas.INGESTED, not yet collected, so that large ones can be made side by side.
    """
    ingest: Callable[[IngestSettings], dict[str, pl.LazyFrame]] = importlib.import_module(
        f"workflow_scripts.adapters.{name}"
    ).ingest
    return ingest
