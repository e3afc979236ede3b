"""Columns of labels or captions: in each row a text or a list of texts."""

import json
from collections.abc import Sequence
from typing import Any

import polars as pl

from workflow_scripts.sources.clips.fields import BLANK_IS_NOT, TEXTS
from workflow_scripts.sources.json_text import DECODER

_LOOKS_NESTED = r"^[\[{]"
"""How the text begins that a column of texts has of what was none in JSON."""


def texts_of(column: pl.Series, raw: pl.Series) -> pl.Series:
    """The texts that each row has there; null where that is nothing, or neither a text nor a list of such.

    Args:
        column: texts, or lists of them. Where rows of JSON differ a list is its text here, as is what is called so by
            all rows but holds no texts.
        raw: the rows as they stand there.
    """
    if column.dtype.is_nested():
        return column.cast(TEXTS)
    texts = column.cast(pl.String)
    looks_nested = texts.str.contains(_LOOKS_NESTED).fill_null(value=False)
    lists = [None if one is None else [one] for one in texts]
    for place in looks_nested.arg_true():
        lists[place] = _as_written(raw[place], column.name, texts[place])
    return pl.Series(column.name, lists, dtype=TEXTS)


def together(lists: Sequence[pl.Series]) -> pl.Series:
    """The texts of several lists that say something."""
    said = pl.element().filter(pl.element().str.contains(BLANK_IS_NOT))
    return pl.DataFrame(lists).select(pl.concat_list(pl.all().fill_null([])).list.eval(said)).to_series()


def _as_written(raw: str, column: str, text: str) -> list[str] | None:
    try:
        row = DECODER.decode(raw)
    except ValueError:  # cells between delimiters, which are texts
        return [text]
    said = row.get(column, text) if isinstance(row, dict) else text
    if isinstance(said, str):
        return [said]
    if not isinstance(said, list) or any(isinstance(one, list | dict) for one in said):
        return None
    return [_text(one) for one in said if one is not None]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
