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


def rejected(rows: pl.DataFrame, broken: pl.Expr, reason: str, detail: pl.Expr) -> pl.DataFrame:
    """Give rows that are good so far, and broken, this reason."""
    now = pl.col("reason").is_null() & broken
    return rows.with_columns(
        reason=pl.when(now).then(pl.lit(reason)).otherwise("reason"),
        detail=pl.when(now).then(detail).otherwise("detail"),
    )


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
