"""From pages of answers to the tables of an ingest."""

from collections.abc import Iterable, Sequence

import polars as pl

from workflow_scripts.adapters import IngestSettings
from workflow_scripts.adapters.xeno_canto.pages import Page, check_complete, read_pages
from workflow_scripts.adapters.xeno_canto.species import NONE_KNOWN, classes_of_recordings, species_named, species_of
from workflow_scripts.sources import members
from workflow_scripts.sources.classes import NO_ROWS
from workflow_scripts.sources.clips.assemble import Told, assembled
from workflow_scripts.sources.clips.judge import judged
from workflow_scripts.sources.clips.vocabulary import Vocabulary
from workflow_scripts.sources.ingested import Ingested
from workflow_scripts.sources.licences import spdx
from workflow_scripts.sources.members import Member, numbered, rows_of
from workflow_scripts.sources.moments import moment
from workflow_scripts.sources.rejects import with_another_fault
from workflow_scripts.sources.taxa import Species

MATCH = "stem"
NUMBER = r"^[0-9]{1,12}$"
NO_SCORE = "no score"
OF_RECORDINGS = (
    Member("number", members.name, ("id",)),
    Member("genus", members.text, ("gen",), in_extra=True),
    Member("epithet", members.text, ("sp",), in_extra=True),
    Member("common_name", members.text, ("en",), in_extra=True),
    Member("also", members.texts, ("also",)),
    Member("recordist", members.text, ("rec",)),
    Member("country", members.text, ("cnt",)),
    Member("locality", members.text, ("loc",)),
    Member("latitude", members.number, ("lat",)),
    Member("longitude", members.number, ("lon",)),
    Member("date", members.text, ("date",), in_extra=True),
    Member("time", members.text, ("time",), in_extra=True),
    Member("source_url", members.text, ("url",)),
    Member("said", members.text, ("licence",), in_extra=True),
    Member("quality", members.text, ("q",)),
    Member("device", members.text, ("dvc",)),
    Member("microphone", members.text, ("mic",)),
    Member("declared_duration_s", members.seconds, ("length",)),
    Member("declared_sample_rate", members.whole, ("smp",)),
)
PICTURES = ("sono", "osci")
"""Of the sound; they are not kept."""


def ingest(settings: IngestSettings) -> Ingested:
    """Read all pages of a dataset.

    Raises:
        SourceError: a file is no page and no recording, or tells of an error; a page of a query is missing; single bad
            recordings become rejects instead.
    """
    pages = read_pages(settings.sources["pages"])
    check_complete(pages, settings.sources["on_count_mismatch"])
    rows = _told_once(pl.concat([_rows(page) for page in pages]))
    kept = rows.filter(pl.col("reason").is_null())
    species = [
        species_of(*names)
        for names in kept.select("genus", "epithet", "common_name").unique(maintain_order=True).rows()
    ]
    behind = [species_named(name) for name in kept["also"].explode().drop_nulls().unique(maintain_order=True)]
    table = classes_of_recordings(filter(None, species), filter(None, behind))
    vocabulary = Vocabulary(table, NO_ROWS, [], table.select("class_id", "name", label="class_id"))
    told = Told(
        clips=judged(rows.with_columns(*_labels(rows)), "clip", MATCH),
        vocabulary=lambda _: vocabulary,
        counted=[page.counted for page in pages],
    )
    return assembled(told, settings.rights)


def _rows(page: Page) -> pl.DataFrame:
    """Recordings as rows of clips, without their classes."""
    rows = rows_of(numbered(page.recordings, 1), OF_RECORDINGS, PICTURES)
    is_number = pl.col("number").str.contains(NUMBER)
    words = pl.coalesce("beside", pl.format("id: expected a number, found {}", pl.col("number").fill_null("none")))
    rows = with_another_fault(rows, [("bad_id", ~is_number.fill_null(value=False), words)])
    named = pl.concat_str(pl.lit("XC"), "number")
    return rows.with_columns(
        moment(pl.col("date"), pl.col("time")),
        source=pl.lit(page.counted.path).cast(pl.Categorical),
        media=named,
        id=named,
        source_url=pl.col("source_url").str.replace("^//", "https://"),
        licence=pl.coalesce(spdx(rows["said"]), "said"),
        quality=pl.when(pl.col("quality").str.to_lowercase() != NO_SCORE).then("quality"),
    )


def _told_once(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of which those are rejects that another page tells word for word: queries overlap."""
    is_good = pl.col("reason").is_null()
    first = rows.filter(is_good).unique("number", keep="first", maintain_order=True)
    first = first.select("number", *(pl.col(name).alias(f"first_{name}") for name in ("source", "line", "raw")))
    rows = rows.join(first, on="number", how="left", maintain_order="left")
    again = is_good & (pl.col("raw") == pl.col("first_raw")) & (pl.col("source") != pl.col("first_source"))
    kept = pl.format("{} is kept from {}, line {}", "id", pl.col("first_source").cast(pl.String), "first_line")
    return rows.with_columns(
        reason=pl.when(again).then(pl.lit("nothing_new")).otherwise("reason"),
        detail=pl.when(again).then(pl.concat_str(kept, pl.lit(", which says the same"))).otherwise("detail"),
    ).drop(first.columns[1:])


def _labels(rows: pl.DataFrame) -> Iterable[pl.Series]:
    """The class that each recording is of, and those heard behind: of what names no species, the words."""
    classes = [_ids([species_of(*names)]) for names in rows.select("genus", "epithet").rows()]
    yield pl.Series("classes", classes, dtype=pl.List(pl.String))
    behind = [[_label(name) for name in names or () if _says_one(name)] for names in rows["also"].to_list()]
    yield pl.Series("background", behind, dtype=pl.List(pl.String))


def _ids(species: Sequence[Species | None]) -> list[str]:
    return [one.class_id for one in species if one]


def _label(name: str) -> str:
    one = species_named(name)
    return one.class_id if one else name


def _says_one(name: str) -> bool:
    return bool(name.strip()) and name.strip().lower() not in NONE_KNOWN
