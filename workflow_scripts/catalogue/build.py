"""Building the catalogue: one view a table over all datasets, ready-made views on top, comments on everything."""

import glob
import graphlib
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import duckdb

from workflow_scripts.catalogue.board import create_exports, create_registry
from workflow_scripts.catalogue.comments import comment, text
from workflow_scripts.catalogue.generations import current_generation, drop_generations, link_into, next_generation
from workflow_scripts.catalogue.runs import clips_before, write_runs
from workflow_scripts.catalogue.settings import create_settings
from workflow_scripts.settings.places import Places
from workflow_scripts.tables import published, schemas, splits
from workflow_scripts.tables.files import link_or_copy, whole
from workflow_scripts.tables.licences import sql_macros

STORAGE_VERSION = "v1.0.0"
"""The oldest format that the engine writes: shells older than the library can open the file too."""
READY_MADE = Path(__file__).parent / "views"
MACROS = Path(__file__).parent / "macros"
DATASET_TABLES = {
    name: schema for name, schema in (schemas.INGESTED | schemas.RESOLVED).items() if name not in schemas.IN_OTHERS
}
"""The tables of datasets that are views."""
TABLES_OF_CARE = schemas.ASSIGNED
"""Those of the datasets alone whose file asks for splits with care."""
_OF_PREDICTIONS = {name: schemas.JUDGED["predictions"][name] for name in ("predictions", "detections")}
TABLES_OF_JUDGEMENTS = _OF_PREDICTIONS | {
    name: schema for of_key in schemas.WEIGHED.values() for name, schema in of_key.items()
}
"""Those of the datasets alone whose file names files of what is said of clips."""
_KEYS = {name: key for key, of_key in schemas.WEIGHED.items() for name in of_key}
_KEYS |= dict.fromkeys(_OF_PREDICTIONS, "predictions")
"""For each of them the key that names these files."""
TABLES_OF_FETCHES = {"fetches": schemas.FETCHES}
"""Those of the datasets alone of which something was fetched."""
TABLES_OF_WINDOWS = schemas.WINDOWS
"""Those of the datasets alone whose file asks for something to be measured by window."""
TABLES_OF_DERIVED = schemas.DERIVED
"""Those of the datasets alone that are made of others."""
TABLES_OF_YEARS = schemas.OF_YEARS
"""Those of the datasets alone whose file asks for change over the years."""
TABLES_OF_FIT = schemas.OF_FIT
"""Those of the datasets alone whose file asks how well captions fit their sound."""
TABLES_OF_PAIRS = schemas.PAIRED
"""Those of the datasets alone whose file asks for pairs with images."""
_MEASURED = TABLES_OF_WINDOWS | TABLES_OF_YEARS | TABLES_OF_FIT | TABLES_OF_PAIRS
TABLES_OF_SOME = TABLES_OF_CARE | TABLES_OF_JUDGEMENTS | TABLES_OF_FETCHES | TABLES_OF_DERIVED | _MEASURED
FOREIGN = "foreign_clips"
TABLES_OF_MATCHES = schemas.MATCHED | {FOREIGN: schemas.FOREIGN_CLIPS}
"""Those of a run, of all its datasets together."""
ROOT_TABLES = {"media": schemas.MEDIA, "checks": schemas.CHECKS}


@dataclass(frozen=True)
class Contents:
    """The files that a catalogue is about.

    Attributes:
        places: of the run.
        datasets: for each dataset the slugs of its roots, whose rejects are its own too.
        checks: for each root the files of its checks.
        exports: for each dataset those that its file names.
        with_split_care: the datasets that have TABLES_OF_CARE.
        settings: by dataset, and by "" those of the run.
        with_judgements: for each key under which dataset files name files of what is said of clips, the datasets that
            do: they have rejects and sources of it, and TABLES_OF_JUDGEMENTS.
        fetches: for each dataset of which something was fetched the stages of that.
        with_windows: the datasets that have TABLES_OF_WINDOWS.
        derived: the datasets that are made of others: they have TABLES_OF_DERIVED.
        with_years: those that have TABLES_OF_YEARS.
        with_fit: those that have TABLES_OF_FIT.
        with_pairs: those that have TABLES_OF_PAIRS.
        with_matches: whether there are TABLES_OF_MATCHES, but FOREIGN.
        with_against: whether there is that too.
    """

    places: Places
    datasets: Mapping[str, Sequence[str]]
    checks: Mapping[str, Sequence[str]]
    exports: Mapping[str, Sequence[str]] = field(default_factory=dict)
    with_split_care: Sequence[str] = ()
    settings: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    with_judgements: Mapping[str, Sequence[str]] = field(default_factory=dict)
    fetches: Mapping[str, Sequence[str]] = field(default_factory=dict)
    with_windows: Sequence[str] = ()
    derived: Sequence[str] = ()
    with_years: Sequence[str] = ()
    with_fit: Sequence[str] = ()
    with_pairs: Sequence[str] = ()
    with_matches: bool = False
    with_against: bool = False

    def of_datasets(self, table: str) -> dict[str, list[str]]:
        """The files of a table of each dataset."""
        if table in TABLES_OF_FETCHES:
            return {
                name: [self.places.acquired(name, stage) for stage in stages] for name, stages in self.fetches.items()
            }
        files = {name: [self.places.table(name, table)] for name in self._having(table)}
        if table == "rejects":
            for name, roots in self.datasets.items():
                files[name] += map(self.places.root_rejects, roots)
        if table in ("rejects", "sources"):
            for key, having in self.with_judgements.items():
                for name in having:
                    files[name].append(self.places.table_of(name, key, table))
        return files

    def _having(self, table: str) -> Iterable[str]:
        if table in TABLES_OF_CARE:
            return self.with_split_care
        if table in TABLES_OF_WINDOWS:
            return self.with_windows
        if table in TABLES_OF_DERIVED:
            return self.derived
        if table in TABLES_OF_YEARS:
            return self.with_years
        if table in TABLES_OF_FIT:
            return self.with_fit
        if table in TABLES_OF_PAIRS:
            return self.with_pairs
        return self.with_judgements.get(_KEYS[table], ()) if table in _KEYS else self.datasets

    def of_roots(self, table: str) -> dict[str, list[str]]:
        """The files of a table of each root: its media lists, or its checks."""
        folder = {"media": self.places.media_lists, "checks": self.places.checks_folder}[table]
        return {
            slug: [f"{folder(slug)}/{os.path.basename(file)}" for file in files]
            for slug, files in self.checks.items()
            if files
        }

    def of_matches(self, table: str) -> list[str]:
        """The file of a table of the run, if there is one."""
        is_there = self.with_against if table == FOREIGN else self.with_matches
        return [self.places.matches(table)] if is_there else []

    def files(self) -> list[str]:
        """All files, of all tables."""
        of_datasets = map(self.of_datasets, DATASET_TABLES | TABLES_OF_SOME)
        tables = [*of_datasets, *map(self.of_roots, ROOT_TABLES)]
        of_run = [file for table in TABLES_OF_MATCHES for file in self.of_matches(table)]
        of_others = [file for table in tables for of_one in table.values() for file in of_one]
        return list(dict.fromkeys([*of_others, *of_run]))


def build_catalogue(contents: Contents, output: Path) -> None:
    """Write the catalogue of a run that is finished, whole: who reads the old one goes on reading it.

    Its views name files that no run touches again, so all that it says is of this one run: the tables and itself are
    linked into a generation, a result tree in small. The generation before stays for those who opened the catalogue
    then; the one before that goes.
    """
    before = current_generation(contents.places)
    generation = contents.places.generation(next_generation(contents.places))
    with whole(Path(generation.results)) as part:
        for file in contents.files():
            link_into(part, file, contents.places)
        before_it = contents.places.generation(before) if before else None
        write_runs(part, before_it, contents.datasets)
    with whole(output) as part:
        _write_views(replace(contents, places=generation), contents.places, part)
        link_or_copy(part, Path(generation.catalogue))
    name = Path(generation.results).name
    drop_generations(contents.places, {before, name})
    with whole(Path(contents.places.current_generation)) as part:
        part.write_text(f"{name}\n")


def _write_views(contents: Contents, places: Places, file: Path) -> None:
    """A database of views; they name absolute paths, so that it can be opened from any folder. And of our macros.

    Args:
        contents: of a generation.
        places: of the run, where exports will be.
        file: the database.
    """
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH {text(str(file))} AS catalogue (STORAGE_VERSION '{STORAGE_VERSION}')")
        connection.execute("USE catalogue")
        connection.begin()  # of some 700 statements each would wait for the disk by itself
        create_views_of_tables(connection, contents)
        _create(
            connection, "clips_before", "dataset", "the dataset", clips_before(contents.places), schemas.CLIPS_BEFORE
        )
        _create_of_run(connection, schemas.RUNS, [contents.places.runs])
        for view, schema in TABLES_OF_MATCHES.items():
            _create_of_run(connection, schema, contents.of_matches(view))
        create_registry(connection, {name: contents.exports.get(name, ()) for name in contents.datasets}, Path.cwd())
        create_exports(connection, places)
        create_settings(connection, contents.settings)
        for sql in _in_order(READY_MADE):
            _create_ready_made(connection, sql)
        for sql in _in_order(MACROS):
            _create_macro(connection, sql)
        connection.commit()
        connection.execute("USE memory")
        connection.execute("DETACH catalogue")


def create_views_of_tables(connection: duckdb.DuckDBPyConnection, contents: Contents) -> None:
    """A view for each table, and the macros that ready-made views ask."""
    connection.execute(sql_macros())
    connection.execute(published.sql_macro())
    connection.execute(splits.sql_macro())
    for view, schema in (DATASET_TABLES | TABLES_OF_SOME).items():
        _create(connection, view, "dataset", "the dataset", contents.of_datasets(view), schema)
    for view, schema in ROOT_TABLES.items():
        _create(connection, view, "root", "the audio root", contents.of_roots(view), schema)


def _create(
    connection: duckdb.DuckDBPyConnection,
    view: str,
    key: str,
    key_meaning: str,
    files: dict[str, list[str]],
    schema: Any,
) -> None:
    columns = ", ".join(f'"{name}"' for name in schema.columns)
    parts = [
        # a view takes no parameters: names come from schemas, texts are quoted
        f"SELECT {text(name)} AS {key}, {columns} FROM {_read_parquet(paths)}"  # noqa: S608
        for name, paths in files.items()
    ]
    connection.execute(f"CREATE VIEW {view} AS " + (" UNION ALL ".join(parts) or _nothing(schema, key)))
    comments = {key: key_meaning} | {name: column.description for name, column in schema.columns.items()}
    comment(connection, "VIEW", view, schema.description, comments)


def _create_of_run(connection: duckdb.DuckDBPyConnection, schema: Any, files: list[str]) -> None:
    """A view of a table that is not of one dataset or root."""
    rows = f"FROM {_read_parquet(files)}" if files else _nothing(schema)
    connection.execute(f"CREATE VIEW {schema.name} AS {rows}")
    comments = {name: column.description for name, column in schema.columns.items()}
    comment(connection, "VIEW", schema.name, schema.description, comments)


def _nothing(schema: Any, *keys: str) -> str:
    """A view without files: no audio was given, or no dataset asks for what it shows."""
    types = dict.fromkeys(keys, "VARCHAR") | {name: _duckdb_type(column) for name, column in schema.columns.items()}
    columns = ", ".join(f'NULL::{kind} AS "{name}"' for name, kind in types.items())
    return f"SELECT {columns} WHERE false"


def _duckdb_type(column: Any) -> str:
    known = {
        "Int32": "INTEGER",
        "Int64": "BIGINT",
        "Float32": "FLOAT",
        "Float64": "DOUBLE",
        "Boolean": "BOOLEAN",
        "Binary": "BLOB",
        "List(Float32)": "FLOAT[]",
        "List(String)": "VARCHAR[]",
        "List(Categorical)": "VARCHAR[]",
    }
    return known.get(str(column.dtype), "VARCHAR")


def _in_order(folder: Path) -> list[Path]:
    """The files of views or macros, each behind those of the same folder that it asks."""
    files = {file.stem: file for file in sorted(folder.glob("*.sql"))}
    asked = {
        name: set(re.findall(r"\b(?:FROM|JOIN) (\w+)", file.read_text(encoding="utf-8"))) & (files.keys() - {name})
        for name, file in files.items()
    }
    return [files[name] for name in graphlib.TopologicalSorter(asked).static_order()]


def _create_ready_made(connection: duckdb.DuckDBPyConnection, file: Path) -> None:
    """A view from its .sql file, whose head says in `--` lines what the view and each column mean."""
    sql = file.read_text(encoding="utf-8")
    connection.execute(sql)
    head = [line.removeprefix("-- ") for line in sql.splitlines() if line.startswith("-- ")]
    comments = dict(line.split(": ", 1) for line in head[1:])
    comment(connection, "VIEW", file.stem, head[0], comments)


def _create_macro(connection: duckdb.DuckDBPyConnection, file: Path) -> None:
    """A macro that gives rows, from its .sql file, whose head says in `--` lines what it gives."""
    sql = file.read_text(encoding="utf-8")
    connection.execute(sql)
    meaning = " ".join(line.removeprefix("-- ") for line in sql.splitlines() if line.startswith("-- "))
    connection.execute(f"COMMENT ON MACRO TABLE {file.stem} IS {text(meaning)}")


def _read_parquet(paths: list[str]) -> str:
    """Folders called like `split=mine` on the way say nothing of a table's columns."""
    return f"read_parquet([{', '.join(map(_location, paths))}], hive_partitioning = false)"


def _location(path: str) -> str:
    return text(glob.escape(os.path.abspath(path)))
