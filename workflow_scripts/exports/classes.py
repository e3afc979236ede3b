"""The classes that models are trained on, and labels of clips that name or number them."""

import csv
from pathlib import Path

import polars as pl

from workflow_scripts.errors import SoundledgerError, first_twenty
from workflow_scripts.exports.reading import Tables

CLASS_INDEX = "class_labels_indices.csv"
"""As AudioSet calls its own."""


def indexed_classes(tables: Tables, restricted: bool = True) -> pl.DataFrame:
    """The classes that have an index, in its order, with `index`: their place among them.

    A model has one output a row of the class list, so a gap in the dataset's own indices is closed.

    Args:
        tables: of the export.
        restricted: whether those that the ontology marks abstract or blacklisted are among them.
    """
    indexed = tables.read("classes").filter(
        pl.col("class_index").is_not_null() & (pl.lit(restricted) | ~(pl.col("is_abstract") | pl.col("is_blacklisted")))
    )
    return indexed.sort("class_index").with_row_index("index")


def refuse_commas(export: str, classes: pl.DataFrame) -> None:
    """See that ids can be joined by commas.

    Raises:
        SoundledgerError: one holds a comma, at which trainers would split it.
    """
    split = classes.filter(pl.col("class_id").str.contains(",", literal=True))["class_id"].to_list()
    if split:
        raise SoundledgerError(
            f"export {export}: {len(split):,} class ids hold a comma, at which its trainers would split them: "
            f"{first_twenty(split)}. Give these classes other ids, or leave this export out"
        )


def joined_labels(class_ids: pl.Series, classes: pl.DataFrame) -> pl.Series:
    """The ids of those classes that clips have, with commas between them; null where there are none.

    Two million clips have fifty thousand sets of classes, so each set of a part of them is looked at once.
    """
    said = class_ids.cast(pl.List(pl.String)).list.join("\n").cast(pl.Categorical).alias("said").to_frame()
    sets = (
        said.unique()
        .with_columns(class_id=pl.col("said").cast(pl.String).str.split("\n"))
        .explode("class_id")
        .filter(pl.col("class_id").is_in(classes["class_id"].implode()))
        .group_by("said")
        .agg(labels=pl.col("class_id").str.join(","))
        .with_columns(pl.col("labels").cast(pl.Categorical))
    )
    return said.join(sets, on="said", how="left", maintain_order="left")["labels"]


def label_numbers(class_ids: pl.Series, classes: pl.DataFrame) -> pl.Series:
    """The `index` of each of those classes that clips have, ascending; an empty list where there are none."""
    numbers = dict(zip(classes["class_id"], classes["index"], strict=True))
    of_class = pl.element().replace_strict(numbers, default=None, return_dtype=pl.Int32)
    return class_ids.cast(pl.List(pl.String)).list.eval(of_class).list.drop_nulls().list.sort()


def write_class_index(classes: pl.DataFrame, file: Path, header: bool = True) -> None:
    """index,mid,display_name as AudioSet's own, whose names are always quoted; indices without a gap."""
    with file.open("w", encoding="utf-8", newline="") as lines:
        lines.write("index,mid,display_name\n" * header)
        mids = csv.writer(lines, lineterminator=",")
        names = csv.writer(lines, lineterminator="\n", quoting=csv.QUOTE_ALL)
        for row in classes.select("index", "class_id", "name").iter_rows():
            mids.writerow(row[:2])
            names.writerow(row[2:])


def is_unlabelled(classes: pl.DataFrame) -> pl.Expr:
    """Whether a clip has none of those classes, by the ledger's `class_ids`."""
    ids = classes["class_id"].to_list()  # a column of one list takes ninety times as long
    return pl.col("class_ids").cast(pl.List(pl.String)).list.set_intersection(ids).list.len() == 0
