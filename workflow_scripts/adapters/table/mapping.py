"""What a dataset file says of the columns of its tables: which expressions, of which types."""

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from workflow_scripts.adapters.table.expressions import ONE_OR_MORE, Expression, quoted
from workflow_scripts.sources.clips.fields import FIELDS

POLARS: dict[str, Any] = {
    "VARCHAR": pl.String,
    "DOUBLE": pl.Float64,
    "BIGINT": pl.Int64,
    "BOOLEAN": pl.Boolean,
    "VARCHAR[]": pl.List(pl.String),
    ONE_OR_MORE: pl.List(pl.String),
}
SQL = {str(dtype): kind for kind, dtype in POLARS.items() if kind != ONE_OR_MORE}
TABLES = {name: "clip" if name == "table" else name for name in ("table", "about", "events", "captions", "vocabulary")}
"""The sources that are tables, and the part of the mapping that says what their rows are."""


def asked(mapping: Mapping[str, Any], sources: Mapping[str, Any], part: str) -> list[Expression]:
    """What is asked of a row: of one of clips also what event it holds, if these have no table of their own."""
    return [
        *_expressions(mapping, part),
        *(_expressions(mapping, "events") if hold_events(mapping, sources, part) else ()),
    ]


def hold_events(mapping: Mapping[str, Any], sources: Mapping[str, Any], part: str) -> bool:
    """Whether the rows of a part are clips that hold what is heard in them."""
    return part == "clip" and "events" in mapping and "events" not in sources


def reading_of(mapping: Mapping[str, Any], part: str) -> dict[str, Any]:
    """What is declared of how the table of a part is written."""
    reading: dict[str, Any] = mapping["reading"] if part == "clip" else mapping[part].get("reading", {})
    return reading


def _expressions(mapping: Mapping[str, Any], part: str) -> Iterator[Expression]:
    if part == "clip" and "where" in mapping:
        yield Expression("where", mapping["where"], "BOOLEAN")
    for name, text in mapping[part].items():
        if name in FIELDS[part]:
            kind = ONE_OR_MORE if (part, name) == ("events", "class") else SQL[str(FIELDS[part][name])]
            yield Expression(f"{part}.{name}", text, kind)
    extra = mapping[part].get("extra", {})
    for name, text in extra.items() if isinstance(extra, dict) else ((name, quoted(name)) for name in extra):
        yield Expression(f"{extra_of(part)}{name}", text, "JSON")


def extra_of(part: str) -> str:
    """What the keys of its further expressions begin with."""
    return f"{part}.extra."
