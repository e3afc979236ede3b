"""What a dataset file says of the columns of its tables: which expressions, of which types."""

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from workflow_scripts.adapters.table.expressions import ONE_OR_MORE, Expression, quoted
from workflow_scripts.tables import schemas

POLARS: dict[str, Any] = {
    "VARCHAR": pl.String,
    "DOUBLE": pl.Float64,
    "BIGINT": pl.Int64,
    "BOOLEAN": pl.Boolean,
    "VARCHAR[]": pl.List(pl.String),
    ONE_OR_MORE: pl.List(pl.String),
}
SQL = {str(dtype): kind for kind, dtype in POLARS.items() if kind != ONE_OR_MORE}
BLANK_IS_NOT = r"\S"
"""What a text holds that says something."""
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
EVENT = {"class": ONE_OR_MORE, **dict.fromkeys(("onset_s", "offset_s", "value"), "DOUBLE")}
ABOUT = {name: CLIP[name] for name in ("licence", "source_url", *ORIGIN)}
"""Fields of a clip that another table may tell."""
BOUNDS = {
    name: (rule.arguments["min_value"], rule.arguments["max_value"])
    for name in ORIGIN
    for rule in schemas.ORIGINS.columns[name].rules
    if rule.name == "in_range"
}
"""The least and the most that a field of `origins` may be."""
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
    for name, text in extra.items() if isinstance(extra, dict) else ((name, quoted(name)) for name in extra):
        yield Expression(f"{extra_of(part)}{name}", text, "JSON")


def extra_of(part: str) -> str:
    """What the keys of its further expressions begin with."""
    return f"{part}.extra."


def fields(rows: pl.DataFrame, part: str, of: Mapping[str, str]) -> pl.DataFrame:
    """Rows with fields of a part under their own names, null where nothing is said of them, as in a blank text."""
    keys = {name: f"{part}.{name}" for name in of}
    return rows.with_columns(
        (_said(rows[keys[name]], kind) if keys[name] in rows.columns else pl.lit(None, POLARS[kind])).alias(name)
        for name, kind in of.items()
    ).drop(keys.values(), strict=False)


def _said(values: pl.Series, kind: str) -> pl.Expr:
    value = pl.col(values.name)
    if kind == ONE_OR_MORE and values.dtype == pl.List:
        return value.cast(POLARS[kind]).list.eval(pl.element().filter(pl.element().str.contains(BLANK_IS_NOT)))
    if kind in ("VARCHAR", ONE_OR_MORE):
        value = value.cast(pl.String)
        text = pl.when(value.str.contains(BLANK_IS_NOT)).then(value)
        return text if kind == "VARCHAR" else pl.when(text.is_not_null()).then(pl.concat_list(text))
    return value.cast(POLARS[kind])
