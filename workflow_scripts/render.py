"""Rule render: what goes into one pack of scenes -> their sound, and its account."""

from pathlib import Path
from typing import TYPE_CHECKING

from workflow_scripts.entry import logged
from workflow_scripts.derive import making
from workflow_scripts.exports.packs import write_pack

if TYPE_CHECKING:
    from snakemake.script import snakemake


with logged(snakemake.log[0]):
    write_pack(making, Path(snakemake.input.list), Path(snakemake.output.account))
