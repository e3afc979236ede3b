"""Clips whose files hold the same samples as another's."""

import polars as pl

from workflow_scripts.report.drawing import words
from workflow_scripts.report.drawing.asking import Asked
from workflow_scripts.report.drawing.bars import bars
from workflow_scripts.report.drawing.picture import Drawn, Nothing

TITLE = "Duplicates"
CATEGORY = "Sharing"
KINDS = ("in one split", "in several splits", "digital silence")
COUNTS = """
SELECT
    CASE
        WHEN is_digital_silence THEN 'digital silence'
        WHEN crosses_splits THEN 'in several splits'
        ELSE 'in one split'
    END AS kind,
    count(*) AS sounds,
    sum(clips)::BIGINT AS clips,
    max(clips) AS most
FROM duplicates
GROUP BY ALL
"""
HEARD = "SELECT count(*) FILTER (path IS NOT NULL) AS clips FROM clips"


def draw(ask: Asked) -> Drawn | Nothing:
    """A bar each for clips that share their samples within a split, across splits, or are nothing but silence."""
    counts = ask(COUNTS)
    if counts.is_empty():
        return Nothing("No two files hold the same samples.")
    found = {kind: (sounds, clips, most) for kind, sounds, clips, most in counts.rows()}
    rows = pl.DataFrame({"name": KINDS, "count": [found.get(kind, (0, 0, 0))[1] for kind in KINDS]})
    heard = ask(HEARD).item()
    told = [
        f"{clips:,} ({words.share(clips, heard)}) share {words.counted(sounds, 'sound')} {kind}"
        for kind, (sounds, clips, _) in sorted(found.items(), reverse=True)
        if kind != KINDS[2]
    ]
    if KINDS[2] in found:
        told.append(f"{found[KINDS[2]][1]:,} are digital silence that others are too")
    largest = max(most for _, _, most in found.values())
    return Drawn(
        bars(rows, "clips that share their samples with another", heard),
        f"Of {words.counted(heard, 'clip')} with audio {words.listed(told)}; the most that share one are {largest:,}.",
    )
