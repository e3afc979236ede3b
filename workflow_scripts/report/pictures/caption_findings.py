"""Captions that say nothing, too little, what others say, or what does not fit."""

import polars as pl

from workflow_scripts.report.drawing import words
from workflow_scripts.report.drawing.asking import Asked
from workflow_scripts.report.drawing.bars import bars
from workflow_scripts.report.drawing.picture import Drawn, Nothing

TITLE = "Findings of captions"
CATEGORY = "Captions"
KINDS = {
    "empty": "nothing that can be seen",
    "junk": "no sentence about a sound",
    "generic": "“a sound”, and not of what",
    "repeated": "said of other clips too",
    "language": "in another language",
    "contradicts": "labels exclude what it names",
    "unfit": "scores low with the sound",
}
"""Of the view caption_findings, in its order."""
SAID = {
    "empty": "empty",
    "junk": "junk",
    "generic": "generic",
    "repeated": "repeated",
    "language": "in another language",
    "contradicts": "contradicted by labels",
    "unfit": "scored low with the sound",
}
COUNTS = "SELECT kind, count(ordinal) AS count, count(*) - count(ordinal) AS clips FROM caption_findings GROUP BY kind"
"""Captions by what was found of them, and clips without any, which are no captions."""
CAPTIONS = "SELECT count(*) AS captions FROM captions"


def draw(ask: Asked) -> Drawn | Nothing:
    """A bar a kind of finding."""
    captions = ask(CAPTIONS).item()
    if not captions:
        return Nothing("The dataset has no captions.")
    counted = ask(COUNTS)
    found = dict(counted.filter(pl.col("count") > 0).select("kind", "count").rows())
    without = int(counted["clips"].sum())
    counts = pl.DataFrame({"name": list(KINDS.values()), "count": [found.get(kind, 0) for kind in KINDS]})
    chart = bars(counts, "captions", captions)
    most = sorted(found, key=lambda kind: (-found[kind], kind))
    said = [
        f"{found[kind]:,} ({words.share(found[kind], captions)}) {words.are(found[kind])} {SAID[kind]}" for kind in most
    ]
    others = (
        f"; {words.counted(without, 'clip')} more of splits with captions {'has' if without == 1 else 'have'} none"
        if without
        else ""
    )
    told = words.listed(said or ["none has a finding"])
    return Drawn(chart, f"Of {words.counted(captions, 'caption')} {told}{others}.")
