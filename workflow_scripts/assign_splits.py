"""Rule assign_splits: the ledger of a dataset, its origins and the checks of its roots -> splits, subsets."""

from pathlib import Path
from typing import TYPE_CHECKING

from workflow_scripts.entry import logged
from workflow_scripts.ledger.splits.assign import assign
from workflow_scripts.settings.places import Places
from workflow_scripts.tables import schemas
from workflow_scripts.tables.store import lazy_table, write_table

if TYPE_CHECKING:
    from snakemake.script import snakemake

with logged(snakemake.log[0]):
    checks = Places.by_root(snakemake.input.checks, snakemake.params.roots)
    clips, origins = (lazy_table(Path(snakemake.input[name])) for name in ("clips", "origins"))
    of_roots = {slug: [Path(file) for file in files] for slug, files in checks.items()}
    for name, table in assign(clips, of_roots, origins, snakemake.params.care):
        write_table(table, Path(snakemake.output[name]), schemas.ASSIGNED[name])
