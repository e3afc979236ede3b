"""Rule resolve: the clips of a dataset and the checks of its roots -> ledger, orphans, summary, roots."""

from pathlib import Path
from typing import TYPE_CHECKING

from workflow_scripts.entry import logged
from workflow_scripts.ledger.resolve import RootChecks, resolve
from workflow_scripts.tables import schemas
from workflow_scripts.tables.store import read_table, write_table

if TYPE_CHECKING:
    from snakemake.script import snakemake

with logged(snakemake.log[0]):
    roots = [
        RootChecks(slug, path, holds, [Path(file) for file in snakemake.input.checks if Path(file).parts[-3] == slug])
        for slug, path, holds in snakemake.params.roots
    ]
    tables = resolve(read_table(Path(snakemake.input.clips)), roots, snakemake.params.limits)
    for name, schema in schemas.RESOLVED.items():
        write_table(tables[name], Path(snakemake.output[name]), schema)
