"""Rule write_report: the catalogue and the pictures of a dataset -> the page that tells of it, and its card."""

from pathlib import Path
from typing import TYPE_CHECKING

from workflow_scripts.entry import logged
from workflow_scripts.report.pages.page import write_report

if TYPE_CHECKING:
    from snakemake.script import snakemake

with logged(snakemake.log[0]):
    write_report(
        Path(snakemake.input.catalogue),
        snakemake.wildcards.dataset,
        Path(snakemake.input.pictures),
        Path(snakemake.output.page),
        Path(snakemake.output.card),
    )
