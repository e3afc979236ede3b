"""Rows of metadata files beside sounds."""

import glob
import json
import math
import os
import posixpath
import re
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from workflow_scripts.adapters.folders.listed import texts_of, together
from workflow_scripts.adapters.folders.splits import FIRST_FOLDER, are_splits
from workflow_scripts.errors import nearest
from workflow_scripts.sources.clips.fields import CLIP, TEXTS, filled
from workflow_scripts.sources.faults import SourceError
from workflow_scripts.sources.files import files_of, without_escapes
from workflow_scripts.sources.ingested import Counted
from workflow_scripts.sources.licences import spdx
from workflow_scripts.sources.rows import Reading, Rows, read_rows
from workflow_scripts.sources.source import Source

FILE_NAME = "file_name"
LISTS = {
    "classes": ("label", "labels", "class", "classes"),
    "background": ("background",),
    "captions": ("text", "caption", "captions", "transcription"),
}
"""Columns, in small letters, of which a field is made: of each a text or a list of texts."""
OTHER_NAMES = {"license": "licence"}
SPAN, BAD_SPAN = ("start_s", "end_s"), "bad_span"
FIELDS = {name: kind for name, kind in CLIP.items() if name not in ("media", "id", *LISTS)}
"""Fields of a clip that a column may be called like."""
ROWS: dict[str, Any] = {
    "source": pl.Categorical,
    "line": pl.Int64,
    "raw": pl.String,
    "media": pl.String,
    **dict.fromkeys(LISTS, TEXTS),
    **FIELDS,
    **dict.fromkeys(("extra", "reason", "detail"), pl.String),
}


def of_metadata(patterns: Sequence[str]) -> tuple[pl.DataFrame, list[Counted]]:
    """The rows of metadata files, as `judged` takes them, and the files as sources.

    A media is called by its path below the folder that all files lie in, as far as their names are written out.

    Raises:
        SourceError: one is no table, or has no column `file_name`.
    """
    base = os.path.commonpath(list(map(_written_out, patterns)))
    parts, counted = [pl.DataFrame(schema=ROWS)], []
    for path in dict.fromkeys(path for pattern in patterns for path in files_of(pattern)):
        source = Source.read(path)
        below = os.path.relpath(os.path.dirname(os.path.abspath(path)), base)
        rows = pl.concat([_rows(path, below, some) for some in read_rows(source, Reading())])
        counted.append(Counted.of(source, len(rows)))
        parts.append(rows)
    return _with_splits(pl.concat(parts)), counted


def _written_out(pattern: str) -> str:
    """The folder of a file, or of a pattern the nearest one above that is no pattern."""
    folder = os.path.dirname(pattern)
    while glob.has_magic(re.sub(r"\[[*?[]\]", "", folder)):
        folder = os.path.dirname(folder)
    return os.path.abspath(without_escapes(folder))


def _rows(path: str, below: str, some: Rows) -> pl.DataFrame:
    whole = (
        some.found.hstack(_fields(path, below, some.cells.cast({pl.Null: pl.String}), some.found["raw"]))
        if some.cells.width
        else some.found
    )
    rows = pl.concat([whole, some.broken], how="diagonal").sort("line", maintain_order=True)
    return filled(rows.with_columns(source=pl.lit(path)), ROWS).select(*ROWS)


def _fields(path: str, below: str, cells: pl.DataFrame, raw: pl.Series) -> pl.DataFrame:
    """What cells say of clips; what is no field, or cannot be what a field is, is `extra`, as are words of licences."""
    names = {name.lower(): name for name in cells.columns}
    if FILE_NAME not in names:
        raise SourceError(
            f"{path}: no column {FILE_NAME}{nearest(FILE_NAME, cells.columns)}; there are {', '.join(cells.columns)}"
        )
    if not _is_text(cells.schema[names[FILE_NAME]]):
        raise SourceError(
            f"{path}: column {FILE_NAME}: expected a text in each row, found {cells.schema[names[FILE_NAME]]}"
        )
    media = [_seen_from_above(below, name) for name in cells[names.pop(FILE_NAME)].cast(pl.String)]
    fields = [pl.Series("media", media, dtype=pl.String), *_unreadable_spans(cells, names)]
    extra: dict[str, pl.Series] = {}
    for of, known in LISTS.items():
        if columns := [names.pop(one) for one in known if one in names and _are_texts(cells.schema[names[one]])]:
            lists = [texts_of(cells[one], raw) for one in columns]
            fields.append(together(lists).alias(of))
            extra |= {one.name: _where(cells[one.name], one.is_null()) for one in lists}
    for name, column in names.items():
        values, field = cells[column], OTHER_NAMES.get(name, name)
        if field in FIELDS and not (field in names and field != name) and _is_text(values.dtype):
            said = values.cast(pl.String).str.strip_chars()
            told = _licences(said) if field == "licence" else said.cast(FIELDS[field], strict=False)
            fields.append(told.alias(field))
            is_more = told.ne_missing(said) if field == "licence" else told.is_null()
            values = _where(values, is_more)
        extra[column] = values
    return pl.DataFrame([*fields, _extra(extra, len(cells))])


def _licences(said: pl.Series) -> pl.Series:
    """The SPDX id of each, or else its words."""
    return pl.select(pl.coalesce(spdx(said), said)).to_series()


def _seen_from_above(folder: str, name: str | None) -> str | None:
    if name is None or not name.strip():
        return None
    return posixpath.normpath(name if folder == "." else posixpath.join(folder, name))


def _is_text(kind: Any) -> bool:
    """Whether values are texts, or what can be told in one."""
    return not kind.is_nested() and kind != pl.Duration


def _are_texts(kind: Any) -> bool:
    """The same, or lists of such."""
    return _is_text(kind.inner if isinstance(kind, pl.List) else kind)


def _where(values: pl.Series, is_said: pl.Series) -> pl.Series:
    """Values, null in other rows."""
    return values.zip_with(is_said, pl.Series([None], dtype=values.dtype))


def _unreadable_spans(cells: pl.DataFrame, names: Mapping[str, str]) -> list[pl.Series]:
    """`reason` and `detail` of rows whose start or end is no number: without it they would be another clip."""
    details = [pl.Series([None] * len(cells), dtype=pl.String)]
    for column in (names[field] for field in SPAN if field in names):
        said = _in_words(cells[column])
        is_none = said.cast(pl.Float64, strict=False).is_null() & said.is_not_null()
        words = pl.select(pl.format("{}: expected seconds, found {}", pl.lit(column), said)).to_series()
        details.append(_where(words, is_none))
    detail = pl.select(pl.coalesce(details)).to_series()
    reason = _where(pl.Series([BAD_SPAN] * len(cells), dtype=pl.String), detail.is_not_null())
    return [reason.alias("reason"), detail.alias("detail")]


def _in_words(values: pl.Series) -> pl.Series:
    """Values as texts, null where they say nothing."""
    if _is_text(values.dtype):
        words = values.cast(pl.String).str.strip_chars()
        return _where(words, words != "")
    return pl.Series([None if one is None else str(_plain(one)) for one in values], dtype=pl.String)


def _extra(columns: Mapping[str, pl.Series], rows: int) -> pl.Series:
    """A JSON object a row; null where it would hold nothing."""
    values = zip(*columns.values(), strict=True) if columns else [()] * rows
    objects = ({name: one for name, one in zip(columns, row, strict=True) if _says_something(one)} for row in values)
    texts = [json.dumps(_plain(one), ensure_ascii=False, default=str) if one else None for one in objects]
    return pl.Series("extra", texts, dtype=pl.String)


def _says_something(value: Any) -> bool:
    return value is not None and not (isinstance(value, str) and not value.strip())


def _plain(value: Any) -> Any:
    """What JSON has: a number that is none, or infinite, is null."""
    if isinstance(value, pl.Series):
        value = value.to_list()
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _with_splits(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows that do not say their split have that of the folder, if all folders are called like splits."""
    first = rows.select(pl.col("media").str.extract(FIRST_FOLDER)).to_series()
    if not are_splits(first.drop_nulls().unique().to_list()):
        return rows
    return rows.with_columns(split=pl.coalesce("split", first))
