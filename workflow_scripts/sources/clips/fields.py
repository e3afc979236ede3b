"""What a row may say of a clip, of what is heard in it, and of classes: the fields, and what each is."""

from typing import Any

import polars as pl

from workflow_scripts.tables import schemas

Fields = dict[str, Any]
"""Names of fields, and their types in polars."""

BLANK_IS_NOT = r"\S"
"""What a text holds that says something."""
TEXTS = pl.List(pl.String)
ORIGIN = tuple(name for name in schemas.ORIGINS.columns if name not in ("clip_id", "extra"))
"""Fields that stand in `origins`."""
CLIP: Fields = {
    **dict.fromkeys(("media", "id", "split", "licence", "source_url"), pl.String),
    **dict.fromkeys(("start_s", "end_s"), pl.Float64),
    **dict.fromkeys(("classes", "background", "captions"), TEXTS),
    **{name: schemas.ORIGINS.columns[name].dtype for name in ORIGIN},
}
"""Of a row that is a clip."""
WHOSE: Fields = dict.fromkeys(("media", "id"), pl.String)
"""Of a row that speaks of clips without being one."""
EVENT: Fields = {"class": TEXTS, **dict.fromkeys(("onset_s", "offset_s", "value"), pl.Float64)}
ABOUT: Fields = {name: CLIP[name] for name in ("licence", "source_url", *ORIGIN)}
"""Of a clip, that another table may tell."""
CLASS: Fields = {
    **dict.fromkeys(("id", "name", "scientific_name"), pl.String),
    "index": pl.Int64,
    "parents": TEXTS,
}
FIELDS: dict[str, Fields] = {
    "clip": CLIP,
    "events": WHOSE | EVENT,
    "captions": WHOSE | {"texts": TEXTS},
    "labels": WHOSE | {"classes": TEXTS},
    "about": WHOSE | ABOUT,
    "vocabulary": CLASS,
}
"""Those of the rows of each part of what a dataset says."""
BOUNDS = {
    name: (rule.arguments["min_value"], rule.arguments["max_value"])
    for name in ORIGIN
    for rule in schemas.ORIGINS.columns[name].rules
    if rule.name == "in_range"
}
"""The least and the most that a field of `origins` may be."""


def filled(rows: pl.DataFrame, of: Fields) -> pl.DataFrame:
    """Rows with all of some fields: null where they say nothing of one, as in a blank text."""
    return rows.with_columns(
        (_said(pl.col(name), kind) if name in rows.columns else pl.lit(None, kind)).alias(name)
        for name, kind in of.items()
    )


def _said(value: pl.Expr, kind: Any) -> pl.Expr:
    value = value.cast(kind)
    return pl.when(value.str.contains(BLANK_IS_NOT)).then(value) if kind == pl.String else value
