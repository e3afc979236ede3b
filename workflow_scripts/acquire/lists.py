"""One job's share of what is to be fetched."""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl

from workflow_scripts.errors import first_twenty
from workflow_scripts.fetch.addresses import without_secrets
from workflow_scripts.fetch.fetcher import Wanted, fetch
from workflow_scripts.fetch.progress import FetchProgress
from workflow_scripts.fetch.remote_file import Digest, FetchError
from workflow_scripts.fetch.session import Client
from workflow_scripts.tables import schemas

_log = logging.getLogger(__name__)


def fetch_named(wanted: pl.DataFrame, client: Client, told: Callable[[str, FetchProgress], None]) -> pl.DataFrame:
    """Have all files of a list, each of which a dataset file names.

    Args:
        wanted: rows of schemas.TO_FETCH.
        client: asks the servers.
        told: takes the path of a file, and how far it is.

    Returns:
        Rows of schemas.FETCHES.

    Raises:
        FetchError: one cannot be had. All others are tried before.
    """
    rows, failed = [], list[FetchError]()
    for row in wanted.iter_rows(named=True):
        try:
            rows.append(_fetch_one(row, client, told))
        except FetchError as error:
            failed.append(error)
    if failed:
        passing = all(error.passing for error in failed)
        raise FetchError(failed[0].reason, first_twenty([str(error) for error in failed]), passing=passing)
    return fetches(rows)


def _fetch_one(row: dict[str, Any], client: Client, told: Callable[[str, FetchProgress], None]) -> dict[str, Any]:
    had = fetch(_wanted(row), Path(row["path"]), lambda progress: told(row["path"], progress), client=client)
    came = f"fetched {had.transferred:,} bytes from {had.address}" if had.how == "fetched" else "was there"
    _log.info("%s: %d bytes, sha256 %s; %s", row["path"], had.bytes, had.sha256, came)
    return row | {"status": "there", "reason": None, "bytes": had.bytes, "sha256": had.sha256}


def _wanted(row: dict[str, Any]) -> Wanted:
    digests = (Digest(name, row[name]) for name in ("sha256", "md5") if row[name])
    return Wanted(row["address"], next(digests, None), row["bytes"], tuple(row["mirrors"] or ()))


def fetches(rows: list[dict[str, Any]]) -> pl.DataFrame:
    """Rows of schemas.FETCHES; addresses as they may be shown."""
    schema = schemas.FETCHES.empty().schema
    shown = [{name: row[name] for name in schema} | {"address": without_secrets(row["address"])} for row in rows]
    return pl.DataFrame(shown, schema)
