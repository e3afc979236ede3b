"""What may sound together in a scene, by the model that a dataset file declares.

Any two parts of a scene keep to it: all classes of one were seen with all of the other, or they were recorded near each
other, at one time of year.
"""

import functools
import logging
from collections.abc import Sequence
from typing import Any

import duckdb
import numpy as np
import polars as pl

from workflow_scripts.derive.earth import km_between, points
from workflow_scripts.errors import SoundledgerError, first_twenty

Array = np.ndarray[Any, Any]

KEPT = 256
"""Of so many kinds it is kept what may sound with them."""
_FACTS = """
WITH pool AS (SELECT DISTINCT dataset, clip_id FROM judged),
said AS (
    SELECT dataset, clip_id, list(DISTINCT class_id::VARCHAR ORDER BY class_id::VARCHAR) AS classes
    FROM labels WHERE origin = 'annotated' AND (dataset, clip_id) IN (FROM pool) GROUP BY ALL
)
SELECT pool.dataset, pool.clip_id, said.classes, place.latitude, place.longitude,
    TRY_CAST(place.recorded_at[6:7] AS INTEGER) AS month
FROM pool
LEFT JOIN said ON said.dataset = pool.dataset AND said.clip_id = pool.clip_id
LEFT JOIN origins AS place ON place.dataset = pool.dataset AND place.clip_id = pool.clip_id
ORDER BY ALL
"""
_SEEN = """
WITH said AS (
    SELECT DISTINCT dataset, clip_id, class_id::VARCHAR AS class_id
    FROM labels WHERE list_contains($datasets, dataset) AND list_contains($classes, class_id::VARCHAR)
),
sets AS (  -- clips of which the same is said are looked at once
    SELECT DISTINCT list(class_id ORDER BY class_id) AS classes FROM said GROUP BY dataset, clip_id
),
numbered AS (SELECT row_number() OVER () AS number, unnest(classes) AS class_id FROM sets)
SELECT DISTINCT one.class_id AS one, other.class_id AS other
FROM numbered AS one JOIN numbered AS other ON one.number = other.number AND one.class_id <> other.class_id
ORDER BY ALL
"""
_log = logging.getLogger(__name__)


class Together:
    """Which kinds of clips may sound together; a kind is all of which the same is known.

    Args:
        asked: `seen_in`, `within_km`, `within_months`, as far as they are asked for.
        kinds: what is known of each kind: `classes`, `latitude` and `longitude`, `month`; null where it is not known.
        seen: pairs of classes, both ways round, that were seen together.
    """

    def __init__(self, asked: dict[str, Any], kinds: pl.DataFrame, seen: pl.DataFrame) -> None:
        self._asked = asked
        self._count = len(kinds)
        self._at = points(*(kinds[name].cast(pl.Float64).to_numpy() for name in ("latitude", "longitude")))
        self._month = kinds["month"].cast(pl.Float64).to_numpy()  # NaN where it is not known
        flat = kinds.select("classes").with_row_index("kind").explode("classes").drop_nulls()
        names = flat["classes"].unique().sort()
        number = {name: place for place, name in enumerate(names)}
        self._class = np.array([number[name] for name in flat["classes"]], np.int64)
        self._kind = flat["kind"].to_numpy()
        self._seen = np.eye(len(names), dtype=bool)  # a class is seen with itself
        self._seen[[number[one] for one in seen["one"]], [number[one] for one in seen["other"]]] = True
        self._with = functools.lru_cache(KEPT)(self._fitting_one)

    def fitting(self, there: Sequence[int]) -> Array:
        """Which kinds may sound with all of some others: bool, one for each."""
        fits = np.ones(self._count, bool)
        for kind in there:
            fits &= self._with(kind)
        return fits

    def _fitting_one(self, kind: int) -> Array:
        """Which kinds may sound with one; where nothing is known of one of the two nothing speaks against it."""
        apart = np.zeros(self._count, bool)
        if "seen_in" in self._asked:
            own = self._class[self._kind == kind]
            apart[self._kind[~self._seen[own].all(axis=0)[self._class]]] = True
        if "within_km" in self._asked:
            apart |= km_between(self._at[kind], self._at) > self._asked["within_km"]
        if "within_months" in self._asked:
            months = np.abs(self._month - self._month[kind])
            apart |= np.minimum(months, 12 - months) > self._asked["within_months"]
        return ~apart


def judged(
    connection: duckdb.DuckDBPyConnection, asked: dict[str, Any], pools: dict[str, pl.DataFrame], where: str
) -> tuple[Together, dict[str, pl.DataFrame]]:
    """The model, and pools with a `kind` for each row.

    Args:
        connection: of `shut_in`.
        asked: as Together has it.
        pools: of `pool_of`, by the keys of their queries; what of `foreground` cannot be judged is left out.
        where: the key of the model, as errors call it.

    Raises:
        SoundledgerError: no two classes of these clips were seen together; of no event is known what the model asks.
    """
    facts = _facts(connection, asked, pools)
    known = {"seen_in": "classes", "within_km": "latitude", "within_months": "month"}
    wanted = [known[name] for name in asked]
    columns = [name for name in facts.columns if name not in ("dataset", "clip_id", "meant_class_id")]
    kinds = facts.select(columns).unique(maintain_order=True).with_row_index("kind").cast({"kind": pl.Int64})
    facts = facts.join(kinds, on=columns, nulls_equal=True, maintain_order="left")
    pools = {
        key: pool.join(
            facts, on=["dataset", "clip_id", "meant_class_id"], how="left", nulls_equal=True, maintain_order="left"
        )
        for key, pool in pools.items()
    }
    events = pools["foreground"]
    kept = events.drop_nulls(wanted)
    if left_out := len(events) - len(kept):
        _log.warning(
            "%s: of %d of %d events nothing is said of %s, and they are left out",
            where, left_out, len(events), " or ".join(_WORDS[name] for name in asked),
        )  # fmt: skip
    if kept.is_empty():
        words = " and ".join(_WORDS[name] for name in asked)
        raise SoundledgerError(f"{where}: of none of the {len(events):,} events is {words} known; choose others")
    pools["foreground"] = kept
    return Together(asked, kinds, _seen(connection, asked, kinds, where)), {
        key: pool.drop(columns) for key, pool in pools.items()
    }


_WORDS = {"seen_in": "a class", "within_km": "a place", "within_months": "a month"}
"""What each model has to know of an event."""


def _facts(
    connection: duckdb.DuckDBPyConnection, asked: dict[str, Any], pools: dict[str, pl.DataFrame]
) -> pl.DataFrame:
    """What is known, as far as the model asks, of each clip and class that is meant."""
    rows = pl.concat(pool.select("dataset", "clip_id", "meant_class_id") for pool in pools.values()).unique()
    connection.register("judged", rows.to_arrow())
    facts = connection.sql(_FACTS).pl().cast({"dataset": pl.String, "classes": pl.List(pl.String)})
    connection.unregister("judged")
    rows = rows.join(facts, on=["dataset", "clip_id"], how="left").sort("dataset", "clip_id", "meant_class_id")
    meant = pl.col("meant_class_id")
    has_place = pl.lit("within_km" in asked) & pl.col("latitude").is_not_null() & pl.col("longitude").is_not_null()
    has_month = pl.lit("within_months" in asked) & pl.col("month").is_between(1, 12)
    return rows.with_columns(
        classes=pl.when(pl.lit("seen_in" in asked)).then(
            pl.when(meant.is_null()).then("classes").otherwise(pl.concat_list(meant))
        ),
        latitude=pl.when(has_place).then("latitude"),
        longitude=pl.when(has_place).then("longitude"),
        month=pl.when(has_month).then("month"),
    )


def _seen(
    connection: duckdb.DuckDBPyConnection, asked: dict[str, Any], kinds: pl.DataFrame, where: str
) -> pl.DataFrame:
    """Pairs of classes that are said of one clip of the datasets that are named."""
    if "seen_in" not in asked:
        return pl.DataFrame(schema={"one": pl.String, "other": pl.String})
    classes = kinds["classes"].explode().drop_nulls().unique().sort().to_list()
    seen = connection.sql(_SEEN, params={"datasets": asked["seen_in"], "classes": classes}).pl()
    if len(classes) > 1 and seen.is_empty():
        raise SoundledgerError(
            f"{where}.seen_in: no clip of {first_twenty(asked['seen_in'])} has two of the {len(classes):,} classes of "
            "what scenes are made of; name a dataset whose clips have several"
        )
    _log.info("%s: %d pairs of %d classes were seen together", where, len(seen) // 2, len(classes))
    return seen
