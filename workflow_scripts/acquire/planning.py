"""What is to be fetched of a stage, in lists: one job a large file, small ones in batches."""

import logging
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import polars as pl

from workflow_scripts.acquire.narrowing import Narrowing
from workflow_scripts.acquire.paths import path_below, told_apart
from workflow_scripts.acquire.rows import of_rows, to_fetch
from workflow_scripts.errors import as_text
from workflow_scripts.fetch.hosts import ROWS, host_slug
from workflow_scripts.fetch.remote_file import ListedFile
from workflow_scripts.tables import schemas
from workflow_scripts.tables.files import whole
from workflow_scripts.tables.leaves import Bound, hashes, leaves_of
from workflow_scripts.tables.store import validate, write_validated

BATCH = Bound(500, 1 << 28)
"""Files of a batch, and bytes of all of them: a file of more, or of unknown size, is a job of its own."""
OF_ROWS = Bound(2_000, 1 << 60)

_log = logging.getLogger(__name__)
Below = Callable[[str], Iterable[ListedFile]]
Said = tuple[pl.LazyFrame, pl.LazyFrame]


def write_fetch_plan(
    entries: list[dict[str, Any]], below: Below, said: Said | None, folder: Path, narrowing: Narrowing | None = None
) -> None:
    """Write `<host>-<leaf>.parquet`, and `rows-<leaf>.parquet`, for each job that fetches something.

    A list changes only with its own files, so that a job whose list is as it was is not done again. What a server
    lists, or a row says, that no file can be called after stands in a list too, as refused: one such name does not
    keep the rest away.

    Args:
        entries: of the stage: settings.acquire.AcquireEntry as mappings.
        below: lists what lies below an address.
        said: the clips of the dataset and their origins, where an entry asks for the addresses of its rows.
        folder: takes the lists.
        narrowing: what of files and archives is needed, where that is not all.

    Raises:
        FetchError: an address of a folder cannot be listed.
        SoundledgerError: an entry asks for addresses that no row says.
    """
    files_first = sorted((one for one in entries if one["address"]), key=lambda one: one["address"].endswith("/"))
    named = [_of_entry(entry, below, narrowing) for entry in files_first]
    by_row = [of_rows(*said, entry) for entry in entries if not entry["address"] and said]
    apart = told_apart(pl.concat([schemas.TO_FETCH.empty(), *named, *by_row]))
    files = _with_host(apart.head(sum(map(len, named))))
    with whole(folder) as part:
        part.mkdir()
        for (host,), of_host in files.partition_by("host", as_dict=True).items():
            _write_lists(of_host, BATCH, part, str(host), pl.lit(None, pl.String))
        _write_lists(_with_host(apart[len(files) :]), OF_ROWS, part, ROWS, pl.col("path"))
    _log.info("%d files are named, and %d by rows", len(files), len(apart) - len(files))
    for path, why, count in apart.drop_nulls("refused").group_by("path", "refused").len().sort("path").head(20).rows():
        _log.warning("%s: %s: %d not to be fetched", path or "(no path)", why, count)


def _of_entry(entry: dict[str, Any], below: Below, narrowing: Narrowing | None) -> pl.DataFrame:
    """The files of an entry: one, or all that its server lists; as far as they are needed."""
    if entry["address"].endswith("/"):
        listed = sorted(below(entry["address"]), key=lambda one: one.path)
        rows = [_listed_row(one, entry["to"]) for one in listed]
    else:
        rows = [_row(entry["address"], entry["to"], entry["mirrors"], _digests(entry))]
    return to_fetch(entry["key"], narrowing.rows(rows, entry) if narrowing else rows)


def _listed_row(one: ListedFile, to: str) -> dict[str, Any]:
    digest: dict[str, Any] = {one.digest.algorithm: one.digest.hex} if one.digest else {}
    path = path_below(to, one.path)
    why_not = {} if path else {"refused": "no_file_name"}
    address = one.address if path else as_text(one.address)  # which may hold what no table does
    return _row(address, path, (), {"bytes": one.bytes, **digest, **why_not})


def _row(address: str, path: str, mirrors: Iterable[str], published: dict[str, Any]) -> dict[str, Any]:
    return {"address": address, "path": path, "mirrors": list(mirrors), **published}


def _digests(entry: dict[str, Any]) -> dict[str, Any]:
    return {name: entry[name] for name in ("sha256", "md5", "bytes")}


def _with_host(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows with the slug of their host. Few hosts have many addresses."""
    before_path = rows["address"].str.extract(r"(?s)^([^/?#]*(?://[^/?#]*)?)")
    slugs = {one: host_slug(one) for one in before_path.unique()}
    return rows.with_columns(host=before_path.replace_strict(slugs, return_dtype=pl.String))


def _write_lists(rows: pl.DataFrame, bound: Bound, folder: Path, name: str, own: pl.Expr) -> None:
    """A list for each leaf of rows.

    Args:
        rows: with their `host`.
        bound: of a list. What is of unknown size is taken for large; of a zip what comes of it counts.
        folder: takes the lists.
        name: they begin with it.
        own: what tells rows of one group apart: those of a host stay side by side; null to have none stay so.
    """
    group = pl.col("host") if name == ROWS else pl.col("path")
    of_members = pl.col("members").list.eval(pl.element().struct.field("packed_bytes")).list.sum()
    size = pl.coalesce(of_members, "bytes", pl.lit(bound.rows if name == ROWS else bound.size + 1, pl.Int64))
    sizes = rows.select(size).to_series()
    hashed = hashes(*rows.select(group.alias("group"), own.alias("own")).get_columns())
    keys = pl.DataFrame({"is_large": sizes > bound.size, "hash": hashed})
    order = keys.select(pl.arg_sort_by("is_large", "hash")).to_series()
    ordered, hashed, sizes = rows.drop("host")[order], hashed[order], sizes[order]
    validate(ordered, schemas.TO_FETCH)
    for leaf in leaves_of(hashed.to_numpy(), sizes.to_numpy(), bound):
        write_validated(ordered[leaf.first : leaf.behind].sort("path"), folder / f"{name}-{leaf.name}.parquet")
