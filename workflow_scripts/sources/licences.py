"""Licences as people write them, and their SPDX ids. What a text means is said in SQL, for expressions too."""

from pathlib import Path

import polars as pl

from workflow_scripts.tables.licences import sql_macros

MACROS = Path(__file__).with_name("licences.sql")


def spdx_macros() -> str:
    """The same for DuckDB: spdx(text), and all that it is made of."""
    return sql_macros() + MACROS.read_text()


def spdx(texts: pl.Series) -> pl.Series:
    """The SPDX id of each; null where it has none, or is not told by its text.

    >>> spdx(pl.Series(["//creativecommons.org/licenses/by-nc-sa/4.0/", "ask me", None])).to_list()
    ['CC-BY-NC-SA-4.0', None, None]
    """
    import duckdb

    told = texts.cast(pl.String).alias("said").to_frame()
    with duckdb.connect() as connection:
        connection.execute(spdx_macros())
        connection.register("told", told.unique().to_arrow())
        found = pl.DataFrame(connection.sql("SELECT said, spdx(said) AS id FROM told").to_arrow_table())
    return told.join(found, on="said", how="left", maintain_order="left")["id"].cast(pl.String)
