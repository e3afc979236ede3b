"""How loud usable clips are, how much of them is silence, and how much was clipped."""

from typing import Any

import altair as alt
import polars as pl

from workflow_scripts.report.drawing import words
from workflow_scripts.report.drawing.asking import Asked
from workflow_scripts.report.drawing.bars import bars
from workflow_scripts.report.drawing.columns import extent, total
from workflow_scripts.report.drawing.picture import Drawn, Nothing
from workflow_scripts.report.drawing.spread import spread

TITLE = "Loudness, silence, clipping"
CATEGORY = "Sound"
STEP = 2
"""Decibels of a bin."""
LEAST = -90
"""Decibels; what is below stands with it."""
SILENCE = ("none", "up to 10 %", "10 to 50 %", "50 to 90 %", "over 90 %", "all", "digital silence")
CLIPPING = ("none", "up to 0.01 %", "0.01 to 0.1 %", "0.1 to 1 %", "over 1 %")
COUNTS = """
SELECT
    split,
    CASE
        WHEN rms_dbfs IS NOT NULL THEN greatest(least(floor(rms_dbfs / $step) * $step, -$step), $least)::INTEGER
    END AS low,
    CASE
        WHEN clips.peak = 0 THEN 6
        WHEN silent_fraction = 1 THEN 5
        WHEN silent_fraction > 0.9 THEN 4
        WHEN silent_fraction > 0.5 THEN 3
        WHEN silent_fraction > 0.1 THEN 2
        WHEN silent_fraction > 0 THEN 1
        WHEN silent_fraction = 0 THEN 0
    END AS silence,
    CASE
        WHEN clipped_fraction > 0.01 THEN 4
        WHEN clipped_fraction > 0.001 THEN 3
        WHEN clipped_fraction > 0.0001 THEN 2
        WHEN clipped_fraction > 0 THEN 1
        ELSE 0
    END AS clipping,
    count(*) AS count
FROM (
    SELECT split, peak, silent_fraction, root, path, member, CASE WHEN isfinite(rms_dbfs) THEN rms_dbfs END AS rms_dbfs
    FROM clips
    WHERE usable AND isfinite(peak)
) AS clips
LEFT JOIN (SELECT root, path, member, clipped_fraction FROM checks WHERE clipped_fraction > 0) AS clipped
    ON clipped.root = clips.root AND clipped.path = clips.path AND clipped.member IS NOT DISTINCT FROM clips.member
GROUP BY ALL
ORDER BY ALL
"""
"""Of a span the silence is its own, the clipping that of its file."""
QUANTILES = """
SELECT unnest(quantile_cont(rms_dbfs, [0.05, 0.5, 0.95])) AS level FROM clips WHERE usable AND isfinite(rms_dbfs)
"""


def draw(ask: Asked) -> Drawn | Nothing:
    """Levels of all and of each split, then bars of silence and of clipping."""
    counts = ask(COUNTS, step=STEP, least=LEAST)
    if counts.is_empty():
        return Nothing("No usable clip has sound that was measured.")
    heard = total(counts["count"])
    silence, clipping = _by(counts, "silence", SILENCE), _by(counts, "clipping", CLIPPING)
    below = alt.hconcat(
        bars(silence, "usable clips by their share below \N{MINUS SIGN}60 dB", heard, width=290),
        bars(clipping, "usable clips by the clipped share of their file", heard, width=290),
        spacing=24,
    )
    loud = (
        counts.filter(pl.col("low").is_not_null())
        .group_by("split", "low")
        .agg(pl.col("count").sum())
        .sort("split", "low")
    )
    parts: list[Any] = [below]
    if len(loud):
        levels = spread(
            loud,
            STEP,
            "level (root mean square), dB of full scale",
            "usable clips",
            (min(-60, extent(loud["low"])[0]), 0),
        )
        parts = [levels, below]
    return Drawn(alt.vconcat(*parts, spacing=24).resolve_scale(color="independent"), _sentence(ask, silence, clipping))


def _by(counts: pl.DataFrame, what: str, names: tuple[str, ...]) -> pl.DataFrame:
    every = pl.DataFrame({what: range(len(names)), "name": names}, schema_overrides={what: counts[what].dtype})
    found = counts.group_by(what).agg(pl.col("count").sum())
    return every.join(found, on=what, how="left", maintain_order="left").select("name", pl.col("count").fill_null(0))


def _sentence(ask: Asked, silence: pl.DataFrame, clipping: pl.DataFrame) -> str:
    heard = total(clipping["count"])
    quiet, clipped = silence["count"].to_list(), clipping["count"].to_list()
    told = {
        "are digital silence": quiet[6],
        "are otherwise silent for more than half of their length": sum(quiet[3:6]),
        "come from files of which more than 1 % is clipped": clipped[4],
    }
    parts = [f"{count:,} ({words.share(count, heard)}) {said}" for said, count in told.items() if count]
    said = (
        words.listed(parts) if parts else "none is silent for more than half of its length, or clipped by more than 1 %"
    )
    levels = [f"{level:.0f}".replace("-", "\N{MINUS SIGN}") for level in ask(QUANTILES)["level"].drop_nulls()]
    if levels:
        low, middle, high = levels
        if low == high:
            said = f"nine tenths are at {middle} dB of full scale; {said}"
        else:
            said = (
                f"half are louder than {middle} dB of full scale, nine tenths lie between {low} and {high} dB; {said}"
            )
    return f"Of {words.counted(heard, 'usable clip')} {said}."
