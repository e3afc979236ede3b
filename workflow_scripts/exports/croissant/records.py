"""Record sets: how the rows of the tables are read, and what is counted of them."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from workflow_scripts.exports.croissant.facts import Facts
from workflow_scripts.exports.croissant.tables import CLASSES, DESCRIBED, ROWS, columns_of
from workflow_scripts.tables.declared import Column
from workflow_scripts.tables.licences import SPDX_IDS
from workflow_scripts.tables.splits import TRAINED_ON

COUNT = "wd:Q4049983"
"""Cardinality, as Croissant 1.1 says of how many records there are."""
TYPES = {pl.Float64: "sc:Float", pl.Boolean: "sc:Boolean", pl.Int32: "sc:Integer", pl.Int64: "sc:Integer"}
"""Of columns; others are text."""
OF_VALUES = {int: "sc:Integer", float: "sc:Float"}
"""Likewise, of what stands in the document itself."""
MEANT: dict[tuple[str, str], str | list[str]] = {
    ("labels", "class_name"): ["sc:Text", "cr:Label"],
    ("clips", "class_names"): ["sc:Text", "cr:Label"],
    ("clips", "source_url"): "sc:URL",
    ("splits", "url"): ["sc:URL", "cr:Split"],
    ("licences", "url"): "sc:URL",
}
"""Columns that are more than text."""
COUNTED = ("clips", "usable", "hours")
"""Of the clips of a licence."""
KINDS_OF_SPLITS = {
    "cr:TrainingSplit": TRAINED_ON,
    "cr:ValidationSplit": r"(^|[_.-])(val|valid|validation)($|[_.-])",
    "cr:TestSplit": r"(^|[_.-])(test|testing|eval|evaluation)($|[_.-])",
}
"""By what is a word of their names."""


def kind_of_split(split: str) -> str | None:
    """What a split is for, where its name says so and nothing else.

    >>> [kind_of_split(split) for split in ("balanced_train", "val", "eval-2", "development", "train_val")]
    ['cr:TrainingSplit', 'cr:ValidationSplit', 'cr:TestSplit', None, None]
    """
    kinds = [kind for kind, words in KINDS_OF_SPLITS.items() if re.search(words, split.lower())]
    return kinds[0] if len(kinds) == 1 else None


def licence_url(licence: str | None) -> str | None:
    """The page of a licence in the SPDX list, where it has one."""
    return f"https://spdx.org/licenses/{licence}" if licence in SPDX_IDS else None


def of_tables(written: Mapping[str, Mapping[str, int]], facts: Facts) -> list[dict[str, Any]]:
    """A record set for each table that was written."""
    return [_of_table(name, sum(rows.values()), facts) for name, rows in written.items()]


def inline(
    splits: Iterable[str], facts: Facts, taken: list[dict[str, Any]], held_back: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Record sets that are so small that the document itself holds them; none that is empty."""
    of_splits = [{"name": split, "url": kind_of_split(split), "usable": facts.of_split(split)} for split in splits]
    of_licences = [
        {"name": (name := row["licence"]), "url": licence_url(name)} | {key: row[key] for key in COUNTED}
        for row in facts.licences
    ]
    sets = [
        _inline("splits", "parts of the dataset", of_splits, "name") | {"dataType": "cr:Split"},
        _inline("statuses", "how many clips of each split have each status", facts.statuses, "split", "status"),
        _inline("licences", "licences of the clips' audio; null where none is known", of_licences, "name"),
        _inline("exports", "how many clips of each split each export took", taken, "export", "split"),
        _inline("held_back", "how many clips each export left out, by reason", held_back, "export", "reason"),
    ]
    return [one for one in sets if one["data"]]


def _inline(name: str, says: str, rows: list[dict[str, Any]], *key: str) -> dict[str, Any]:
    kinds = {column: OF_VALUES.get(type(value), "sc:Text") for column, value in (rows[0] if rows else {}).items()}
    return {
        "@type": "cr:RecordSet",
        "@id": name,
        "name": name,
        "description": says,
        "key": [{"@id": f"{name}/{column}"} for column in key],
        "field": [
            {
                "@type": "cr:Field",
                "@id": f"{name}/{column}",
                "name": column,
                "dataType": MEANT.get((name, column), kind),
            }
            for column, kind in kinds.items()
        ],
        "data": [{f"{name}/{column}": row[column] for column in kinds} for row in rows],
    }


def _of_table(name: str, rows: int, facts: Facts) -> dict[str, Any]:
    schema = DESCRIBED[name]
    fields = [_field(name, column, said) for column, said in columns_of(name).items()]
    unique = schema.unique or [column for column, said in columns_of(name).items() if said.unique]
    if name == "clips":
        unique = ["clip_id"]
        _add_statistics(fields, facts)
    split = [] if name == CLASSES else [_split_of(name)]
    return {
        "@type": "cr:RecordSet",
        "@id": name,
        "name": name,
        "description": schema.description,
        **({"key": [{"@id": f"{name}/{column}"} for column in unique]} if unique else {}),
        "field": split + fields,
        "annotation": [_annotation(f"{name}/count", "how many records there are", rows, COUNT)],
    }


def _source(name: str) -> dict[str, Any]:
    if name == CLASSES:
        return {"fileObject": {"@id": f"{CLASSES}/{ROWS}"}}
    return {"fileSet": {"@id": f"{name}-files"}}


def _split_of(name: str) -> dict[str, Any]:
    """The split, which is the folder of the file. What the expression gives it gives again of itself.

    As mlcroissant asks it of both where it joins the splits.
    """
    return {
        "@type": "cr:Field",
        "@id": f"{name}/split",
        "name": "split",
        "description": "part of the dataset, as its authors named it",
        "dataType": "sc:Text",
        "source": {
            **_source(name),
            "extract": {"fileProperty": "fullpath"},
            "transform": {"regex": rf"(?:{name}/)?([^/]*)(?:/{re.escape(ROWS)})?$"},
        },
        "references": {"field": {"@id": "splits/name"}},
    }


def _field(name: str, column: str, said: Column) -> dict[str, Any]:
    is_list = isinstance(said.dtype, pl.List)
    meant = MEANT.get((name, column), TYPES.get(said.dtype.base_type(), "sc:Text"))
    return {
        "@type": "cr:Field",
        "@id": f"{name}/{column}",
        "name": column,
        "description": said.description,
        "dataType": meant,
        **({"isArray": True, "arrayShape": "-1"} if is_list else {}),
        "source": {**_source(name), "extract": {"column": column}},
    }


def _add_statistics(fields: list[dict[str, Any]], facts: Facts) -> None:
    """Say of the duration what it is among usable clips."""
    if facts.durations is None:
        return
    least, mean, most = facts.durations
    [duration] = [field for field in fields if field["name"] == "duration_s"]
    at = duration["@id"]
    duration["annotation"] = [
        _annotation(f"{at}/min", "least of a usable clip", least, "sc:Float", equivalentProperty="sc:minValue"),
        _annotation(f"{at}/mean", "mean of the usable clips", mean, "ddi-stats:7975ed0"),
        _annotation(f"{at}/max", "most of a usable clip", most, "ddi-stats:8321e79", equivalentProperty="sc:maxValue"),
    ]


def _annotation(identifier: str, says: str, value: float, kind: str, **more: str) -> dict[str, Any]:
    return {"@type": "cr:Field", "@id": identifier, "description": says, "value": value, "dataType": kind, **more}
