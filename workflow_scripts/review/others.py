"""The other clips that hold the sound of a card's clip: which stand beside it, what is played of both, what is said."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

MOST = 3
"""So many of them stand beside a card; of one jingle there may be a million."""
_OTHERS, _STRETCHES, _SAID = (
    Path(__file__).with_name(f"{name}.sql").read_text(encoding="utf-8")
    for name in ("others", "stretches", "said_of_others")
)
_SHOWN = ("sound", "spectrogram", "seconds", "highest_hz")


def others_of(
    connection: duckdb.DuckDBPyConnection,
    dataset: str,
    chosen: pl.DataFrame,  # others.sql reads it by its name
    longest_s: float,
) -> pl.DataFrame:
    """Those that are shown of the clips of cards, the first of each first.

    Args:
        connection: to the catalogue.
        dataset: of the cards.
        chosen: clip_id of those that have cards.
        longest_s: of a longer stretch that is shared the first so many seconds are played.

    Returns:
        Columns of others.sql; `here` and `there` name the stretch as the two clips have it, null where there is
        nothing to play. Offsets are seconds from the start of each clip.
    """
    given = {"dataset": dataset, "longest_s": longest_s, "most": MOST}
    found = connection.sql(_OTHERS, params=given).pl()
    is_heard = pl.col("status").is_not_null() & (pl.col("seconds") > 0)
    here = pl.format("{}/{} {} {}", pl.lit(dataset), "clip_id", "from_s", "seconds")
    there = pl.format("{}/{} {} {}", "dataset", "clip", "other_from_s", "seconds")
    return found.with_columns(here=pl.when(is_heard).then(here), there=pl.when(is_heard).then(there))


def stretches_of(connection: duckdb.DuckDBPyConnection, dataset: str, others: pl.DataFrame) -> pl.DataFrame:
    """What is to be played of both: rows as listed.sql gives them, and the clip_id of the `card` that each is for.

    The clip_id of a stretch is its name, which no clip has: there is a slash in it.
    """
    heard = others.drop_nulls("here")
    mine = heard.select("clip_id", "from_s", "seconds", card="clip_id", dataset=pl.lit(dataset), stretch="here")
    theirs = heard.select("seconds", "dataset", card="clip_id", clip_id="clip", from_s="other_from_s", stretch="there")
    stretches = pl.concat([mine, theirs.select(mine.columns)]).unique(["card", "stretch"])  # noqa: F841  by its name
    return connection.sql(_STRETCHES).pl()


def beside(others: pl.DataFrame, cards: pl.DataFrame) -> pl.DataFrame:
    """Cards with their others, a list of rows in the column `others`; null where a clip's sound is nobody else's."""
    rows = others.select("clip_id", pl.struct(pl.exclude("clip_id", "seconds")).alias("others"))
    return cards.join(
        rows.group_by("clip_id", maintain_order=True).all(), on="clip_id", how="left", maintain_order="left"
    )


def said_of(connection: duckdb.DuckDBPyConnection, cards: pl.DataFrame) -> dict[tuple[str, str], dict[str, Any]]:
    """Labels and captions of the others of cards, by dataset and clip_id."""
    others = cards.select(pl.col("others").explode()).drop_nulls().unnest("others")
    if others.is_empty():
        return {}
    rows = connection.sql(_SAID).pl().to_dicts()
    return {(row["dataset"], row["clip"]): row for row in rows}


def told_of(
    other: Mapping[str, Any], said: Mapping[str, Any], made: Mapping[str, Any], failed: Mapping[str, list[str]]
) -> dict[str, Any]:
    """What a card tells of one of the others.

    Args:
        other: a row of `others_of`.
        said: its labels and captions.
        made: what was made of each stretch, by its name.
        failed: kind and words of what could not be made.
    """
    sides = {side: made.get(other[side], {}) for side in ("here", "there") if other[side]}
    told = {**other, "labels": said["labels"], "captions": said["captions"], "here": None, "there": None}
    if len(sides) == 2 and all(side.get("sound") for side in sides.values()):
        return told | {name: {key: side[key] for key in _SHOWN} for name, side in sides.items()}
    faults = [failed[other[side]][1] for side in ("here", "there") if other[side] in failed]
    return told | {"why": "; ".join(faults) or _why_not(other["status"])}


def _why_not(status: str | None) -> str:
    if status is None:
        return "of the other only its fingerprint is here"
    return "nothing of it can be decoded" if status == "usable" else f"the other is {status}"
