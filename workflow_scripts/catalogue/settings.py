"""The table `settings` of the catalogue: by what a run was made, as far as its tables depend on it."""

from collections.abc import Mapping

import duckdb

from workflow_scripts.catalogue.comments import comment

SETTINGS = {
    "dataset": "the dataset whose file says so; null for what is of the run",
    "setting": "what is set: a key of that file or of config/config.yaml, as a path; version: of this project",
    "value": "to what: text, or JSON",
}


def create_settings(connection: duckdb.DuckDBPyConnection, settings: Mapping[str, Mapping[str, str]]) -> None:
    """The table `settings`.

    Args:
        connection: to the catalogue.
        settings: for each dataset what its file says; by "" what is of the run.
    """
    connection.execute("CREATE TABLE settings (dataset VARCHAR, setting VARCHAR, value VARCHAR)")
    rows = [(dataset or None, name, value) for dataset, of in settings.items() for name, value in of.items()]
    if rows:
        connection.executemany("INSERT INTO settings VALUES (?, ?, ?)", rows)
    comment(connection, "TABLE", "settings", "by what the run was made, as far as its tables depend on it", SETTINGS)
