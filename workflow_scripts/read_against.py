"""Rule read_against: fingerprints of sets whose audio is not here -> the table of what they hold."""

from pathlib import Path
from typing import TYPE_CHECKING

from workflow_scripts.entry import logged
from workflow_scripts.matching.foreign import write_foreign_clips

if TYPE_CHECKING:
    from snakemake.script import snakemake

with logged(snakemake.log[0]):
    files = [Path(file) for file in snakemake.input.files]
    write_foreign_clips(files, snakemake.params.datasets, Path(snakemake.output.foreign_clips))
