"""From rows that say what a clip is to the tables of an ingest."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf

import polars as pl

from workflow_scripts.sources.clips.fields import BLANK_IS_NOT, ORIGIN
from workflow_scripts.sources.clips.mixed import mixed
from workflow_scripts.sources.clips.naming import named, told_together
from workflow_scripts.sources.clips.said import Said, heard, heard_in, joined, of_clips, told_about
from workflow_scripts.sources.clips.vocabulary import Vocabulary
from workflow_scripts.sources.ingested import Counted, Ingested, source_table
from workflow_scripts.sources.labels import background_labels, strong_labels, weak_labels
from workflow_scripts.sources.rejects import row_rejects
from workflow_scripts.tables import schemas

NOTHING = pl.lit([], dtype=pl.List(pl.String))
_FIRST = ~pl.col("again")
"""Of the clips that one row tells of the one that it is counted for."""


@dataclass(frozen=True)
class Told:
    """The rows of a dataset, each part as `judged` gives it.

    Attributes:
        clips: those that are clips.
        vocabulary: its classes, of all labels that are said.
        counted: the sources that all rows are from, but those of the vocabulary.
        labels: the classes that other rows say of them.
        about: what other rows tell about clips.
        events: what is heard in them, where rows of clips do not hold that themselves.
        captions: what is said of them.
        mixtures: pairs of clips, as `mixed` takes them; the clips too are among those above.
        join_s: events of one class that follow each other by so many seconds are one.
        left_out: what else was not made of rows that are clips: their source, line and raw, reason and detail.
    """

    clips: pl.DataFrame
    vocabulary: Callable[[pl.Series], Vocabulary]
    counted: Sequence[Counted]
    labels: pl.DataFrame | None = None
    about: pl.DataFrame | None = None
    events: pl.DataFrame | None = None
    captions: pl.DataFrame | None = None
    mixtures: pl.DataFrame | None = None
    join_s: float | None = None
    left_out: pl.DataFrame | None = None


def assembled(told: Told, rights: Mapping[str, str]) -> Ingested:
    """The tables of a dataset.

    Args:
        told: its rows.
        rights: what the dataset file says of licences.

    Raises:
        SourceError: classes that cannot be told apart, or are above themselves.
    """
    rows = _placed(told.clips)
    kept, duplicates = told_together(named(rows.filter(pl.col("reason").is_null())))
    about, captions = (None if part is None else of_clips(_placed(part), kept) for part in (told.about, told.captions))
    of_events = None if told.events is None else heard_in(_placed(told.events), kept)
    of_labels = None if told.labels is None else _labels_of_clips(_placed(told.labels), kept)
    if about:
        kept = told_about(kept, about)
    own = _with_each_class(kept)
    own_heard = heard(own)
    events = of_events.of_clips if of_events else own_heard
    labels = [kept["classes"].explode(), kept["background"].explode(), events["class"]]
    labels += [of_labels.of_clips["class"]] if of_labels else []
    vocabulary = told.vocabulary(pl.concat(labels).str.strip_chars())
    of_labels = of_labels and _of_known_classes(of_labels, vocabulary)
    if of_events:
        of_events = _of_known_classes(of_events, vocabulary)
        events = of_events.of_clips
    if told.join_s is not None:
        events = joined(events, told.join_s)
    weak, behind = (vocabulary.of_each(said) for said in (_weak(kept, of_labels), _each_label(kept, "background")))
    strong = vocabulary.of_each(_strong(events))
    clips = _clips(kept, weak, rights)
    pairs = None if told.mixtures is None else mixed(told.mixtures, kept)
    all_rows = [rows, *(one.rows for one in (about, of_events, of_labels, captions, pairs) if one), vocabulary.rows]
    unheard = own.join(own_heard, on="place", how="anti", maintain_order="left")
    left_out = [
        *map(_unknown_labels, (weak, behind, strong)),
        _label_rejects(unheard, pl.lit("outside_clip"), _outside()),
    ]
    left_out += [_not_beside(part) for part in (kept, about.rows if about else kept.clear())]
    if told.left_out is not None:
        left_out += [_label_rejects(told.left_out, pl.col("reason"), pl.col("detail"))]
    rejects = pl.concat([row_rejects(rows.filter(_FIRST)), *map(row_rejects, all_rows[1:]), duplicates, *left_out])
    good = [part.filter(pl.col("reason").is_null()) for part in all_rows[1:]]
    return Ingested(
        promised=clips.select(*schemas.PROMISED.columns).lazy(),
        labels=pl.concat(
            [
                _weak_labels(clips, vocabulary.table),
                background_labels(_behind(behind, weak), vocabulary.table),
                _strong_labels(strong, vocabulary.table),
            ]
        ),
        found_captions=_captions(kept, captions).lazy(),
        classes=vocabulary.table.lazy(),
        origins=_origins(kept).lazy(),
        rejects=rejects.sort("source", "line", maintain_order=True).lazy(),
        sources=source_table(
            added(told.counted, vocabulary.counted), _kept_rows([kept.filter(_FIRST), *good]), rejects.lazy()
        ),
        kept=_kept_rows([kept, *good]).unique(maintain_order=True) if pairs else _kept_rows([kept, *good]),
        mixtures=(pairs.of_clips if pairs else schemas.MIXTURES.empty()).lazy(),
    )


def _kept_rows(parts: Sequence[pl.DataFrame]) -> pl.LazyFrame:
    return pl.concat([part.lazy().select("source", pl.col("line").cast(pl.Int64), "clip_id") for part in parts])


def _placed(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows in the order in which they are told, each with its `place`."""
    return rows.with_row_index("place")


def added(counted: Sequence[Counted], more: Sequence[Counted]) -> list[Counted]:
    """Counts of sources with those of more: a file that is several tables has the rows of each."""
    by_path = {one.path: one for one in counted}
    for one in more:
        read = by_path[one.path].read if one.path in by_path else 0
        by_path[one.path] = replace(one, read=read + one.read)
    return list(by_path.values())


def _labels_of_clips(rows: pl.DataFrame, clips: pl.DataFrame) -> Said:
    said = of_clips(rows, clips)
    return Said(said.rows, said.of_clips.explode("classes").rename({"classes": "class"}))


def _weak(kept: pl.DataFrame, more: Said | None) -> pl.DataFrame:
    of_clips = _each_label(kept, "classes")
    return pl.concat([of_clips, _each_label(more.of_clips, "class")]) if more else of_clips


def _each_label(rows: pl.DataFrame, of: str) -> pl.DataFrame:
    """Each label of each row, in their order, without the blanks around it; blank ones are none."""
    labels = rows.select("source", "line", "raw", "clip_id", label=of)
    labels = labels.explode("label") if rows.schema[of].is_nested() else labels
    return labels.with_columns(pl.col("label").str.strip_chars()).filter(pl.col("label") != "")


def _behind(behind: pl.DataFrame, weak: pl.DataFrame) -> pl.LazyFrame:
    """What is heard behind each clip: each class once, and none that the clip is of."""
    keys = ["clip_id", "class_id"]
    said = behind.drop_nulls("class_id").select(keys).unique(maintain_order=True)
    return said.join(weak.select(keys), on=keys, how="anti", maintain_order="left").lazy()


def _with_each_class(rows: pl.DataFrame) -> pl.DataFrame:
    """The events of rows of clips, one for each of their classes, with the `start` and `end` of the clip."""
    stretch = {"start": pl.col("start_s").fill_null(0.0), "end": pl.col("end_s").fill_null(inf)}
    return rows.filter(pl.col("class").list.len() > 0).explode("class").with_columns(**stretch)


def _strong(events: pl.DataFrame) -> pl.DataFrame:
    label = pl.col("class").str.strip_chars()
    return events.select("source", "line", "raw", "clip_id", "onset_s", "offset_s", "value", label=label)


def _of_known_classes(said: Said, vocabulary: Vocabulary) -> Said:
    """Events or labels of a table of their own: a row of unknown classes alone has nothing else to say."""
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
    return said.with_columns(ordinal=ordinal).select(*schemas.FOUND_CAPTIONS.columns)


def _origins(kept: pl.DataFrame) -> pl.DataFrame:
    says_something = pl.any_horizontal(pl.col(name).is_not_null() for name in (*ORIGIN, "extra"))
    origins = kept.filter(says_something).unique("clip_id", keep="first", maintain_order=True)
    return origins.select(*schemas.ORIGINS.columns)


def _unknown_labels(labels: pl.DataFrame) -> pl.DataFrame:
    return _label_rejects(labels.filter(pl.col("class_id").is_null()), pl.lit("unknown_class"), _unknown("label"))


def _outside() -> pl.Expr:
    return pl.format("{} from {} to {} s is not heard in the clip", "class", "onset_s", "offset_s")


def _not_beside(rows: pl.DataFrame) -> pl.DataFrame:
    """What rows that are kept say of places and durations, and cannot be."""
    good = rows.filter(pl.col("reason").is_null() & pl.col("beside").is_not_null())
    return _label_rejects(good, pl.lit("bad_value"), pl.col("beside"))


def _label_rejects(labels: pl.DataFrame, reason: pl.Expr, detail: pl.Expr) -> pl.DataFrame:
    """Labels that were left out of rows that were kept."""
    return labels.select(
        pl.col("source").cast(pl.String),
        "line",
        pl.lit("label").alias("scope"),
        reason.alias("reason"),
        detail.alias("detail"),
        "raw",
    )
