"""Rule write_report_of_all: the catalogue and the pictures of a run -> the page that leads to all reports."""

from pathlib import Path
from typing import TYPE_CHECKING

from workflow_scripts.entry import logged
from workflow_scripts.report.pages.of_all import write_report_of_all

if TYPE_CHECKING:
    from snakemake.script import snakemake

with logged(snakemake.log[0]):
    write_report_of_all(Path(snakemake.input.catalogue), Path(snakemake.input.pictures), Path(snakemake.output.page))
