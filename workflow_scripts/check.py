"""Rule check: the media list of a shard, and its earlier checks -> its checks."""

from pathlib import Path
from typing import TYPE_CHECKING

from workflow_scripts.entry import logged
from workflow_scripts.check.pool import start_server
from workflow_scripts.sound.settings import CheckSettings

if TYPE_CHECKING:
    from snakemake.script import snakemake

with logged(snakemake.log[0]):
    start_server()  # before the tables' libraries are imported: the two take a second each, side by side
    from workflow_scripts.check.passing import note_passing_faults
    from workflow_scripts.check.shard import check_shard

    faults = check_shard(
        Path(snakemake.input.media),
        snakemake.params.root,
        CheckSettings(**snakemake.params.settings),
        snakemake.threads,
        Path(snakemake.output.checks),
        progress_note=Path(snakemake.params.note),
    )
    note_passing_faults(Path(snakemake.params.passing), faults)
