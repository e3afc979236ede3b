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
OF_EVENTS = {"start_s": "onset_s", "end_s": "offset_s", "model": "model"}
"""What it may have besides."""
WRITTEN: dict[str, Any] = {
    "line": pl.Int64,
    **dict.fromkeys(("clip", "file", "label", "other_label", "model"), pl.String),
    **dict.fromkeys(("start_s", "end_s", "score"), pl.Float64),
}
"""`clip` is an id, or else `file` what a recording is called; a score is null where there is no number."""


@dataclass(frozen=True)
class Form:
    """A kind of table that a tool writes, a row a window and class.

    Attributes:
        tool: what it is called, in errors and as the model where nobody says another.
        known_by: columns that tell it from others.
        columns: for each of what it says the columns that may, the first that is there; those of WRITTEN, and
            `in_file_s`: where the window starts in its file, where `start_s` goes on over several files;
            `length_s`: of the window; `logit`: of each class by itself.
        needed: of `columns`.
        behind: what stands behind the name of a recording in that of its table, where this has no column for it.
    """

    tool: str
    known_by: tuple[str, ...]
    columns: dict[str, tuple[str, ...]]
    needed: tuple[str, ...]
    behind: tuple[str, ...] = ()


_OF_RAVEN: dict[str, tuple[str, ...]] = {
    "start_s": ("Begin Time (s)",),
    "end_s": ("End Time (s)",),
    "in_file_s": ("File Offset (s)",),
    "label": ("Common Name", "Species", "Class", "Annotation"),
    "other_label": ("Species Code",),
    "score": ("Confidence", "Score"),
    "file": ("Begin Path", "Begin File"),
}
_NEEDED_OF_RAVEN = ("start_s", "end_s", "label", "score")
FORMS = (
    Form(
        "birdnet",
        ("Confidence", "Scientific name"),
        {
            "start_s": ("Start (s)",),
            "end_s": ("End (s)",),
            "label": ("Scientific name",),
            "other_label": ("Common name",),
            "score": ("Confidence",),
            "file": ("File",),
        },
        ("start_s", "end_s", "label", "score"),
        (".BirdNET.",),
    ),
    Form(
        "birdnet",
        ("INDIR", "IN FILE"),
        {
            "start_s": ("OFFSET",),
            "length_s": ("DURATION",),
            "label": ("scientific_name",),
            "other_label": ("common_name",),
            "score": ("confidence",),
            "file": ("IN FILE",),
        },
        ("start_s", "length_s", "label", "score", "file"),
    ),
    Form("birdnet", ("Selection", "Species Code", "Confidence"), _OF_RAVEN, _NEEDED_OF_RAVEN, (".BirdNET.",)),
    Form("raven", ("Selection", "Begin Time (s)"), _OF_RAVEN, _NEEDED_OF_RAVEN, (".Table.", ".selections.")),
    Form(
        "perch",
        ("window_start", "logits"),
        {
            "start_s": ("window_start",),
            "end_s": ("window_end",),
            "label": ("label",),
            "logit": ("logits",),
            "file": ("filename",),
        },
        ("start_s", "end_s", "label", "logit", "file"),
    ),
)
"""BirdNET-Analyzer's CSV, and what it writes for Kaleidoscope (birdnet_analyzer/analyze/utils.py); selection tables of
Raven Pro, as BirdNET-Analyzer and Raven's own detectors write them; the inference CSV of perch-hoplite
(agile/classifier.py)."""


@dataclass(frozen=True)
class Scores:
    """Some rows of a table.

    Attributes:
        rows: WRITTEN.
        broken: rows without cells: line, raw, reason, detail.
        raw_of: how the rows at some places are written.
        tool: what wrote the table; None where that is not known.
    """

    rows: pl.DataFrame
    broken: pl.DataFrame
    raw_of: Callable[[pl.Series], pl.Series]
    tool: str | None


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
        form, columns = _columns(path, rows.cells.columns)
        table = rows.cells.select(_written(path, form, columns, rows.cells.schema)).with_columns(rows.found["line"])
        tool = form.tool if form else None
        yield Scores(table.select(*WRITTEN), rows.broken, rows.found["raw"].gather, tool)


def _of_parquet(path: str) -> Iterator[Scores]:
    with as_source_error(path, "a Parquet file"):
        table = pl.scan_parquet(path, glob=False)
        schema = table.collect_schema()
    form, columns = _columns(path, schema.names())
    tool = form.tool if form else None
    asked = table.select(*columns.values())
    parts = asked.collect_batches(chunk_size=ROWS_AT_ONCE, maintain_order=True, engine="streaming")
    first = 1
    while True:
        with as_source_error(path, "a Parquet file whose columns hold texts and numbers"):
            cells = next(parts, None)
            if cells is None:
                return
            line = pl.int_range(first, first + len(cells), dtype=pl.Int64).alias("line")
            rows = cells.select(line, *_written(path, form, columns, schema)).select(*WRITTEN)
        first += len(cells)
        yield Scores(rows, pl.DataFrame(schema={"line": pl.Int64, "raw": pl.String}), _as_json(cells), tool)


def _as_json(cells: pl.DataFrame) -> Callable[[pl.Series], pl.Series]:
    return lambda places: cells[places].select(raw=pl.struct(pl.all()).struct.json_encode()).to_series()


def _columns(path: str, found: list[str]) -> tuple[Form | None, dict[str, str]]:
    """The form of a table, None for one of scores, and for each of what it says the column that says it."""
    for form in FORMS:
        if not set(form.known_by) <= set(found):
            continue
        named = {key: next((name for name in names if name in found), None) for key, names in form.columns.items()}
        if missing := [" or ".join(form.columns[key]) for key in form.needed if named[key] is None]:
            needed = ", ".join(form.columns[key][0] for key in form.needed)
            raise SourceError(f"{path}: no column {' and no '.join(missing)}; results of {form.tool} have {needed}")
        return form, {key: name for key, name in named.items() if name is not None}
    ours_by = {OTHER_NAMES.get(name, name): name for name in reversed(found) if OTHER_NAMES.get(name) not in found}
    if missing := [name for name in SCORED.values() if name not in ours_by]:
        near, ours = "".join(nearest(name, found) for name in missing), ", ".join(SCORED.values())
        raise SourceError(
            f"{path}: no column {' and no '.join(missing)}; a table of predictions has {ours}, a row "
            "a clip and class, or is one of BirdNET-Analyzer, Raven or Perch (docs/review.md); found "
            f"{first_twenty(found)}{near}"
        )
    return None, {key: ours_by[name] for key, name in (SCORED | OF_EVENTS).items() if name in ours_by}


def _written(path: str, form: Form | None, columns: dict[str, str], schema: Any) -> Iterator[pl.Expr]:
    cells = {key: _cell(name, schema[name], WRITTEN.get(key, pl.Float64)) for key, name in columns.items()}
    if "file" in cells:
        cells["file"] = _with_slashes(cells["file"])
    elif form is not None:
        cells["file"] = pl.lit(_recording(path, form))
    if "length_s" in cells:
        cells["end_s"] = cells["start_s"] + cells["length_s"]
    if "in_file_s" in cells:
        cells["end_s"] = cells["in_file_s"] + cells["end_s"] - cells["start_s"]
        cells["start_s"] = cells["in_file_s"]
    if "logit" in cells:
        cells["score"] = 1 / (1 + (-cells["logit"]).exp())
    for key, kind in WRITTEN.items():
        if key != "line":
            yield cells.get(key, pl.lit(None, kind)).alias(key)


def _cell(name: str, found: Any, kind: Any) -> pl.Expr:
    value = pl.col(name)
    if kind == pl.Float64 and found == pl.String:
        value = value.str.strip_chars()
    value = value.cast(kind, strict=False)
    return value if kind == pl.Float64 else _stripped(value)


def _recording(path: str, form: Form) -> str:
    """What the recording is called that a table is of."""
    name = PurePath(path).name
    for behind in form.behind:
        if behind in name:
            return name.partition(behind)[0]
    return name.partition(".")[0]


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
