"""Absolute paths of media as text, also of those whose names are no text."""

import hashlib
import os
import re

import polars as pl

from workflow_scripts.errors import SoundledgerError
from workflow_scripts.ledger.checked import RootChecks
from workflow_scripts.media.addresses import is_address
from workflow_scripts.media.archives import is_archive
from workflow_scripts.media.names import from_text
from workflow_scripts.media.walk import folder_of

HOLDS_BYTES = r"\\x[89a-f][0-9a-f]"
"""How tables spell a byte that is no UTF-8."""


def media_paths(media: pl.DataFrame, roots: list[RootChecks]) -> pl.Series:
    """A path that opens for each media.

    A name that is not UTF-8 cannot stand in a table: such media, and all of a root whose own path is not, are given by
    a link in the folder of their root's links, with a name of ASCII alone that is made of a hash of their path.

    Args:
        media: `root_ordinal` and `path`, as text.
        roots: all roots.

    Raises:
        SoundledgerError: a link is needed, and the folder for it is not UTF-8 itself.
    """
    folders = [_folder(root) for root in roots]
    is_text = [_is_text(folder) for folder in folders]
    needs_link = pl.col("path").str.contains(HOLDS_BYTES)
    needs_link |= ~pl.col("root_ordinal").is_in([place for place, is_one in enumerate(is_text) if is_one])
    linked = {
        place: _link(from_text(folders[place[0]], place[1]), roots[place[0]].links)
        for place in media.filter(needs_link).select("root_ordinal", "path").unique(maintain_order=True).iter_rows()
    }
    links = pl.DataFrame(
        [(*place, link) for place, link in linked.items()],
        schema={"root_ordinal": pl.Int32, "path": pl.String, "link": pl.String},
        orient="row",
    )
    known = dict(enumerate(folder if is_one else "" for folder, is_one in zip(folders, is_text, strict=True)))
    written = pl.concat_str(
        pl.col("root_ordinal").replace_strict(known, return_dtype=pl.String, default=None),
        pl.lit("/"),
        pl.col("path").str.replace_all(r"\x5cx", r"\x", literal=True),
    )
    return (
        media.select("root_ordinal", "path")
        .join(links, on=["root_ordinal", "path"], how="left", maintain_order="left")
        .select(media_path=pl.coalesce("link", written))
        .to_series()
    )


def _folder(root: RootChecks) -> str:
    """Where the paths of a root start from: not from an archive, but from its folder."""
    if is_address(root.path):
        return folder_of(root.path)
    path = os.path.abspath(root.path)
    return os.path.dirname(path) if is_archive(path) and not os.path.isdir(path) else path


def _is_text(path: str) -> bool:
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True


def _link(target: str, folder: str) -> str:
    """The link to a file in a folder, made if it is not there."""
    folder = os.path.abspath(folder)
    if not _is_text(folder):
        raise SoundledgerError(
            f"{target!a}: its name is not UTF-8, and nor is the path of the results, {folder!a}, where a "
            "link to it would be put; take a results folder whose path is"
        )
    suffix = re.search(r"\.[A-Za-z0-9]+$", os.path.basename(target))
    link = os.path.join(
        folder, hashlib.blake2b(os.fsencode(target), digest_size=16).hexdigest() + (suffix[0] if suffix else "")
    )
    if not os.path.islink(link) or os.readlink(link) != target:
        os.makedirs(folder, exist_ok=True)
        os.symlink(target, part := f"{link}.{os.getpid()}.part")
        os.replace(part, link)
    return link
