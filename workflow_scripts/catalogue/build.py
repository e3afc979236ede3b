"""Building the catalogue: one view a table over all datasets, ready-made views on top, comments on everything."""

import glob
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from workflow_scripts.tables import schemas
from workflow_scripts.tables.files import published, whole

STORAGE_VERSION = "v1.0.0"
"""The oldest format that the engine writes: shells older than the library can open the file too."""
READY_MADE = Path(__file__).parent / "views"
DATASET_TABLES = {
    "clips": ("ledger", schemas.LEDGER),
    "labels": ("labels", schemas.LABELS),
    "captions": ("captions", schemas.CAPTIONS),
    "classes": ("classes", schemas.CLASSES),
    "rejects": ("rejects", schemas.REJECTS),
    "sources": ("sources", schemas.SOURCES),
    "orphans": ("orphans", schemas.ORPHANS),
    "summary": ("summary", schemas.SUMMARY),
    "roots": ("roots", schemas.ROOTS),
}
"""The views over the datasets' tables: the name of each view, of its table, and that table's schema."""
ROOT_TABLES = {"media": schemas.MEDIA, "checks": schemas.CHECKS}


@dataclass(frozen=True)
class Contents:
    """The files that the catalogue is about.

    Attributes:
        datasets: for each dataset the folder of its tables.
        roots: for each root the folder that holds media/, checks/ and tables/, and its number of shards.
        holds: for each dataset its roots, whose rejects are its own too.
    """

    datasets: dict[str, Path]
    roots: dict[str, tuple[Path, int]]
    holds: dict[str, list[str]] = field(default_factory=dict)

    def files(self, table: str) -> dict[str, list[Path]]:
        """The files of a table of each dataset."""
        files = {name: [folder / f"{table}.parquet"] for name, folder in self.datasets.items()}
        if table == "rejects":
            for name, roots in self.holds.items():
                files[name] += [self.roots[root][0] / "tables" / "rejects.parquet" for root in roots]
        return files


def build_catalogue(contents: Contents, output: Path) -> None:
    """Write the catalogue whole: who reads the old one goes on reading it.

    Views name absolute paths, so that it can be opened from any folder, and published ones, which are there while a
    run replaces a table.
    """
    with whole(output) as part, duckdb.connect() as connection:
        connection.execute(f"ATTACH {_text(str(part))} AS catalogue (STORAGE_VERSION '{STORAGE_VERSION}')")
        connection.execute("USE catalogue")
        for view, (table, schema) in DATASET_TABLES.items():
            _create(connection, view, "dataset", "the dataset", contents.files(table), schema)
        for view, schema in ROOT_TABLES.items():
            files = {name: _shards(folder / view, shards) for name, (folder, shards) in contents.roots.items()}
            _create(connection, view, "root", "the audio root", files, schema)
        for file in sorted(READY_MADE.glob("*.sql")):
            _create_ready_made(connection, file)
        connection.execute("USE memory")
        connection.execute("DETACH catalogue")


def _shards(folder: Path, shards: int) -> list[Path]:
    return [folder / f"shard={shard:04d}.parquet" for shard in range(shards)]


def _create(
    connection: duckdb.DuckDBPyConnection,
    view: str,
    key: str,
    key_meaning: str,
    files: dict[str, list[Path]],
    schema: Any,
) -> None:
    columns = ", ".join(f'"{name}"' for name in schema.columns)
    parts = [
        # a view takes no parameters: names come from schemas, texts are quoted
        f"SELECT {_text(name)} AS {key}, {columns} FROM read_parquet([{', '.join(map(_location, paths))}])"  # noqa: S608
        for name, paths in files.items()
    ]
    connection.execute(f"CREATE VIEW {view} AS " + (" UNION ALL ".join(parts) or _nothing(key, schema)))
    comments = {key: key_meaning} | {name: column.description for name, column in schema.columns.items()}
    _comment(connection, view, schema.description, comments)


def _nothing(key: str, schema: Any) -> str:
    """A view without files: no audio was given."""
    types = {name: _duckdb_type(column) for name, column in schema.columns.items()}
    return (
        "SELECT "
        + ", ".join(f'NULL::{kind} AS "{name}"' for name, kind in ({key: "VARCHAR"} | types).items())
        + (" WHERE false")
    )


def _duckdb_type(column: Any) -> str:
    known = {
        "Int32": "INTEGER",
        "Int64": "BIGINT",
        "Float64": "DOUBLE",
        "Boolean": "BOOLEAN",
        "List(Float32)": "FLOAT[]",
    }
    return known.get(str(column.dtype), "VARCHAR")


def _create_ready_made(connection: duckdb.DuckDBPyConnection, file: Path) -> None:
    """A view from its .sql file, whose head says in `--` lines what the view and each column mean."""
    sql = file.read_text(encoding="utf-8")
    connection.execute(sql)
    head = [line.removeprefix("-- ") for line in sql.splitlines() if line.startswith("-- ")]
    comments = dict(line.split(": ", 1) for line in head[1:])
    _comment(connection, file.stem, head[0], comments)


def _comment(connection: duckdb.DuckDBPyConnection, view: str, meaning: str, columns: dict[str, str]) -> None:
    connection.execute(f"COMMENT ON VIEW {view} IS {_text(meaning)}")
    for name, words in columns.items():
        connection.execute(f'COMMENT ON COLUMN {view}."{name}" IS {_text(words)}')


def _location(path: Path) -> str:
    return _text(glob.escape(os.path.abspath(published(path))))


def _text(value: str) -> str:
    """A SQL literal."""
    return "'" + value.replace("'", "''") + "'"
