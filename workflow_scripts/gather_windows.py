"""Rule gather_windows: what all jobs measured -> windowed, directions, indices."""

from pathlib import Path
from typing import TYPE_CHECKING

from workflow_scripts.entry import logged
from workflow_scripts.windows.gathering import gather

if TYPE_CHECKING:
    from snakemake.script import snakemake


with logged(snakemake.log[0]):
    gather(map(Path, snakemake.input.packs), {name: Path(file) for name, file in snakemake.output.items()})
