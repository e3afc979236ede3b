"""The categories of documents as classes: one taxonomy, whose species have the same ids in all of them."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import polars as pl

from workflow_scripts.sources.faults import SourceError, shown
from workflow_scripts.sources.rejects import with_another_fault
from workflow_scripts.sources.taxa import RANKS, Species, classes_of_species


class Categories(NamedTuple):
    """The classes of a dataset.

    Attributes:
        table: the `classes` table.
        rows: of each document its categories, with `class_id` and `class_index`.
        ids: `category_id`, as annotations have it, and `class_id`: of one that repeats a species, the class of that.
    """

    table: pl.DataFrame
    rows: list[pl.DataFrame]
    ids: pl.DataFrame


def categories_of(documents: Sequence[tuple[str, pl.DataFrame]]) -> Categories:
    """The classes that the categories of documents are.

    Args:
        documents: path and categories of each.

    Raises:
        SourceError: an id is one species here and another there.
    """
    known = _Known()
    rows = [_told(categories, path, known) for path, categories in documents]
    ids = [(str(index), one.class_id) for index, one in known.species.items()]
    types = {"category_id": pl.String, "class_id": pl.String}
    return Categories(classes_of_species(known.first()), rows, pl.DataFrame(ids, schema=types, orient="row"))


class _Known:
    """The species by their ids, repeated ones too, and the first id of each class."""

    def __init__(self) -> None:
        self.species: dict[int, Species] = {}
        self._paths: dict[int, str] = {}
        self._indices: dict[str, int] = {}

    def put(self, index: int, one: Species, path: str) -> int:
        """Take a species, if it is new; gives the id that its class has."""
        earlier = self.species.get(index)
        if earlier and earlier.class_id != one.class_id:
            raise SourceError(
                f"{path}: the category of id {index} is {shown(one.scientific_name)}; it is "
                f"{shown(earlier.scientific_name)} in {self._paths[index]}. Expected one taxonomy for all documents"
            )
        if not earlier:
            self.species[index], self._paths[index] = one, path
        return self._indices.setdefault(one.class_id, index)

    def first(self) -> Iterator[Species]:
        """Each class once, as the first category says it that is of it."""
        return (self.species[index] for index in self._indices.values())


def _told(categories: pl.DataFrame, path: str, known: _Known) -> pl.DataFrame:
    """Categories with the class that each is, and those as rejects that are the species of another."""
    classes: list[tuple[int | None, str | None]] = []
    for row in categories.iter_rows(named=True):
        one = None if row["reason"] else _species(row)
        classes.append((known.put(row["id"], one, path), one.class_id) if one else (None, None))
    types = {"class_index": pl.Int32, "class_id": pl.String}
    told = pl.concat([categories, pl.DataFrame(classes, schema=types, orient="row")], how="horizontal")
    words = pl.format("categories: id {} is the species of id {} again", "id", "class_index")
    return with_another_fault(told, [("repeated_class", pl.col("class_index") != pl.col("id"), words)])


def _species(row: dict[str, Any]) -> Species:
    """A category as a species.

    An epithet tells a species only within its genus, and no subspecies: where both together are not the name, that is
    what tells it, so that Motacilla alba and Tyto alba are two classes where no genus is said.
    """
    says_all = row["name"] == f"{row['genus']} {row['epithet']}"
    return Species(
        index=row["id"],
        above=tuple(row[rank] for rank in RANKS),
        epithet=row["epithet"] if says_all else row["name"],
        name=row["common_name"] or row["name"],
        scientific_name=row["name"],
        extra=row["extra"],
    )
