"""Rule scan: an audio root -> the media list of each shard, what could not be listed, what is not looked at."""

import functools
import json
from pathlib import Path
from typing import TYPE_CHECKING

from workflow_scripts.entry import logged
from workflow_scripts.check.passing import PassingFault, note_passing_faults
from workflow_scripts.media.lister import Lister
from workflow_scripts.media.scan import scan_root
from workflow_scripts.run.shards import shards_in
from workflow_scripts.settings.places import shard_name
from workflow_scripts.tables import schemas
from workflow_scripts.tables.files import publish, published
from workflow_scripts.tables.leaves import Bound
from workflow_scripts.tables.store import write_table

if TYPE_CHECKING:
    from snakemake.script import snakemake


def _write(text: str, file: Path) -> None:
    file.write_text(text)


with logged(snakemake.log[0]):

    def media_list(shard: str) -> Path:
        """Where the list of a shard is."""
        return Path(snakemake.output.media) / f"{shard_name(shard)}.parquet"

    bound = Bound(*snakemake.params.bound)
    shards_file = Path(snakemake.output.shards)
    held = sum(shards_in(published(shards_file)).values())
    lister = Lister(Path(snakemake.params.archives), snakemake.threads)
    shards, tables = scan_root(
        snakemake.params.root, snakemake.params.look, bound, media_list, lister, held, snakemake.params.images
    )
    faults = [PassingFault(path, None, *rest) for path, *rest in tables["passing"].iter_rows()]
    note_passing_faults(Path(snakemake.params.passing), faults)
    for name, schema in schemas.SCANNED.items():
        write_table(tables[name], Path(snakemake.output[name]), schema)
    publish(shards_file, functools.partial(_write, json.dumps(shards, indent=1) + "\n"))
