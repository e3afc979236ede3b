"""Rule ingest: the sources of one dataset -> clips, labels, captions, classes, rejects, sources."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from workflow_scripts.adapters import IngestSettings, adapter
from workflow_scripts.entry import logged
from workflow_scripts.tables import schemas
from workflow_scripts.tables.store import write_table

if TYPE_CHECKING:
    from snakemake.script import snakemake

with logged(snakemake.log[0]):
    tables = adapter(snakemake.params.adapter)(IngestSettings(**snakemake.params.settings))
    with ThreadPoolExecutor() as pool:  # the two large tables take a core each
        writing = [
            pool.submit(write_table, tables[name], Path(snakemake.output[name]), schema)
            for name, schema in schemas.INGESTED.items()
        ]
    for written in writing:
        written.result()
