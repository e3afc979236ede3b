"""What the expressions gave, as the fields of a row."""

import json
from collections.abc import Sequence

import polars as pl

from workflow_scripts.adapters.table.mapping import extra_of
from workflow_scripts.sources.clips.fields import BLANK_IS_NOT, FIELDS


def answers(rows: pl.DataFrame, part: str, splits: Sequence[str | None]) -> pl.DataFrame:
    """Rows with what was asked of them under the names of the fields, and what else is kept as `extra`.

    Args:
        rows: as `Asking` gives them.
        part: of the mapping that says what they are.
        splits: for each file that of the clips that do not say theirs.
    """
    told = rows.with_columns(extra=_extra(rows, part))
    for one in (part, "events"):  # which a row of clips may hold
        there = {f"{one}.{name}": name for name in FIELDS[one] if f"{one}.{name}" in told.columns}
        told = told.rename(there)
    if "class" in told.columns:
        told = told.with_columns(_one_or_more(told["class"]))
    if part == "clip":
        named_for = pl.Series("named_for", splits, dtype=pl.String).gather(rows["file"])
        own = pl.col("split") if "split" in told.columns else pl.lit(None, pl.String)
        own = own.cast(pl.String)
        told = told.with_columns(split=pl.when(own.str.contains(BLANK_IS_NOT)).then(own).otherwise(named_for))
    if "where" in told.columns:
        is_no_row = pl.col("raw") == ""  # of which `where` cannot tell
        told = told.with_columns(selected=pl.col("where").fill_null(is_no_row)).drop("where")
    return told.drop(pl.selectors.starts_with(extra_of(part)))


def _one_or_more(values: pl.Series) -> pl.Expr:
    """A list of the texts that say something, whether one text was given or a list."""
    value = pl.col(values.name)
    if values.dtype == pl.List:
        says_something = pl.element().filter(pl.element().str.contains(BLANK_IS_NOT))
        return value.cast(pl.List(pl.String)).list.eval(says_something)
    text = value.cast(pl.String)
    return pl.when(text.str.contains(BLANK_IS_NOT)).then(pl.concat_list(text)).alias(values.name)


def _extra(rows: pl.DataFrame, part: str) -> pl.Expr:
    """A JSON object a row of what else is kept; null where that is nothing."""
    prefix = extra_of(part)
    entries = [
        pl.concat_str(pl.lit(json.dumps(key.removeprefix(prefix), ensure_ascii=False) + ": "), pl.lit(_json(rows[key])))
        for key in rows.columns
        if key.startswith(prefix)
    ]
    if not entries:
        return pl.lit(None, pl.String)
    inside = pl.concat_list(entries).list.drop_nulls().list.join(", ")
    return pl.when(inside != "").then(pl.concat_str(pl.lit("{"), inside, pl.lit("}")))


def _json(texts: pl.Series) -> pl.Series:
    """Values as JSON has them: a number that is none, or infinite, is null."""
    odd = texts.str.contains("NaN|Infinity")
    if not odd.any():
        return texts
    values = [json.loads(text, parse_constant=lambda _: None) if text else None for text in texts.filter(odd)]
    mended = pl.Series(
        [None if one is None else json.dumps(one, ensure_ascii=False) for one in values], dtype=pl.String
    )
    return texts.scatter(odd.fill_null(False).arg_true(), mended)
