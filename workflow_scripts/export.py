"""Rule export: the tables of a dataset that a format needs -> one export."""

from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from workflow_scripts.entry import logged
from workflow_scripts.exports import Tables, exporter
from workflow_scripts.tables.files import whole

if TYPE_CHECKING:
    from snakemake.script import snakemake


with logged(snakemake.log[0]):
    final_folder = Path(snakemake.output.folder)
    checks = map(Path, snakemake.input.checks)
    tables = Tables(
        dict(zip(snakemake.params.tables, map(Path, snakemake.input.tables), strict=True)),
        {slug: list(islice(checks, shards)) for slug, shards in snakemake.params.shards.items()},
    )
    with whole(final_folder) as folder:
        folder.mkdir()
        exporter(snakemake.params.format)(tables, snakemake.params.options, folder, final_folder)
