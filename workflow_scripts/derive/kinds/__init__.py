"""Kinds of derived datasets: one module each, with `plan`."""

import importlib
from typing import Any, Protocol, cast

import duckdb

from workflow_scripts.derive.planned import ScenePlan


class Kind(Protocol):
    """A module of this folder; its name is the key of a dataset file under `derive`."""

    def plan(self, connection: duckdb.DuckDBPyConnection, asked: dict[str, Any], where: str) -> ScenePlan:
        """What there is to be made.

        Args:
            connection: to a catalogue of the datasets that it is made of, shut in.
            asked: `from`, `seed`, and the options of the kind.
            where: the key of the dataset file, as errors call it.
        """


def kind_of(name: str) -> Kind:
    """A kind by its name."""
    return cast(Kind, importlib.import_module(f"workflow_scripts.derive.kinds.{name}"))
