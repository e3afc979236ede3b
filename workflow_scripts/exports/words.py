"""What is said of clips, for exports that hold it beside their sound."""

import polars as pl

from workflow_scripts.exports.keyed import Keyed
from workflow_scripts.exports.reading import Tables

NAME_SEPARATOR = ";"
"""Between names of classes in a cell: 75 of AudioSet's 527 hold a comma, none a semicolon."""
INSTEAD_OF_SEPARATOR = ","
"""In a name, which would else be read as two."""


def captions(tables: Tables) -> Keyed:
    """The captions of each clip that has any, as `texts`; blank ones say nothing."""
    said = tables.lazy("captions").filter(pl.col("text").str.contains(r"\S")).sort("clip_id", "ordinal")
    texts = said.group_by("clip_id", maintain_order=True).agg(texts="text").collect()
    return Keyed(lambda: [texts], ["clip_id"])


def names_in_a_cell() -> pl.Expr:
    """The names of a clip's classes as one text, which parts at NAME_SEPARATOR into as many as there are.

    >>> names = pl.DataFrame({"class_names": [["Dog", "Bell; old"], []]})
    >>> names.select(names_in_a_cell()).to_series().to_list()
    ['Dog;Bell, old', '']
    """
    plain = pl.element().str.replace_all(NAME_SEPARATOR, INSTEAD_OF_SEPARATOR, literal=True)
    return pl.col("class_names").cast(pl.List(pl.String)).list.eval(plain).list.join(NAME_SEPARATOR)


def most_captions(tables: Tables) -> int:
    """How many captions the clip has that has the most; blank ones do not count."""
    said = tables.lazy("captions").filter(pl.col("text").str.contains(r"\S"))
    return said.group_by("clip_id").len().select(pl.col("len").max().fill_null(0)).collect().item()


def caption_columns(most: int) -> list[pl.Expr]:
    """Of rows with `texts`, a column for each: caption1, caption2, …; null where a clip has fewer."""
    return [pl.col("texts").list.get(place, null_on_oob=True).alias(f"caption{place + 1}") for place in range(most)]


def text_of_each() -> pl.Expr:
    """Of clips with `texts` the first caption, or else the sentence made of the labels; null where there is neither."""
    return pl.coalesce(pl.col("texts").list.first(), sentences())


def sentences() -> pl.Expr:
    """The sentence that stands for a caption where a clip has classes alone; null where it has none.

    >>> names = pl.DataFrame({"class_names": [["Dog"], ["Dog", "Rain", "Car"], []]})
    >>> names.select(sentences()).to_series().to_list()
    ['The sounds of Dog', 'The sounds of Dog, Rain and Car', None]
    """
    names = pl.col("class_names").cast(pl.List(pl.String))
    first, last = names.list.head(names.list.len().cast(pl.Int64) - 1), names.list.last()
    joined = pl.when(names.list.len() > 1).then(pl.concat_str(first.list.join(", "), pl.lit(" and "), last))
    return pl.concat_str(pl.lit("The sounds of "), pl.coalesce(joined, last))
