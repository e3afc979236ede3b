"""The addresses that a dataset's own rows say, and what the files at them are to be called."""

import json
import logging
import posixpath
import re
import sys
from typing import Any
from urllib.parse import unquote

import polars as pl

from workflow_scripts.acquire.paths import PLAIN, has_suffix, path_below
from workflow_scripts.errors import SoundledgerError, first_twenty, nearest
from workflow_scripts.media.walk import AUDIO_SUFFIXES, IMAGE_SUFFIXES
from workflow_scripts.tables import schemas

SOURCE_URL = "source_url"
_KEY = r"(?i)[?&][a-z_-]*(sig|signature|token|key|secret|password)="
_log = logging.getLogger(__name__)
_PATH = re.compile(r"^[^/?#]*//[^/?#]*|[?#].*", re.DOTALL)
"""What of an address is not its path: host and query. What is no address, whoever fetches it tells."""
_SUFFIXES = AUDIO_SUFFIXES | IMAGE_SUFFIXES


def of_rows(promised: pl.LazyFrame, origins: pl.LazyFrame, entry: dict[str, Any]) -> pl.DataFrame:
    """What is to be fetched of a dataset's rows: one file a media, however many clips are spans of it.

    Args:
        promised: the clips: `clip_id`, `media_key`, `source_url`.
        origins: of these clips: `clip_id`, `extra`.
        entry: of `acquire`: `key`, `rows`, `to`.

    Returns:
        Rows of schemas.TO_FETCH; of a media with several addresses the others are mirrors. One that no file can be
        called after has an empty path.

    Raises:
        SoundledgerError: there are rows, and none says an address.
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
    if each.is_empty():
        _refuse_unsaid(promised, origins, entry)
    _tell_keys(each, entry)
    rows = []
    for key, addresses in each.iter_rows():
        served = [one for one in addresses if _is_of_web(one)] or addresses
        name = file_name(key, served[0])
        path = path_below(entry["to"], name)
        rows.append(
            {
                "address": served[0],
                "path": path,
                "mirrors": served[1:],
                "media_key": key,
                "refused": _why_refused(served[0], path),
            }
        )
    return to_fetch(entry["key"], rows)


def _tell_keys(each: pl.DataFrame, entry: dict[str, Any]) -> None:
    """An address of a row is data: tables and exports have it as its source does, a key in it too."""
    count = each.filter(pl.col("address").list.eval(pl.element().str.contains(_KEY)).list.any()).height
    if count:
        words = (
            f"{entry['key']}: from: {entry['rows']}: the addresses of {count:,} media have a query like that of a key "
            "(sig=, token=, …). Tables and exports tell addresses as the source of the rows does: do not hand them on"
        )
        _log.warning("%s", words)
        print(words, file=sys.stderr)


def _refuse_unsaid(promised: pl.LazyFrame, origins: pl.LazyFrame, entry: dict[str, Any]) -> None:
    """Raises SoundledgerError where no row says an address, unless there is no row."""
    rows = promised.select(pl.len()).collect().item()
    if not rows:
        return
    extras = origins.select(pl.col("extra").drop_nulls().unique()).collect().to_series()
    keys = sorted({key for extra in extras for key in json.loads(extra)})
    there = f"; keys of `extra` are {first_twenty(keys)}" if keys else ""
    raise SoundledgerError(
        f"{entry['key']}: from: {entry['rows']}: none of {rows:,} rows says an address so. Expected `{SOURCE_URL}` "
        f"with addresses in it, or a key of `extra` in the view `origins`{there}"
        f"{nearest(entry['rows'], {SOURCE_URL, *keys} - {entry['rows']})}"
    )


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
    path = media_key if PLAIN.fullmatch(media_key) else posixpath.normpath(media_key.replace("\\", "/"))
    if path.startswith(".") or not path_below("", path):
        return ""
    if has_suffix(path, _SUFFIXES):
        return path
    suffix = posixpath.splitext(unquote(_PATH.sub("", address)))[1].lower()
    return path + (suffix if suffix in _SUFFIXES else "")


def _why_refused(address: str, path: str) -> str | None:
    if not _is_of_web(address):
        return "no_web_address"
    return None if path else "no_file_name"


def _is_of_web(address: str) -> bool:
    return address[:6].lower().startswith(("http:", "https:"))
