"""How many clips an export takes, and how many it does not and why."""

from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from workflow_scripts.exports.reading import Pack


def by_split(clips: pl.LazyFrame, splits: Sequence[str]) -> dict[str, int]:
    """How many of the clips are of each split."""
    counts = dict(clips.group_by(pl.col("split").cast(pl.String)).len().collect().iter_rows())
    return {split: counts.get(split, 0) for split in splits}


def seconds(clips: pl.LazyFrame) -> float:
    """Of sound that clips have."""
    return float(clips.select(pl.col("duration_s").sum()).collect().item())


def not_usable(clips: pl.LazyFrame) -> dict[str, int]:
    """How many clips are not usable, by status."""
    lost = clips.filter(~pl.col("usable")).group_by("status").len().collect()
    return dict(lost.with_columns(pl.col("status").cast(pl.String)).sort("status").iter_rows())


def held_back(ledger: pl.LazyFrame, reasons: Mapping[str, pl.Expr] | None = None) -> dict[str, int]:
    """How many clips an export of trainable clips does not take, by the first reason that holds.

    Args:
        ledger: the clips, with what `reasons` ask for.
        reasons: why a trainable clip is not taken, beside `not_trainable`.
    """
    usable = ledger.filter("usable").select(reason=_reason(reasons or {}))
    counts = usable.filter(pl.col("reason").is_not_null()).group_by("reason").len().collect()
    of_usable = dict(counts.iter_rows())
    in_order = {reason: of_usable[reason] for reason in ("not_trainable", *(reasons or {})) if reason in of_usable}
    return not_usable(ledger) | in_order


def taken(ledger: pl.LazyFrame, reasons: Mapping[str, pl.Expr] | None = None) -> pl.LazyFrame:
    """The clips that `held_back` does not count, in their order."""
    return ledger.filter(pl.col("usable") & _reason(reasons or {}).is_null())


def _reason(reasons: Mapping[str, pl.Expr]) -> pl.Expr:
    each = [pl.when(~pl.col("trainable")).then(pl.lit("not_trainable"))]
    each += [pl.when(holds).then(pl.lit(reason)) for reason, holds in reasons.items()]
    return pl.coalesce(each)


def not_made(packs: Iterable[Pack]) -> dict[str, int]:
    """How many clips packs could not make, whatever the fault; nothing where there is none."""
    failed = sum(len(pack.account.failed) for pack in packs)
    return {"not_made": failed} if failed else {}
