"""How a plan names the file that a media lies in: its folder, which all of a root have alike, and its path below it.

A media whose own name is no text is opened by the link that the ledger gives for its path; that stands for the folder.
Imports nothing heavy.
"""

import polars as pl

from workflow_scripts.media.addresses import OF_ADDRESS
from workflow_scripts.media.names import from_text


def folder() -> pl.Expr:
    """The folder of a media, with a slash at its end, or its link; by `media_path` and `path` of the ledger."""
    below = pl.col("path").str.replace_all(r"\x5cx", r"\x", literal=True)
    above = pl.col("media_path").str.head(pl.col("media_path").str.len_chars() - below.str.len_chars())
    is_below = pl.col("media_path").str.ends_with(pl.concat_str(pl.lit("/"), below))
    return pl.when(is_below).then(above).otherwise("media_path").alias("folder")


def lies_here() -> pl.Expr:
    """Whether a media lies on this machine; at an address only those open it who read it by the project's own means."""
    return ~pl.col("media_path").str.contains(OF_ADDRESS)


def opens(folder: str, path: str) -> str:
    r"""The path of the file, as the system spells it.

    >>> opens("/data/clips/", "b\\x5cxe9.wav"), opens("/results/links/0123.wav", "caf\\xe9.wav")
    ('/data/clips/b\\xe9.wav', '/results/links/0123.wav')
    """
    return from_text(folder, path) if folder.endswith("/") else folder
