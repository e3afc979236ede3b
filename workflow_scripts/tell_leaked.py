"""Rule tell_leaked: what clips share, and the splits that are evaluated on -> what an export leaves out."""

from pathlib import Path
from typing import TYPE_CHECKING

from workflow_scripts.entry import logged
from workflow_scripts.matching.leaked import WithoutLeaks, leaked
from workflow_scripts.tables import schemas
from workflow_scripts.tables.store import write_table

if TYPE_CHECKING:
    from snakemake.script import snakemake

with logged(snakemake.log[0]):
    params, given = snakemake.params, snakemake.input
    asked = WithoutLeaks(snakemake.wildcards.dataset, snakemake.wildcards.export, params.split_by, params.evaluated)
    clips = dict(zip(params.datasets, map(Path, given.clips), strict=True))
    table = leaked(
        asked,
        clips,
        *([Path(file) for file in files] for files in (given.same_sound, given.foreign_clips, given.splits)),
    )
    write_table(table, Path(snakemake.output.leaked), schemas.LEAKED)
