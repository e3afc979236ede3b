"""Rule judge: what reviewers say of the clips of a dataset -> agreement."""

from pathlib import Path
from typing import TYPE_CHECKING

from workflow_scripts.entry import logged
from workflow_scripts.judging.agreement import agreement
from workflow_scripts.tables import schemas
from workflow_scripts.tables.store import read_table, write_table

if TYPE_CHECKING:
    from snakemake.script import snakemake

with logged(snakemake.log[0]):
    reviews = read_table(Path(snakemake.input.reviews))
    write_table(agreement(reviews), Path(snakemake.output.agreement), schemas.AGREEMENT)
