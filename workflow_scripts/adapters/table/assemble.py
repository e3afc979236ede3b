"""From tables of any dataset to the tables of an ingest."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from math import inf
from typing import Any

import polars as pl

from workflow_scripts.adapters import IngestSettings
from workflow_scripts.adapters.table.asking import Asking
from workflow_scripts.adapters.table.clips import named, told_together
from workflow_scripts.adapters.table.judged import judged
from workflow_scripts.adapters.table.mapping import BLANK_IS_NOT, ORIGIN, TABLES, asked, reading_of
from workflow_scripts.adapters.table.said import Said, heard, heard_in, joined, of_clips, told_about
from workflow_scripts.adapters.table.vocabulary import Vocabulary, of_a_table, read_vocabulary
from workflow_scripts.sources.faults import SourceError
from workflow_scripts.sources.files import files_of, refuse_one_file_twice
from workflow_scripts.sources.ingested import Counted, Ingested, source_table
from workflow_scripts.sources.labels import strong_labels, weak_labels
from workflow_scripts.sources.rejects import row_rejects
from workflow_scripts.tables import schemas

NOTHING = pl.lit([], dtype=pl.List(pl.String))


def ingest(settings: IngestSettings) -> Ingested:
    """Read the tables of a dataset as its file says.

    Raises:
        SourceError: a source that cannot be used at all; single bad rows become rejects instead.
        ExpressionError: an expression of the dataset file cannot be asked of a row.
    """
    _check_sources(settings)
    tables = _Tables(settings)
    rows = tables.read("table")
    kept, duplicates = told_together(named(rows.filter(pl.col("reason").is_null())))
    further = [name for name in ("about", "events", "captions") if name in settings.sources]
    said = {name: (heard_in if name == "events" else of_clips)(tables.read(name), kept) for name in further}
    if "about" in said:
        kept = told_about(kept, said["about"])
    own = _with_each_class(kept)
    own_heard = heard(own)
    events = said["events"].of_clips if "events" in said else own_heard
    labels = pl.concat([kept["classes"].explode(), events["class"]]).str.strip_chars()
    vocabulary = _vocabulary(settings, tables, labels)
    if "events" in said:
        said["events"] = _of_known_classes(said["events"], vocabulary)
        events = said["events"].of_clips
    if "join_s" in settings.mapping.get("events", {}):
        events = joined(events, settings.mapping["events"]["join_s"])
    weak, strong = vocabulary.of_each(_weak(kept)), vocabulary.of_each(_strong(events))
    clips = _clips(kept, weak, settings.rights)
    all_rows = [rows, *(one.rows for one in said.values()), vocabulary.rows]
    unheard = own.join(own_heard, on="place", how="anti", maintain_order="left")
    left_out = [*map(_unknown_labels, (weak, strong)), _label_rejects(unheard, "outside_clip", _outside())]
    left_out += [_not_beside(part) for part in (kept, said["about"].rows if "about" in said else kept.clear())]
    rejects = pl.concat([*map(row_rejects, all_rows), duplicates, *left_out])
    good = [kept, *(part.filter(pl.col("reason").is_null()) for part in all_rows[1:])]
    kept_rows = pl.concat([part.lazy().select("source", pl.col("line").cast(pl.Int64), "clip_id") for part in good])
    return Ingested(
        promised=clips.select(*schemas.PROMISED.columns).lazy(),
        labels=pl.concat([_weak_labels(clips, vocabulary.table), _strong_labels(strong, vocabulary.table)]),
        captions=_captions(kept, said.get("captions")).lazy(),
        classes=vocabulary.table.lazy(),
        origins=_origins(kept).lazy(),
        rejects=rejects.sort("source", "line", maintain_order=True).lazy(),
        sources=source_table(added(tables.counted, vocabulary.counted), kept_rows, rejects.lazy()),
        kept=kept_rows,
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


def _vocabulary(settings: IngestSettings, tables: "_Tables", labels: pl.Series) -> Vocabulary:
    kind = settings.mapping["vocabulary"]
    if isinstance(kind, str):
        return read_vocabulary(kind, settings.sources, labels)
    return of_a_table(tables.read("vocabulary"), labels, settings.sources["vocabulary"])


class _Tables:
    """The tables of a dataset, and how many rows each has."""

    def __init__(self, settings: IngestSettings) -> None:
        self._sources, self._mapping = settings.sources, settings.mapping
        self.counted: list[Counted] = []

    def read(self, source: str) -> pl.DataFrame:
        """The rows of one of TABLES as `judged` gives them, with their `place`."""
        part = TABLES[source]
        asking = Asking(asked(self._mapping, self._sources, part), reading_of(self._mapping, part))
        splits = {path: split for split, path in files_of_table(source, self._sources[source])}
        named_for = list(splits.values())
        parts = [judged(rows, part, self._mapping["match"], named_for) for rows in asking.rows(list(splits))]
        rows = pl.concat(parts)
        if not rows["file"].is_sorted():
            rows = rows.sort("file", maintain_order=True)
        read = dict(rows["file"].value_counts().iter_rows())
        counted = [replace(asking.counted[path], read=read.get(file, 0)) for file, path in enumerate(splits)]
        self.counted = added(self.counted, counted)
        return rows.drop("file").with_row_index("place")


def added(counted: list[Counted], more: list[Counted]) -> list[Counted]:
    """Counts of sources with those of more: a file that is several tables has the rows of each."""
    by_path = {one.path: one for one in counted}
    for one in more:
        read = by_path[one.path].read if one.path in by_path else 0
        by_path[one.path] = replace(one, read=read + one.read)
    return list(by_path.values())


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


def _weak(kept: pl.DataFrame) -> pl.DataFrame:
    """Each label of each row, in their order, without the blanks around it; blank ones are none."""
    labels = kept.select("place", "source", "line", "raw", "clip_id", label="classes").explode("label")
    return labels.with_columns(pl.col("label").str.strip_chars()).filter(pl.col("label") != "")


def _with_each_class(rows: pl.DataFrame) -> pl.DataFrame:
    """The events of rows of clips, one for each of their classes, with the `start` and `end` of the clip."""
    stretch = {"start": pl.col("start_s").fill_null(0.0), "end": pl.col("end_s").fill_null(inf)}
    return rows.filter(pl.col("class").list.len() > 0).explode("class").with_columns(**stretch)


def _strong(events: pl.DataFrame) -> pl.DataFrame:
    label = pl.col("class").str.strip_chars()
    return events.select("source", "line", "raw", "clip_id", "onset_s", "offset_s", "value", label=label)


def _of_known_classes(said: Said, vocabulary: Vocabulary) -> Said:
    """Events of a table of their own: a row of unknown classes alone has nothing else to say."""
    classes = vocabulary.of_each(said.of_clips.rename({"class": "label"})).rename({"label": "class"})
    unknown = classes.join(classes.drop_nulls("class_id"), on="place", how="anti", maintain_order="left")
    unknown = unknown.unique("place", keep="first", maintain_order=True).select("place", unknown="class")
    rows = said.rows.join(unknown, on="place", how="left", maintain_order="left")
    is_unknown = pl.col("unknown").is_not_null()
    rows = rows.with_columns(
        reason=pl.when(is_unknown).then(pl.lit("unknown_class")).otherwise("reason"),
        detail=pl.when(is_unknown).then(_unknown("unknown")).otherwise("detail"),
    )
    return Said(rows, said.of_clips.join(unknown, on="place", how="anti", maintain_order="left"))


def _unknown(label: str) -> pl.Expr:
    return pl.concat_str(label, pl.lit(" is in no source of classes"))


def _clips(kept: pl.DataFrame, weak: pl.DataFrame, rights: Mapping[str, str]) -> pl.DataFrame:
    """The first row of each clip, with the classes of all of them."""
    first = kept.unique("clip_id", keep="first", maintain_order=True)
    classes = weak.drop_nulls("class_id").unique(["clip_id", "class_id"], keep="first", maintain_order=True)
    lists = classes.group_by("clip_id", maintain_order=True).agg(class_ids="class_id", class_names="name")
    return first.join(lists, on="clip_id", how="left", maintain_order="left").with_columns(
        pl.col("class_ids", "class_names").fill_null(NOTHING).cast(pl.List(pl.Categorical)),
        pl.col("split").cast(pl.Categorical),
        pl.col("licence").fill_null(pl.lit(rights.get("audio"), dtype=pl.String)).cast(pl.Categorical),
    )


def _weak_labels(clips: pl.DataFrame, classes: pl.DataFrame) -> pl.LazyFrame:
    said = clips.select("clip_id", pl.col("class_ids").cast(pl.List(pl.String))).filter(
        pl.col("class_ids").list.len() > 0
    )
    sets = said.select(pl.col("class_ids").unique(maintain_order=True)).with_row_index("label_set")
    of_clips = said.join(sets, on="class_ids", how="left", maintain_order="left")
    return weak_labels(of_clips.lazy().select("clip_id", "label_set"), sets, classes)


def _strong_labels(events: pl.DataFrame, classes: pl.DataFrame) -> pl.LazyFrame:
    places = classes.select("class_id").with_row_index("label_set")
    of_clips = events.drop_nulls("class_id").join(places, on="class_id", how="left", maintain_order="left")
    return strong_labels(of_clips.lazy().select("clip_id", "onset_s", "offset_s", "value", "label_set"), classes)


def _captions(kept: pl.DataFrame, more: Said | None) -> pl.DataFrame:
    texts = [kept.select("clip_id", text="captions")]
    texts += [more.of_clips.select("clip_id", text="texts")] if more else []
    ordinal = pl.int_range(pl.len(), dtype=pl.Int32).over("clip_id")
    said = pl.concat(texts).explode("text").filter(pl.col("text").str.contains(BLANK_IS_NOT))
    return said.with_columns(ordinal=ordinal).select(*schemas.CAPTIONS.columns)


def _origins(kept: pl.DataFrame) -> pl.DataFrame:
    says_something = pl.any_horizontal(pl.col(name).is_not_null() for name in (*ORIGIN, "extra"))
    origins = kept.filter(says_something).unique("clip_id", keep="first", maintain_order=True)
    return origins.select(*schemas.ORIGINS.columns)


def _unknown_labels(labels: pl.DataFrame) -> pl.DataFrame:
    return _label_rejects(labels.filter(pl.col("class_id").is_null()), "unknown_class", _unknown("label"))


def _outside() -> pl.Expr:
    return pl.format("{} from {} to {} s is not heard in the clip", "class", "onset_s", "offset_s")


def _not_beside(rows: pl.DataFrame) -> pl.DataFrame:
    """What rows that are kept say of places and durations, and cannot be."""
    good = rows.filter(pl.col("reason").is_null() & pl.col("beside").is_not_null())
    return _label_rejects(good, "bad_value", pl.col("beside"))


def _label_rejects(labels: pl.DataFrame, reason: str, detail: pl.Expr) -> pl.DataFrame:
    """Labels that were left out of rows that were kept."""
    return labels.select(
        pl.col("source").cast(pl.String),
        "line",
        pl.lit("label").alias("scope"),
        pl.lit(reason).alias("reason"),
        detail.alias("detail"),
        "raw",
    )
