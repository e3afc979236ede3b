"""How far reviewers agree on which clips to keep and which to drop, beyond what chance would give."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import polars as pl

from workflow_scripts.errors import SoundledgerError
from workflow_scripts.sources.moments import instant
from workflow_scripts.tables import schemas

if TYPE_CHECKING:
    import numpy as np

KEEP, DROP = schemas.VERDICTS
NO_CHANCE = "all verdicts are the same, as they would be by chance too"
ONE_REVIEWER = "fewer than two reviewers gave a verdict"
NONE_SHARED = "no clip has verdicts of several of them"


def agreement(reviews: pl.DataFrame) -> pl.DataFrame:
    """The table `agreement` of a dataset.

    Cohen's kappa is of each pair of reviewers, on the clips that both judged. Fleiss' kappa wants as many verdicts on
    one clip as on any other: it is of the clips with the number of verdicts, from two, that most have. Krippendorff's
    alpha is of all clips with two or more.

    Args:
        reviews: that table.

    Raises:
        SoundledgerError: two reviewers judged the same clip, and what works these out is not installed.
    """
    verdicts = _verdicts(reviews)
    rows = [*_of_pairs(verdicts), *_of_all(verdicts)]
    types = {name: column.dtype for name, column in schemas.AGREEMENT.columns.items()}
    return pl.DataFrame(rows, types, orient="row")


def _verdicts(reviews: pl.DataFrame) -> pl.DataFrame:
    """clip_id, reviewer and `keeps` of the last verdict of each on each clip; those without a name are one reviewer."""
    said = reviews.filter("counts", pl.col("verdict").is_not_null()).with_columns(
        said_at=instant(pl.col("reviewed_at"))
    )
    last = said.sort(pl.col("said_at").is_not_null(), "said_at", "source", "line").unique(
        ["clip_id", "reviewer"], keep="last", maintain_order=True
    )
    return last.select("clip_id", pl.col("reviewer").fill_null(""), keeps=pl.col("verdict").cast(pl.String) == KEEP)


def _of_pairs(verdicts: pl.DataFrame) -> Iterator[tuple[Any, ...]]:
    """A row for each pair."""
    names = verdicts["reviewer"].unique().sort().to_list()
    of_both = verdicts.join(verdicts, on="clip_id").filter(pl.col("reviewer") < pl.col("reviewer_right"))
    first, other = pl.col("keeps"), pl.col("keeps_right")
    counted = of_both.group_by("reviewer", "reviewer_right").agg(
        (first & other).sum().alias("both_keep"),
        (first & ~other).sum().alias("first_keeps"),
        (~first & other).sum().alias("other_keeps"),
        (~first & ~other).sum().alias("both_drop"),
    )
    tables = {(row[0], row[1]): row[2:] for row in counted.iter_rows()}
    for place, one in enumerate(names):
        for another in names[place + 1 :]:
            both_keep, first_keeps, other_keeps, both_drop = tables.get((one, another), (0, 0, 0, 0))
            yield _of_pair([one, another], [[both_keep, first_keeps], [other_keeps, both_drop]])


def _of_pair(reviewers: list[str], table: Sequence[Sequence[int]]) -> tuple[Any, ...]:
    [both_keep, _], [_, both_drop] = table
    clips = sum(map(sum, table))
    if not clips:
        return ("cohen_kappa", reviewers, 0, 0, None, None, NONE_SHARED)
    about = ("cohen_kappa", reviewers, clips, 2 * clips, (both_keep + both_drop) / clips)
    return (*about, None, NO_CHANCE) if clips in (both_keep, both_drop) else (*about, cohen(table), None)


def _of_all(verdicts: pl.DataFrame) -> Iterator[tuple[Any, ...]]:
    """A row of Fleiss' kappa, and one of Krippendorff's alpha."""
    names = verdicts["reviewer"].unique().sort().to_list()
    of_clips = verdicts.group_by("clip_id").agg(
        keeps=pl.col("keeps").sum().cast(pl.Int64),
        drops=(~pl.col("keeps")).sum().cast(pl.Int64),
        names=pl.col("reviewer"),
    )
    of_clips = of_clips.with_columns(verdicts=pl.col("keeps") + pl.col("drops")).filter(pl.col("verdicts") > 1)
    if of_clips.is_empty():
        reason = ONE_REVIEWER if len(names) < 2 else NONE_SHARED
        yield from ((measure, names, 0, 0, None, None, reason) for measure in ("fleiss_kappa", "krippendorff_alpha"))
        return
    sizes = of_clips.group_by("verdicts").len().sort("len", "verdicts")
    taken = of_clips.filter(pl.col("verdicts") == sizes["verdicts"][-1])
    yield "fleiss_kappa", *_weighed(taken, fleiss)
    yield "krippendorff_alpha", *_weighed(of_clips, krippendorff)


def _weighed(clips: pl.DataFrame, measure: Any) -> tuple[Any, ...]:
    """Whose, of how many clips and verdicts, what is observed, and a measure of it, or why there is none."""
    names = clips["names"].explode().unique().sort().to_list()
    counts = clips.select("keeps", "drops").sort("keeps", "drops")  # sums of floats are the same in one order only
    keep, drop = pl.col("keeps"), pl.col("drops")
    alike = (keep * (keep - 1) + drop * (drop - 1)) / (keep + drop - 1)
    keeps, drops, observed = counts.select(keep.sum(), drop.sum(), observed=alike.sum() / (keep + drop).sum()).row(0)
    about = (names, len(counts), keeps + drops, observed)
    return (*about, measure(counts.to_numpy()), None) if keeps and drops else (*about, None, NO_CHANCE)


def cohen(table: Sequence[Sequence[int]]) -> float:
    """Cohen's kappa of how many clips have each verdict of one reviewer (a row each) and each of another (columns)."""
    return float(_statistics().cohens_kappa(table, return_results=False))


def fleiss(counts: "np.ndarray") -> float:
    """Fleiss' kappa of how many gave each verdict (a column each) on each clip (a row each): as many on each."""
    return float(_statistics().fleiss_kappa(counts, method="fleiss"))


def krippendorff(counts: "np.ndarray") -> float:
    """Krippendorff's alpha of the same, of nominal values; on each clip as many as there are."""
    try:
        from krippendorff import alpha
    except ModuleNotFoundError as error:
        raise _absent(error) from None
    return float(alpha(value_counts=counts, level_of_measurement="nominal"))


def _statistics() -> Any:
    try:
        from statsmodels.stats import inter_rater
    except ModuleNotFoundError as error:
        raise _absent(error) from None
    return inter_rater


def _absent(error: ModuleNotFoundError) -> SoundledgerError:
    return SoundledgerError(
        "several reviewers judged the same clips; how far they agree is worked out by statsmodels and krippendorff, "
        f"which are not both installed here (no module {error.name}): `make judging` installs them"
    )
