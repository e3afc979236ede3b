"""Ingests of dataset files."""

from pathlib import Path

import polars as pl
import pytest

from workflow_scripts.adapters import IngestSettings, adapter
from workflow_scripts.settings.run import load_run
from workflow_scripts.tables import schemas
from workflow_scripts.tables.store import validate

Tables = dict[str, pl.DataFrame]


def ingested_in(folder: Path, dataset: str) -> Tables:
    """The tables of a dataset file, or of one that is shipped, run in a folder; every one keeps to its schema."""
    [loaded] = load_run({"datasets": [dataset]}, folder).datasets.values()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        made = adapter(loaded.adapter)(IngestSettings(**loaded.ingest_settings))
        tables = {table: frame.collect() for table, frame in made.by_name().items()}
    for table, schema in schemas.INGESTED.items():
        validate(tables[table], schema)
    return tables
