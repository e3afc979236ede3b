"""Conditions of dataset files on rows of tables, in SQL."""

import duckdb
import polars as pl

from workflow_scripts.errors import SoundledgerError

OPENED: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": "false",
    "autoload_known_extensions": "false",
    "autoinstall_known_extensions": "false",
}
"""A condition reads no file and no address."""


def rows_where(clips: pl.DataFrame, where: str, key: str) -> pl.DataFrame:
    """The rows of the table `clips` that a condition in SQL holds for.

    Args:
        clips: the table, or some of it.
        where: the condition.
        key: what says it, as errors call it.

    Raises:
        SoundledgerError: it is none.
    """
    texts = clips.with_columns(
        pl.col(pl.Categorical).cast(pl.String), pl.col(pl.List(pl.Categorical)).cast(pl.List(pl.String))
    )
    try:
        with duckdb.connect(config=OPENED) as connection:
            connection.register("clips", texts.to_arrow())
            connection.execute("SET TimeZone = 'UTC'; SET lock_configuration = true")
            ids = connection.sql("FROM clips").filter(where).select("clip_id").pl()["clip_id"]
    except duckdb.Error as error:
        raise SoundledgerError(
            f"{key}: {where!r} is no condition on rows of the table clips: {error}. "
            "Expected one as in SQL behind WHERE, such as sample_rate >= 16000 AND split = 'field'"
        ) from None
    return clips.filter(pl.col("clip_id").is_in(ids.implode()))
