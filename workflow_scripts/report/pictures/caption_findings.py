"""Captions that say nothing, too little, what others say, or what does not fit."""

import polars as pl

from workflow_scripts.report.drawing import words
from workflow_scripts.report.drawing.asking import Asked
from workflow_scripts.report.drawing.bars import bars
from workflow_scripts.report.drawing.picture import Drawn, Nothing

TITLE = "Findings of captions"
CATEGORY = "Captions"
KINDS = {
    "empty": "empty, or none at all",
    "junk": "no sentence about a sound",
    "generic": "“a sound”, and not of what",
    "repeated": "said of other clips too",
    "language": "in another language",
    "contradicts": "labels exclude what it names",
}
"""Of the view caption_findings, in its order."""
SAID = {
    "empty": "empty or absent",
    "junk": "junk",
    "generic": "generic",
    "repeated": "repeated",
    "language": "in another language",
    "contradicts": "contradicted by labels",
}
COUNTS = "SELECT kind, count(*) AS count FROM caption_findings GROUP BY kind"
CAPTIONS = "SELECT count(*) AS captions FROM captions"


def draw(ask: Asked) -> Drawn | Nothing:
    """A bar a kind of finding."""
    captions = ask(CAPTIONS).item()
    if not captions:
        return Nothing("The dataset has no captions.")
    found = dict(ask(COUNTS).select("kind", "count").rows())
    counts = pl.DataFrame({"name": list(KINDS.values()), "count": [found.get(kind, 0) for kind in KINDS]})
    chart = bars(counts, "captions", captions)
    most = sorted(found, key=lambda kind: (-found[kind], kind))
    said = [f"{found[kind]:,} ({words.share(found[kind], captions)}) are {SAID[kind]}" for kind in most]
    return Drawn(chart, f"Of {words.counted(captions, 'caption')} {words.listed(said or ['none has a finding'])}.")
