"""Labels that a model doubts, and labels that it misses: confident learning, each class against the rest.

Northcutt, Jiang and Chuang 2021, "Confident Learning: Estimating Uncertainty in Dataset Labels", JAIR 70. A pair of
clip and class is counted for the side, given or not, of which the model is at least as sure as it is on average where
that side was said; a pair that is counted for the other side than was said is an issue. cleanlab counts.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from workflow_scripts.errors import SoundledgerError
from workflow_scripts.tables import schemas

AT_ONCE = 1_000_000
"""Pairs that are held at a time."""
NEVER = 2.0
"""A threshold that no score reaches: that of a side that nothing was said of."""
LEAST = 2e-6
"""The lowest threshold, as cleanlab has it: a score of 0 is no sign of a class that the model never gives."""
_PAIRS = Path(__file__).with_name("pairs.sql").read_text(encoding="utf-8")
_IN_QUESTION = """
    SELECT clip_id, class_id, score, is_annotated, is_given, where_given, where_not
    FROM (FROM scored UNION ALL FROM not_scored) JOIN thresholds USING (class_id)
    WHERE is_annotated OR (NOT is_given AND score > where_given - 1e-5)
"""
"""Pairs that may be issues; cleanlab decides. One that is not given and has less than the threshold cannot be."""


def label_issues(predictions: Path, labels: Path, aside: Path) -> pl.DataFrame:
    """The table `label_issues` of a dataset, the most doubtful first.

    Memory is bounded by the labels of clips that the model scored, and by the issues; not by the pairs of clips and
    classes.

    Args:
        predictions: file of that table.
        labels: file of that table.
        aside: a folder for what does not fit into memory.

    Raises:
        SoundledgerError: cleanlab is not installed.
    """
    with duckdb.connect(config={"memory_limit": "2GB", "temp_directory": str(aside)}) as connection:
        for name, file in (("predictions", predictions), ("labels", labels)):
            connection.read_parquet(str(file)).create_view(name)
        connection.execute(_PAIRS)
        batches = connection.sql(_IN_QUESTION).to_arrow_reader(AT_ONCE)
        issues = [
            pl.DataFrame(schema=_FOUND),
            *(found for batch in batches for found in _of_batch(pl.DataFrame(batch))),
        ]
    return _ranked(pl.concat(issues))


_FOUND = {"clip_id": pl.String, "class_id": pl.String, "given": pl.Boolean, "score": pl.Float64}


def _of_batch(pairs: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """The issues among some pairs, class by class."""
    count = _cleanlab()
    for of_class in pairs.partition_by("class_id"):
        score = of_class["score"].fill_null(0.0)
        _, issues = count.compute_confident_joint(
            of_class["is_given"].cast(pl.Int64).to_numpy(),
            pl.select(where_not=1 - score, where_given=score).to_numpy(),
            thresholds=[_threshold(of_class["where_not"][0]), _threshold(of_class["where_given"][0])],
            calibrate=False,
            return_indices_of_off_diagonals=True,
        )
        yield of_class[issues].select("clip_id", "class_id", pl.col("is_given").alias("given"), "score")


def _threshold(mean: float | None) -> float:
    return NEVER if mean is None else max(mean, LEAST)


def _ranked(issues: pl.DataFrame) -> pl.DataFrame:
    """The table, by the share that speaks against what was said (cleanlab's self-confidence, the lowest first)."""
    score = pl.col("score").fill_null(0.0)
    against = pl.when("given").then(1 - score).otherwise(score)
    kind = pl.when("given").then(pl.lit("label_doubted")).otherwise(pl.lit("label_missing"))
    table = issues.with_columns(against=against, kind=kind).sort(
        "against", "clip_id", "class_id", descending=[True, False, False]
    )
    table = table.with_columns(rank=pl.int_range(1, pl.len() + 1))
    return table.select(pl.col(name).cast(column.dtype) for name, column in schemas.LABEL_ISSUES.columns.items())


def _cleanlab() -> Any:
    try:
        from cleanlab import count
    except ModuleNotFoundError as error:
        raise SoundledgerError(
            f"the dataset file names predictions, and which labels they doubt is worked out by cleanlab, which is not "
            f"installed here (no module {error.name}): `make judging` installs it"
        ) from None
    return count
