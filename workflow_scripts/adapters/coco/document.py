"""One document: the lists that it holds, as tables."""

import logging
from pathlib import PurePath
from typing import NamedTuple

import polars as pl

from workflow_scripts.sources import members
from workflow_scripts.sources.faults import SourceError, as_source_error
from workflow_scripts.sources.ingested import Counted
from workflow_scripts.sources.json_text import Document
from workflow_scripts.sources.members import Member, numbered, rows_of
from workflow_scripts.sources.rejects import with_another_fault
from workflow_scripts.sources.source import Source
from workflow_scripts.sources.taxa import RANKS

MEDIA = ("audio", "images")
"""What the list of media may be called."""
OF_MEDIA = (
    Member("id", members.name, ("id",)),
    Member("media", members.text, ("file_name",)),
    Member("licence_id", members.name, ("license",)),
    Member("recordist", members.text, ("rights_holder",)),
    Member("date", members.text, ("date",)),
    Member("latitude", members.number, ("latitude",)),
    Member("longitude", members.number, ("longitude",)),
    Member("location_uncertainty_m", members.number, ("location_uncertainty",)),
    Member("declared_duration_s", members.number, ("duration",)),
)
OF_ANNOTATIONS = (
    Member("id", members.name, ("id",)),
    Member("of_media", members.name, ("audio_id", "image_id")),
    Member("category_id", members.name, ("category_id",)),
)
OF_CATEGORIES = (
    Member("id", members.whole, ("id",)),
    Member("name", members.text, ("name",)),
    Member("common_name", members.text, ("common_name",)),
    *(Member(rank, members.text, (rank,)) for rank in RANKS),
    Member("epithet", members.text, ("specific_epithet",)),
)
OF_LICENCES = (
    Member("id", members.name, ("id",)),
    Member("name", members.text, ("name",)),
    Member("url", members.text, ("url",)),
)
LISTS = {
    **dict.fromkeys(MEDIA, OF_MEDIA),
    "annotations": OF_ANNOTATIONS,
    "categories": OF_CATEGORIES,
    "licenses": OF_LICENCES,
}
"""The lists of a document, and what is asked of the items of each."""
NEEDED = {
    **{key: {"id": "bad_id", "media": "no_media"} for key in MEDIA},
    "annotations": {"of_media": "no_such_clip", "category_id": "no_class"},
    "categories": {"id": "bad_id", "name": "no_class"},
    "licenses": {"id": "bad_id"},
}
"""What items cannot be without, and why they are rejects then."""
LARGEST_ID = 2**31 - 1
"""Of a category: it is the number of a class."""

_log = logging.getLogger(__name__)


class Lists(NamedTuple):
    """The lists of a document, each a table with `line`, `raw`, `reason`, `detail` and what was asked of its items.

    Attributes:
        counted: the document, and the number of its items.
        media: its recordings or images.
    """

    counted: Counted
    media: pl.DataFrame
    annotations: pl.DataFrame
    categories: pl.DataFrame
    licences: pl.DataFrame


def read_document(path: str) -> Lists:
    """Read one document; of its items only some thousand are there as objects at a time.

    Raises:
        SourceError: it is no JSON, or no map with one list of recordings or images; a list stands there twice.
    """
    if ".tar" in PurePath(path.lower()).suffixes:
        raise SourceError(f"{path}: a tar, as these are published; unpack it and name the JSON that is in it")
    source = Source.read(path)
    counted, document = Counted.of(source), Document(source.text())
    del source
    tables: dict[str, pl.DataFrame] = {}
    with as_source_error(path, "valid JSON"):
        number = 1
        for key, items in document.lists():
            if key not in LISTS:
                continue
            if items is None or key in tables:
                raise SourceError(f"{path}: {key}: expected one list" + (", found two" if items else ""))
            tables[key] = rows_of(numbered(items, number), LISTS[key], ("bbox", "segmentation"))
            number += len(tables[key])
    found = [key for key in MEDIA if key in tables]
    if len(found) != 1:
        what = f"found both {' and '.join(found)}" if found else f"found {', '.join(tables) or 'none of its lists'}"
        raise SourceError(f"{path}: expected a map with a list `audio` or `images`; {what}")
    for name in LISTS.keys() - MEDIA - tables.keys():
        _log.info("%s: it has no list %s", path, name)
    judged = {key: _judged(tables.get(key, rows_of([], of)), key) for key, of in LISTS.items()}
    return Lists(
        Counted(path, counted.sha256, counted.bytes, read=number - 1),
        judged[found[0]],
        judged["annotations"],
        judged["categories"],
        judged["licenses"],
    )


def _judged(rows: pl.DataFrame, key: str) -> pl.DataFrame:
    """Rows with what is wrong with each: what is no such value, is not there, or stood there before.

    Of media only what they cannot be without costs the row.
    """
    told = pl.concat_str(pl.lit(f"{key}: "), "beside")
    faults = [] if key in MEDIA else [("bad_value", pl.col("beside").is_not_null(), told)]
    called = {member.column: " or ".join(member.keys) for member in LISTS[key]}
    for column, reason in NEEDED[key].items():
        missing = pl.coalesce(told, pl.lit(f"{key}: {called[column]} is missing"))
        faults.append((reason, pl.col(column).is_null(), missing))
    if key == "categories":
        words = pl.format("categories: id {}: expected 0 to {}", "id", pl.lit(LARGEST_ID))
        faults.append(("bad_index", ~pl.col("id").is_between(0, LARGEST_ID), words))
    rows = with_another_fault(rows, faults)
    first = pl.when(pl.col("reason").is_null()).then("line").min().over("id")
    rows = rows.with_columns(first_line=pl.when(pl.col("id").is_not_null()).then(first))
    again = pl.format(f"{key}: id {{}} is that of item {{}}", "id", "first_line")
    rows = with_another_fault(rows, [("duplicate_id", pl.col("line") > pl.col("first_line"), again)])
    return rows.drop("first_line")
