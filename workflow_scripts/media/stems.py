"""What a file or a member is called, without the folders above it and without its suffix."""

import polars as pl

_STEM, _SUFFIX = r"\.*[^./][^/]*", r"\.[^./]*"
"""Of a name: its suffix begins with the last dot, but dots that the name begins with begin none."""


def name_of(path: pl.Expr) -> pl.Expr:
    """The last part of a path; null where it ends in a slash."""
    return path.str.extract(r"([^/]+)$")


def without_suffix(path: pl.Expr) -> pl.Expr:
    r"""A path whose last part is without its suffix.

    >>> paths = pl.Series("path", ["a.b/c.tar.gz", "a.b/c", "x/.hidden", "x/..hidden.wav", "two\nlines.wav"])
    >>> paths.to_frame().select(without_suffix(pl.col("path"))).to_series().to_list()
    ['a.b/c.tar', 'a.b/c', 'x/.hidden', 'x/..hidden', 'two\nlines']
    """
    return path.str.replace(rf"(?s)^((?:.*/)?{_STEM}){_SUFFIX}$", "${1}")


def stem_of(path: pl.Expr) -> pl.Expr:
    """The last part of a path, without its suffix; of what ends in a slash, all of it."""
    return name_of(path).fill_null(path).str.replace(f"^({_STEM}){_SUFFIX}$", "${1}")
