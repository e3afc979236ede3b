"""Tables of scores as they are found: some rows at a time, whatever their number."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

import polars as pl

from workflow_scripts.errors import first_twenty, nearest
from workflow_scripts.sources.faults import SourceError, as_source_error
from workflow_scripts.sources.rows import Reading, read_rows
from workflow_scripts.sources.source import Source

ROWS_AT_ONCE = 500_000
SCORED = {"clip": "clip_id", "label": "class_id", "score": "score"}
"""Columns of a table of scores, by what they are."""
OTHER_NAMES = {"clip": "clip_id", "class": "class_id"}
"""What a table of scores may call them instead."""
BIRDNET = {
    "start_s": "Start (s)",
    "end_s": "End (s)",
    "label": "Scientific name",
    "other_label": "Common name",
    "score": "Confidence",
    "file": "File",
}
"""Columns of BirdNET-Analyzer's results as CSV, a row a window and species."""
OF_ONE_FILE = ".BirdNET."
"""Behind the name of a recording in that of its results, where these have no column for it."""
WRITTEN: dict[str, Any] = {
    "line": pl.Int64,
    **dict.fromkeys(("clip", "file", "label", "other_label"), pl.String),
    **dict.fromkeys(("start_s", "end_s", "score"), pl.Float64),
}
"""`clip` is an id, or else `file` what a recording is called; a score is null where there is no number."""


@dataclass(frozen=True)
class Scores:
    """Some rows of a table.

    Attributes:
        rows: WRITTEN.
        broken: rows without cells: line, raw, reason, detail.
        raw_of: how the rows at some places are written.
    """

    rows: pl.DataFrame
    broken: pl.DataFrame
    raw_of: Callable[[pl.Series], pl.Series]


def digest_of(path: str) -> tuple[str, int]:
    """SHA-256 and size of a file.

    Raises:
        SourceError: it cannot be read.
    """
    try:
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest(), Path(path).stat().st_size
    except OSError as error:
        raise SourceError(f"{path}: cannot be read: {error.strerror}") from None


def read_scores(path: str) -> Iterator[Scores]:
    """The rows of a table, some at a time. One in Parquet may be larger than memory.

    Raises:
        SourceError: it is no table, or has other columns; names it.
    """
    if PurePath(path).suffix == ".parquet":
        yield from _of_parquet(path)
        return
    for rows in read_rows(Source.read(path), Reading()):
        columns = _columns(path, rows.cells.columns)
        table = rows.cells.select(_written(path, columns, rows.cells.schema)).with_columns(rows.found["line"])
        yield Scores(table.select(*WRITTEN), rows.broken, rows.found["raw"].gather)


def _of_parquet(path: str) -> Iterator[Scores]:
    with as_source_error(path, "a Parquet file"):
        table = pl.scan_parquet(path, glob=False)
        schema = table.collect_schema()
    columns = _columns(path, schema.names())
    asked = table.select(*columns.values())
    parts = asked.collect_batches(chunk_size=ROWS_AT_ONCE, maintain_order=True, engine="streaming")
    first = 1
    while True:
        with as_source_error(path, "a Parquet file whose columns hold texts and numbers"):
            cells = next(parts, None)
            if cells is None:
                return
            line = pl.int_range(first, first + len(cells), dtype=pl.Int64).alias("line")
            rows = cells.select(line, *_written(path, columns, schema)).select(*WRITTEN)
        first += len(cells)
        yield Scores(rows, pl.DataFrame(schema={"line": pl.Int64, "raw": pl.String}), _as_json(cells))


def _as_json(cells: pl.DataFrame) -> Callable[[pl.Series], pl.Series]:
    return lambda places: cells[places].select(raw=pl.struct(pl.all()).struct.json_encode()).to_series()


def _columns(path: str, found: list[str]) -> dict[str, str]:
    """For each of what a table says the column that says it."""
    if BIRDNET["score"] in found and BIRDNET["label"] in found:
        needed = [name for key, name in BIRDNET.items() if key not in ("other_label", "file")]
        if missing := [name for name in needed if name not in found]:
            raise SourceError(
                f"{path}: no column {' and no '.join(missing)}; BirdNET's results have {', '.join(needed)}"
            )
        return {key: name for key, name in BIRDNET.items() if name in found}
    named = {OTHER_NAMES.get(name, name): name for name in reversed(found) if OTHER_NAMES.get(name) not in found}
    if missing := [name for name in SCORED.values() if name not in named]:
        near, ours = "".join(nearest(name, found) for name in missing), ", ".join(SCORED.values())
        raise SourceError(
            f"{path}: no column {' and no '.join(missing)}; a table of predictions has {ours}, a row "
            f"a clip and class, or is BirdNET's, with {', '.join(BIRDNET.values())}; found {first_twenty(found)}{near}"
        )
    return {key: named[name] for key, name in SCORED.items()}


def _written(path: str, columns: dict[str, str], schema: Any) -> Iterator[pl.Expr]:
    for key, kind in WRITTEN.items():
        if key == "line":
            continue
        if key in columns:
            value = pl.col(columns[key])
            of_text = kind == pl.Float64 and schema[columns[key]] == pl.String
            value = (value.str.strip_chars() if of_text else value).cast(kind, strict=False)
            value = _with_slashes(value) if key == "file" else value
            yield (value if kind == pl.Float64 else _stripped(value)).alias(key)
        else:
            named = PurePath(path).name.partition(OF_ONE_FILE)[0] if key == "file" and "clip" not in columns else None
            yield pl.lit(named, kind).alias(key)


def _with_slashes(path: pl.Expr) -> pl.Expr:
    """A path as Windows writes it, in the way of all others."""
    return (
        pl.when(path.str.contains("/", literal=True))
        .then(path)
        .otherwise(path.str.replace_all("\\", "/", literal=True))
    )


def _stripped(text: pl.Expr) -> pl.Expr:
    text = text.str.strip_chars()
    return pl.when(text != "").then(text)
