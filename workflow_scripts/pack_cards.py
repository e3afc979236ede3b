"""Rule pack_cards: what goes into one pack of a review page -> its files and their account."""

from pathlib import Path
from typing import TYPE_CHECKING

from workflow_scripts.entry import logged
from workflow_scripts.exports.packs import write_pack
from workflow_scripts.review import making

if TYPE_CHECKING:
    from snakemake.script import snakemake


with logged(snakemake.log[0]):
    write_pack(making, Path(snakemake.input.list), Path(snakemake.output.account))
