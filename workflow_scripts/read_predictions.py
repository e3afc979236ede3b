"""Rule read_predictions: tables of scores, what a dataset promises -> predictions, and their rejects and sources."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from workflow_scripts.entry import logged
from workflow_scripts.errors import SoundledgerError
from workflow_scripts.ledger.match import clips_of_files
from workflow_scripts.sources.failed import keep_tables, write_failed
from workflow_scripts.sources.predictions.read import Predictions
from workflow_scripts.tables.files import aside
from workflow_scripts.tables.schemas import JUDGED
from workflow_scripts.tables.store import read_table, write_parts

if TYPE_CHECKING:
    from snakemake.script import snakemake

with logged(snakemake.log[0]):
    given, params, known = snakemake.input, snakemake.params, JUDGED["predictions"]
    paths = {name: Path(snakemake.output[name]) for name in known}
    promised = read_table(Path(given.promised), ["clip_id", "media_key", "start_s", "end_s"])

    with aside(paths["predictions"]) as folder:
        files_of = partial(clips_of_files, clips=promised, match=params.match)
        classes = read_table(Path(given.classes))
        read = Predictions(promised, classes, files_of, params.in_recordings, folder, params.models)
        try:
            for name, parts in read.tables(given.predictions):
                write_parts(parts, paths[name], known[name])
        except SoundledgerError as error:
            dataset, log = snakemake.wildcards.dataset, snakemake.log[0]
            write_failed(dataset, error, log, paths, known=known, of="predictions")
        else:
            keep_tables(paths)
