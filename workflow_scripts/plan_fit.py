"""Rule plan_fit: the ledger and captions of a dataset, the files of a model -> which captions each job scores."""

from pathlib import Path
from typing import TYPE_CHECKING

from workflow_scripts.entry import logged
from workflow_scripts.fit.files import digest_of
from workflow_scripts.fit.planning import FitTables, write_lists
from workflow_scripts.settings.places import Places

if TYPE_CHECKING:
    from snakemake.script import snakemake


with logged(snakemake.log[0]):
    given, params = snakemake.input, snakemake.params
    checks = Places.by_root(given.checks, params.roots)
    write_lists(
        FitTables(
            Path(given.clips),
            Path(given.captions),
            {slug: [Path(file) for file in files] for slug, files in checks.items()},
        ),
        params.where,
        f"dataset {snakemake.wildcards.dataset}: caption_fit: where",
        digest_of(map(Path, given.model)),
        Path(snakemake.output.lists),
    )
