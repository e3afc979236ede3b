"""Rule ingest: the sources of one dataset -> promised, labels, captions, classes, origins, rejects, sources."""

from pathlib import Path
from typing import TYPE_CHECKING

from workflow_scripts.entry import logged
from workflow_scripts.adapters import IngestSettings, adapter
from workflow_scripts.sources.failed import NOT_ITS_OWN, keep_tables, write_failed
from workflow_scripts.sources.ingested import check_classes, check_splits
from workflow_scripts.sources.subset import narrowed
from workflow_scripts.tables import schemas
from workflow_scripts.tables.store import lazy_table, write_tables

if TYPE_CHECKING:
    from snakemake.script import snakemake


with logged(snakemake.log[0]):
    paths = {name: Path(snakemake.output[name]) for name in schemas.INGESTED}
    crashed = Path(snakemake.params.crashed)
    try:
        settings = IngestSettings(**snakemake.params.settings, looks=snakemake.params.looks, kept=snakemake.params.kept)
        ingested = adapter(snakemake.params.adapter)(settings)
        if snakemake.params.subset:
            ingested = narrowed(ingested, snakemake.params.subset)
        write_tables(ingested.by_name(), paths, schemas.INGESTED)
        check_splits(lazy_table(paths["promised"]))
        check_classes(lazy_table(paths["labels"]), lazy_table(paths["classes"]))
    except NOT_ITS_OWN:
        raise
    except BaseException as error:  # noqa: BLE001  whatever it is (polars panics), it is told when the run ends
        write_failed(snakemake.wildcards.dataset, error, snakemake.log[0], paths, crashed)
    else:
        keep_tables(paths, crashed)
