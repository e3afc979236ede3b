"""Croissant 1.1 of a dataset: its tables as others get them, and croissant.json, which tells of them and its exports.

Source of the form: https://mlcommons.org/croissant/1.1 and /RAI/1.0; read by mlcroissant 1.1.
"""

import json
import logging
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from workflow_scripts.exports.account import Account
from workflow_scripts.exports.counting import seconds
from workflow_scripts.exports.croissant.distribution import accounts_of, files_of, own_files
from workflow_scripts.exports.croissant.document import document, lacking
from workflow_scripts.exports.croissant.facts import facts_of
from workflow_scripts.exports.croissant.records import inline, of_tables
from workflow_scripts.exports.croissant.tables import write_tables
from workflow_scripts.exports.formats import Written
from workflow_scripts.exports.reading import Tables, refuse_splits

CROISSANT = "croissant.json"
_log = logging.getLogger(__name__)


def export(tables: Tables, options: dict[str, Any], folder: Path, final_folder: Path) -> Written:
    """Write <table>/<split>/rows.parquet of clips, labels, captions, origins, classes/rows.parquet and croissant.json.

    Every clip is taken, usable or not: that it was lost is what a row of it tells.
    """
    refuse_splits("croissant", tables.splits(), ["{}"])
    written, facts = write_tables(tables, folder), facts_of(tables)
    others = accounts_of(tables.others)
    distribution = own_files(folder, written)
    for name, account in others.items():
        distribution += files_of(name, tables.others[name].parent / account.folder)
    taken, held_back = list(_taken(others, tables.about)), list(_held_back(others))
    record_sets = of_tables(written, facts) + inline(tables.splits(), facts, taken, held_back)
    said = document(tables.about, options, facts, distribution, record_sets)
    text = json.dumps(said, indent=1, ensure_ascii=False) + "\n"
    (folder / CROISSANT).write_text(text, encoding="utf-8")
    clips = written["clips"]
    _log.info("croissant: %s; %d files and sets of files, %d record sets", clips, len(distribution), len(record_sets))
    return Written(clips, seconds(tables.lazy("clips")), {}, warnings=tuple(_warnings(said)))


def _taken(others: Mapping[str, Account], about: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for name, account in others.items():
        for split, clips in account.clips.items():
            yield {"export": name, "format": about["formats"][name], "split": split, "clips": clips}


def _held_back(others: Mapping[str, Account]) -> Iterator[dict[str, Any]]:
    for name, account in others.items():
        for reason, clips in account.held_back.items():
            yield {"export": name, "reason": reason, "clips": clips}


def _warnings(said: Mapping[str, Any]) -> Iterator[str]:
    if options := lacking(said):
        yield f"croissant.json lacks what only you know; say it by the options {', '.join(options)}"
