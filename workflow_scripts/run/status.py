"""How far a run is: `make status`, or `python -m workflow_scripts.run.status [RESULTS]`.

Told from the files that it has written so far. Nothing is locked, and nothing asks Snakemake.
"""

import errno
import os
import sys
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from tabulate import tabulate

from workflow_scripts.check.former import relatives
from workflow_scripts.check.progress import Note
from workflow_scripts.errors import SoundledgerError, first_twenty
from workflow_scripts.progress.note import read_note
from workflow_scripts.progress.words import duration
from workflow_scripts.run.at_work import at_work_texts
from workflow_scripts.run.run_file import RunFile, read_run_file
from workflow_scripts.run.shards import former_shards, scanned_shards
from workflow_scripts.settings.places import Places, shard_name
from workflow_scripts.tables.files import published

RECENT_S = 60.0
"""A job at work says so every few seconds; one that has said nothing for so long was killed."""

KEY = ["path", "member", "mtime_ns"]
CHECKED = [*KEY, "bytes", "error_kind", "fingerprint"]


@dataclass(frozen=True)
class Shard:
    """How far the check of one shard is.

    Attributes:
        name: root and shard, as its log is called; the root alone if that was not scanned yet.
        files: how many media it has; None if that is not known yet.
        is_done: each of them has its row.
        checked: how many of them have been looked at, by a job at work too.
        faults: how many of these have a fault, by its kind.
        note: what the shard's last job said.
        job: at work, or stopped before its end; None if neither.
    """

    name: str
    files: int | None
    is_done: bool = False
    checked: int = 0
    faults: Mapping[str, int] = field(default_factory=dict)
    note: Note | None = None
    job: str | None = None


def status_text(places: Places, now: float) -> str:
    """Per dataset and root how far the check is, what it has found, and how long it will take.

    Args:
        places: of a run, at work or not.
        now: seconds since 1970.

    Raises:
        SoundledgerError: no run has started there.
    """
    run = read_run_file(Path(places.run_file))
    shards = _look_at_shards(places, run, now)
    started = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(run.started))
    parts = [f"{places.results}: the last run started {started}, {duration(max(now - run.started, 0))} ago."]
    parts += at_work_texts(places, run.datasets, now)
    parts.append(_progress(run, shards, now))
    found = [row for dataset, slugs in run.datasets.items() for row in _faults(dataset, _of(shards, slugs))]
    if found:
        parts.append(_table(found, ["dataset", "fault", "files"]))
    stopped = [shard.name for of_root in shards.values() for shard in of_root if shard.job == "stopped"]
    if stopped:
        parts.append(
            f"{len(stopped):,} stopped before the end, and will be done anew by the next run: {first_twenty(stopped)}. "
            f"Logs: {places.log('check', '<root>', '<shard>')}"
        )
    return "\n\n".join(parts) + "\n"


# --- what the files tell ---


def _look_at_shards(places: Places, run: RunFile, now: float) -> dict[str, list[Shard]]:
    with ThreadPoolExecutor() as pool:
        looked = {
            slug: [pool.submit(_look_at_shard, places, slug, shard, former, run, now) for shard in shards]
            for slug in run.roots
            if (shards := scanned_shards(places, slug)) is not None
            for former in [former_shards(places, slug, shards)]
        }
        not_scanned = {slug: [Shard(slug, None)] for slug in run.roots}
        return not_scanned | {slug: [shard.result() for shard in shards] for slug, shards in looked.items()}


def _look_at_shard(places: Places, slug: str, shard: str, former: Sequence[str], run: RunFile, now: float) -> Shard:
    """Rows that the run will keep, also those in a `former` shard, and what a job at work has added to them."""
    note = read_note(Path(places.note("check", slug, shard_name(shard))), Note)
    job = _job(note, run, now)
    table = published(Path(places.checks(slug, shard)))
    written = _time_of_change(table)
    media = _rows(published(Path(places.media_list(slug, shard))), [*KEY, "bytes"])
    checks = _rows(table, CHECKED)
    name = f"{slug}/{shard_name(shard)}"
    if media is None:
        return Shard(name, None, note=note, job=job)
    own = _kept(media, [checks], run.fingerprint)
    if checks is not None and len(own) == len(media):
        return Shard(name, len(media), True, len(media), _faults_of(own), note)
    others = (_rows(published(Path(places.checks(slug, other))), CHECKED) for other in relatives(shard, former))
    kept = _kept(media, [checks, *others], run.fingerprint)
    faults = _faults_of(kept)
    if note is None or job != "at work" or (note.state == "finished" and written > note.updated):
        return Shard(name, len(media), False, len(kept), faults, note, "stopped" if job == "stopped" else None)
    checked = min(len(kept) + note.done, len(media))
    return Shard(name, len(media), False, checked, faults + Counter(note.faults), note, job)


def _job(note: Note | None, run: RunFile, now: float) -> str | None:
    """A job that has finished is at work until its table is there; one of an earlier run waits for its turn."""
    if note is None or note.updated < run.started:
        return None
    if note.state != "stopped" and now - note.updated <= RECENT_S:
        return "at work"
    return "stopped" if note.state != "finished" else None


def _rows(file: Path, columns: list[str]) -> pl.DataFrame | None:
    """Columns of a table; none if it is not there, or none of this version.

    Through one open file: polars opens a file once for its footer and once more for its rows, and a table may be
    replaced between the two.
    """
    try:
        with file.open("rb", buffering=0) as opened:
            table = pq.ParquetFile(opened, pre_buffer=False)
            if not set(columns) <= set(table.schema_arrow.names):
                return None
            return pl.DataFrame(table.read(columns=columns, use_threads=False))
    except (FileNotFoundError, pa.ArrowInvalid):
        return None
    except OSError as error:
        if error.errno != errno.ESTALE:  # replaced by another node of a cluster
            raise
        return None


def _kept(media: pl.DataFrame, tables: Iterable[pl.DataFrame | None], fingerprint: str) -> pl.DataFrame:
    """The rows of checks that still speak for media of the list, one each; those of the first table before others."""
    nothing = media.select(*KEY, "bytes", error_kind=pl.lit(None, pl.String), fingerprint=pl.lit("")).clear()
    checks = pl.concat([nothing, *(table for table in tables if table is not None)], how="vertical_relaxed")
    current = checks.filter(pl.col("fingerprint") == fingerprint)
    both = media.join(current, on=KEY, how="inner", nulls_equal=True, suffix="_checked")
    same = both.filter(pl.col("bytes").is_null() | (pl.col("bytes") == pl.col("bytes_checked")))
    return same.unique(KEY, keep="first", maintain_order=True)


def _faults_of(kept: pl.DataFrame) -> Counter[str]:
    return Counter(kept["error_kind"].drop_nulls().to_list())


def _time_of_change(file: Path) -> float:
    try:
        return os.stat(file).st_mtime
    except FileNotFoundError:
        return 0.0


# --- what is said of it ---


def _progress(run: RunFile, shards: Mapping[str, list[Shard]], now: float) -> str:
    rows: list[list[object]] = []
    for dataset, slugs in run.datasets.items():
        if len(slugs) != 1:
            rows.append([dataset, f"all {len(slugs)}", *_cells(_of(shards, slugs), now)])
        rows += [[dataset, slug, *_cells(shards[slug], now)] for slug in slugs]
    return _table(rows, ["dataset", "root", "shards done", "files checked", "faults", "now", "time left"])


def _of(shards: Mapping[str, list[Shard]], slugs: Iterable[str]) -> list[Shard]:
    return [shard for slug in slugs for shard in shards[slug]]


def _cells(shards: Sequence[Shard], now: float) -> list[object]:
    done = sum(shard.is_done for shard in shards)
    checked = sum(shard.checked for shard in shards)
    files = None if any(shard.files is None for shard in shards) else sum(shard.files or 0 for shard in shards)
    at_work = [shard.note for shard in shards if shard.job == "at work" and shard.note]
    stopped = sum(shard.job == "stopped" for shard in shards)
    rate = _rate(shards, now)
    return [
        "-" if files is None else f"{done:,} of {len(shards):,}",
        f"{checked:,} of {files:,}" if files is not None else "not scanned yet",
        sum(sum(shard.faults.values()) for shard in shards),
        ", ".join(_now(len(at_work), rate, stopped)) or "-",
        _left(None if files is None else files - checked, rate, done == len(shards)),
    ]


def _now(at_work: int, rate: float, stopped: int) -> Iterable[str]:
    if at_work:
        yield f"{at_work:,} job{'' if at_work == 1 else 's'}"
        if rate:
            yield f"{rate:,.1f} files/s"
    if stopped:
        yield f"{stopped:,} stopped"


def _left(files: int | None, rate: float, is_done: bool) -> str:
    if is_done:
        return "done"
    return duration(files / rate) if files is not None and rate else "unknown"


def _rate(shards: Iterable[Shard], now: float) -> float:
    """Media a second of the jobs at work together; between jobs, of those that ended a moment ago; else 0."""
    notes = [shard.note for shard in shards if shard.note and shard.note.state != "stopped"]
    recent = [note for note in notes if note.done and now - note.updated <= RECENT_S]
    running = sum(note.rate for note in recent if note.state == "running")
    if running or not recent:
        return running
    span = max(note.updated for note in recent) - min(note.started for note in recent)
    return sum(note.done for note in recent) / max(span, 1e-3)


def _faults(dataset: str, shards: Iterable[Shard]) -> list[list[object]]:
    kinds: Counter[str] = Counter()
    for shard in shards:
        kinds.update(shard.faults)
    return [[dataset, kind, files] for kind, files in sorted(kinds.items(), key=lambda one: (-one[1], one[0]))]


def _table(rows: Sequence[Sequence[object]], header: list[str]) -> str:
    return tabulate(rows, headers=header, intfmt=",", tablefmt="simple", disable_numparse=[0, 1])


if __name__ == "__main__":
    try:
        print(status_text(Places(*sys.argv[1:2] or ["results"]), time.time()), end="")
    except (SoundledgerError, OSError) as error:
        sys.exit(f"error: {error}")
