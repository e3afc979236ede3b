"""Rule draw_all: the catalogue -> the pictures of a run: its datasets side by side, and what changed since the last."""

from pathlib import Path
from typing import TYPE_CHECKING

from workflow_scripts.entry import logged
from workflow_scripts.report.drawing.asking import asking
from workflow_scripts.report.drawing.folder import draw_pictures

if TYPE_CHECKING:
    from snakemake.script import snakemake

with logged(snakemake.log[0]), asking(Path(snakemake.input.catalogue)) as ask:
    draw_pictures("pictures_of_all", ask, Path(snakemake.output.pictures))
