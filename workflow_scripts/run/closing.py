"""The short table that a run ends with."""

import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb
from tabulate import tabulate

from workflow_scripts.errors import as_text, first_twenty
from workflow_scripts.report.drawing.asking import Asked
from workflow_scripts.report.pages.facts import subset_of
from workflow_scripts.settings.version import VERSION
from workflow_scripts.tables.schemas import STATUSES


def summary_text(catalogue: Path) -> str:
    """Per split: promised, found, usable, trainable, and the reasons of what is lost; then who served what."""
    with duckdb.connect(str(catalogue), read_only=True) as connection:
        parts = [part for told in TOLD for part in told(connection)]
    return "\n\n".join([*parts, f"Soundledger {VERSION}\nCatalogue: {catalogue}"]) + "\n"


def _splits(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    counts = connection.execute("SELECT dataset, split, status, clips FROM summary").fetchall()
    trainable = connection.execute(
        "SELECT dataset, split, count(*) FILTER (trainable) FROM clips GROUP BY ALL"
    ).fetchall()
    by_split: dict[tuple[str, str], dict[str, int]] = {}
    for dataset, split, status, clips in counts:
        by_split.setdefault((dataset, split), {})[status] = clips
    trained = {(dataset, split): clips for dataset, split, clips in trainable}
    rows = [
        [
            *split,
            sum(seen.values()),
            sum(seen.values()) - seen.get("missing", 0),
            seen.get("usable", 0),
            trained.get(split, 0),
            ", ".join(f"{seen[status]:,} {status}" for status in STATUSES[:-1] if seen.get(status)),
        ]
        for split, seen in by_split.items()
    ]
    yield _table(rows, ["dataset", "split", "promised", "found", "usable", "trainable", "lost"])


def _roots(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    roots = connection.execute(
        "SELECT dataset, path, media, served, usable, orphans FROM roots ORDER BY dataset, ordinal"
    ).fetchall()
    if roots:
        yield _table(roots, ["dataset", "audio root", "files", "serve clips", "usable", "orphans"])
    without = connection.execute(
        "SELECT DISTINCT dataset FROM sources WHERE dataset NOT IN (SELECT dataset FROM roots) ORDER BY dataset"
    ).fetchall()
    yield from (f"{dataset}: no audio is named; its tables are of labels alone" for (dataset,) in without)


def _failed(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    failed = connection.execute(
        "SELECT dataset, detail FROM rejects WHERE scope = 'dataset' ORDER BY dataset"
    ).fetchall()
    yield from (f"{dataset}: FAILED: {why}" for dataset, why in failed)


def _empty_roots(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    empty = connection.execute(
        "SELECT dataset, path FROM roots WHERE coalesce(media, 0) = 0 ORDER BY dataset, ordinal"
    ).fetchall()
    yield from (f"{dataset}: {path}: no audio lies there" for dataset, path in empty)


def _subsets(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    named = connection.execute("SELECT DISTINCT dataset FROM settings WHERE setting LIKE 'subset.%' ORDER BY dataset")
    for (dataset,) in named.fetchall():
        yield f"{dataset}: {subset_of(Asked(connection, None), dataset)}"


def _rejected(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    rejects = connection.execute(
        "SELECT dataset, count(*) FILTER (scope = 'row'), count(*) FILTER (scope = 'label'), "
        "count(*) FILTER (scope = 'media') "
        "FROM rejects WHERE scope <> 'dataset' GROUP BY ALL ORDER BY dataset"
    ).fetchall()
    for dataset, rows, labels, media in rejects:
        of_archives = f", {media:,} fault{'' if media == 1 else 's'} in archives" if media else ""
        yield f"{dataset}: {rows:,} rows and {labels:,} labels rejected{of_archives} (view rejects)"


def _reviewed(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    verdicts = connection.execute(
        "SELECT dataset, verdict, count(*) FROM clips WHERE verdict IS NOT NULL GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    for dataset, of_dataset in itertools.groupby(verdicts, key=lambda one: one[0]):
        each = [(verdict, clips) for _, verdict, clips in of_dataset]
        told = ", ".join(f"{clips:,} {verdict}" for verdict, clips in each)
        clips = sum(clips for _, clips in each)
        yield f"{dataset}: {clips:,} clip{'' if clips == 1 else 's'} reviewed: {told}"


def _stale(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    stale = connection.execute(
        "SELECT dataset, count(*) FROM reviews WHERE stale GROUP BY ALL ORDER BY dataset"
    ).fetchall()
    for dataset, reviews in stale:
        yield (
            f"{dataset}: {reviews:,} review{'' if reviews == 1 else 's'} of another sound than serves now: stale; "
            "counts for nothing (view reviews)"
        )


def _not_looked_at(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    unread = connection.execute(
        "SELECT dataset, regexp_extract(lower(coalesce(member, path)), '[.][^.]*$') AS suffix, count(*) AS files "
        "FROM orphans WHERE reason = 'not_looked_at' GROUP BY ALL ORDER BY dataset, files DESC, suffix"
    ).fetchall()
    for dataset, suffixes in itertools.groupby(unread, key=lambda one: one[0]):
        kinds = [(suffix, files) for _, suffix, files in suffixes]
        count, told = sum(files for _, files in kinds), first_twenty([f"{files:,} {suffix}" for suffix, files in kinds])
        are = "1 file is" if count == 1 else f"{count:,} files are"
        yield f"{dataset}: {are} of a kind that is not looked at: {told} (view orphans, reason not_looked_at)"


NAMED = {  # each once
    "ids of clips": "SELECT dataset AS whose, clip_id AS name FROM clips",
    "ids of classes": "SELECT dataset AS whose, class_id AS name FROM classes",
    "names of media": "SELECT root AS whose, path || coalesce('/' || member, '') AS name FROM media",
}


def _alike(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """Names that disks, and people, take for one: they differ in capitals or in how letters are composed."""
    for kind, named in NAMED.items():
        alike = connection.execute(
            f"WITH named AS ({named}), numbered AS (SELECT *, hash(whose, lower(nfc_normalize(name))) AS number FROM named), "  # noqa: S608, E501
            "repeated AS (SELECT number FROM numbered GROUP BY number HAVING count(*) > 1) "
            "SELECT whose, count(*), list(name ORDER BY lower(nfc_normalize(name)), name)[:4] "
            "FROM numbered SEMI JOIN repeated USING (number) GROUP BY whose ORDER BY whose"
        ).fetchall()
        for whose, count, names in alike:
            yield (
                f"{whose}: {count:,} {kind} differ from another in capitals, or in how letters are composed, alone: "
                f"{as_text(', '.join(names))}{', …' if count > len(names) else ''}; on some disks they are one"
            )


def _table(rows: Sequence[Sequence[object]], header: list[str]) -> str:
    return tabulate(rows, headers=header, intfmt=",", tablefmt="simple")


TOLD = (_splits, _subsets, _roots, _failed, _empty_roots, _rejected, _reviewed, _stale, _not_looked_at, _alike)
"""What is told, in this order: each asks the catalogue one thing, and has a part for each answer."""
