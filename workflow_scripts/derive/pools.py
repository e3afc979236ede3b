"""What scenes may be made of: the usable clips that a query of a dataset file chooses."""

import logging
from collections.abc import Sequence
from pathlib import Path

import duckdb
import polars as pl

from workflow_scripts.catalogue.shut_in import asked
from workflow_scripts.derive.envelopes import is_silent, with_envelope
from workflow_scripts.errors import SoundledgerError, first_twenty

_log = logging.getLogger(__name__)
_POOL = Path(__file__).with_name("pool.sql").read_text(encoding="utf-8")
KNOWN = {"dataset": "VARCHAR", "clip_id": "VARCHAR", "split": "VARCHAR", "class_id": "VARCHAR"} | dict.fromkeys(
    ("start_s", "end_s"), "DOUBLE"
)
"""Columns that a query may give. All but `clip_id` may be left out: `dataset`, where there is one; `split` and
`class_id`, which are those of the clip then; `start_s` and `end_s`, where all of it may be taken."""
NAMED = 3
"""So many clips of one sound and split are named."""


def pool_of(connection: duckdb.DuckDBPyConnection, query: str, datasets: Sequence[str], where: str) -> pl.DataFrame:
    """The usable clips that a query chooses, in an order that follows from them alone.

    Args:
        connection: of `shut_in`.
        query: a SELECT of some of KNOWN.
        datasets: that there are.
        where: the key that it stands under, as errors call it.

    Returns:
        The columns of pool.sql, the envelope that of what may be taken, and `is_silent`: no sample of that is any
        other than 0.

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
        why = "" if len(pool) else _statuses(connection)
    except duckdb.Error as error:  # as of a text that is no number: found when rows are read
        raise SoundledgerError(f"{where}: {query!r} cannot be asked; the catalogue says: {error}") from None
    if pool.is_empty():
        raise SoundledgerError(f"{where}: {query!r} chooses no usable clip{why}")
    usable = pool.select("dataset", "clip_id").n_unique()
    _log.info("%s: %d clips, of %d that it chooses the usable ones", where, usable, chosen)
    pool = pool.unique(
        ["dataset", "clip_id", "class_id", "start_s", "end_s", "split"], keep="first", maintain_order=True
    )
    return with_envelope(pool).with_columns(is_silent=is_silent())


def sounding(pool: pl.DataFrame, where: str) -> pl.DataFrame:
    """What of a pool is heard at all: an event of silence would be labelled, and no level is above a silent background.

    Args:
        pool: of `pool_of`.
        where: the key that its query stands under, as errors call it.

    Raises:
        SoundledgerError: nothing is.
    """
    heard = pool.filter(~pl.col("is_silent"))
    if heard.is_empty():
        raise SoundledgerError(f"{where}: all that it chooses is silent: no sample is any other than 0. Choose others")
    if silent := len(pool) - len(heard):
        _log.warning("%s: %d of %d that it chooses are silent, and are left out", where, silent, len(pool))
    return heard


def refuse_leaks(pools: Sequence[pl.DataFrame], where: str) -> None:
    """See that no sound is in two splits, under whichever names: what is made for training would hold of the others'.

    Silence may be: it tells nothing.

    Raises:
        SoundledgerError: names the clips of each such sound.
    """
    columns = ["pcm_digest", "media", "split", "dataset", "clip_id"]
    sounds = pl.concat([pool.filter(~pl.col("is_silent")).select(columns) for pool in pools])
    for key in ("pcm_digest", "media"):
        shared = sounds.drop_nulls([key, "split"]).filter(pl.col("split").n_unique().over(key) > 1)
        if shared.height:
            named = _clips_of(shared, key)
            raise SoundledgerError(
                f"{where}: {len(named):,} sounds would be in scenes of several splits: {first_twenty(sorted(named))}. "
                "Have the query give each recording one `split`, or leave one of them out"
            )


def _clips_of(sounds: pl.DataFrame, key: str) -> list[str]:
    """Of each sound, told apart by a column, the clips, by split."""
    clip = pl.format("{}/{} ({})", "dataset", "clip_id", "split")
    clips = sounds.select(key, "split", clip=clip).unique().sort(key, "split", "clip")
    of_split = clips.group_by(key, "split", maintain_order=True).agg(
        pl.col("clip").head(NAMED).str.join(" = "), more=pl.len().cast(pl.Int64) - NAMED
    )
    said = pl.when(pl.col("more") > 0).then(pl.format("{} and {} more of that split", "clip", "more")).otherwise("clip")
    return of_split.group_by(key, maintain_order=True).agg(said.str.join(" = "))["clip"].to_list()


def _statuses(connection: duckdb.DuckDBPyConnection) -> str:
    """Why none of the clips that are chosen serves, as the end of a sentence."""
    told = connection.sql(
        "SELECT count(*) || if(usable, ' with nothing between `start_s` and `end_s`', ' ' || status) "
        "FROM (SELECT DISTINCT dataset, clip_id FROM chosen) JOIN clips USING (dataset, clip_id) "
        "GROUP BY usable, status ORDER BY count(*) DESC, status"
    ).fetchall()
    return ": " + (", ".join(one for (one,) in told) or "no clip at all")


def _complete(relation: duckdb.DuckDBPyRelation, datasets: Sequence[str]) -> duckdb.DuckDBPyRelation:
    given = set(relation.columns)
    [only, *_] = datasets
    missing = dict.fromkeys(KNOWN, "NULL") | {"dataset": f"'{only}'"}
    columns = [f"{name if name in given else missing[name]}::{kind} AS {name}" for name, kind in KNOWN.items()]
    return relation.project(", ".join(columns))
