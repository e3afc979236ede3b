"""Rule draw: the catalogue -> the pictures of a dataset, and what each shows."""

from pathlib import Path
from typing import TYPE_CHECKING

from workflow_scripts.entry import logged
from workflow_scripts.report.drawing.asking import asking
from workflow_scripts.report.drawing.folder import draw_pictures

if TYPE_CHECKING:
    from snakemake.script import snakemake

with logged(snakemake.log[0]), asking(Path(snakemake.input.catalogue), snakemake.wildcards.dataset) as ask:
    draw_pictures("pictures", ask, Path(snakemake.output.pictures))
