"""Rule unpack: an archive that was fetched -> its files, and how many there are."""

import json
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from workflow_scripts.entry import logged
from workflow_scripts.acquire.told import Teller
from workflow_scripts.acquire.unpack.archive import unpack
from workflow_scripts.tables.files import whole

if TYPE_CHECKING:
    from snakemake.script import snakemake


with logged(snakemake.log[0]):
    entry = snakemake.params.entry
    with Teller(Path(snakemake.params.note), 1) as told:
        unpacked = unpack(Path(entry["to"]), Path(entry["unpack"]), told=partial(told, entry["to"]))
    with whole(Path(snakemake.output.unpacked)) as part:
        part.write_text(json.dumps(asdict(unpacked)) + "\n")
