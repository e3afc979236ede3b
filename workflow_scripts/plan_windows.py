"""Rule plan_windows: the ledger of a dataset and the checks of its roots -> which clips each job measures."""

from pathlib import Path
from typing import TYPE_CHECKING

from workflow_scripts.entry import logged
from workflow_scripts.settings.places import Places
from workflow_scripts.windows.planning import write_lists

if TYPE_CHECKING:
    from snakemake.script import snakemake


with logged(snakemake.log[0]):
    checks = Places.by_root(snakemake.input.checks, snakemake.params.roots)
    write_lists(
        Path(snakemake.input.clips),
        {slug: [Path(file) for file in files] for slug, files in checks.items()},
        snakemake.wildcards.dataset,
        snakemake.params.measure,
        Path(snakemake.output.lists),
    )
