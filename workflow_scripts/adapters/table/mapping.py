"""What a dataset file says of the columns of its tables: which expressions, of which types."""

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from workflow_scripts.adapters.table.expressions import Expression
from workflow_scripts.tables import schemas

POLARS: dict[str, Any] = {
    "VARCHAR": pl.String,
    "DOUBLE": pl.Float64,
    "BIGINT": pl.Int64,
    "BOOLEAN": pl.Boolean,
    "VARCHAR[]": pl.List(pl.String),
}
SQL = {str(dtype): kind for kind, dtype in POLARS.items()}
ORIGIN = tuple(name for name in schemas.ORIGINS.columns if name not in ("clip_id", "extra"))
"""Fields of `origins` that have an expression of their own."""
CLIP = {
    **dict.fromkeys(("media", "id", "split", "licence", "source_url"), "VARCHAR"),
    **dict.fromkeys(("start_s", "end_s"), "DOUBLE"),
    **dict.fromkeys(("classes", "captions"), "VARCHAR[]"),
    **{name: SQL[str(schemas.ORIGINS.columns[name].dtype)] for name in ORIGIN},
}
"""Fields of a clip, and what they are in SQL."""
WHOSE = dict.fromkeys(("media", "id"), "VARCHAR")
"""Fields of a row that speaks of clips without being one."""
EVENT = {"class": "VARCHAR", **dict.fromkeys(("onset_s", "offset_s", "value"), "DOUBLE")}
ABOUT = {name: CLIP[name] for name in ("licence", "source_url", *ORIGIN)}
"""Fields of a clip that another table may tell."""
CLASS = {"id": "VARCHAR", "name": "VARCHAR", "index": "BIGINT", "parents": "VARCHAR[]"}
FIELDS = {
    "clip": CLIP,
    "events": WHOSE | EVENT,
    "captions": WHOSE | {"texts": "VARCHAR[]"},
    "about": WHOSE | ABOUT,
    "vocabulary": CLASS,
}
TABLES = {name: "clip" if name == "table" else name for name in ("table", "about", "events", "captions", "vocabulary")}
"""The sources that are tables, and the part of the mapping that says what their rows are."""


def asked(mapping: Mapping[str, Any], sources: Mapping[str, Any], part: str) -> list[Expression]:
    """What is asked of a row: of one of clips also what event it holds, if these have no table of their own."""
    holds_events = part == "clip" and "events" in mapping and "events" not in sources
    return [*_expressions(mapping, part), *(_expressions(mapping, "events") if holds_events else ())]


def reading_of(mapping: Mapping[str, Any], part: str) -> dict[str, Any]:
    """What is declared of how the table of a part is written."""
    reading: dict[str, Any] = mapping["reading"] if part == "clip" else mapping[part].get("reading", {})
    return reading


def _expressions(mapping: Mapping[str, Any], part: str) -> Iterator[Expression]:
    if part == "clip" and "where" in mapping:
        yield Expression("where", mapping["where"], "BOOLEAN")
    for name, text in mapping[part].items():
        if name in FIELDS[part]:
            yield Expression(f"{part}.{name}", text, FIELDS[part][name])
    extra = mapping[part].get("extra", {})
    for name, text in extra.items() if isinstance(extra, dict) else ((name, _quoted(name)) for name in extra):
        yield Expression(f"{extra_of(part)}{name}", text, "JSON")


def extra_of(part: str) -> str:
    """What the keys of its further expressions begin with."""
    return f"{part}.extra."


def fields(rows: pl.DataFrame, part: str, of: Mapping[str, str]) -> pl.DataFrame:
    """Rows with fields of a part under their own names, null where nothing is said of them."""
    keys = {name: f"{part}.{name}" for name in of}
    return rows.with_columns(
        (pl.col(key).cast(POLARS[of[name]]) if key in rows.columns else pl.lit(None, POLARS[of[name]])).alias(name)
        for name, key in keys.items()
    ).drop(keys.values(), strict=False)


def _quoted(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'
