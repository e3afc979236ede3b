"""From documents to the tables of an ingest."""

from collections.abc import Mapping

import polars as pl

from workflow_scripts.adapters import IngestSettings
from workflow_scripts.adapters.coco.categories import Categories, categories_of
from workflow_scripts.adapters.coco.document import Lists, read_document
from workflow_scripts.sources.classes import NO_ROWS
from workflow_scripts.sources.clips.assemble import Told, assembled
from workflow_scripts.sources.clips.judge import judged
from workflow_scripts.sources.clips.vocabulary import Vocabulary
from workflow_scripts.sources.files import refuse_one_file_twice
from workflow_scripts.sources.ingested import Ingested
from workflow_scripts.sources.licences import spdx
from workflow_scripts.sources.moments import moment
from workflow_scripts.sources.rejects import with_another_fault

MATCH = "path"


def ingest(settings: IngestSettings) -> Ingested:
    """Read all documents of a dataset.

    Raises:
        SourceError: a document that cannot be used at all, or ids of categories that mean other species in another;
            single bad items become rejects instead.
    """
    paths: Mapping[str, str] = settings.sources["documents"]
    refuse_one_file_twice((f"documents.{split}", path) for split, path in paths.items())
    read = {split: read_document(path) for split, path in paths.items()}
    categories = categories_of([(lists.counted.path, lists.categories) for lists in read.values()])
    licences = {split: _licences(lists.licences) for split, lists in read.items()}
    of_classes = [*map(_of_file, categories.rows, read.values()), *map(_of_file, licences.values(), read.values())]
    vocabulary = Vocabulary(
        categories.table,
        pl.concat([NO_ROWS, *map(_rows_of_classes, of_classes)]),
        [],
        categories.table.select("class_id", "name", label="class_id"),
    )
    told = Told(
        clips=judged(pl.concat(_clips(split, lists, licences[split]) for split, lists in read.items()), "clip", MATCH),
        labels=judged(pl.concat(_labels(lists, categories) for lists in read.values()), "labels", MATCH),
        vocabulary=lambda _: vocabulary,
        counted=[lists.counted for lists in read.values()],
    )
    return assembled(told, settings.rights)


def _of_file(rows: pl.DataFrame, lists: Lists) -> pl.DataFrame:
    return rows.with_columns(source=pl.lit(lists.counted.path).cast(pl.Categorical))


def _rows_of_classes(rows: pl.DataFrame) -> pl.DataFrame:
    known = {name: pl.col(name) if name in rows.columns else pl.lit(None) for name in NO_ROWS.columns}
    return rows.select(value.cast(NO_ROWS.schema[name]).alias(name) for name, value in known.items())


def _licences(rows: pl.DataFrame) -> pl.DataFrame:
    """Licences with what each is called: its SPDX id, or else its own words; and that as a member of JSON."""
    words, ids = pl.coalesce("name", "url"), spdx(pl.concat([rows["url"], rows["name"]]))
    member = pl.struct(words.alias("licence")).struct.json_encode().str.slice(1).str.head(-1)
    return rows.with_columns(
        licence=pl.coalesce(ids[: len(rows)], ids[len(rows) :], words),
        said=pl.when(words.is_not_null()).then(member),
    )


def _clips(split: str, lists: Lists, licences: pl.DataFrame) -> pl.DataFrame:
    """Its media as rows of clips."""
    known = licences.filter(pl.col("reason").is_null())
    known = known.select("licence", "said", licence_id="id", is_known=True)
    rows = lists.media.join(known, on="licence_id", how="left", maintain_order="left")
    day, clock = pl.col("date").str.head(10), pl.col("date").str.slice(10).str.strip_chars("T ")
    rows = rows.with_columns(moment(day, clock), split=pl.lit(split))
    more = pl.concat_list(
        "beside",
        pl.when(pl.col("recorded_at").is_null()).then(pl.format("date: expected YYYY-MM-DD, found {}", "date")),
        pl.when(pl.col("is_known").is_null() & pl.lit(len(licences) > 0)).then(
            pl.format("license: {} is in no item of licenses", "licence_id")
        ),
    )
    rows = rows.with_columns(
        beside=pl.when(more.list.drop_nulls().list.len() > 0).then(more.list.drop_nulls().list.join("; ")),
        extra=_with_licence(pl.col("extra"), pl.col("said")),
    )
    return _of_file(rows.drop("id", "licence_id", "date", "said", "is_known"), lists)


def _with_licence(extra: pl.Expr, said: pl.Expr) -> pl.Expr:
    """A JSON object, or null, with the member `licence`, or none; one that it has of its own stays."""
    both = pl.concat_str(extra.str.head(-1), pl.lit(", "), said, pl.lit("}"))
    has_one = extra.str.json_path_match("$.licence").is_not_null()
    return pl.when(has_one).then(extra).otherwise(pl.coalesce(both, pl.format("{{{}}}", said), extra))


def _labels(lists: Lists, categories: Categories) -> pl.DataFrame:
    """Its annotations as rows of labels."""
    media = lists.media.filter(pl.col("reason").is_null()).select("media", of_media="id")
    rows = lists.annotations.join(media, on="of_media", how="left", maintain_order="left")
    rows = rows.join(categories.ids, on="category_id", how="left", maintain_order="left")
    nobody = pl.format("annotations: it is of {}, which no item is that was kept", "of_media")
    nothing = pl.format("annotations: category_id {} is that of no category", "category_id")
    faults = [
        ("no_such_clip", pl.col("media").is_null(), nobody),
        ("unknown_class", pl.col("class_id").is_null(), nothing),
    ]
    rows = with_another_fault(rows, faults).with_columns(classes=pl.concat_list("class_id"))
    return _of_file(rows.select("line", "raw", "media", "classes", "reason", "detail"), lists)
