"""The tables of a dataset, read as its file says."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple

import polars as pl

from workflow_scripts.adapters import IngestSettings
from workflow_scripts.adapters.table.answers import answers
from workflow_scripts.adapters.table.asking import Asking
from workflow_scripts.adapters.table.mapping import TABLES, asked, hold_events, reading_of
from workflow_scripts.sources.clips.assemble import Told, added, assembled
from workflow_scripts.sources.clips.judge import judged
from workflow_scripts.sources.clips.vocabulary import Vocabulary, of_a_table, read_vocabulary
from workflow_scripts.sources.faults import SourceError
from workflow_scripts.sources.files import files_of, refuse_one_file_twice
from workflow_scripts.sources.ingested import Counted, Ingested


class Read(NamedTuple):
    """A table: its rows as `judged` gives them, and the files that it is made of."""

    rows: pl.DataFrame
    counted: list[Counted]


def ingest(settings: IngestSettings) -> Ingested:
    """Read the tables of a dataset as its file says.

    Raises:
        SourceError: a source that cannot be used at all; single bad rows become rejects instead.
        ExpressionError: an expression of the dataset file cannot be asked of a row.
    """
    _check_sources(settings)
    read = {source: _read(settings, source) for source in TABLES if source in settings.sources}
    counted: list[Counted] = []
    for source, table in read.items():
        counted = added(counted, table.counted if source != "vocabulary" else [])

    def classes(labels: pl.Series) -> Vocabulary:
        kind = settings.mapping["vocabulary"]
        if isinstance(kind, str):
            return read_vocabulary(kind, settings.sources, labels)
        return of_a_table(*read["vocabulary"], labels, settings.sources["vocabulary"])

    told = Told(
        clips=read["table"].rows,
        vocabulary=classes,
        counted=counted,
        **{part: read[part].rows for part in ("about", "events", "captions") if part in read},
        join_s=settings.mapping.get("events", {}).get("join_s"),
    )
    return assembled(told, settings.rights)


def _read(settings: IngestSettings, source: str) -> Read:
    mapping, part = settings.mapping, TABLES[source]
    of_no_row = hold_events(mapping, settings.sources, part) or part == "events"
    asking = Asking(asked(mapping, settings.sources, part), reading_of(mapping, part), of_no_row=of_no_row)
    splits = {path: split for split, path in files_of_table(source, settings.sources[source])}
    named_for = list(splits.values())
    parts = [judged(answers(rows, part, named_for), part, mapping["match"]) for rows in asking.rows(list(splits))]
    rows = pl.concat(parts)
    if of_no_row:
        rows = _of_no_rows(rows, part)
    if not rows["file"].is_sorted():
        rows = rows.sort("file", maintain_order=True)
    times = dict(rows["file"].value_counts().iter_rows())
    counted = [replace(asking.counted[path], read=times.get(file, 0)) for file, path in enumerate(splits)]
    return Read(rows.drop("file"), counted)


def _of_no_rows(rows: pl.DataFrame, part: str) -> pl.DataFrame:
    """Of files without rows is kept what names a recording by the file alone: nothing was heard in it.

    It is a clip; or, of a table of events, a row without one.
    """
    is_one = pl.col("raw") == ""
    if part == "clip":
        return rows.filter(~is_one | pl.col("reason").is_null())
    names_one = pl.col("reason").is_in(["no_class", "no_event"]) & pl.coalesce("id", "media_key").is_not_null()
    rows = rows.filter(~is_one | names_one)
    return rows.with_columns(
        reason=pl.when(is_one).then(pl.lit("no_event")).otherwise("reason"),
        detail=pl.when(is_one).then(pl.lit("the file has no rows")).otherwise("detail"),
    )


def _check_sources(settings: IngestSettings) -> None:
    """Raises SourceError where a table is named and nothing said of its columns, or the other way round."""
    for source, part in TABLES.items():
        said = isinstance(settings.mapping.get(part), dict)
        if source in settings.sources and not said:
            raise SourceError(
                f"sources.{source}: the dataset file says nothing of its columns; expected a key `{part}`"
            )
        if said and source not in settings.sources and source != "events":
            raise SourceError(f"{part}: sources name no `{source}` that it could speak of")
    refuse_one_file_twice(  # but a table of clips may tell of its classes too
        (f"sources.{source}", path)
        for source in TABLES
        if source in settings.sources and source != "vocabulary"
        for _, path in files_of_table(source, settings.sources[source])
    )
    if "events" not in settings.sources and (
        more := {"media", "id", "reading"} & set(settings.mapping.get("events", {}))
    ):
        raise SourceError(
            f"events.{min(more)}: sources name no `events`, so each row of a clip holds events of that clip; expected "
            "no such key, or the table that it is about"
        )


def files_of_table(name: str, named_as: Any) -> Iterator[tuple[str | None, str]]:
    """Each file of a table, once, with the split that it is named for.

    Raises:
        SourceError: one is named for two splits.
    """
    named_for: dict[str, str | None] = {}
    for split, patterns in named_as.items() if isinstance(named_as, dict) else [(None, named_as)]:
        for pattern in [patterns] if isinstance(patterns, str) else patterns:
            for path in files_of(pattern):
                if path in named_for and named_for[path] != split:
                    raise SourceError(
                        f"sources.{name}: {path} is named for the splits {named_for[path]} and {split}; name it for one"
                    )
                if path not in named_for:
                    named_for[path] = split
                    yield split, path
