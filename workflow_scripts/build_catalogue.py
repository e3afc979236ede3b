"""Rule build_catalogue: the tables of all datasets and roots -> the catalogue, and the table that the run ends with."""

from pathlib import Path
from typing import TYPE_CHECKING

from workflow_scripts.entry import logged
from workflow_scripts.catalogue.build import Contents, build_catalogue
from workflow_scripts.run.closing import summary_text
from workflow_scripts.settings.places import Places
from workflow_scripts.tables.files import whole

if TYPE_CHECKING:
    from snakemake.script import snakemake

with logged(snakemake.log[0]):
    checks = Places.by_root(snakemake.input.checks, snakemake.params.roots)
    params = snakemake.params
    contents = Contents(
        Places(params.results),
        params.datasets,
        checks,
        params.exports,
        params.with_split_care,
        params.settings,
        params.with_judgements,
        params.fetches,
        params.with_windows,
        params.derived,
        params.with_years,
        params.with_fit,
        params.with_pairs,
        params.with_matches,
        params.with_against,
    )
    catalogue = Path(snakemake.output.catalogue)
    build_catalogue(contents, catalogue)
    with whole(Path(snakemake.output.summary)) as part:
        part.write_text(summary_text(catalogue), encoding="utf-8")
