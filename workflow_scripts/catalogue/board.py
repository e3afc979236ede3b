"""What the view `board` is made of, besides the tables: the registry, and the exports that there are."""

import glob
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb

from workflow_scripts.catalogue.comments import comment, text
from workflow_scripts.settings.places import Places
from workflow_scripts.settings.registry import registered

REGISTRY = {
    "collection": "its name in config/registry.yaml; that of the dataset where the registry knows none",
    "dataset": "a dataset file for it, null where there is none",
    "in_run": "this catalogue speaks of it",
    "exports": "the exports that its dataset file names",
    "lacks": "of one that no run has named, what its sources lack",
    "title": "what its authors call it",
    "home": "its page",
    "kind": "what is said of its recordings, or what they are",
    "size": "how much it is",
    "licence": "what its pages say",
    "citation": "how it is to be cited",
    "audio": "how its audio may be had",
    "assignee": "who is at it",
}
SAID = tuple(REGISTRY)[5:]
EXPORTS = {
    "dataset": "the dataset",
    "export": "its name",
    "account": "the file that says what it took and left out; the folder of the export lies beside it",
}


def create_registry(connection: duckdb.DuckDBPyConnection, exports: Mapping[str, Sequence[str]], workdir: Path) -> None:
    """The table `registry`: each collection, with each of its dataset files.

    Args:
        connection: to the catalogue.
        exports: for each dataset of the run those that its file names.
        workdir: the folder of the run.
    """
    types = dict.fromkeys(REGISTRY, "VARCHAR") | {"in_run": "BOOLEAN", "exports": "VARCHAR[]"}
    connection.execute(f"CREATE TABLE registry ({', '.join(map(' '.join, types.items()))})")
    rows = [
        (
            entry.collection,
            entry.dataset,
            entry.dataset in exports,
            list(exports.get(entry.dataset or "", ())),
            entry.lacks,
            *(entry.known.get(name) for name in SAID),
        )
        for entry in registered(list(exports), workdir)
    ]
    places = ", ".join("?" * len(REGISTRY))
    connection.executemany(f"INSERT INTO registry VALUES ({places})", rows)  # noqa: S608  question marks alone
    comment(connection, "TABLE", "registry", "collections that people look for, and their dataset files", REGISTRY)


def create_exports(connection: duckdb.DuckDBPyConnection, places: Places) -> None:
    """The view `exports`: those that are there when it is asked, since they are made after the catalogue."""
    pattern = places.account("*", "*").replace(places.results, glob.escape(os.path.abspath(places.results)), 1)
    connection.execute(
        "CREATE VIEW exports AS SELECT "  # noqa: S608  a view takes no parameters
        "string_split(file, '/')[-3] AS dataset, replace(string_split(file, '/')[-1], '.account.json', '') AS export, "
        f"file AS account FROM glob({text(pattern)}) ORDER BY dataset, export"
    )
    comment(connection, "VIEW", "exports", "exports that there are now", EXPORTS)
