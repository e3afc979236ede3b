"""Rows of a table, asked for the fields of a clip and judged: which become one, and what is wrong with others."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from workflow_scripts.adapters.table.evaluate import LONGEST_VALUE, Evaluation
from workflow_scripts.adapters.table.expressions import Expression
from workflow_scripts.adapters.table.mapping import EXTRA, FIELDS
from workflow_scripts.media.walk import AUDIO_SUFFIXES
from workflow_scripts.sources import youtube
from workflow_scripts.sources.rejects import with_first_fault
from workflow_scripts.sources.rows import Reading, Rows, read_rows
from workflow_scripts.sources.source import Source
from workflow_scripts.tables.schemas import FILE_NAME, IDENTIFIER

KINDS: dict[str, Any] = {
    "VARCHAR": pl.String,
    "DOUBLE": pl.Float64,
    "BIGINT": pl.Int64,
    "VARCHAR[]": pl.List(pl.String),
}
OTHERWISE = "all"
"""The split of a dataset that has none."""
AUDIO = rf"(?:{'|'.join(map(re.escape, sorted(AUDIO_SUFFIXES)))})"
FIELDS_AS = {name: KINDS[kind] for name, kind in FIELDS.items()}


class Judge:
    """Asks rows for what a dataset file says of them."""

    def __init__(self, expressions: list[Expression], match: str, reading: Mapping[str, Any]) -> None:
        self._expressions, self._match = expressions, match
        self._reading = Reading(**{**reading, "header": tuple(reading["header"]) if "header" in reading else None})
        self._evaluations: dict[tuple[Any, ...], Evaluation] = {}

    def rows(self, source: Source, split: str | None) -> Iterator[pl.DataFrame]:
        """The rows of a source, some at a time.

        Columns: source, line, raw, the fields of a clip (`media_key` for its media), `extra`; reason and detail, null
        where it is one.

        Raises:
            SourceError: the source is no table.
            ExpressionError: an expression cannot be asked of its rows.
        """
        for part in read_rows(source, self._reading):
            judged = self._judged(part, source.path, split)
            yield judged.with_columns(source=pl.lit(source.path).cast(pl.Categorical))

    def _judged(self, part: Rows, path: str, split: str | None) -> pl.DataFrame:
        cells = part.cells.with_columns(pl.lit(path).alias("source_path"))
        signature = tuple(cells.schema.items())
        if signature not in self._evaluations:
            self._evaluations[signature] = Evaluation(self._expressions, cells)
        values, failed = self._evaluations[signature].of(cells)
        fields = {
            name: values[key].cast(kind) if (key := f"clip.{name}") in values.columns else pl.lit(None, kind)
            for name, kind in FIELDS_AS.items()
        }
        told = part.found.with_columns(
            **fields,
            extra=_extra(values),
            selected=values["where"] if "where" in values.columns else pl.lit(value=True),
            fault=_fault_of(failed, self._expressions, len(cells)),
        ).with_columns(pl.col("split").fill_null(pl.lit(split or OTHERWISE)))
        told = with_first_fault(told.with_columns(media_key=self._media_key()), _faults(self._match))
        broken = part.broken.with_columns(
            pl.lit(None, dtype).alias(name) for name, dtype in told.schema.items() if name not in part.broken.columns
        )
        return (
            pl.concat([told, broken.select(told.columns)])
            .drop("media", "selected", "fault")
            .sort("line", maintain_order=True)
        )

    def _media_key(self) -> pl.Expr:
        """The media as the match reads it: of a stem neither folders nor the suffix of a kind of audio count."""
        media = pl.col("media")
        stem = media.str.replace(r"(?s)^.*/", "").str.replace(rf"(?i)(.){AUDIO}$", "${1}")
        return {"youtube": youtube.read(media).struct.field("media_key"), "stem": stem}.get(self._match, media)


def _fault_of(failed: pl.DataFrame, expressions: list[Expression], rows: int) -> pl.Series:
    """In words, for each row; null where all went well."""
    places = {one.key: one.place for one in expressions}
    words: list[str | None] = [None] * rows
    for place, key, why in failed.iter_rows():
        words[place] = words[place] or f"{places[key]}: {why}"
    return pl.Series(words, dtype=pl.String)


def _faults(match: str) -> list[tuple[str, pl.Expr, pl.Expr]]:
    """What a row may have wrong, in the order in which it is asked."""
    start, end = pl.col("start_s"), pl.col("end_s")
    longest = pl.max_horizontal(
        pl.col(name).str.len_bytes() for name in ("media", "id", "split", "source_url", "extra")
    )
    said = {"youtube": "it names no YouTube video: ", "stem": "it names no media: ", "path": "it names no media: "}[
        match
    ]
    nothing = pl.col("media_key").is_null() | (pl.col("media_key") == "")
    return [
        ("expression_failed", pl.col("fault").is_not_null(), pl.col("fault")),
        ("not_selected", ~pl.col("selected").fill_null(value=False), pl.lit("where does not hold")),
        ("no_media", nothing, pl.concat_str(pl.lit(said), pl.col("media").fill_null("null"))),
        ("too_long", longest > LONGEST_VALUE, pl.lit("a value is longer than a megabyte")),
        ("bad_id", ~pl.col("id").str.contains(IDENTIFIER), pl.concat_str(pl.lit("id: "), "id")),
        ("bad_split", ~pl.col("split").str.contains(FILE_NAME), pl.concat_str(pl.lit("split: "), "split")),
        (
            "bad_span",
            ~(start.is_finite() & (start >= 0)) | ~end.is_finite() | (end <= start.fill_null(0)),
            pl.format(
                "from {} to {} s", start.cast(pl.String).fill_null("null"), end.cast(pl.String).fill_null("null")
            ),
        ),
    ]


def _extra(values: pl.DataFrame) -> pl.Series | pl.Expr:
    """A JSON object a row of what else is kept; null where that is nothing."""
    names = [name for name in values.columns if name.startswith(EXTRA)]
    entry = [
        pl.concat_str(pl.lit(json.dumps(name.removeprefix(EXTRA), ensure_ascii=False) + ": "), name) for name in names
    ]
    if not names:
        return pl.lit(None, pl.String)
    inside = values.select(pl.concat_list(entry).list.drop_nulls().list.join(", ")).to_series()
    return ("{" + inside + "}").set(inside == "", None)
