"""The classes of a dataset, and which of them each label is."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from workflow_scripts.sources.classes import NO_ROWS, read_classes
from workflow_scripts.sources.faults import SourceError
from workflow_scripts.sources.ingested import Counted
from workflow_scripts.sources.label_sets import look_up
from workflow_scripts.tables import schemas


@dataclass(frozen=True)
class Vocabulary:
    """Classes.

    Attributes:
        table: the `classes` table.
        rows: the rows that it was made of, as ROWS, with `source` and `clip_id`.
        counted: the sources of these.
        found: `label`, `class_id` and `name` of each label that is a class.
    """

    table: pl.DataFrame
    rows: pl.DataFrame
    counted: list[Counted]
    found: pl.DataFrame

    def of_each(self, labels: pl.DataFrame) -> pl.DataFrame:
        """Rows with a `label`, each with its `class_id` and `name`, null where it is no class."""
        return labels.join(self.found, on="label", how="left", maintain_order="left")


def read_vocabulary(kind: str, sources: Mapping[str, Any], labels: pl.Series) -> Vocabulary:
    """The classes that a dataset file declares.

    Args:
        kind: `labels`, or `audioset`.
        sources: of the dataset.
        labels: all that are said.

    Raises:
        SourceError: a source that cannot be used at all, or is not named.
    """
    if kind == "labels":
        said = labels.drop_nulls().unique()
        table = classes_of(said.filter(said.str.strip_chars() != ""))
        return Vocabulary(table, NO_ROWS, [], table.select("class_id", "name", label="name"))
    if missing := [name for name in ("ontology", "classes") if name not in sources]:
        raise SourceError(f"vocabulary: audioset: sources name no {' and no '.join(missing)}")
    read = read_classes(sources)
    found = look_up(labels, read.table).select("label", "class_id").drop_nulls()
    names = read.table.select("class_id", "name")
    return Vocabulary(read.table, read.rows, read.counted, found.join(names, on="class_id", how="left"))


def classes_of(labels: Iterable[str]) -> pl.DataFrame:
    """The `classes` table of labels: for each an id made of its letters, and an index in the order of their names.

    >>> classes_of(["cat", "Dog, barking"]).select("class_id", "class_index", "name").rows()
    [('dog_barking', 0, 'Dog, barking'), ('cat', 1, 'cat')]
    """
    ids: dict[str, str] = {}
    for name in sorted(set(labels)):
        plain = re.sub(r"[^0-9a-z]+", "_", name.lower()).strip("_") or "class"
        number = 1
        while (identity := plain if number == 1 else f"{plain}_{number}") in ids:
            number += 1
        ids[identity] = name
    rows: list[dict[str, Any]] = [
        {
            "class_id": identity,
            "class_index": index,
            "name": name,
            "parent_ids": [],
            "ancestor_ids": [],
            "depth": None,
            "is_abstract": False,
            "is_blacklisted": False,
            "description": None,
        }
        for index, (identity, name) in enumerate(ids.items())
    ]
    return pl.DataFrame(rows, schema=schemas.CLASSES.empty().schema)
