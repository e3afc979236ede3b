"""Judging raw rows: the first fault of each, and the table of those that have one."""

import io
from collections.abc import Mapping

import polars as pl

from workflow_scripts.sources import faults
from workflow_scripts.sources.faults import SourceError
from workflow_scripts.sources.forms import SHOWN, TOO_LONG


class RawRows:
    """`line` and `raw` of the rows of one source, packed: of most nobody asks again how they were written."""

    def __init__(self) -> None:
        self._packed: list[bytes] = []

    def put(self, rows: pl.DataFrame) -> None:
        """Keep some rows."""
        rows.select("line", "raw").write_ipc(packed := io.BytesIO(), compression="zstd")
        self._packed.append(packed.getvalue())

    def of(self, lines: pl.Series) -> pl.DataFrame:
        """Those of some lines."""
        nothing = pl.DataFrame(schema={"line": lines.dtype, "raw": pl.String})
        if lines.is_empty():
            return nothing
        parts = (pl.read_ipc(io.BytesIO(packed)) for packed in self._packed)
        return pl.concat([nothing, *(part.filter(pl.col("line").is_in(lines.implode())) for part in parts)])


def with_raw(rows: pl.DataFrame, raw: Mapping[str, RawRows]) -> pl.DataFrame:
    """Rows with `raw`, as it stands in their source.

    Args:
        rows: with `source` and `line`.
        raw: of each source.
    """
    asked = {source: some["line"] for (source,), some in rows.partition_by("source", as_dict=True).items()}
    parts = [raw[source].of(lines).with_columns(source=pl.lit(source)) for source, lines in asked.items()]
    nothing = rows.select(pl.col("source").cast(pl.String), "line", raw=pl.lit("")).clear()
    written = pl.concat([nothing, *(part.select(nothing.columns) for part in parts)])
    rows = rows.with_columns(pl.col("source").cast(pl.String))
    return rows.join(written, on=["source", "line"], how="left", maintain_order="left")


def with_first_fault(rows: pl.DataFrame, faults: list[tuple[str, pl.Expr, pl.Expr]]) -> pl.DataFrame:
    """Add `reason` and `detail` of the first fault that a row has; null where it has none.

    The words are made for faulty rows only: most rows have no fault.

    Args:
        rows: with `line`, unique.
        faults: reason, whether a row has it, and the words for it, in the order in which they are asked.
    """
    reason = pl.coalesce(pl.when(broken).then(pl.lit(name)) for name, broken, _ in faults)
    rows = rows.rechunk().with_columns(reason=reason)  # over several files' chunks polars 2.1.0 may panic
    if rows["reason"].null_count() == len(rows):
        return rows.with_columns(detail=pl.lit(None, dtype=pl.String))
    faulty = rows.filter(pl.col("reason").is_not_null()).select(
        "line",
        detail=pl.coalesce(*(pl.when(pl.col("reason") == name).then(words) for name, _, words in faults), pl.lit("")),
    )
    return rows.join(faulty, on="line", how="left", maintain_order="left")


def with_another_fault(rows: pl.DataFrame, faults: list[tuple[str, pl.Expr, pl.Expr]]) -> pl.DataFrame:
    """The same of rows some of which have a `reason` and `detail` already, which stay."""
    told = with_first_fault(rows.drop("reason", "detail"), faults)
    first = rows["reason"].is_not_null()
    return told.with_columns(told[name].zip_with(~first, rows[name]) for name in ("reason", "detail"))


def without(rows: pl.DataFrame, broken: pl.Series, reason: str, detail: pl.Expr) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows without those that are broken, and of these `source`, `line`, `reason` and `detail`.

    Args:
        rows: with `source` and `line`.
        broken: for each whether it is.
        reason: why they are rejects.
        detail: in words.
    """
    broken = broken.fill_null(False)
    rejected = rows.filter(broken).select("source", "line", reason=pl.lit(reason), detail=detail)
    return (rows.filter(~broken) if len(rejected) else rows), rejected


def without_long_rows(path: str, lines: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Lines that may be rows, and the `rejects` of those that are longer than any row is.

    Args:
        path: of their source.
        lines: `line` and `raw`.

    Raises:
        SourceError: all that say something are too long: the source is no text of one row a line.
    """
    long = lines.filter(pl.col("raw").str.len_bytes() > faults.LONGEST_ROW)
    if long.is_empty():
        return lines, row_rejects(_as_rejected(path, long))
    others = lines.filter(pl.col("raw").str.len_bytes() <= faults.LONGEST_ROW)
    if not others["raw"].str.contains(r"\S").any():
        raise SourceError(
            f"{path}, line {long['line'][0]}: longer than {faults.LONGEST_ROW:,} bytes, so it is no row; "
            "expected a text of one row a line"
        )
    return others, row_rejects(_as_rejected(path, long))


def _as_rejected(path: str, long: pl.DataFrame) -> pl.DataFrame:
    reason, detail = TOO_LONG
    cut = pl.concat_str(pl.col("raw").str.slice(0, SHOWN), pl.lit(" …"))
    return long.select("line", cut, source=pl.lit(path), reason=pl.lit(reason), detail=pl.lit(detail))


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
