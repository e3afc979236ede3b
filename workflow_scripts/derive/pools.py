"""What scenes may be made of: the usable clips that a query of a dataset file chooses."""

import logging
from collections.abc import Sequence
from pathlib import Path

import duckdb
import polars as pl

from workflow_scripts.catalogue.shut_in import asked
from workflow_scripts.errors import SoundledgerError, first_twenty

_log = logging.getLogger(__name__)
_POOL = Path(__file__).with_name("pool.sql").read_text(encoding="utf-8")
KNOWN = {"dataset": "VARCHAR", "clip_id": "VARCHAR", "split": "VARCHAR", "class_id": "VARCHAR"} | dict.fromkeys(
    ("start_s", "end_s"), "DOUBLE"
)
"""Columns that a query may give. All but `clip_id` may be left out: `dataset`, where there is one; `split` and
`class_id`, which are those of the clip then; `start_s` and `end_s`, where all of it may be taken."""


def pool_of(connection: duckdb.DuckDBPyConnection, query: str, datasets: Sequence[str], where: str) -> pl.DataFrame:
    """The usable clips that a query chooses, in an order that follows from them alone.

    Args:
        connection: of `shut_in`.
        query: a SELECT of some of KNOWN.
        datasets: that there are.
        where: the key that it stands under, as errors call it.

    Returns:
        The columns of pool.sql.

    Raises:
        SoundledgerError: it gives other columns, cannot be asked, or chooses nothing that is usable.
    """
    relation = asked(connection, query, where)
    given = list(relation.columns)
    if "clip_id" not in given or (unknown := [name for name in given if name not in KNOWN]):
        what = f"also {first_twenty(unknown)}" if "clip_id" in given else f"{first_twenty(given)}, and no clip_id"
        raise SoundledgerError(f"{where}: expected columns out of {', '.join(KNOWN)}; found {what}")
    if "dataset" not in given and len(datasets) > 1:
        raise SoundledgerError(f"{where}: expected a column `dataset` too, since it may be {first_twenty([*datasets])}")
    try:
        connection.execute("DROP VIEW IF EXISTS chosen")
        connection.register("chosen", _complete(relation, datasets).to_arrow_table())
        pool = connection.sql(_POOL).pl()
        [(chosen,)] = connection.sql("SELECT count(DISTINCT (dataset, clip_id)) FROM chosen").fetchall()
    except duckdb.Error as error:  # as of a text that is no number: found when rows are read
        raise SoundledgerError(f"{where}: {query!r} cannot be asked; the catalogue says: {error}") from None
    if pool.is_empty():
        raise SoundledgerError(f"{where}: {query!r} chooses no usable clip")
    usable = pool.select("dataset", "clip_id").n_unique()
    _log.info("%s: %d clips, of %d that it chooses the usable ones", where, usable, chosen)
    return pool.unique(
        ["dataset", "clip_id", "class_id", "start_s", "end_s", "split"], keep="first", maintain_order=True
    )


def refuse_leaks(pools: Sequence[pl.DataFrame], where: str) -> None:
    """See that no sound is in two splits, under whichever names: what is made for training would hold of the others'.

    Raises:
        SoundledgerError: names the clips.
    """
    sounds = pl.concat([pool.select("pcm_digest", "media", "split", "dataset", "clip_id") for pool in pools])
    for key in ("pcm_digest", "media"):
        splits = sounds.drop_nulls(key).group_by(key).agg(pl.col("split").unique().sort(), "dataset", "clip_id")
        shared = splits.filter(pl.col("split").list.len() > 1).sort(key)
        if shared.height:
            named = [
                f"{row['dataset'][0]}/{row['clip_id'][0]} ({', '.join(row['split'])})"
                for row in shared.iter_rows(named=True)
            ]
            raise SoundledgerError(
                f"{where}: {len(named):,} sounds would be in scenes of several splits: {first_twenty(sorted(named))}. "
                "Have the query give each recording one `split`, or leave one of them out"
            )


def _complete(relation: duckdb.DuckDBPyRelation, datasets: Sequence[str]) -> duckdb.DuckDBPyRelation:
    given = set(relation.columns)
    [only, *_] = datasets
    missing = dict.fromkeys(KNOWN, "NULL") | {"dataset": f"'{only}'"}
    columns = [f"{name if name in given else missing[name]}::{kind} AS {name}" for name, kind in KNOWN.items()]
    return relation.project(", ".join(columns))
