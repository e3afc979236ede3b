"""Rule plan_fetches: where a dataset's files come from -> what each job fetches."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from workflow_scripts.entry import logged
from workflow_scripts.acquire.directories import directory_of
from workflow_scripts.acquire.narrowing import Narrowing
from workflow_scripts.acquire.planning import write_fetch_plan
from workflow_scripts.fetch.remote_file import ListedFile
from workflow_scripts.fetch.resolve import below
from workflow_scripts.fetch.session import Client
from workflow_scripts.ledger.match import clips_of_files
from workflow_scripts.media.media import Media
from workflow_scripts.settings.queries import written_addresses
from workflow_scripts.tables.store import lazy_table

if TYPE_CHECKING:
    from snakemake.script import snakemake


with logged(snakemake.log[0]):
    said = [lazy_table(Path(table)) for table in snakemake.input.said]

    def listed(address: str) -> Iterator[ListedFile]:
        """What lies below an address, if it may be asked for."""
        Client(offline=snakemake.config.get("offline", False)).refuse_offline(address)
        return below(address)

    narrowing = None
    if snakemake.params.match:
        clips = said[0].select("media_key", "start_s").collect()
        client = Client(offline=snakemake.config.get("offline", False))

        def called(paths: Sequence[str]) -> set[str]:
            """Those that are called as a clip of the subset is."""
            files = pl.DataFrame({"file": paths}, {"file": pl.String})
            return set(clips_of_files(files, clips, snakemake.params.match)["file"])

        written = written_addresses(snakemake.config, snakemake.wildcards.dataset, Path.cwd())

        def told(address: str) -> tuple[int, list[Media]] | None:
            """What a zip holds; who is asked for it has to have the query of its address."""
            return directory_of(written.get(address, address), client, Path(snakemake.params.directories))

        narrowing = Narrowing(called, told)
    write_fetch_plan(
        snakemake.params.entries,
        listed,
        (said[0], said[1]) if said else None,
        Path(snakemake.output.lists),
        narrowing,
    )
