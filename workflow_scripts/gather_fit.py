"""Rule gather_fit: what all jobs scored -> caption_fit."""

from pathlib import Path
from typing import TYPE_CHECKING

from workflow_scripts.entry import logged
from workflow_scripts.fit.gathering import gather

if TYPE_CHECKING:
    from snakemake.script import snakemake


with logged(snakemake.log[0]):
    fit = snakemake.params.fit
    packs = [Path(file) for file in snakemake.input.packs]
    gather(packs, Path(fit["model"]).name, fit.get("below"), Path(snakemake.output.caption_fit))
