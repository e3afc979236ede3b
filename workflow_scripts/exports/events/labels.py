"""What classes are called in text that has neither quotes nor escapes."""

from collections.abc import Iterable

import polars as pl

from workflow_scripts.errors import SoundledgerError, first_twenty
from workflow_scripts.exports.reading import Tables
from workflow_scripts.exports.text import CONTROL, in_a_line

READ_AS_NOTHING = [
    *("#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>"),
    *("N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null"),
]
"""Texts that `pandas.read_csv` takes for no text (pandas 3, io.parsers)."""


def class_labels(
    tables: Tables, export: str, without: str = CONTROL, name: pl.Expr | None = None, blank: str = " "
) -> pl.DataFrame:
    """What each class is called: its name, with its id behind it where two have one name.

    Args:
        tables: classes.
        export: the format, for what is wrong.
        without: signs that labels may not hold there; blanks stand for them.
        name: what is their name there, by columns of the classes; None for `name`.
        blank: what stands for a blank in some of what is written: names that are one with it are one name.

    Returns:
        class_id, label.

    Raises:
        SoundledgerError: two classes would be called the same all the same.
    """
    plain = in_a_line(pl.col("name", "class_id"), without)
    named = tables.read("classes").with_columns(name=pl.col("name") if name is None else name)
    classes = named.select("class_id", plain.name.prefix("plain_"))
    plain_name, id_ = pl.col("plain_name"), pl.col("plain_class_id")
    both = pl.when(plain_name == "").then(id_).otherwise(pl.format("{} ({})", plain_name, id_))
    is_told = ~_as_read(plain_name, blank).is_duplicated() & (plain_name != "")
    labels = classes.select("class_id", label=pl.when(is_told).then(plain_name).otherwise(both))
    if len(alike := labels.filter(_as_read(pl.col("label"), blank).is_duplicated())):
        raise SoundledgerError(
            f"export {export}: {len(alike):,} classes would be called like another of them: "
            f"{first_twenty(alike['class_id'].to_list())}. Give them other names, or leave this export out"
        )
    return labels


def _as_read(label: pl.Expr, blank: str) -> pl.Expr:
    return label.str.replace_all(" ", blank, literal=True)


def read_as_other(used: Iterable[str]) -> list[str]:
    """What a run ends with where `pandas`, by which the consumer reads, takes labels for something else.

    Args:
        used: the labels that were written.
    """
    labels = pl.Series(sorted(used), dtype=pl.String)
    nothing = labels.filter(labels.is_in(READ_AS_NOTHING))
    told = [f"pandas reads the label {one} as no label; call the class otherwise" for one in nothing]
    if len(labels) and (labels.cast(pl.Float64, strict=False).is_not_null()).all():
        told.append("pandas reads labels as numbers where all of them are; call a class otherwise")
    return told
