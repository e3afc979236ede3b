"""The check of one shard: which of its media must be decoded, and their rows."""

import logging
from pathlib import Path
from typing import Any

import polars as pl

from workflow_scripts.check.former import former
from workflow_scripts.check.passing import PASSING, PassingFault
from workflow_scripts.check.pool import examine_all
from workflow_scripts.check.progress import Progress
from workflow_scripts.check.task import NO_AUDIO, Task
from workflow_scripts.errors import first_twenty
from workflow_scripts.media.media import Media
from workflow_scripts.media.names import from_text
from workflow_scripts.media.walk import folder_of
from workflow_scripts.sound.settings import CheckSettings
from workflow_scripts.tables import schemas
from workflow_scripts.tables.files import published
from workflow_scripts.tables.store import TableError, publish_table, read_table

KEY = ["path", "member"]

_log = logging.getLogger(__name__)


def check_shard(
    media_list: Path, root: str, settings: CheckSettings, workers: int, output: Path, progress_note: Path
) -> list[PassingFault]:
    """Bring the checks of a shard up to its media list; decode only what is new or whose bytes have changed.

    A row is kept as it stands where path, size and time of change are the same, and with a new time where the bytes
    are; in both cases only if its fingerprint is that of the settings.

    Args:
        media_list: the shard's `media` table.
        root: the folder that its paths start from, or the one archive that they lie in.
        settings: of the check.
        workers: number of processes.
        output: the shard's `checks` table. Earlier rows are found at its published name, and beside it in those of
            the shards that this one was split or joined from.
        progress_note: where it is told how far the job is.

    Returns:
        The media whose fault may pass. Each was looked at just now, as their rows are never kept.
    """
    media = read_table(media_list)
    earlier, same = _known(media, output, settings.fingerprint)
    kept = earlier.join(same, on=KEY, how="semi", nulls_equal=True)
    looked = (
        media.join(same, on=KEY, how="anti", nulls_equal=True)
        .join(earlier.select(*KEY, "bytes_digest"), on=KEY, how="left", nulls_equal=True)
        .sort("path", "offset", "member")
    )
    with Progress(output.stem, len(looked), progress_note) as progress:
        rows = _look(looked, root, settings, workers, progress)
    decoded = [row for row in rows if not row.get("same_bytes")]
    again = pl.DataFrame(
        [row for row in rows if row.get("same_bytes")], schema={name: media.schema[name] for name in (*KEY, "mtime_ns")}
    ).join(earlier.drop("mtime_ns"), on=KEY, how="left", nulls_equal=True)
    table = pl.concat([kept, _table(decoded, settings), again.select(*schemas.CHECKS.columns)])
    publish_table(table.sort(KEY), output, schemas.CHECKS)
    names = sorted(row["path"] if row["member"] is None else f"{row['path']}/{row['member']}" for row in decoded)
    _log.info(
        "%s: %d media, %d kept, %d of the same bytes, %d decoded%s",
        output.stem,
        len(media),
        len(kept),
        len(again),
        len(decoded),
        f": {first_twenty(names)}" if names else "",
    )
    passing = table.filter(pl.col("error_kind").is_in(PASSING)).sort(KEY).select(*KEY, "mtime_ns", "error_kind")
    return [PassingFault(*row) for row in passing.iter_rows()]


def _known(media: pl.DataFrame, output: Path, fingerprint: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The earlier row of each media that has one, and the keys of those whose file is the same as then.

    Other tables than the shard's own are asked only for media that this has no such row of; where none has, the first
    that has any counts.
    """
    earlier = same = schemas.CHECKS.empty()
    listed = media.select(*KEY, bytes_now="bytes", mtime_ns_now="mtime_ns")
    for table in [published(output), *former(published(output))]:
        unsure = listed.join(same, on=KEY, how="anti", nulls_equal=True)
        if unsure.is_empty():
            break
        found = _earlier_rows(table, fingerprint).join(unsure, on=KEY, how="inner", nulls_equal=True)
        is_same = (pl.col("bytes") == pl.col("bytes_now")).fill_null(pl.col("bytes_now").is_null()) & (
            pl.col("mtime_ns") == pl.col("mtime_ns_now")
        )
        same = pl.concat([same, found.filter(is_same).select(same.columns)])
        earlier = pl.concat([earlier, found.select(earlier.columns)])
    others = earlier.join(same, on=KEY, how="anti", nulls_equal=True).unique(KEY, keep="first", maintain_order=True)
    return pl.concat([same, others]), same.select(KEY)


def _earlier_rows(path: Path, fingerprint: str) -> pl.DataFrame:
    """Rows of an earlier check that still speak for their files: of the same settings, and of a table that is whole."""
    nothing = schemas.CHECKS.empty()
    try:
        rows = read_table(path)
    except FileNotFoundError:
        return nothing
    except TableError as error:
        _log.warning("every media is decoded again: %s", error)
        return nothing
    if (why := _of_another_version(rows)) is not None:
        _log.warning("%s: every media is decoded again: %s", path, why)
        return nothing
    is_current = rows["fingerprint"] == fingerprint
    if not is_current.all():
        _log.info("%d rows are of other settings or another version of the check", (~is_current).sum())
    was_not_opened = (rows["error_kind"] == NO_AUDIO) & rows["bytes_digest"].is_null()  # a picture, by earlier versions
    is_lasting = ~(rows["error_kind"].is_in(PASSING) | was_not_opened).fill_null(False)
    return _with_columns_of_today(rows.filter(is_current & is_lasting))


def _of_another_version(rows: pl.DataFrame) -> str | None:
    """Why rows cannot be kept whatever media they are of; None if they can."""
    today = schemas.CHECKS.empty().schema
    other = [name for name in today if name in rows.columns and rows.schema[name] != today[name]]
    if other:
        return f"of another type than today: {first_twenty(other)}"
    lacking = [name for name, column in schemas.CHECKS.columns.items() if not column.nullable]
    lacking = [name for name in lacking if name not in rows.columns]
    return f"there is no {first_twenty(lacking)}" if lacking else None


def _with_columns_of_today(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows with null in columns that came since, and without those that went.

    What has to be told anew of every media is another CHECK_VERSION.
    """
    today = schemas.CHECKS.empty().schema
    new = [name for name in today if name not in rows.columns]
    if new:
        _log.info("%d rows are kept without %s: they are of a time before", len(rows), first_twenty(new))
    return rows.select(pl.lit(None, today[name]).alias(name) if name in new else name for name in today)


def _look(
    looked: pl.DataFrame, root: str, settings: CheckSettings, workers: int, progress: Progress
) -> list[dict[str, Any]]:
    """What each of these media told, with its key, size and time of change, in no promised order."""
    if looked.is_empty():
        return []
    folder = folder_of(root)
    media = {_task(row, folder): row for row in looked.iter_rows(named=True)}
    rows = []
    for task, told in examine_all(list(media), settings, workers):
        progress.add(told.get("error_kind"))
        listed = media[task]
        size = told.get("bytes") if listed["bytes"] is None else listed["bytes"]
        rows.append(told | {name: listed[name] for name in (*KEY, "mtime_ns")} | {"bytes": size})
    return rows


def _task(row: dict[str, Any], folder: str) -> Task:
    media = Media(
        from_text(folder, row["path"]),
        row["member"],
        row["bytes"],
        row["mtime_ns"],
        row["offset"],
        row["packed_bytes"],
        row["crc32"],
    )
    return Task(media, row["bytes_digest"])


def _table(rows: list[dict[str, Any]], settings: CheckSettings) -> pl.DataFrame:
    """Rows of `checks`; a column that a row says nothing of is null."""
    schema = schemas.CHECKS.empty().schema
    columns = {name: [row.get(name) for row in rows] for name in schema}
    return pl.DataFrame(columns, schema=schema).with_columns(fingerprint=pl.lit(settings.fingerprint))
