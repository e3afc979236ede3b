"""Events of which no two of one class are heard at once, as scorers of them want it."""

import polars as pl


def joined(events: pl.DataFrame, key: list[str]) -> pl.DataFrame:
    """Events of which those that touch or overlap are one, in the order of `key` and time.

    psds_eval refuses two of one class at once, sed_scores_eval two of which one begins where the other ends.

    Args:
        events: `begin_s`, `end_s`, and the key.
        key: what two have in common that are joined: file and class.

    Returns:
        The key, `begin_s`, `end_s`, and of how many `events` each is.
    """
    in_order = events.sort(*key, "begin_s", "end_s").with_columns(place=pl.struct(key).rle_id())
    reached = pl.col("end_s").cum_max().shift().over("place")
    is_first = (pl.col("begin_s") > reached).fill_null(value=True)
    runs = in_order.with_columns(run=is_first.cum_sum()).group_by("run", maintain_order=True)
    return runs.agg(*(pl.col(name).first() for name in (*key, "begin_s")), pl.col("end_s").max(), events=pl.len()).drop(
        "run"
    )


def covered(stretches: pl.DataFrame, key: list[str]) -> pl.DataFrame:
    """How many seconds stretches cover, those that several cover counted once.

    Args:
        stretches: `begin_s`, `end_s`, and the key.
        key: what is covered.

    Returns:
        The key and `covered_s`.
    """
    runs = joined(stretches, key)
    return runs.group_by(key, maintain_order=True).agg(covered_s=(pl.col("end_s") - pl.col("begin_s")).sum())
