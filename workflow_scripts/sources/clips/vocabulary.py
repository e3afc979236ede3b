"""The classes of a dataset, and which of them each label is."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from workflow_scripts.errors import first_twenty
from workflow_scripts.sources.classes import NO_ROWS, read_classes
from workflow_scripts.sources.faults import SourceError
from workflow_scripts.sources.ingested import Counted
from workflow_scripts.sources.label_sets import look_up
from workflow_scripts.sources.ontology import class_table, tree_of


@dataclass(frozen=True)
class Vocabulary:
    """Classes.

    Attributes:
        table: the `classes` table.
        rows: the rows that it was made of, as ROWS, with `source` and `clip_id`.
        counted: the sources of these.
        found: `label`, `class_id` and `name` of each label that is a class.
    """

    table: pl.DataFrame
    rows: pl.DataFrame
    counted: list[Counted]
    found: pl.DataFrame

    def of_each(self, labels: pl.DataFrame) -> pl.DataFrame:
        """Rows with a `label`, each with its `class_id` and `name`, null where it is no class."""
        return labels.join(self.found, on="label", how="left", maintain_order="left")


def read_vocabulary(kind: str, sources: Mapping[str, Any], labels: pl.Series) -> Vocabulary:
    """The classes that a dataset file names.

    Args:
        kind: `labels`, or `audioset`.
        sources: of the dataset.
        labels: all that are said.

    Raises:
        SourceError: a source that cannot be used at all, or is not named.
    """
    if kind == "labels":
        said = labels.drop_nulls().unique()
        table = classes_of(said.filter(said.str.strip_chars() != ""))
        return Vocabulary(table, NO_ROWS, [], table.select("class_id", "name", label="name"))
    if missing := [name for name in ("ontology", "classes") if name not in sources]:
        raise SourceError(f"vocabulary: audioset: sources name no {' and no '.join(missing)}")
    read = read_classes(sources)
    return Vocabulary(read.table, read.rows, read.counted, _found(labels, read.table))


def of_a_table(rows: pl.DataFrame, counted: Sequence[Counted], labels: pl.Series, named_as: Any) -> Vocabulary:
    """The classes that a table holds, in its order; rows of one class say more of what is above it.

    Args:
        rows: as judged.
        counted: the files that they are from.
        labels: all that are said.
        named_as: how the dataset file names the table.

    Raises:
        SourceError: parents that are no classes, a class above itself.
    """
    rows = rows.with_columns(pl.coalesce("id", "name").alias("id"), pl.coalesce("name", "id").alias("name"))
    good = rows.filter(pl.col("reason").is_null())
    first = _numbered(good.unique("id", keep="first", maintain_order=True), named_as)
    nodes = [one | {"child_ids": []} for one in first.select("id", "name", "scientific_name").iter_rows(named=True)]
    children = {node["id"]: node["child_ids"] for node in nodes}
    above = good.select("id", "parents").explode("parents").drop_nulls().unique(maintain_order=True)
    unknown = above.filter(~pl.col("parents").is_in(list(children)))
    if len(unknown):
        found = [f"{parent} (above {child})" for child, parent in unknown.iter_rows()]
        raise SourceError(f"{named_as}: parents that are no classes: {first_twenty(found)}; add their rows")
    for child, parent in above.iter_rows():
        children[parent].append(child)
    in_use = first.select("index", "id", "name").drop_nulls("index").rows()
    table = class_table(tree_of(nodes, str(named_as)), in_use, {})
    return Vocabulary(table, _rows(rows), [*counted], _found(labels, table))


def _numbered(classes: pl.DataFrame, named_as: Any) -> pl.DataFrame:
    """Classes with their `index`: where none has any, their places."""
    if classes["index"].null_count() == len(classes):
        return classes.with_columns(index=pl.int_range(pl.len()))
    twice = classes["index"].drop_nulls()
    again = [str(one) for one in twice.filter(twice.is_duplicated()).unique(maintain_order=True)]
    if again:
        raise SourceError(f"{named_as}: indices of more than one class: {first_twenty(again)}; expected one for each")
    return classes


def _rows(rows: pl.DataFrame) -> pl.DataFrame:
    """As NO_ROWS has them."""
    kept = rows.with_columns(class_id="id", class_index="index", clip_id=pl.lit(None, pl.String))
    return kept.select(pl.col(name).cast(kind) for name, kind in NO_ROWS.schema.items())


def _found(labels: pl.Series, table: pl.DataFrame) -> pl.DataFrame:
    found = look_up(labels, table).select("label", "class_id").drop_nulls()
    return found.join(table.select("class_id", "name"), on="class_id", how="left")


def classes_of(labels: Iterable[str]) -> pl.DataFrame:
    """The `classes` table of labels: for each an id made of its letters, and an index in the order of their names.

    Where the letters do not tell labels apart, or there are none of the Latin ones, a hash of the label stands behind.

    >>> classes_of(["cat", "Dog, barking"]).select("class_id", "class_index", "name").rows()
    [('dog_barking', 0, 'Dog, barking'), ('cat', 1, 'cat')]
    """
    names = sorted(set(labels))
    plain = {name: re.sub(r"[^0-9a-z]+", "_", name.lower()).strip("_") for name in names}
    times = Counter(plain.values())
    ids = {one if one and times[one] == 1 else _with_hash(one, name): name for name, one in plain.items()}
    return class_table({}, [(index, identity, name) for index, (identity, name) in enumerate(ids.items())], {})


def _with_hash(plain: str, name: str) -> str:
    import xxhash

    return f"{plain or 'class'}_{xxhash.xxh3_64_hexdigest(name.encode())[:8]}"
