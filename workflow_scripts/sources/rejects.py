"""Judging raw rows: the first fault of each, and the table of those that have one."""

import polars as pl


def with_first_fault(rows: pl.DataFrame, faults: list[tuple[str, pl.Expr, pl.Expr]]) -> pl.DataFrame:
    """Add `reason` and `detail` of the first fault that a row has; null where it has none.

    The words are made for faulty rows only: most rows have no fault.

    Args:
        rows: with `line`, unique.
        faults: reason, whether a row has it, and the words for it, in the order in which they are asked.
    """
    reason = pl.coalesce(pl.when(broken).then(pl.lit(name)) for name, broken, _ in faults)
    rows = rows.with_columns(reason=reason)
    if rows["reason"].null_count() == len(rows):
        return rows.with_columns(detail=pl.lit(None, dtype=pl.String))
    faulty = rows.filter(pl.col("reason").is_not_null()).select(
        "line",
        detail=pl.coalesce(*(pl.when(pl.col("reason") == name).then(words) for name, _, words in faults), pl.lit("")),
    )
    return rows.join(faulty, on="line", how="left", maintain_order="left")


def without(rows: pl.DataFrame, broken: pl.Series, reason: str, detail: pl.Expr) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows without those that are broken, and the `rejects` of these.

    Args:
        rows: with `source`, `line`, `raw`.
        broken: for each whether it is.
        reason: why they are rejects.
        detail: in words.
    """
    broken = broken.fill_null(False)
    rejects = row_rejects(rows.filter(broken).with_columns(reason=pl.lit(reason), detail=detail))
    return (rows.filter(~broken) if len(rejects) else rows), rejects


def row_rejects(rows: pl.DataFrame) -> pl.DataFrame:
    """The `rejects` of scope row among rows with source, line, raw, reason and detail."""
    return rows.filter(pl.col("reason").is_not_null()).select(
        pl.col("source").cast(pl.String),
        pl.col("line").cast(pl.Int64),
        pl.lit("row").alias("scope"),
        "reason",
        "detail",
        "raw",
    )
