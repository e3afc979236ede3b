"""The addresses that a dataset's own rows say, and what the files at them are to be called."""

import os
import posixpath
import re
from typing import Any
from urllib.parse import unquote, urlsplit

import polars as pl

from workflow_scripts.fetch.addresses import scheme_of
from workflow_scripts.media.walk import AUDIO_SUFFIXES, IMAGE_SUFFIXES
from workflow_scripts.tables import schemas

SOURCE_URL = "source_url"
_SUFFIXES = AUDIO_SUFFIXES | IMAGE_SUFFIXES
_LONGEST = 200
"""Bytes of a name: what is beside it while it is fetched has a longer one."""


def of_rows(promised: pl.LazyFrame, origins: pl.LazyFrame, entry: dict[str, Any]) -> pl.DataFrame:
    """What is to be fetched of a dataset's rows: one file a media, however many clips are spans of it.

    Args:
        promised: the clips: `clip_id`, `media_key`, `source_url`.
        origins: of these clips: `clip_id`, `extra`.
        entry: of `acquire`: `key`, `rows`, `to`.

    Returns:
        Rows of schemas.TO_FETCH; of a media with several addresses the others are mirrors. One that no file can be
        called after has an empty path.
    """
    each = (
        _said(promised, origins, entry["rows"])
        .filter(pl.col("address").is_not_null())
        .unique()
        .sort("media_key", "address")
        .group_by("media_key", maintain_order=True)
        .agg("address")
        .collect()
    )
    rows = []
    for key, addresses in each.iter_rows():
        served = [one for one in addresses if scheme_of(one) in ("http", "https")] or addresses
        name = file_name(key, served[0])
        path = os.path.join(entry["to"], name) if name else ""
        rows.append({"address": served[0], "path": path, "mirrors": served[1:], "media_key": key})
    return to_fetch(entry["key"], rows)


def to_fetch(key: str, rows: list[dict[str, Any]]) -> pl.DataFrame:
    """Rows of schemas.TO_FETCH of one entry; what they do not say is null."""
    schema = schemas.TO_FETCH.empty().schema
    return pl.DataFrame([{name: row.get(name) for name in schema} | {"entry": key} for row in rows], schema)


def _said(promised: pl.LazyFrame, origins: pl.LazyFrame, name: str) -> pl.LazyFrame:
    """The `media_key` and the `address` of each clip."""
    if name == SOURCE_URL:
        return promised.select("media_key", address=pl.col(SOURCE_URL))
    extra = pl.col("extra").str.json_path_match(f"$['{name}']")
    return promised.join(origins.select("clip_id", address=extra), on="clip_id").select("media_key", "address")


def file_name(media_key: str, address: str) -> str:
    """What the file of a media is called: as the rows have it, so that it is matched; "" if nothing can be called so.

    A suffix is the key's own or the address's, of those that media have. Without either there is none, and whoever
    fetches it goes by what it holds.

    >>> file_name("1234", "https://example.org/sounds/1234.MP3?token=1"), file_name("a/b.wav", "https://example.org/x")
    ('1234.mp3', 'a/b.wav')
    >>> file_name("../../etc/passwd", "https://example.org/x")
    ''
    """
    path = posixpath.normpath(media_key.replace("\\", "/"))
    if path.startswith(("/", "../", ".")) or re.search(r"[\x00-\x1f\x7f]", path):
        return ""
    if max(len(os.fsencode(part)) for part in path.split("/")) > _LONGEST:
        return ""
    if posixpath.splitext(path)[1].lower() in _SUFFIXES:
        return path
    suffix = posixpath.splitext(unquote(urlsplit(address).path))[1].lower()
    return path + (suffix if suffix in _SUFFIXES else "")
