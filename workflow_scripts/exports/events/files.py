"""What media are called where an export names them by their path below their root, and files after them."""

import itertools
import os
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from workflow_scripts.exports.opening import folder
from workflow_scripts.exports.text import CONTROL

LONGEST_NAME = 255
"""Bytes that a file's name may have."""


def without_suffix(path: str) -> pl.Expr:
    """A path without the suffix of its last part, which may be a suffix alone."""
    return pl.col(path).str.replace(r"(?s)([^/])\.[^./]*$", "${1}")


def is_odd(suffix: str) -> pl.Expr:
    """Whether no line and no file can be called after a media: its name is no text, or too long, or ends lines.

    Args:
        suffix: of the file, beside that of the media.
    """
    no_text = ~folder().str.ends_with("/")
    too_long = pl.col("path").str.split("/").list.last().str.len_bytes() + len(suffix.encode()) > LONGEST_NAME
    return no_text | pl.col("media_path").str.contains(CONTROL) | too_long


def folders_called(suffix: str, below: pl.Series) -> set[str]:
    """The folders of media, and those above them, whose name ends like that of a file that is called after a media.

    Args:
        suffix: of such files.
        below: paths of media.

    >>> sorted(folders_called(".txt", pl.Series(["a.txt/1/b.txt/x.wav", "c/x.wav", "x.txt"])))
    ['a.txt', 'a.txt/1/b.txt']
    """
    folders = below.str.extract(r"(?s)^(.*)/").unique().drop_nulls()
    above = (itertools.accumulate(folder.split("/"), "{}/{}".format) for folder in folders)
    return {folder for each in above for folder in each if folder.endswith(suffix)}


def below_root() -> pl.Expr:
    """The path of a media below its root as the file system has it, where it `is_odd` not."""
    return pl.col("path").str.replace_all(r"\x5cx", r"\x", literal=True)


def write_files(lines: pl.DataFrame, files: pl.Series, folder: Path, head: str = "") -> None:
    """Write texts, each in one go.

    Args:
        lines: `file` and `line`, those of a file side by side.
        files: all that there are to be, some of which may have no line.
        folder: that they lie below.
        head: the first line of each, with its end.
    """
    texts = lines.group_by("file", maintain_order=True).agg(pl.col("line").str.join("\n"))
    each = files.unique(maintain_order=True).to_frame("file").join(texts, on="file", how="left", maintain_order="left")
    text = pl.concat_str(pl.lit(head), pl.col("line") + "\n", ignore_nulls=True)
    write_texts(each.select("file", text).iter_rows(), folder)


def write_texts(texts: Iterator[tuple[str, str]], folder: Path) -> None:
    """Write texts to files below a folder, none of which is there."""
    there: set[str] = set()
    for name, text in texts:
        file = f"{folder}/{name}"
        if (above := os.path.dirname(file)) not in there:
            os.makedirs(above, exist_ok=True)
            there.add(above)
        with open(file, "xb") as written:
            written.write(text.encode())
