"""Adapters: one folder a label format, with its `ingest` function and the schema of its sources."""

import importlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from workflow_scripts.sources.ingested import Ingested


@dataclass(frozen=True)
class IngestSettings:
    """What an adapter is told of its dataset.

    Attributes:
        name: the dataset's name.
        sources: its sources as its schema has them, paths as the run knows them.
        rights: what the dataset file says of licences.
        mapping: what else the adapter has a dataset file say, as its schema has it.
        looks: for each folder among the sources where the look that the run began with kept what it saw; "" where
            nobody looked.
        kept: folder of what an ingest keeps for the next; "" where nothing is kept.
    """

    name: str
    sources: dict[str, Any]
    rights: dict[str, str]
    mapping: dict[str, Any] = field(default_factory=dict)
    looks: dict[str, str] = field(default_factory=dict)
    kept: str = ""


def adapter(name: str) -> Callable[[IngestSettings], Ingested]:
    """The ingest function of an adapter."""
    ingest: Callable[[IngestSettings], Ingested] = importlib.import_module(f"workflow_scripts.adapters.{name}").ingest
    return ingest
