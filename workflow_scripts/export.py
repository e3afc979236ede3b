"""Rule export: the ledger, classes and checks of a dataset -> one export."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from workflow_scripts.entry import logged
from workflow_scripts.exports import Tables, exporter
from workflow_scripts.tables.files import whole
from workflow_scripts.tables.store import read_checks, read_table, scan_table

if TYPE_CHECKING:
    from snakemake.script import snakemake


with logged(snakemake.log[0]):
    final_folder = Path(snakemake.output.folder)
    tables = Tables(
        ledger=scan_table(Path(snakemake.input.ledger)),
        classes=read_table(Path(snakemake.input.classes)),
        checks=partial(read_checks, [Path(file) for file in snakemake.input.checks]),
    )
    with whole(final_folder) as folder:
        folder.mkdir()
        exporter(snakemake.wildcards.format)(tables, snakemake.params.options, folder, final_folder)
