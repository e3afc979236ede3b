"""Losses that are no success: of a source or a root nothing is left, or so little that what is left is a biased set."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from workflow_scripts.errors import shown

EXCUSED = ("unknown_clip", "no_such_clip", "no_such_class", "not_selected", "no_event", "nothing_new", "repeated_class")
"""Reasons of rejects that are no loss where anything was kept of the source, or of another file that the dataset file
calls alike: what is said of clips that the run does not promise, what models say of classes that they alone have, rows
that the dataset file leaves out, rows without events, and what was said of a clip before."""

UNCLAIMED = {
    "unclaimed": "match a promised id",
    "other_span": "hold a promised span",
    "not_looked_at": "are of a kind that is looked at",
}
"""Reasons of orphans that no clip asks for, and what such files fail to do."""

EXPECTED = {
    "youtube": "'{key}', 'Y{key}', or one of these with times behind it, '{key}_{start:.3f}_{end:.3f}'",
    "stem": "'{key}' before the suffix",
    "path": "'{key}' as the path below the root, or its end",
}
"""How files are called, by the dataset's match."""

LIMITS = {
    "too_short": "limits: {{min_duration_s: …}} in the dataset file; it has {duration_s:.3f} s",
    "too_long": "limits: {{max_duration_s: …}} in the dataset file; it has {duration_s:.3f} s",
}
"""Statuses that a dataset file decides, and where."""

SHOWN_NAMES = 3


@dataclass(frozen=True)
class Loss:
    """What was lost.

    Attributes:
        of: a source or a root, as the tables name them; `audio` for all roots together; nothing where the dataset
            failed as a whole.
        cause: how much of it, and the likely cause.
    """

    of: str | None
    cause: str


def losses(
    tables: Mapping[str, pl.LazyFrame],
    root_rejects: Mapping[str, pl.LazyFrame],
    match: str,
    max_rejected: float,
    names: Mapping[str, str],
) -> list[Loss]:
    """All losses of a dataset, sources before roots, and before these that it failed.

    A dataset without audio, or with an empty root, is a set of labels: no loss. Nor is a source that says itself that
    it has no rows.

    Args:
        tables: sources, rejects; and promised, clips, orphans, roots, where audio has been looked at.
        root_rejects: the `rejects` of each root then, by its slug.
        match: how media are matched to clips.
        max_rejected: the share of a source's rows that may be rejected, 0 to 1.
        names: what the dataset file calls each source; the files of one pattern are called alike.
    """
    failed = tables["rejects"].filter(pl.col("scope") == "dataset").collect()
    of_labels = [
        *(Loss(None, cause) for cause in failed["detail"]),
        *_of_sources(tables["sources"].collect(), tables["rejects"], max_rejected, names),
    ]
    if "clips" not in tables:
        return of_labels
    return [*of_labels, *_of_roots(tables, root_rejects, match), *_of_all_roots(tables["clips"])]


# --- sources ---


def _of_sources(
    sources: pl.DataFrame, rejects: pl.LazyFrame, max_rejected: float, names: Mapping[str, str]
) -> Iterator[Loss]:
    sources = sources.with_columns(pl.sum_horizontal("rows_kept", "rows_not_in_subset").alias("rows_kept"))
    kept = {names.get(path, path) for path in sources.filter(pl.col("rows_kept") > 0)["source"]}
    reasons = (
        rejects.filter(pl.col("scope").is_in(["row", "label"]))
        .group_by("source", "scope", "reason")
        .agg(
            lines=pl.col("line").unique(),
            **{name: pl.col(name).sort_by("line").first() for name in ("line", "detail", "raw")},
        )
        .with_columns(rows=pl.col("lines").list.len())
        .sort("source", "rows", "line", descending=[False, True, False])
        .collect()
    )
    for source in sources.iter_rows(named=True):
        of_source = reasons.filter(pl.col("source") == source["source"])
        of_rows, of_labels = (of_source.filter(pl.col("scope") == scope) for scope in ("row", "label"))
        nothing_lost = source["rows_read"] > 0 and of_rows["reason"].is_in(EXCUSED).all()
        if source["rows_kept"] == 0 and nothing_lost and names.get(source["source"], source["source"]) in kept:
            continue
        cause = _cause_in_source(source, of_rows, max_rejected) or _cause_in_labels(source, of_labels, max_rejected)
        if cause:
            yield Loss(source["source"], cause)


def _cause_in_labels(source: dict[str, Any], reasons: pl.DataFrame, max_rejected: float) -> str | None:
    """Why the labels of a source are lost, if they are: of too many rows that were taken some were left out.

    A row may be without labels for several reasons; it is one row.
    """
    most = reasons.filter(~pl.col("reason").is_in(EXCUSED))
    without = most["lines"].explode().drop_nulls().n_unique()
    if without <= max_rejected * source["rows_kept"]:
        return None
    share = f"{without:,} of {source['rows_kept']:,} rows were taken without some of their labels"
    return f"{share}, more than {max_rejected:.0%}; {_most_frequent(most)}"


def _cause_in_source(source: dict[str, Any], reasons: pl.DataFrame, max_rejected: float) -> str | None:
    """Why a source is lost, if it is.

    Args:
        source: its row of `sources`.
        reasons: each reason that rows of it were rejected for: rows, and line, detail and raw of the first; most rows
            first.
        max_rejected: the share of rows that may be.
    """
    if source["rows_read"] == 0 and source["rows_declared"] == 0:
        return None  # it says itself that it has none
    if source["rows_read"] == 0:
        return "no row was read; it is empty, or not of this kind"
    if source["rows_kept"] == 0:
        return f"0 of {source['rows_read']:,} rows were taken; {_most_frequent(reasons)}"
    counted = reasons.filter(~pl.col("reason").is_in(EXCUSED))
    rejected = int(counted["rows"].sum())
    rows = source["rows_kept"] + rejected
    if rejected <= max_rejected * rows:
        return None
    return f"{rejected:,} of {rows:,} rows were rejected, more than {max_rejected:.0%}; {_most_frequent(counted)}"


def _most_frequent(reasons: pl.DataFrame) -> str:
    for first in reasons.head(1).iter_rows(named=True):
        where = f"line {first['line']}: {shown(first['raw'])}: {first['detail']}"
        return f"{first['rows']:,} for {first['reason']}, the first of them {where}"
    return "no reason was kept"


# --- roots ---


def _of_roots(
    tables: Mapping[str, pl.LazyFrame], root_rejects: Mapping[str, pl.LazyFrame], match: str
) -> Iterator[Loss]:
    promised = tables["promised"].select("media_key", "start_s", "end_s").head(1).collect().rows(named=True)
    unclaimed = _unclaimed(tables["orphans"], match)
    for root in tables["roots"].collect().iter_rows(named=True):
        rows = unclaimed.filter(pl.col("root") == root["root"])
        not_looked_at = rows.filter(pl.col("reason") == "not_looked_at")["files"].sum()
        files = root["media"] + not_looked_at
        if not files and (unread := root_rejects[root["root"]].head(1).collect().rows(named=True)):
            yield Loss(root["root"], f"nothing in it could be listed: {unread[0]['source']}: {unread[0]['detail']}")
        if files and promised and rows["files"].sum() == files:
            yield Loss(root["root"], _cause_in_root(files, rows.row(0, named=True), match, promised[0]))


def _unclaimed(orphans: pl.LazyFrame, match: str) -> pl.DataFrame:
    """For each root and reason of its unclaimed files: files, and what the first are called; most files first."""
    name = pl.concat_str("path", "member", separator="/", ignore_nulls=True)
    if match != "path":
        name = name.str.extract(r"([^/]*)$").str.replace(r"(.)\.[^.]*$", "${1}")
    return (
        orphans.filter(pl.col("reason").is_in([*UNCLAIMED]))
        .group_by("root", "reason")
        .agg(files=pl.len(), names=name.unique().sort().head(SHOWN_NAMES))
        .sort("root", "files", "reason", descending=[False, True, False])
        .collect()
    )


def _cause_in_root(files: int, most: dict[str, Any], match: str, promised: dict[str, Any]) -> str:
    start, end = promised["start_s"] or 0.0, promised["end_s"] or 0.0
    expected = EXPECTED[match].format(key=promised["media_key"], start=start, end=end)
    called = ", ".join(map(shown, most["names"]))
    return f"0 of {files:,} files {UNCLAIMED[most['reason']]}; they are called like {called}; expected {expected}"


def _of_all_roots(clips: pl.LazyFrame) -> Iterator[Loss]:
    """Files were found, and none of them can be used."""
    found = clips.filter(pl.col("status").cast(pl.String) != "missing")
    if found.filter("usable").select("clip_id").head(1).collect().height:
        return
    statuses = (
        found.group_by(pl.col("status").cast(pl.String))
        .agg(pl.len().alias("clips"), pl.col("clip_id", "error", "duration_s").first())
        .sort("clips", "status", descending=[True, False])
        .collect()
    )
    for most in statuses.head(1).iter_rows(named=True):
        error = most["error"] or LIMITS.get(most["status"], "").format(duration_s=most["duration_s"] or 0.0)
        why = f": {error}" if error else ""
        yield Loss(
            "audio",
            f"0 of {statuses['clips'].sum():,} clips with a file are usable; {most['clips']:,} are {most['status']}, "
            f"the first of them {most['clip_id']}{why}",
        )
