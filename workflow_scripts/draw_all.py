"""Rule draw_all: the catalogue -> the pictures of a run: its datasets side by side, and what changed since the last."""

from pathlib import Path
from typing import TYPE_CHECKING

from workflow_scripts.entry import logged
from workflow_scripts.catalogue.generations import former_catalogue
from workflow_scripts.report.drawing.asking import asking
from workflow_scripts.report.drawing.folder import draw_pictures
from workflow_scripts.settings.places import Places

if TYPE_CHECKING:
    from snakemake.script import snakemake

with logged(snakemake.log[0]):
    before = former_catalogue(Places(snakemake.params.results))
    with asking(Path(snakemake.input.catalogue), before=before) as ask:
        draw_pictures("pictures_of_all", ask, Path(snakemake.output.pictures))
