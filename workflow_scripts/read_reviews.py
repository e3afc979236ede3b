"""Rule read_reviews: files of reviews, and what a dataset promises -> found_reviews, and their rejects and sources."""

from pathlib import Path
from typing import TYPE_CHECKING

from workflow_scripts.entry import logged
from workflow_scripts.errors import SoundledgerError
from workflow_scripts.sources.failed import keep_tables, write_failed
from workflow_scripts.sources.reviews import read_reviews
from workflow_scripts.tables.schemas import JUDGED
from workflow_scripts.tables.store import lazy_table, read_table, write_table

if TYPE_CHECKING:
    from snakemake.script import snakemake

with logged(snakemake.log[0]):
    given, known = snakemake.input, JUDGED["reviews"]
    paths = {name: Path(snakemake.output[name]) for name in known}
    try:
        promised, captions = lazy_table(Path(given.promised)), lazy_table(Path(given.captions))
        tables = read_reviews(list(given.reviews), promised, captions, read_table(Path(given.classes)))
    except SoundledgerError as error:
        write_failed(snakemake.wildcards.dataset, error, snakemake.log[0], paths, known=known, of="reviews")
    else:
        for name, table in tables.items():
            write_table(table, paths[name], known[name])
        keep_tables(paths)
