"""Asking the catalogue of one dataset as if there were no other, or of all."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

DIGITS = 9
"""Significant ones that an answer has: sums over millions of rows, added in any order, differ behind them."""


class Asked:
    """A catalogue that answers with tables.

    Attributes:
        dataset: the only one that it speaks of; None where it speaks of all.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, dataset: str | None) -> None:
        self._connection = connection
        self._answers: dict[str, pl.DataFrame] = {}
        self.dataset = dataset

    def __call__(self, sql: str, **parameters: Any) -> pl.DataFrame:
        """The answer to a question; to one that was asked before, the same.

        Args:
            sql: of the views of the catalogue, in which `clips` are those of the dataset alone. `catalogue.clips` are
                those of all. Rows come in no order but that of its ORDER BY.
            parameters: of it, `$name`: untrusted text is never glued in.

        Returns:
            Its rows; numbers have nine digits.
        """
        question = repr((sql, parameters))
        if question not in self._answers:
            answer = self._connection.sql(sql, params=parameters or None).pl()
            self._answers[question] = answer.with_columns(pl.col(pl.Float32, pl.Float64).round_sig_figs(DIGITS))
        return self._answers[question]


@contextmanager
def asking(catalogue: Path, dataset: str | None = None) -> Iterator[Asked]:
    """Open a catalogue to ask; nothing can be written to it.

    Args:
        catalogue: the file.
        dataset: of which alone it is asked.
    """
    with duckdb.connect() as connection:
        _attach(connection, catalogue)
        if dataset is not None:
            _narrow(connection, dataset)
        yield Asked(connection, dataset)


def _attach(connection: duckdb.DuckDBPyConnection, catalogue: Path) -> None:
    name = str(catalogue).replace("'", "''")
    connection.execute(f"ATTACH '{name}' AS catalogue (READ_ONLY)")
    connection.execute("SET search_path = 'memory.main,catalogue.main'")
    connection.execute("SET lambda_syntax = 'ENABLE_SINGLE_ARROW'")  # the engine writes down its own views in the old


def _narrow(connection: duckdb.DuckDBPyConnection, dataset: str) -> None:
    """Views of the same names that see the dataset alone.

    Those over files are narrowed, and the ready-made ones made anew over these: a filter on top of them would first
    have all datasets counted. Roots have no dataset; `media` and `checks` are those of the dataset's own. Of a pair of
    clips either may be of it; sounds, and clips that were handed in without their audio, are of no dataset of the run.
    """
    views = connection.execute(
        "SELECT view_name, sql FROM duckdb_views() WHERE database_name = 'catalogue' AND NOT internal ORDER BY view_oid"
    ).fetchall()
    names = {name for name, _ in views}
    mine = "dataset = getvariable('dataset')"
    connection.execute("SET VARIABLE dataset = ?", [dataset])
    connection.execute(f"SET VARIABLE roots = (SELECT list(root ORDER BY root) FROM catalogue.roots WHERE {mine})")  # noqa: S608
    narrowed = {
        "media": "list_contains(getvariable('roots'), root)",
        "checks": "list_contains(getvariable('roots'), root)",
        "same_sound": "getvariable('dataset') IN (dataset_a, dataset_b)",
        "sound_pairs": "true",
        "skipped_sounds": "true",
        "foreign_clips": "true",
    }
    for name, sql in views:
        if names & set(re.findall(r"\b(?:FROM|JOIN) \(*(\w+)", sql)):
            connection.execute(sql)
        else:
            where = narrowed.get(name, mine)
            connection.execute(f"CREATE VIEW {name} AS FROM catalogue.{name} WHERE {where}")
