"""The tables of a dataset as others get them: Parquet, a file a split, without what only holds on this machine."""

from pathlib import Path

import polars as pl

from workflow_scripts.exports.reading import Tables, in_ranges
from workflow_scripts.tables import schemas
from workflow_scripts.tables.declared import Column
from workflow_scripts.tables.store import write_rows

OF_CLIPS = {"clips": schemas.CLIPS, "labels": schemas.LABELS, "captions": schemas.CAPTIONS, "origins": schemas.ORIGINS}
"""Tables with rows of clips, in files of their splits."""
CLASSES = "classes"
"""The table that is of no split."""
ROWS = "rows.parquet"
"""What each file is called: its folder is that of the split, which its path tells."""
DESCRIBED = {**OF_CLIPS, CLASSES: schemas.CLASSES}
KEPT_BACK = {"split", "root", "media_path", "error", "source", "line", "reviewers", "review_note"}
"""Columns of the ledger that are not handed on: folders are called after the split; the others name places and files of
the machine that it was made on, and people who said something to their colleagues."""


def columns_of(name: str) -> dict[str, Column]:
    """The columns of a table that are handed on."""
    kept_back = KEPT_BACK if name == "clips" else set()
    return {column: said for column, said in DESCRIBED[name].columns.items() if column not in kept_back}


def write_tables(tables: Tables, folder: Path) -> dict[str, dict[str, int]]:
    """Write <table>/<split>/rows.parquet, and classes/rows.parquet; none of a table without rows but that of the clips.

    Returns:
        How many rows each table has by split; classes as of a split called "".
    """
    splits, clips = tables.splits(), tables.lazy("clips")
    written: dict[str, dict[str, int]] = {}
    for name in OF_CLIPS:
        if name != "clips" and _is_empty(tables, name):
            continue
        written[name] = {}
        for split in splits:
            of_split = clips.filter(pl.col("split").cast(pl.String) == split)
            rows = of_split if name == "clips" else _of(tables.lazy(name), of_split, len(splits))
            written[name][split] = _write(rows, name, folder / name / split / ROWS)
    if not _is_empty(tables, CLASSES):
        written[CLASSES] = {"": _write(tables.lazy(CLASSES), CLASSES, folder / CLASSES / ROWS)}
    return written


def _is_empty(tables: Tables, name: str) -> bool:
    return tables.lazy(name).head(1).collect().is_empty()


def _of(table: pl.LazyFrame, clips: pl.LazyFrame, splits: int) -> pl.LazyFrame:
    """The rows of a table that are of some clips."""
    if splits == 1:
        return table
    return table.join(clips.select("clip_id"), on="clip_id", how="semi", maintain_order="left")


def _write(table: pl.LazyFrame, name: str, file: Path) -> int:
    """Write the columns that are handed on, categories as text; how many rows there are."""
    file.parent.mkdir(parents=True)
    plain = table.select(pl.col(column).cast(_plain(said.dtype)) for column, said in columns_of(name).items())
    return write_rows(in_ranges(plain), plain.collect_schema(), file)


def _plain(dtype: pl.DataType) -> pl.DataType:
    if isinstance(dtype, pl.List):
        return pl.List(_plain(dtype.inner))  # type: ignore[arg-type]
    return pl.String() if dtype == pl.Categorical else dtype
