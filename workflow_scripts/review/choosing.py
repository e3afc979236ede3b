"""Which clips have cards: the same for the same catalogue, seed and condition, whatever has been judged."""

from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from workflow_scripts.errors import SoundledgerError

_CHOSEN = Path(__file__).with_name("chosen.sql").read_text(encoding="utf-8")


def chosen_clips(connection: duckdb.DuckDBPyConnection, dataset: str, settings: dict[str, Any]) -> pl.DataFrame:
    """The clips that have cards, in the order of the page.

    Args:
        connection: to the catalogue.
        dataset: its name.
        settings: `review` of its file: cards, seed, where.

    Returns:
        ordinal (from 0) and clip_id.

    Raises:
        SoundledgerError: `where` is no condition on clips.
    """
    asked = asked_for(connection, dataset, settings["where"])  # noqa: F841  chosen.sql reads it by its name
    parameters = {"dataset": dataset, "seed": settings["seed"], "cards": settings["cards"]}
    try:
        return connection.sql(_CHOSEN, params=parameters).pl()
    except duckdb.Error as error:  # as of a text that is no number: found when rows are read
        raise _refused(dataset, settings["where"], error) from None


def asked_for(connection: duckdb.DuckDBPyConnection, dataset: str, where: str) -> duckdb.DuckDBPyRelation:
    """The rows of `clips` of a dataset that a condition holds for."""
    clips = connection.sql("FROM clips WHERE dataset = $dataset", params={"dataset": dataset})
    try:
        return clips.filter(where)
    except duckdb.Error as error:
        raise _refused(dataset, where, error) from None


def _refused(dataset: str, where: str, error: Exception) -> SoundledgerError:
    return SoundledgerError(
        f"dataset {dataset}: review: where: {where!r} is no condition on rows of the view clips; the catalogue says: "
        f"{error}. Expected one as in SQL behind WHERE, such as split = 'eval' AND list_contains(class_names, 'Dog')"
    )
