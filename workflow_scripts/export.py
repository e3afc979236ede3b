"""Rule export: the tables of a dataset that a format needs, and its packs -> one export and its account."""

from pathlib import Path
from typing import TYPE_CHECKING

from workflow_scripts.entry import logged
from workflow_scripts.exports.formats import format_of
from workflow_scripts.exports.reading import tables_of
from workflow_scripts.exports.writing import write_export
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
        snakemake.input.packs,
        snakemake.params.about,
        snakemake.params.others,
    )
    write_export(
        format_of(snakemake.params.format),
        tables,
        snakemake.params.options,
        Path(snakemake.params.link),
        Path(snakemake.output.account),
    )
