"""Rules export_*: the ledger, classes and checks of a dataset -> one export."""

from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from workflow_scripts.entry import logged
from workflow_scripts.exports import Tables, exporter
from workflow_scripts.tables.files import whole
from workflow_scripts.tables.store import read_checks, read_table

if TYPE_CHECKING:
    from snakemake.script import snakemake


def checks(columns: list[str]) -> pl.DataFrame:
    return read_checks([Path(file) for file in snakemake.input.checks], columns)


if __name__ == "__main__":
    with logged(snakemake.log[0]):
        tables = Tables(read_table(Path(snakemake.input.ledger)), read_table(Path(snakemake.input.classes)), checks)
        with whole(Path(snakemake.output.folder)) as folder:
            folder.mkdir()
            exporter(snakemake.wildcards.format)(
                tables, snakemake.params.options, folder, Path(snakemake.output.folder)
            )
