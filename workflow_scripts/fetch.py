"""Rule fetch: what one job fetches -> the files, each whole under its final name, and what became of each."""

from pathlib import Path
from typing import TYPE_CHECKING

from workflow_scripts.entry import logged
from workflow_scripts.acquire.first_seen import read_first_seen
from workflow_scripts.acquire.lists import fetch_named, fetch_rows
from workflow_scripts.acquire.masked import as_written, has_masked
from workflow_scripts.acquire.told import Teller
from workflow_scripts.check.passing import note_passing_faults
from workflow_scripts.fetch.hosts import ROWS
from workflow_scripts.settings.queries import written_addresses
from workflow_scripts.tables import schemas
from workflow_scripts.tables.store import read_table, write_table

if TYPE_CHECKING:
    from snakemake.script import snakemake


with logged(snakemake.log[0]):
    wanted = read_table(Path(snakemake.input.list))
    if wanted.select(has_masked()).item():
        wanted = as_written(wanted, written_addresses(snakemake.config, snakemake.wildcards.dataset, Path.cwd()))
    seen = read_first_seen(Path(snakemake.params.first_seen), wanted.iter_rows(named=True))
    offline = snakemake.config.get("offline", False)
    with Teller(Path(snakemake.params.note), len(wanted)) as told:
        if snakemake.wildcards.leaf.startswith(f"{ROWS}-"):
            fetched, passing = fetch_rows(wanted, seen, told.had, offline=offline)
            note_passing_faults(Path(snakemake.params.passing), passing)
        else:
            fetched = fetch_named(wanted, seen, told, offline=offline)
    write_table(fetched, Path(snakemake.output.fetched), schemas.FETCHES)
