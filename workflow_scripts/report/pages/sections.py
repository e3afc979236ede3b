"""Tables of a page: what is lost, splits, classes, rejects; and what it was all made of."""

from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import polars as pl

from workflow_scripts.exports.account import read_account
from workflow_scripts.report.drawing.words import shown
from workflow_scripts.report.pages.asked import Answer, Ask, answer
from workflow_scripts.report.pages.tables import (
    PageTable,
    count,
    in_bytes,
    in_hours,
    named,
    page_table,
    share,
    text,
)
from workflow_scripts.report.pages.words import STATUSES
from workflow_scripts.tables.schemas import ORPHAN_REASONS


def lost(ask: Ask, dataset: str) -> PageTable:
    """What is lost of the promised clips, and why."""
    columns = {
        "why": named("Reason", STATUSES),
        "clips": count("Clips"),
        "share": share("Of all"),
        "faults": text("Kinds of faults"),
    }
    return page_table(
        answer(ask, "lost", dataset=dataset), "Clips that are not trained on, by reason", columns, link=_of_status
    )


def _of_status(row: dict[str, Any]) -> str:
    return "" if row["why"] in ("missing", "dropped", "not_trainable") else urlencode({"status": row["why"]})


def details(ask: Ask, dataset: str) -> list[PageTable]:
    """Tables that somebody looks things up in; none without rows."""
    tables = [_splits(ask, dataset), _rare(ask, dataset), _rejects(ask, dataset), _orphans(ask, dataset)]
    return [table for table in tables if table.rows]


def _splits(ask: Ask, dataset: str) -> PageTable:
    found = answer(ask, "splits", dataset=dataset)
    none = [name for name in STATUSES if name in found.rows.columns and not found.rows[name].sum()]
    columns = {"split": text("Split"), "promised": count("Promised")}
    columns |= {name: count(name) for name in STATUSES if name in found.rows.columns and name not in none}
    columns |= {"usable": count("Usable"), "trainable": count("Trainable"), "hours": in_hours("Usable hours")}
    caption = "Splits, and what became of their clips"
    return page_table(found, caption, columns, ("split", "splits"), lambda row: urlencode({"split": row["split"]}))


def _rare(ask: Ask, dataset: str) -> PageTable:
    columns = {"class": text("Class"), "annotated": count("Clips"), "trainable": count("Trainable")}
    found = answer(ask, "rare_classes", dataset=dataset)
    caption = "Classes that are said of the fewest whole clips that can be trained on"
    return page_table(found, caption, columns, ("class", "classes"), lambda row: urlencode({"class": row["class_id"]}))


def _rejects(ask: Ask, dataset: str) -> PageTable:
    columns = {
        "source": text("Source"),
        "scope": text("What was rejected"),
        "reason": text("Reason"),
        "rejects": count("How often"),
        "first_line": count("First line"),
        "why": text("What was wrong there"),
    }
    return page_table(answer(ask, "rejects", dataset=dataset), "Rows and labels that could not be taken", columns)


def _orphans(ask: Ask, dataset: str) -> PageTable:
    columns = {"reason": named("Reason", ORPHAN_REASONS), "files": count("Files"), "for_example": text("For example")}
    return page_table(answer(ask, "orphans", dataset=dataset), "Files that serve no clip", columns)


def inputs(ask: Ask, dataset: str) -> list[PageTable]:
    """What the tables were made of, by which settings, and what was made of them; nothing that tells times."""
    sources = {
        "source": text("Source"),
        "rows_read": count("Rows read"),
        "rows_kept": count("Kept"),
        "rows_rejected": count("Rejected"),
        "rows_not_in_subset": count("Not in the subset"),
        "bytes": in_bytes("Size"),
        "sha256": text("SHA-256"),
    }
    roots = {
        "path": text("Folder"),
        "holds": text("Holds"),
        "media": count("Files"),
        "served": count("Clips that they serve"),
        "usable": count("Usable"),
        "orphans": count("Files without a clip"),
    }
    settings = {"setting": text("Setting"), "value": text("Value")}
    tables = [
        page_table(answer(ask, name, dataset=dataset), caption, columns, (one, name))
        for name, one, caption, columns in (
            ("sources", "source", "Sources of labels and classes", sources),
            ("roots", "root", "Folders of audio", roots),
            ("settings", "setting", "Settings and versions", settings),
        )
    ]
    tables.append(_exports(ask, dataset))
    return [table for table in tables if table.rows]


def _exports(ask: Ask, dataset: str) -> PageTable:
    """What each export took, as its account says."""
    found = answer(ask, "exports", dataset=dataset)
    rows = []
    for export, file in found.rows.rows():
        account = read_account(Path(file))
        held_back = ", ".join(f"{clips:,} {reason}" for reason, clips in account.held_back.items())
        rows.append((export, sum(account.clips.values()), account.hours, account.bytes, shown(held_back, 500)))
    columns = {
        "export": text("Export"),
        "clips": count("Clips"),
        "hours": in_hours("Hours"),
        "bytes": in_bytes("Size"),
        "held_back": text("Held back"),
    }
    made = pl.DataFrame(rows, schema=list(columns), orient="row", strict=False)
    return page_table(Answer(found.sql, made), "Exports", columns, ("export", "exports"))
