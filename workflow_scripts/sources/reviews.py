"""Files of reviews: what people say of clips that they listened to, as the review page saves it or a spreadsheet does.

Of a row that speaks of a clip all is taken that can be. A correction of a caption that there is not, or a list of
classes with an unknown one, which would say of the others that they are all, is left out and told; the verdict beside
it holds.
"""

import codecs
from collections.abc import Iterable, Iterator
from typing import Any

import polars as pl

from workflow_scripts.errors import first_twenty, nearest
from workflow_scripts.sources.ingested import Counted, source_table
from workflow_scripts.sources.label_sets import look_up
from workflow_scripts.sources.moments import instant
from workflow_scripts.sources.rejects import row_rejects, with_first_fault
from workflow_scripts.sources.rows import Reading, Rows, read_rows
from workflow_scripts.sources.source import Source, SourceError
from workflow_scripts.tables import schemas

COLUMNS = ("clip_id", "verdict", "reviewer", "reviewed_at", "ordinal", "caption", "class_ids", "note", "pcm_digest")
"""Of a file of reviews, in the order in which the page writes them."""
HEADER = ",".join(COLUMNS).encode()
NEEDED = ("clip_id", "verdict")
"""Those that each file has; a file may lack any other."""
FREE = ("caption", "note")
"""Texts that are kept as they are written, blanks around them too."""
BETWEEN_CLASSES = "|"
SAYS_SOMETHING = r"\S"
WHOLE_NUMBER = r"^(\d{1,9})(?:\.0*)?$"
"""As pandas writes whole numbers where some are missing, too."""
DIGEST = r"^[0-9a-f]{32}$"
WRITTEN: dict[str, Any] = {
    "source": pl.String,
    "line": pl.Int64,
    "raw": pl.String,
    **{name: pl.List(pl.String) if name == "class_ids" else pl.String for name in COLUMNS},
}


def read_reviews(
    paths: Iterable[str], promised: pl.LazyFrame, captions: pl.LazyFrame, classes: pl.DataFrame
) -> dict[str, pl.DataFrame]:
    """The tables `found_reviews`, `rejects` and `sources` of files of reviews; the same whatever their order.

    Args:
        paths: of the files.
        promised: that table: the clips that there are.
        captions: `found_captions`.
        classes: the `classes` table.

    Raises:
        SourceError: a file is no table, lacks a column of NEEDED, or has one that is none of COLUMNS; names it.
    """
    counted, parts = [], []
    for path in sorted(paths):
        source = Source.read(path)
        rows = pl.concat(_written(source))
        counted.append(Counted.of(source, len(rows)))
        parts.append(rows)
    rows = pl.concat([pl.DataFrame(schema=_BROKEN), *parts])
    judged = _judged(rows, promised)
    good = judged.filter(pl.col("reason").is_null())
    good, of_classes = _with_classes(good, classes)
    good, of_captions = _with_captions(good, captions)
    left_out = pl.concat([of_classes, of_captions]).with_columns(scope=pl.lit("label"))
    rejects = pl.concat([row_rejects(judged), left_out.select(*schemas.REJECTS.columns)]).sort(
        "source", "line", "reason"
    )
    found = good.select(pl.col(name).cast(column.dtype) for name, column in schemas.FOUND_REVIEWS.columns.items())
    sources = source_table(counted, found.lazy(), rejects.lazy()).collect()
    return {"found_reviews": found, "rejects": rejects, "sources": sources}


_BROKEN = WRITTEN | {"reason": pl.String, "detail": pl.String}


def _written(source: Source) -> Iterator[pl.DataFrame]:
    """The rows of a file as _BROKEN has them: `reason` and `detail` of those that have no cells."""
    for rows in read_rows(source, _reading(source)):
        _refuse_columns(source.path, rows)
        path = pl.lit(source.path).alias("source")
        cells = rows.cells.select(_as_written(rows.cells, name) for name in COLUMNS)
        whole = rows.found.hstack(cells).with_columns(path)
        broken = rows.broken.with_columns(path)
        nothing = pl.DataFrame(schema=_BROKEN)
        yield pl.concat([nothing, whole, broken], how="diagonal").select(*_BROKEN).sort("line")


def _reading(source: Source) -> Reading:
    """How it is written: as the page writes it where it begins so, which leaves nothing to be found out."""
    begins = source.content[: 2 * len(HEADER)].removeprefix(codecs.BOM_UTF8)
    is_the_pages = begins.splitlines()[:1] == [HEADER]
    return Reading(delimiter=",", blanks=False) if is_the_pages else Reading()


def _refuse_columns(path: str, rows: Rows) -> None:
    found = rows.cells.columns
    missing, others = (
        [name for name in names if name not in there] for names, there in ((NEEDED, found), (found, COLUMNS))
    )
    if missing or others:
        fault = f"no column {' and no '.join(missing)}" if missing else f"no such column: {first_twenty(others)}"
        near = "".join(nearest(name, COLUMNS) for name in others)
        raise SourceError(
            f"{path}: {fault}; a file of reviews has the columns {', '.join(COLUMNS)}, of which it may lack all but "
            f"{' and '.join(NEEDED)}; found {first_twenty(found)}{near}"
        )


def _as_written(cells: pl.DataFrame, name: str) -> pl.Expr:
    """A column as texts, blank ones as null; `class_ids` as lists of them, empty ones as null."""
    if name not in cells.columns:
        return pl.lit(None, WRITTEN[name]).alias(name)
    value, kind = pl.col(name), cells.schema[name]
    if name == "class_ids":
        several = (
            value.cast(pl.List(pl.String)) if kind.is_nested() else value.cast(pl.String).str.split(BETWEEN_CLASSES)
        )
        several = several.list.eval(_stripped(pl.element())).list.drop_nulls()
        return pl.when(several.list.len() > 0).then(several).alias(name)
    text = value.dt.to_string("iso") if kind.is_temporal() else value.cast(pl.String)
    return (pl.when(text.str.contains(SAYS_SOMETHING)).then(text) if name in FREE else _stripped(text)).alias(name)


def _stripped(text: pl.Expr) -> pl.Expr:
    text = text.str.strip_chars()
    return pl.when(text != "").then(text)


def _judged(rows: pl.DataFrame, promised: pl.LazyFrame) -> pl.DataFrame:
    """Rows with the first fault of each, and `ordinal` a number."""
    asked = rows.lazy().select(pl.col("clip_id").unique())
    known = promised.select("clip_id").join(asked, on="clip_id", how="semi").collect(engine="streaming")["clip_id"]
    ordinal = pl.col("ordinal").str.extract(WHOLE_NUMBER).cast(pl.Int32)
    told = rows.with_columns(
        pl.col("verdict").str.to_lowercase(),
        pl.col("pcm_digest").str.to_lowercase(),
        pl.when(pl.col("ordinal").is_null()).then(0).otherwise(ordinal).alias("ordinal"),
        said_ordinal="ordinal",
    )
    verdict, time, digest = pl.col("verdict"), pl.col("reviewed_at"), pl.col("pcm_digest")
    faults = [
        *(
            (name, pl.col("said") == name, pl.col("said_detail"))
            for name in rows["reason"].drop_nulls().unique().sort()
        ),
        ("no_clip", pl.col("clip_id").is_null(), pl.lit("it names no clip")),
        (
            "unknown_clip",
            ~pl.col("clip_id").is_in(known.implode()),
            pl.concat_str(pl.lit("no list promises "), "clip_id"),
        ),
        (
            "bad_verdict",
            ~verdict.is_in(schemas.VERDICTS),
            pl.format("verdict: {}; expected keep, drop or nothing", verdict),
        ),
        ("bad_ordinal", pl.col("ordinal").is_null(), pl.format("ordinal: {}; expected 0, 1, …", "said_ordinal")),
        (
            "bad_time",
            time.is_not_null() & instant(time).is_null(),
            pl.format("reviewed_at: {}; expected ISO 8601", time),
        ),
        ("bad_digest", ~digest.str.contains(DIGEST), pl.format("pcm_digest: {}; expected 32 hex digits", digest)),
    ]
    told = told.rename({"reason": "said", "detail": "said_detail", "line": "own_line"}).with_row_index("line")
    told = with_first_fault(told, faults)  # by a number of its own: lines of several files are alike
    return told.drop("line", "said", "said_detail", "said_ordinal").rename({"own_line": "line"})


def _with_classes(rows: pl.DataFrame, classes: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows with the ids of their classes, and those lists of which one is no class, which are left out."""
    rows = rows.with_row_index("place")
    said = rows.select("place", label="class_ids").explode("label").drop_nulls("label")
    told = said.join(look_up(said["label"], classes), on="label", how="left", maintain_order="left")
    of_rows = told.group_by("place", maintain_order=True).agg(
        ids=pl.col("class_id").unique(maintain_order=True),
        unknown=pl.col("label").filter(pl.col("class_id").is_null()).first(),
    )
    rows = rows.drop("class_ids").join(of_rows, on="place", how="left", maintain_order="left")
    is_known = pl.col("unknown").is_null()
    words = pl.concat_str("unknown", pl.lit(" is in no source of classes; the classes of this row are not taken"))
    left_out = rows.filter(~is_known).select("source", "line", "raw", reason=pl.lit("unknown_class"), detail=words)
    return rows.with_columns(class_ids=pl.when(is_known).then("ids")).drop("place", "ids", "unknown"), left_out


def _with_captions(rows: pl.DataFrame, captions: pl.LazyFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows without captions that correct none, and these."""
    keys = ["clip_id", "ordinal"]
    corrected = rows.filter(pl.col("caption").is_not_null()).select(keys).unique()
    there = captions.select(keys).join(corrected.lazy(), on=keys, how="semi").collect(engine="streaming")
    rows = rows.join(there.with_columns(is_there=True), on=keys, how="left", maintain_order="left")
    is_lost = pl.col("caption").is_not_null() & pl.col("is_there").is_null()
    words = pl.format("{} has no caption {} that this could correct", *keys)
    left_out = rows.filter(is_lost).select("source", "line", "raw", reason=pl.lit("no_such_caption"), detail=words)
    return rows.with_columns(caption=pl.when(~is_lost).then("caption")).drop("is_there"), left_out
