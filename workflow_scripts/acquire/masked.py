"""Addresses that a plan has without their queries, and the job that asks a server has to have with them."""

from collections.abc import Mapping

import polars as pl

from workflow_scripts.errors import SoundledgerError

_MASKED = r"\?…[0-9a-f]{16}$"


def has_masked() -> pl.Expr:
    """Whether any of some rows of schemas.TO_FETCH has such an address."""
    of_mirrors = pl.col("mirrors").list.eval(pl.element().str.contains(_MASKED)).list.any()
    return (pl.col("address").str.contains(_MASKED) | of_mirrors.fill_null(value=False)).any()


def as_written(wanted: pl.DataFrame, written: Mapping[str, str]) -> pl.DataFrame:
    """The same rows with the addresses that their dataset file has.

    Args:
        wanted: rows of schemas.TO_FETCH.
        written: addresses by what they are masked.

    Raises:
        SoundledgerError: the dataset file has one of them no more.
    """
    found = wanted.with_columns(
        pl.col("address").replace(written), pl.col("mirrors").list.eval(pl.element().replace(written))
    )
    if found.select(has_masked()).item():
        raise SoundledgerError(
            "the queries of addresses under `acquire` changed since it was planned what is to be fetched: run it again"
        )
    return found
