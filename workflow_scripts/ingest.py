"""Rule ingest: the sources of one dataset -> promised, labels, captions, classes, origins, rejects, sources."""

from pathlib import Path
from typing import TYPE_CHECKING

from workflow_scripts.entry import logged
from workflow_scripts.adapters import IngestSettings, adapter
from workflow_scripts.sources.ingested import check_classes
from workflow_scripts.tables import schemas
from workflow_scripts.tables.store import lazy_table, write_tables

if TYPE_CHECKING:
    from snakemake.script import snakemake


with logged(snakemake.log[0]):
    ingested = adapter(snakemake.params.adapter)(IngestSettings(**snakemake.params.settings))
    write_tables(
        ingested.by_name(), {name: Path(snakemake.output[name]) for name in schemas.INGESTED}, schemas.INGESTED
    )
    check_classes(lazy_table(Path(snakemake.output.labels)), lazy_table(Path(snakemake.output.classes)))
