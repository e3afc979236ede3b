"""Datasets of dataset files, taken all the way to their ledger by the functions that the rules call."""

import csv
from dataclasses import asdict
from pathlib import Path
from typing import Any

import polars as pl
import yaml

from tests.adapters.ingests import ingested_in
from tests.ledger.checked import check, resolved, root
from tests.processes import process_as_before
from tests.scans import scanned
from tests.workers import SETTINGS
from workflow_scripts.check.shard import check_shard
from workflow_scripts.exports.reading import Tables
from workflow_scripts.ledger.checked import RootChecks
from workflow_scripts.settings.run import load_run
from workflow_scripts.tables import schemas
from workflow_scripts.tables.store import write_table

COLUMNS = ("media", "start", "stop", "tags", "onset", "offset", "event", "split", "sure")
EVENTS = {"onset_s": "said(onset)", "offset_s": 'said("offset")', "class": "said(event)", "value": "said(sure)"}
CLIP = {
    "media": "media",
    "start_s": "said(start)",
    "end_s": "said(stop)",
    "classes": "words(tags, '|')",
    "split": "coalesce(said(split), 'train')",
}


def said(folder: Path, rows: str, **content: Any) -> dict[str, Any]:
    """What a dataset file says of a table with a row an event, whose last cells may be left out.

    Args:
        folder: that the table is written to.
        rows: lines of COLUMNS: media and its span, labels of all of that, an event, and so on.
        content: of the dataset file besides.
    """
    with (folder / "said.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows([*row, *[""] * (len(COLUMNS) - len(row))] for row in csv.reader(rows.splitlines()))
    return {"sources": {"table": "said.csv"}, "clip": CLIP, "events": EVENTS} | content


def ledger_of(folder: Path, **content: Any) -> Tables:
    """The tables of a dataset whose sources and sounds lie in a folder.

    Args:
        folder: of the run; results lie in it too.
        content: of the dataset file, by the adapter `table` unless it says another.
    """
    (folder / "own.yaml").write_text(yaml.safe_dump({"name": "own", "adapter": "table", **content}))
    return ledger_of_file(folder, "own.yaml")


def ledger_of_file(folder: Path, dataset: str) -> Tables:
    """The same of a dataset file in the folder, or of one that is shipped."""
    run = load_run({"datasets": [dataset], "results": "results"}, folder)
    [known] = run.datasets.values()
    tables = ingested_in(folder, dataset)
    results = folder / "results"
    roots = []
    for slug, holds in known.audio.items():
        of_root, path = results / "audio" / slug, run.roots[slug].path
        scanned(Path(path), of_root / "media")
        (of_root / "links").mkdir()
        checks = []
        for listed in sorted((of_root / "media").glob("*.parquet")):
            checks.append(of_root / "checks" / listed.name)
            with process_as_before():
                check_shard(listed, path, SETTINGS, 1, checks[-1], of_root / "note.json")
        roots.append(RootChecks(slug, path, holds, checks, links=str(of_root / "links")))
    tables |= resolved(tables["promised"], roots, known.match, known.limits)
    return _written(tables, roots, results)


def ledger_of_checks(folder: Path, durations: dict[str, float], holds: str = "clips", **content: Any) -> Tables:
    """The tables of a dataset of whose media there are checks alone: how long each is, by its path."""
    content = {"name": "own", "adapter": "table", "limits": {"max_duration_s": 1e6}, **content}
    (folder / "own.yaml").write_text(yaml.safe_dump(content))
    [known] = load_run({"datasets": ["own.yaml"]}, folder).datasets.values()
    tables = ingested_in(folder, "own.yaml")
    checks = [check(path, duration_s=duration) for path, duration in durations.items()]
    roots = [root(folder / "results", "audio", *checks, holds=holds)]
    return _written(tables | resolved(tables["promised"], roots, known.match, known.limits), roots, folder / "results")


def _written(tables: dict[str, pl.DataFrame], roots: list[RootChecks], results: Path) -> Tables:
    for name, schema in (schemas.INGESTED | schemas.RESOLVED).items():
        write_table(tables[name], results / f"tables/{name}.parquet", schema)
    of_roots = {root.slug: root.checks for root in roots}
    return Tables({name: results / f"tables/{name}.parquet" for name in tables}, of_roots, asdict(SETTINGS))


def annotated(tables: Tables) -> int:
    """How many labels people gave."""
    counted: int = tables.read("labels").filter(pl.col("origin") == "annotated").height
    return counted


def events_of(tables: Tables) -> list[tuple[Any, ...]]:
    """The events of a ledger: what their clip's media is called, class, onset and offset."""
    labels = tables.read("labels").filter(pl.col("strength") == "strong", pl.col("origin") == "annotated")
    named = labels.join(tables.read("clips").select("clip_id", "media_key"), on="clip_id")
    texts = named.select(pl.col("media_key", "class_name").cast(pl.String), "onset_s", "offset_s")
    return sorted(texts.rows())
