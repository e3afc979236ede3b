"""Rule make_sample: nothing -> the bundled sample, labels and sounds."""

from pathlib import Path
from typing import TYPE_CHECKING

from workflow_scripts.entry import logged
from workflow_scripts.sample import make_sample

if TYPE_CHECKING:
    from snakemake.script import snakemake

with logged(snakemake.log[0]):
    make_sample(Path(snakemake.params.folder))
