"""Labels that are classes by themselves."""

import re
from collections.abc import Iterable
from typing import Any

import polars as pl

from workflow_scripts.tables import schemas


def classes_of(labels: Iterable[str]) -> pl.DataFrame:
    """The `classes` table of labels: for each an id made of its letters, and an index in the order of their names.

    >>> classes_of(["Dog, barking", "cat"]).select("class_id", "class_index", "name").rows()
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
