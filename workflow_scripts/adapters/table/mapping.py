"""What a dataset file says of the columns of its table: which expressions, of which types."""

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from workflow_scripts.adapters.table.expressions import Expression
from workflow_scripts.tables import schemas

TYPES: dict[Any, str] = {pl.String: "VARCHAR", pl.Float64: "DOUBLE", pl.Int64: "BIGINT"}
ORIGIN = tuple(name for name in schemas.ORIGINS.columns if name not in ("clip_id", "extra"))
"""Fields of `origins` that have an expression of their own."""
FIELDS = {
    **dict.fromkeys(("media", "id", "split", "licence", "source_url"), "VARCHAR"),
    **dict.fromkeys(("start_s", "end_s"), "DOUBLE"),
    **dict.fromkeys(("classes", "captions"), "VARCHAR[]"),
    **{name: TYPES[schemas.ORIGINS.columns[name].dtype] for name in ORIGIN},
}
"""Fields of a clip, and what they are in SQL."""
EXTRA = "clip.extra."


def expressions(mapping: Mapping[str, Any]) -> Iterator[Expression]:
    """All that is asked of a row."""
    if "where" in mapping:
        yield Expression("where", mapping["where"], "BOOLEAN")
    for name, text in mapping["clip"].items():
        if name != "extra":
            yield Expression(f"clip.{name}", text, FIELDS[name])
    extra = mapping["clip"].get("extra", {})
    for name, text in extra.items() if isinstance(extra, dict) else ((name, _quoted(name)) for name in extra):
        yield Expression(f"{EXTRA}{name}", text, "JSON")


def _quoted(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'
