"""Species as classes, and the taxa above them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import polars as pl

from workflow_scripts.sources.ontology import class_table, tree_of

RANKS = ("kingdom", "phylum", "class", "order", "family", "genus")
"""Above a species, from the top."""


@dataclass(frozen=True)
class Species:
    """A species of a dataset.

    Attributes:
        index: its number in training; None where it has none.
        above: of some neighbouring ranks down to genus the taxon that it belongs to; None where it is not said.
        epithet: what tells it from others of its genus; None where no more than the genus is known.
        name: what people call it.
        scientific_name: of it.
        extra: what else is said of it, a JSON object.
    """

    index: int | None
    above: tuple[str | None, ...]
    epithet: str | None
    name: str
    scientific_name: str
    extra: str | None = None

    @property
    def class_id(self) -> str:
        """The way to it from the highest rank: the same genus name of an animal and of a plant are two classes.

        >>> Species(0, ("Aves", None, "Larus"), "marinus", "Great Black-backed Gull", "Larus marinus").class_id
        'Aves//Larus/marinus'
        """
        return _way(self.above if self.epithet is None else [*self.above, self.epithet])


def classes_of_species(species: Iterable[Species]) -> pl.DataFrame:
    """The `classes` table of species, each once, and of the taxa above them, which nobody trains on.

    A taxon stands below the nearest above it that is said.
    """
    nodes: dict[str, dict[str, Any]] = {}
    index = []
    for one in species:
        parent = None
        ranks = RANKS[len(RANKS) - len(one.above) :]
        for depth, (rank, called) in enumerate(zip(ranks, one.above, strict=True), start=1):
            if called:
                parent = _below(parent, nodes, _way(one.above[:depth]), called, {"rank": rank})
        if one.epithet is not None:
            told = {"rank": "species", "scientific_name": one.scientific_name, "extra": one.extra}
            _below(parent, nodes, one.class_id, one.name, told)
        if one.index is not None:
            index.append((one.index, one.class_id, one.name))
    return class_table(tree_of(list(nodes.values()), "taxa"), index, {})


def _way(names: Iterable[str | None]) -> str:
    """Names with a slash between them; in them what is no letter of ids is written as in addresses."""
    return "/".join(quote(name or "", safe="") for name in names)


def _below(parent: str | None, nodes: dict[str, dict[str, Any]], identity: str, name: str, told: dict[str, Any]) -> str:
    if identity not in nodes:
        nodes[identity] = {"id": identity, "name": name, "child_ids": [], **told}
        if parent is not None:
            nodes[parent]["child_ids"].append(identity)
    return identity
