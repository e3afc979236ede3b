"""How many words captions have."""

import math

import polars as pl

from workflow_scripts.report.drawing import words
from workflow_scripts.report.drawing.asking import Asked
from workflow_scripts.report.drawing.columns import most, total
from workflow_scripts.report.drawing.picture import Drawn, Nothing
from workflow_scripts.report.drawing.spread import spread

TITLE = "Lengths of captions"
CATEGORY = "Captions"
BINS = 60
COUNTS = r"""
SELECT split, len(regexp_extract_all(text, '\S+')) AS words, count(*) AS count
FROM captions
JOIN clips USING (dataset, clip_id)
GROUP BY ALL
ORDER BY ALL
"""
CLIPS = """
SELECT
    (SELECT count(*) FROM clips) AS clips,
    (SELECT count(DISTINCT (dataset, clip_id)) FROM captions) AS captioned
"""


def draw(ask: Asked) -> Drawn | Nothing:
    """Captions of all and of each split by their words; the last bin holds the few that are longer still."""
    counts = ask(COUNTS)
    if counts.is_empty():
        return Nothing("The dataset has no captions.")
    lengths = counts.group_by("words").agg(pl.col("count").sum()).sort("words")
    longest = _quantile(lengths, 0.999)
    step = max(1, math.ceil(longest / BINS))
    last = longest // step * step
    low = pl.min_horizontal(pl.col("words") // step * step, pl.lit(last)).alias("low")
    binned = counts.group_by("split", low).agg(pl.col("count").sum()).sort("split", "low")
    title = (
        "words of a caption" if most(lengths["words"]) < last + step else f"words of a caption ({last} or more as one)"
    )
    chart = spread(binned, step, title, "captions", (0, last + step))
    return Drawn(chart, _sentence(lengths, *ask(CLIPS).row(0)))


def _quantile(lengths: pl.DataFrame, share: float) -> int:
    """So many words or fewer has this share of captions."""
    reached = lengths.filter(pl.col("count").cum_sum() >= share * total(lengths["count"]))
    return int(reached["words"][0])


def _sentence(lengths: pl.DataFrame, clips: int, captioned: int) -> str:
    low, middle, high = (_quantile(lengths, share) for share in (0.05, 0.5, 0.95))
    longest = most(lengths["words"])
    without = clips - captioned
    rest = (
        f"{words.counted(without, 'clip')} ({words.share(without, clips)}) without any"
        if without
        else "no clip without"
    )
    told = f"{words.counted(total(lengths['count']), 'caption')} of {words.counted(captioned, 'clip')}"
    if len(lengths) == 1:
        return f"{told}, of {words.counted(longest, 'word')}{' each' if total(lengths['count']) > 1 else ''}; {rest}."
    nine_tenths = f"{low}" if low == high else f"{low} to {high}"
    return (
        f"{told}: half have {words.counted(middle, 'word')} or fewer, nine tenths {nine_tenths}, the longest "
        f"{longest:,}; {rest}."
    )
