"""What all jobs scored, as a table of a dataset."""

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from workflow_scripts.tables import schemas
from workflow_scripts.tables.files import published_folder
from workflow_scripts.tables.store import read_table, write_table


def gather(packs: Sequence[Path], model: str, below: float | None, output: Path) -> None:
    """Write schemas.CAPTION_FIT, and drop the scores of lists that there are no more.

    Args:
        packs: files of schemas.SCORED.
        model: what it is called.
        below: scores below it are low; None where nobody says what is.
        output: the table.
    """
    scored = pl.concat([schemas.SCORED.empty(), *map(read_table, packs)])
    low = pl.lit(None, pl.Boolean) if below is None else pl.col("score") < below
    digest = pl.col("made_as").str.json_path_match("$.model")
    table = scored.with_columns(low=low, model=pl.lit(model), model_digest=digest).sort("clip_id", "ordinal", "text")
    write_table(table.select(*schemas.CAPTION_FIT.columns), output, schemas.CAPTION_FIT)
    names = {file.name for file in packs}
    for folder in {file.parent for file in packs}:
        for place in (folder, published_folder(folder)):
            for file in place.glob("*.parquet"):
                if file.name not in names:
                    file.unlink()
