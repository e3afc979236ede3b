"""Directories of zips that lie elsewhere, kept: a subset that grows asks the same archives what they hold again."""

import hashlib
import logging
from pathlib import Path

import polars as pl

from workflow_scripts.acquire.members import members_at
from workflow_scripts.fetch import resolve
from workflow_scripts.fetch.addresses import masked, without_secrets
from workflow_scripts.fetch.session import Client
from workflow_scripts.media.media import Media
from workflow_scripts.tables.files import whole

_SCHEMA = {
    "member": pl.String,
    "bytes": pl.Int64,
    "offset": pl.Int64,
    "packed_bytes": pl.Int64,
    "crc32": pl.Int64,
    "of_bytes": pl.Int64,
    "state": pl.String,
}
"""A row a member; the first has no member, and is of the archive: its size, and its version."""
_PINNED = "pinned"
_log = logging.getLogger(__name__)


def directory_of(address: str, client: Client, kept: Path) -> tuple[int, list[Media]] | None:
    """The size of a zip and its audio members, as `members_at` tells them.

    Args:
        address: of it. One of a commit can be no other zip; of others the server is asked which version it has.
        client: asks the server.
        kept: folder of what was told before.

    Raises:
        FetchError: it cannot be had.
    """
    client.refuse_offline(address)
    file = kept / f"{hashlib.sha256(masked(address).encode()).hexdigest()}.parquet"
    state = _PINNED if resolve.is_pinned(address) else _state(address)
    if state and file.exists():
        had = pl.read_parquet(file)
        if had.schema == _SCHEMA and had["state"][0] == state:
            _log.info("%s: its directory is known", without_secrets(address))
            rows = had[1:].select("member", "bytes", "offset", "packed_bytes", "crc32").iter_rows()
            return had["of_bytes"][0], [
                Media(address, name, size, 0, offset, packed, crc32) for name, size, offset, packed, crc32 in rows
            ]
    told = members_at(address, client)
    if told is not None and state:
        with whole(file) as part:
            _table(*told, state).write_parquet(part)
    return told


def _state(address: str) -> str | None:
    told = resolve.resolve(address)
    version = told.state or told.etag
    return f"{told.bytes} {version}" if version else None


def _table(size: int, medias: list[Media], state: str) -> pl.DataFrame:
    of_members = [(one.member, one.bytes, one.offset, one.packed_bytes, one.crc32, None, None) for one in medias]
    return pl.DataFrame([(None, None, None, None, None, size, state), *of_members], _SCHEMA, orient="row")
