"""Rule pair_images: the clips of a dataset, and images of others -> which of them go together, and which have none."""

from pathlib import Path
from typing import TYPE_CHECKING

from workflow_scripts.entry import logged
from workflow_scripts.pairs.pairing import paired
from workflow_scripts.pairs.reading import PairSource
from workflow_scripts.settings.places import Places
from workflow_scripts.tables import schemas
from workflow_scripts.tables.store import write_table

if TYPE_CHECKING:
    from snakemake.script import snakemake

with logged(snakemake.log[0]):
    params, made = snakemake.params, snakemake.output
    slugs = {slug for told in params.sources.values() for slug in told["roots"]}
    checks = {slug: [Path(file) for file in of] for slug, of in Places.by_root(snakemake.input.checks, slugs).items()}
    sources = {
        name: PairSource(
            **{table: Path(file) for table, file in told["tables"].items()},
            checks={slug: checks[slug] for slug in told["roots"]},
        )
        for name, told in params.sources.items()
    }
    own = sources.pop("")
    pairs, unpaired = paired(own, sources, params.pairs)
    write_table(pairs, Path(made.pairs), schemas.PAIRS)
    write_table(unpaired, Path(made.unpaired), schemas.UNPAIRED)
