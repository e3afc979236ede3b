"""The species that recordings are of, and that are heard behind them, as classes."""

import re
from collections.abc import Iterable
from dataclasses import replace

import polars as pl

from workflow_scripts.sources.taxa import Species, classes_of_species

NONE_KNOWN = frozenset(
    ("mystery mystery", "identity unknown", "unknown", "unknown unknown", "sonus naturalis", "soundscape")
)
"""What stands, in any letters, where a recording is of no species that anybody knows, or of a place."""
GENUS_ONLY = frozenset(("", "sp", "sp.", "spec.", "spp", "spp."))
NAME = re.compile(r"([A-Z][a-z-]+) ([^\s,;]\S*(?: x \S+)?)(?: .*)?")
"""A genus and what tells the species; a subspecies or an author behind it is left out."""


def species_of(genus: str | None, epithet: str | None, common: str | None = None) -> Species | None:
    """A species, or its genus where no more is said; None where it is none.

    >>> species_of("Larus", "marinus").class_id, species_of("Myotis", "sp.").class_id, species_of("Mystery", "mystery")
    ('Larus/marinus', 'Myotis', None)
    """
    genus, epithet = (genus or "").strip(), (epithet or "").strip()
    name = f"{genus} {epithet}".strip()
    if not genus or name.lower() in NONE_KNOWN:
        return None
    if epithet.lower() in GENUS_ONLY:
        return Species(None, (genus,), None, genus, genus)
    return Species(None, (genus,), epithet, common or name, name)


def species_named(name: str) -> Species | None:
    """A species as the lists of what is heard behind name it.

    >>> species_named("Sterna paradisaea").class_id, species_named("some frogs")
    ('Sterna/paradisaea', None)
    """
    found = NAME.fullmatch(name.strip())
    return species_of(*found.groups()) if found else None


def classes_of_recordings(recorded: Iterable[Species], behind: Iterable[Species]) -> pl.DataFrame:
    """The `classes` table: species that recordings are of are numbered in the order of their names.

    Args:
        recorded: what recordings are of; of a species that is called differently the first common name counts.
        behind: what is heard behind them.
    """
    first: dict[str, Species] = {}
    for one in recorded:
        first.setdefault(one.class_id, one)
    species = (first[one] for one in sorted(first) if first[one].epithet is not None)
    known = {one.class_id: replace(one, index=number) for number, one in enumerate(species)}
    others = {one.class_id: one for one in (*first.values(), *behind)}
    return classes_of_species((*known.values(), *(others[one] for one in sorted(others.keys() - known))))
