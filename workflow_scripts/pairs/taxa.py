"""Which images a sound may be paired with by taxon: its species, or else the nearest taxon above that has any."""

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

RANKS = ("species", "genus", "family", "order", "class", "phylum", "kingdom")
"""From the nearest."""
GENUS = r"^(\S+)\s+\S"
"""In the name of a species (Linnaeus, Species plantarum, 1753)."""


@dataclass(frozen=True)
class Pool:
    """Images that some classes of sounds draw from.

    Attributes:
        rank: at which they match.
        taxon: that they all belong to, as the classes of the sounds call it.
        sounds: class ids of the sounds, sorted.
        images: dataset and class id of the images, sorted.
    """

    rank: str
    taxon: str
    sounds: tuple[str, ...]
    images: tuple[tuple[str, str], ...]


def lineages(classes: pl.DataFrame) -> pl.DataFrame:
    """Each class with itself and every taxon above it.

    Args:
        classes: the table `classes`.

    Returns:
        class_id, `rank`, out of RANKS, `taxon`, its scientific name, and `kingdom`, null where that is not said; a row
        for each rank that is said. Two genera of one name are of two kingdoms, so these tell them apart. A class of no
        rank that has a scientific name is a species, and the first word of a species' name that of its genus.
    """
    of_name = pl.when(pl.col("scientific_name").is_not_null()).then(pl.lit("species"))
    taxa = classes.with_columns(rank=pl.coalesce("rank", of_name)).filter(pl.col("rank").is_in(RANKS))
    taxa = taxa.select(above_id="class_id", rank="rank", taxon=pl.coalesce("scientific_name", "name"))
    own = classes.select("class_id", above_id=pl.concat_list("class_id", "ancestor_ids")).explode("above_id")
    rows = own.join(taxa, on="above_id", how="inner").unique(["class_id", "rank"], keep="first", maintain_order=True)
    genera = rows.filter(rank="species").with_columns(rank=pl.lit("genus"), taxon=pl.col("taxon").str.extract(GENUS))
    said = rows.filter(rank="genus").select("class_id")
    rows = pl.concat([rows, genera.drop_nulls("taxon").join(said, on="class_id", how="anti", maintain_order="left")])
    kingdoms = rows.filter(rank="kingdom").select("class_id", kingdom="taxon")
    return rows.drop("above_id").join(kingdoms, on="class_id", how="left", maintain_order="left")


def pools(sounds: pl.DataFrame, images: pl.DataFrame, highest: str) -> Iterator[Pool]:
    """The pools of one split, those of the nearest rank first.

    A class of sounds draws from the images of its species; where there are none, from those of its genus, and so on.

    Args:
        sounds: `lineages` of the classes that have sounds there.
        images: the same of those that have images there, with `dataset`.
        highest: the last rank at which anything matches.
    """
    allowed = RANKS[: RANKS.index(highest) + 1]
    key = pl.col("taxon").str.to_lowercase().alias("key")
    shown = images.filter(pl.col("rank").is_in(allowed)).with_columns(key)
    there = shown.select("rank", "key", other="kingdom").unique()
    both = sounds.with_columns(key).join(there, on=["rank", "key"])
    both = both.filter((pl.col("kingdom") == pl.col("other")).fill_null(value=True))
    place = pl.col("rank").replace_strict({rank: place for place, rank in enumerate(RANKS)}, return_dtype=pl.Int64)
    nearest = both.with_columns(place=place).filter(pl.col("place") == pl.col("place").min().over("class_id"))
    groups = nearest.group_by("place", "rank", "key", "kingdom").agg(
        pl.col("taxon").min(), pl.col("class_id").unique().sort()
    )
    of_taxon = {
        (str(rank), str(named)): list(zip(*rows.select("dataset", "class_id", "kingdom"), strict=True))
        for (rank, named), rows in shown.sort("dataset", "class_id").partition_by("rank", "key", as_dict=True).items()
    }
    for _, rank, named, kingdom, taxon, classes in groups.sort("place", "key", "kingdom").iter_rows():
        alike = (one for one in of_taxon[rank, named] if kingdom is None or one[2] is None or one[2] == kingdom)
        yield Pool(rank, taxon, tuple(classes), tuple((dataset, class_id) for dataset, class_id, _ in alike))
