"""Rule pack: what goes into one pack of an export -> its files and their account."""

from pathlib import Path
from typing import TYPE_CHECKING

from workflow_scripts.entry import logged
from workflow_scripts.exports.formats import format_of
from workflow_scripts.exports.packs import write_pack

if TYPE_CHECKING:
    from snakemake.script import snakemake


with logged(snakemake.log[0]):
    write_pack(format_of(snakemake.params.format), Path(snakemake.input.list), Path(snakemake.output.account))
