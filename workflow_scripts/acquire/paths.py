"""What files that others name are called on this disk: below their folder, and each path by one file alone."""

import os
import posixpath
import re
from collections.abc import Set
from dataclasses import dataclass
from typing import Any

import polars as pl

from workflow_scripts.acquire.suffixes import KINDS
from workflow_scripts.fetch.addresses import masked
from workflow_scripts.fetch.beside import is_beside
from workflow_scripts.media.walk import AUDIO_SUFFIXES

SAME_PATH = "same_path"
_LONGEST_NAME, _LONGEST_PATH = 200, 2_000
"""Bytes of a name, as what is beside it while it is fetched has a longer one; and of a path below its folder."""
PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,199}")
"""Names that are names wherever they stand."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def path_below(folder: str, path: str) -> str:
    r"""The path of a file below a folder; "" if a server or a row says one that no file there can be called by.

    >>> path_below("audio", "a//b.wav"), path_below("audio", "../.bashrc"), path_below("audio", "/etc/x")
    ('audio/a/b.wav', '', '')
    >>> path_below("audio", "a\n.wav"), path_below("audio", "long" * 60), path_below("audio", "a/.x.wav.fetching")
    ('', '', '')
    """
    if PLAIN.fullmatch(path):  # as nearly all are: there may be millions
        return os.path.join(folder, path)
    parts = path.split("/")
    if _CONTROL.search(path) or ".." in parts or parts[0] == "" or parts[-1] in ("", ".") or any(map(is_beside, parts)):
        return ""
    try:
        sizes = [len(part.encode()) for part in parts]
    except UnicodeEncodeError:  # half of a pair of surrogates
        return ""
    if max(sizes) > _LONGEST_NAME or sum(sizes) + len(sizes) > _LONGEST_PATH:
        return ""
    return os.path.join(folder, posixpath.normpath(path))


@dataclass
class _File:
    """One file that is to be: the first row that wants it, and where it comes from, all rows asked."""

    row: dict[str, Any]
    addresses: list[str]


def told_apart(rows: pl.DataFrame) -> pl.DataFrame:
    """Have no two files go to one path; every row stays, and has its outcome.

    Rows of one path want one file if they are of one media (two entries that fill one folder from two columns of
    addresses), or say an address that another of them says: it is fetched once, all their addresses are mirrors of
    each other, and what becomes of it is said of each row. Otherwise the first row has the path (files that the dataset
    file names come before those of rows), and others are refused: `same_path`. Refused too is a name that has to be a
    folder for other files, and one without a suffix where another file has that name with one, as a file is called by
    what it holds once it is there.

    Args:
        rows: of schemas.TO_FETCH.

    Returns:
        The same rows in their order.
    """
    folders = _folders_of(rows.filter(pl.col("refused").is_null())["path"])
    numbered = rows.with_row_index("number")
    may_clash = _may_clash(rows["path"], rows["media_key"], folders)
    listed = numbered.filter(may_clash).rows(named=True)
    files: dict[str, _File] = {}
    told = [(row, _file_of(row, files)) for row in sorted(listed, key=_is_renamed) if not row["refused"]]
    for row, wanted in told:
        if wanted is None or wanted.row["path"] in folders:
            row["refused"] = SAME_PATH
        else:
            of_file = {name: wanted.row[name] for name in ("path", "sha256", "md5", "bytes")}
            row |= of_file | {"address": wanted.addresses[0], "mirrors": wanted.addresses[1:]}
    return pl.concat([numbered.filter(~may_clash), pl.DataFrame(listed, numbered.schema)]).sort("number").drop("number")


def _may_clash(paths: pl.Series, media_keys: pl.Series, folders: Set[str]) -> pl.Series:
    """Which rows are to be looked at one by one: there may be millions, and few of them if any clash."""
    suffix = "|".join(sorted(one[1:] for one in AUDIO_SUFFIXES))
    has_suffix = paths.str.contains(rf"(?i)[^/.][^/]*\.({suffix})$")
    is_renamed = media_keys.is_not_null() & ~has_suffix
    is_called_like_one = paths.str.replace(r"\.[^./]*$", "").is_in(paths.filter(is_renamed).implode())
    return paths.is_duplicated() | is_renamed | is_called_like_one | paths.is_in(list(folders))


def _is_renamed(row: dict[str, Any]) -> bool:
    """Whether its file is called by what it holds once it is there."""
    return row["media_key"] is not None and not has_suffix(row["path"], AUDIO_SUFFIXES)


def has_suffix(path: str, suffixes: Set[str]) -> bool:
    """Whether a path has one of some suffixes, in small letters or capitals.

    >>> has_suffix("a/b.WAV", {".wav"}), has_suffix("a/.wav", {".wav"})
    (True, False)
    """
    head, dot, suffix = path.rpartition(".")
    return f"{dot}{suffix}".lower() in suffixes and head.rpartition("/")[2].strip(".") != ""


def _file_of(row: dict[str, Any], files: dict[str, _File]) -> _File | None:
    """The file that a row wants, which is among the files from now on; None if its path is another file's."""
    path, addresses = row["path"], [row["address"], *(row["mirrors"] or ())]
    names = (path, *(path + suffix for suffix in KINDS)) if _is_renamed(row) else (path,)
    there = next((files[name] for name in names if name in files), None)
    if there is None:
        files[path] = _File(row, addresses)
        return files[path]
    is_same = row["media_key"] is not None and row["media_key"] == there.row["media_key"]
    known = {masked(one) for one in there.addresses}
    if not is_same and not known & {masked(one) for one in addresses}:
        return None
    there.addresses += [one for one in dict.fromkeys(addresses) if masked(one) not in known]
    return there


def _folders_of(paths: pl.Series) -> set[str]:
    """All folders above some paths."""
    folders: set[str] = set()
    for folder in paths.str.replace(r"/*[^/]*$", "").unique():
        while folder not in folders:
            folders.add(folder)
            folder = posixpath.dirname(folder)
    return folders
