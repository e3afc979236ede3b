"""Rule losses: the tables of all datasets -> the losses that dataset files allow; an error for any other."""

from pathlib import Path
from typing import TYPE_CHECKING

from workflow_scripts.entry import logged
from workflow_scripts.ledger.losses import losses
from workflow_scripts.run.losses import allowed_losses, tables_told
from workflow_scripts.settings.places import Places
from workflow_scripts.tables.files import whole
from workflow_scripts.tables.store import lazy_table

if TYPE_CHECKING:
    from snakemake.script import snakemake

with logged(snakemake.log[0]):
    places, datasets = Places(snakemake.params.results), snakemake.params.datasets
    found = {
        dataset: losses(
            tables_told(places, dataset, snakemake.params.tables, snakemake.params.judgements),
            {root: lazy_table(Path(places.root_rejects(root))) for root in of["roots"] if snakemake.input.rejects},
            of["match"],
            of["max_rejected_fraction"],
            of["names"],
        )
        for dataset, of in datasets.items()
    }
    text = allowed_losses(
        found,
        {dataset: of["names"] for dataset, of in datasets.items()},
        {dataset: of["allowed"] for dataset, of in datasets.items()},
        snakemake.params.left_out,
    )
    with whole(Path(snakemake.output.allowed)) as part:
        part.write_text(text, encoding="utf-8")
