"""Rule plan_fetches: where a dataset's files come from -> what each job fetches."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from workflow_scripts.entry import logged
from workflow_scripts.acquire.planning import write_fetch_plan
from workflow_scripts.fetch.remote_file import ListedFile
from workflow_scripts.fetch.resolve import below
from workflow_scripts.fetch.session import Client
from workflow_scripts.tables.store import lazy_table

if TYPE_CHECKING:
    from snakemake.script import snakemake


with logged(snakemake.log[0]):
    said = [lazy_table(Path(table)) for table in snakemake.input.said]

    def listed(address: str) -> Iterator[ListedFile]:
        """What lies below an address, if it may be asked for."""
        Client(offline=snakemake.config.get("offline", False)).refuse_offline(address)
        return below(address)

    write_fetch_plan(
        snakemake.params.entries, listed, (said[0], said[1]) if said else None, Path(snakemake.output.lists)
    )
