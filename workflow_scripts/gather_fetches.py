"""Rule gather_fetches: what became of each job's files -> what became of all files of a stage."""

import json
import logging
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from workflow_scripts.entry import logged
from workflow_scripts.tables import schemas
from workflow_scripts.tables.files import whole
from workflow_scripts.tables.store import read_table, write_table

if TYPE_CHECKING:
    from snakemake.script import snakemake


with logged(snakemake.log[0]):
    of_jobs = [read_table(Path(file)) for file in snakemake.input.fetched]
    fetches = pl.concat([schemas.FETCHES.empty(), *of_jobs]).sort("path", "address")
    logging.info("%d files, %d of them there", len(fetches), fetches["status"].cast(pl.String).eq("there").sum())
    with whole(Path(snakemake.output.entries)) as part:
        part.write_text(json.dumps(snakemake.params.entries, indent=1) + "\n", encoding="utf-8")
    write_table(fetches, Path(snakemake.output.acquired), schemas.FETCHES)
