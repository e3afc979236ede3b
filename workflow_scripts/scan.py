"""Rule scan: an audio root -> the media list of each shard, what could not be listed, what is not looked at."""

from pathlib import Path
from typing import TYPE_CHECKING

from workflow_scripts.entry import logged
from workflow_scripts.media.scan import scan_root
from workflow_scripts.tables import schemas
from workflow_scripts.tables.store import write_table

if TYPE_CHECKING:
    from snakemake.script import snakemake

with logged(snakemake.log[0]):
    tables = scan_root(snakemake.params.root, snakemake.params.shards, Path(snakemake.output.media))
    for name, schema in schemas.SCANNED.items():
        write_table(tables[name], Path(snakemake.output[name]), schema)
