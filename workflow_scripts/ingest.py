"""Rule ingest: the sources of one dataset -> clips, labels, captions, classes, rejects, sources."""

import logging
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from workflow_scripts.adapters import IngestSettings, adapter
from workflow_scripts.entry import logged
from workflow_scripts.tables import schemas
from workflow_scripts.tables.store import write_table

if TYPE_CHECKING:
    from snakemake.script import snakemake


def write(name: str) -> None:
    """Make and write one table."""
    table = tables[name].collect()
    write_table(table, Path(snakemake.output[name]), schemas.INGESTED[name])
    logging.info("%s: %d rows", name, len(table))


with logged(snakemake.log[0]):
    tables = adapter(snakemake.params.adapter)(IngestSettings(**snakemake.params.settings))
    with ThreadPoolExecutor() as pool:
        list(pool.map(write, schemas.INGESTED))
