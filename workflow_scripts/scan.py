"""Rule scan: an audio root -> the media list of each shard."""

from pathlib import Path
from typing import TYPE_CHECKING

from workflow_scripts.audio.scan import scan_root
from workflow_scripts.entry import logged

if TYPE_CHECKING:
    from snakemake.script import snakemake

with logged(snakemake.log[0]):
    scan_root(snakemake.params.root, snakemake.params.shards, Path(snakemake.output.media))
