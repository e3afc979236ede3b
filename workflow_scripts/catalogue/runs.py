"""What became of the datasets from run to run: counts of every run, and the clips as the run before left them.

A run is one that left other clips or labels than the one before it. Both lie in the generation of the catalogue, so
they are as whole as that, and a build that is done again tells the same.
"""

import filecmp
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import duckdb
import polars as pl

from workflow_scripts.catalogue.comments import text
from workflow_scripts.settings.places import Places
from workflow_scripts.tables import schemas
from workflow_scripts.tables.files import link_or_copy
from workflow_scripts.tables.store import read_table, write_table

COMPARED = ("clips", "labels")
"""The tables whose rows make a run another than the one before."""
COUNTS = """
WITH annotated AS (
    SELECT clip_id, count(*) AS labels FROM read_parquet({labels}) WHERE origin = 'annotated' GROUP BY clip_id
)
SELECT
    $run::INTEGER AS run,
    $dataset AS dataset,
    split::VARCHAR AS split,
    status::VARCHAR AS status,
    count(*) AS clips,
    count(*) FILTER (trainable) AS trainable,
    coalesce(sum(TRY_CAST(duration_s * 1e6 AS HUGEINT)), 0)::DOUBLE / 3.6e9 AS hours,
    coalesce(sum(labels), 0)::BIGINT AS labels
FROM read_parquet({clips})
LEFT JOIN annotated USING (clip_id)
GROUP BY ALL
ORDER BY ALL
"""
"""Hours are summed in whole microseconds: sums of floats depend on the order of threads."""


def write_runs(part: Path, before: Places | None, datasets: Iterable[str]) -> None:
    """Write into a generation what came of its run, beside what the generation before knows of those before it.

    Args:
        part: where the generation is made; its tables are there.
        before: the generation before, None where there is none.
        datasets: of the run.
    """
    made, names, runs = Places(str(part)), sorted(datasets), [_known(before)]
    if before and _is_same(made, before, names):
        compared: Places | None = Places(before.before)
    else:
        compared = before
        runs += _counted(made, names, max(runs[0]["run"].to_list(), default=0) + 1)
    for dataset, file in _files(compared, "clips").items():
        other = Path(Places(made.before).table(dataset, "clips"))
        other.parent.mkdir(parents=True)
        link_or_copy(file, other)
    write_table(pl.concat(runs), Path(made.runs), schemas.RUNS)


def clips_before(generation: Places) -> dict[str, list[str]]:
    """The files of clips of each dataset of the run before that of a generation."""
    return {dataset: [file] for dataset, file in _files(Places(generation.before), "clips").items()}


def _known(before: Places | None) -> pl.DataFrame:
    """The rows of all runs so far; none where the generation before is of a version that kept no count."""
    if before and os.path.exists(before.runs):
        return read_table(Path(before.runs))
    return schemas.RUNS.empty()


def _is_same(one: Places, other: Places, datasets: list[str]) -> bool:
    """Whether two generations hold the same clips and labels of the same datasets; one that was deleted differs."""
    if any(datasets != list(_files(other, name)) for name in COMPARED):
        return False
    files = [(one.table(dataset, name), other.table(dataset, name)) for dataset in datasets for name in COMPARED]
    return all(os.path.samefile(*pair) or filecmp.cmp(*pair, shallow=False) for pair in files)


def _files(places: Places | None, table: str) -> dict[str, str]:
    """The files of a table by their dataset."""
    if not places or not os.path.isdir(places.results):
        return {}
    of_all = {name: places.table(name, table) for name in sorted(os.listdir(places.results))}
    return {name: file for name, file in of_all.items() if os.path.exists(file)}


def _counted(places: Places, datasets: Iterable[str], run: int) -> Iterator[pl.DataFrame]:
    for dataset in datasets:
        files = {name: text(places.table(dataset, name)) for name in COMPARED}
        with duckdb.connect() as connection:
            rows = connection.execute(COUNTS.format(**files), {"run": run, "dataset": dataset}).fetchall()
        yield pl.DataFrame(rows, schema=schemas.RUNS.empty().schema, orient="row")
