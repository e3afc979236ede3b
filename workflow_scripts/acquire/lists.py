"""One job's share of what is to be fetched."""

import functools
import hashlib
import itertools
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import polars as pl

from workflow_scripts.acquire.first_seen import FirstSeen
from workflow_scripts.acquire.members import fetch_members, has_excerpt, instead_of_excerpt
from workflow_scripts.acquire.suffixes import rename_by_content, with_suffix
from workflow_scripts.acquire.told import Teller
from workflow_scripts.check.passing import PassingFault
from workflow_scripts.errors import first_twenty
from workflow_scripts.fetch.addresses import without_secrets
from workflow_scripts.fetch.fetcher import Wanted, fetch
from workflow_scripts.fetch.many import Outcome, fetch_many
from workflow_scripts.fetch.pace import Manners
from workflow_scripts.fetch.remote_file import Digest, FetchError
from workflow_scripts.fetch.session import Client
from workflow_scripts.tables import schemas

POLITE = Manners(every_s=0.1, asks_robots=True)
"""How hosts are treated that a dataset's rows name: nobody there may know of the dataset."""
_OF_THIS_MACHINE = ("another_file", "cannot_write", "not_installed", "offline")
"""Reasons that a user mends here, before the next run."""
_log = logging.getLogger(__name__)


def fetch_named(wanted: pl.DataFrame, seen: FirstSeen, told: Teller, *, offline: bool) -> pl.DataFrame:
    """Have all files of a list, each of which a dataset file names, or a server below an address that it names.

    Args:
        wanted: rows of schemas.TO_FETCH. Those of one path want one file.
        seen: what of them was seen first; what comes now is added.
        told: how far it is: of one file bytes, of a batch files.
        offline: connect to nobody.

    Returns:
        Rows of schemas.FETCHES.

    Raises:
        FetchError: one cannot be had. All others are tried before, unless the disk is full.
    """
    rows, asked = _by_path(wanted)
    had, failed = list[dict[str, Any]](), list[FetchError]()
    excerpts = [same[0] for same in asked.values() if same[0]["members"] is not None]
    whole = [(_wanted(same[0], seen), path) for path, same in asked.items() if same[0]["members"] is None]
    try:
        for outcome in itertools.chain(_excerpted(excerpts, told, offline), _outcomes(whole, told, offline)):
            same = asked[outcome.to]
            if outcome.status in ("fetched", "present"):
                came = f"fetched from {outcome.address}" if outcome.status == "fetched" else "was there"
                _log.info("%s: %d bytes, sha256 %s; %s", outcome.to, outcome.bytes, outcome.sha256, came)
                became = {"status": "there", "reason": None, "bytes": outcome.bytes, "sha256": outcome.sha256}
                rows += [row | became for row in same]
                is_known = same[0]["sha256"] or same[0]["md5"] or same[0]["members"] is not None
                had += [] if is_known else [same[0] | became]
            else:
                error = FetchError(outcome.reason, outcome.detail, passing=outcome.passing)
                failed.append(seen.told(same[0], error))
    finally:
        seen.note(had)
    if failed:
        passing = all(error.passing for error in failed)
        raise FetchError(failed[0].reason, first_twenty([str(error) for error in failed]), passing=passing)
    return fetches(rows).sort("path", "address")


def _outcomes(wanted: list[tuple[Wanted, Path]], told: Teller, offline: bool) -> Iterator[Outcome]:
    """One file has all connections of the job to itself, for its parts; those of a batch have one each.

    What an excerpt lies in the place of is no small one, and fetched as if it were alone.
    """
    alone = [one for one in wanted if len(wanted) == 1 or has_excerpt(one[1])]
    batch = [one for one in wanted if one not in alone]
    for outcome in fetch_many(batch, offline=offline) if batch else ():
        if outcome.status in ("fetched", "present"):
            told.had(str(outcome.to))
        yield outcome
    for one, to in alone:
        try:
            with Client(offline=offline) as client, instead_of_excerpt(to) as known:
                found = fetch(one, to, functools.partial(told, str(to)), client=client, known=known)
            yield Outcome(found.address, to, found.how, bytes=found.bytes, sha256=found.sha256)
        except FetchError as error:
            yield Outcome(without_secrets(one.address), to, "failed", error.reason, str(error), error.passing)


def _excerpted(rows: list[dict[str, Any]], told: Teller, offline: bool) -> Iterator[Outcome]:
    """Archives of which some members are wanted."""
    with Client(offline=offline) as client:
        for row in rows:
            address, to = without_secrets(row["address"]), Path(row["path"])
            try:
                had = fetch_members(row, client, functools.partial(told, row["path"]))
                yield Outcome(address, to, "fetched", bytes=had.bytes, sha256=had.sha256)
            except FetchError as error:
                yield Outcome(address, to, "failed", error.reason, str(error), error.passing)


def _by_path(wanted: pl.DataFrame) -> tuple[list[dict[str, Any]], dict[Path, list[dict[str, Any]]]]:
    """What became of the rows that are refused, and the others by the file that they want."""
    refused, asked = list[dict[str, Any]](), dict[Path, list[dict[str, Any]]]()
    for row in wanted.iter_rows(named=True):
        if row["refused"]:
            refused.append(row | {"status": "refused", "reason": row["refused"], "bytes": None, "sha256": None})
        else:
            asked.setdefault(Path(row["path"]), []).append(row)
    return refused, asked


def _wanted(row: dict[str, Any], seen: FirstSeen) -> Wanted:
    published = (Digest(name, row[name]) for name in ("sha256", "md5") if row[name])
    return Wanted(row["address"], next(published, None) or seen.digest(row), row["bytes"], tuple(row["mirrors"] or ()))


def fetch_rows(
    wanted: pl.DataFrame, seen: FirstSeen, told: Callable[[str], None], *, offline: bool
) -> tuple[pl.DataFrame, list[PassingFault]]:
    """Have the files that a dataset's own rows name, as far as their servers give them; each has its outcome.

    Args:
        wanted: rows of schemas.TO_FETCH. Those of one path want one file, and share what becomes of it.
        seen: what of them was seen first; what comes now is added.
        told: is called with the path of each file that is there.
        offline: connect to nobody.

    Returns:
        Rows of schemas.FETCHES, sorted by path and address; and the files that another run may have.

    Raises:
        FetchError: the disk is full.
    """
    rows, asked = _by_path(wanted)
    there = {path: _there(found) for path in asked if (found := with_suffix(path))}
    rows += [row | of_file for path, of_file in there.items() for row in asked[path]]
    had = [asked[path][0] | {"sha256": row["sha256"]} for path, row in there.items()]
    to_come = [(_wanted(same[0], seen), path) for path, same in asked.items() if path not in there]
    passing = list[PassingFault]()
    try:
        for outcome in fetch_many(to_come, POLITE, offline=offline):
            same, became = asked[outcome.to], _became(outcome)
            rows += [row | became for row in same]
            if became["status"] == "there":
                had.append(same[0] | {"sha256": outcome.sha256})
                told(became["path"])
            else:
                _log.info("%s: %s", outcome.address, seen.told(same[0], FetchError(outcome.reason, outcome.detail)))
                passing += [PassingFault(str(outcome.to), None, 0, outcome.reason)] if _may_pass(outcome) else []
    finally:
        seen.note(had)
    return fetches(rows).sort("path", "address", "media_key"), passing


def _may_pass(outcome: Outcome) -> bool:
    """Whether another run is to ask again: not for other bytes, a page, a redirect, which a server goes on giving."""
    return outcome.passing or outcome.reason in _OF_THIS_MACHINE


def _became(outcome: Outcome) -> dict[str, Any]:
    """What the rows have in `fetches` that want a file."""
    if outcome.status in ("fetched", "present"):
        path = str(rename_by_content(outcome.to))
        return {
            "path": path,
            "status": "there",
            "reason": None,
            "bytes": outcome.bytes,
            "sha256": outcome.sha256,
        }
    return {"status": outcome.status, "reason": outcome.reason, "bytes": None, "sha256": None}


def _there(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return {"path": str(path), "status": "there", "reason": None, "bytes": path.stat().st_size, "sha256": sha256}


def fetches(rows: list[dict[str, Any]]) -> pl.DataFrame:
    """Rows of schemas.FETCHES; addresses as they may be shown."""
    schema = schemas.FETCHES.empty().schema
    shown = [{name: row[name] for name in schema} | {"address": without_secrets(row["address"])} for row in rows]
    return pl.DataFrame(shown, schema)
