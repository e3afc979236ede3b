"""Rule plan: the tables of a dataset that a format needs -> what goes into each pack of an export."""

from pathlib import Path
from typing import TYPE_CHECKING

from workflow_scripts.entry import logged
from workflow_scripts.exports.formats import format_of
from workflow_scripts.exports.plans import write_plan
from workflow_scripts.exports.reading import tables_of
from workflow_scripts.settings.places import Places

if TYPE_CHECKING:
    from snakemake.script import snakemake


with logged(snakemake.log[0]):
    tables = tables_of(
        snakemake.wildcards.dataset,
        dict(zip(snakemake.params.tables, snakemake.input.tables, strict=True)),
        Places.by_root(snakemake.input.checks, snakemake.params.roots),
        snakemake.params.check,
        snakemake.params.taking,
    )
    settings = snakemake.params
    write_plan(format_of(settings.format), tables, settings.options, Path(snakemake.output.lists))
