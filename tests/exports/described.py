"""A dataset for the exports that describe one, with what the rules tell them of it."""

from dataclasses import replace
from pathlib import Path

from tests.exports.made_exports import account_file, exported
from workflow_scripts.exports.reading import Tables

RIGHTS = {"audio": "CC-BY-4.0", "labels": "CC-BY-SA-4.0", "terms": "Ask the authors."}
KNOWN = {
    "title": "A small AudioSet",
    "home": "https://example.org/small",
    "kind": "tags",
    "size": "13 clips of 10 s.",
    "licence": "As each clip says.",
    "citation": "A. Person. A small AudioSet. 2024.",
    "audio": "Nothing is handed out.",
    "datasets": ["small"],
}
ALL_SAID = {
    "creators": ["A. Person", {"organization": "An Institute"}],
    "published": "2024-05-31",
    "version": "2.1.0",
    "rai": {"dataCollection": "Found in a drawer.", "dataBiases": ["Birds alone."]},
}
"""Options of croissant that say all that only a publisher knows."""


def described(tables: Tables, folder: Path, *others: str) -> Tables:
    """Tables of a dataset whose exports of some formats are made in a folder."""
    made = {kind: account_file(exported(kind, tables, folder / kind)) for kind in others}
    about = {"rights": RIGHTS, "known": KNOWN, "formats": {kind: kind for kind in others}}
    return replace(tables, about={**tables.about, **about}, others=made)
