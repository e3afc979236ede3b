"""Rule measure_windows: clips of a list -> what is measured of their windows, and its account."""

from pathlib import Path
from typing import TYPE_CHECKING

from workflow_scripts.entry import logged
from workflow_scripts.exports.packs import write_pack
from workflow_scripts.windows import measuring

if TYPE_CHECKING:
    from snakemake.script import snakemake


with logged(snakemake.log[0]):
    write_pack(measuring, Path(snakemake.input.list), Path(snakemake.output.account))
