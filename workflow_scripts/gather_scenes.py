"""Rule gather_scenes: the packs of scenes -> the root of their dataset, and its tables of what was made."""

from pathlib import Path
from typing import TYPE_CHECKING

from workflow_scripts.entry import logged
from workflow_scripts.derive.gathering import gather
from workflow_scripts.exports.packs import remove_packs_but
from workflow_scripts.exports.reading import pack_of

if TYPE_CHECKING:
    from snakemake.script import snakemake


with logged(snakemake.log[0]):
    packs = [pack_of(Path(account)) for account in snakemake.input.packs]
    made = ("scenes", "parts", "augmentations")
    planned = {name: Path(snakemake.input[name]) for name in made}
    tables = {name: Path(snakemake.output[name]) for name in made}
    folders = {name: Path(folder) for name, folder in snakemake.params.folders.items()}
    gather(packs, planned, folders, tables, Path(snakemake.output.account))
    remove_packs_but(packs, Path(snakemake.params.packs).parent)
