"""Rule write_review: the catalogue, the clips that have cards and their packs -> a review page."""

from pathlib import Path
from typing import TYPE_CHECKING

from workflow_scripts.entry import logged
from workflow_scripts.exports.reading import pack_of
from workflow_scripts.review.asking import asking
from workflow_scripts.review.page import write_page
from workflow_scripts.tables.store import read_table

if TYPE_CHECKING:
    from snakemake.script import snakemake


with logged(snakemake.log[0]), asking(Path(snakemake.input.catalogue)) as connection:
    write_page(
        connection,
        snakemake.wildcards.dataset,
        read_table(Path(snakemake.input.cards)),
        [pack_of(Path(account)) for account in snakemake.input.packs],
        Path(snakemake.output.page).parent,
    )
