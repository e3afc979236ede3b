"""What splits share that no two should: before care and after it."""

import polars as pl

from workflow_scripts.report.drawing import words
from workflow_scripts.report.drawing.asking import Asked
from workflow_scripts.report.drawing.cells import cells
from workflow_scripts.report.drawing.columns import total
from workflow_scripts.report.drawing.picture import Drawn, Nothing

TITLE = "What splits share"
CATEGORY = "Sharing"
SHARED = {
    "video": ("one video or recording", "video or recording", "videos or recordings"),
    "neighbours": ("neighbours in one", "pair of neighbours", "pairs of neighbours"),
    "source": ("one publication", "publication", "publications"),
    "media": ("one file", "file", "files"),
    "samples": ("the same samples", "set of samples", "sets of samples"),
    "sound": ("the same sound", "sound", "sounds"),
    "session": ("one session", "session", "sessions"),
}
"""Of the view leakage, in its order: beside the table, one of them, many."""
SPLITS = {"authors": "splits of the authors", "assigned": "splits with care", "folds": "folds"}
COUNTS = "FROM leakage"


def draw(ask: Asked) -> Drawn | Nothing:
    """A row for each thing that clips can share, a column for each way to split."""
    leakage = ask(COUNTS)
    ways = [way for way in SPLITS if leakage[way].count()]
    parts = [
        leakage.select(
            row=pl.col("shared_by").replace_strict({name: said[0] for name, said in SHARED.items()}),
            shared_by="shared_by",
            column=pl.lit(SPLITS[way]),
            things=way,
            count=f"{way}_clips",
        )
        for way in ways
    ]
    if not parts or not total((counts := pl.concat(parts))["count"]):
        return Nothing("No two splits share a video, a publication, a file, samples or sound.")
    said = [
        f"{words.counted(things, *SHARED[shared_by][1:])}, {words.counted(clips, 'clip')}" if things else "none"
        for shared_by, things, clips in counts.select("shared_by", "things", "count").rows()
    ]
    chart = cells(
        counts.with_columns(said=pl.Series(said)),
        [name for name, *_ in SHARED.values()],
        [SPLITS[way] for way in ways],
        230,
    )
    return Drawn(chart, _sentence(counts, ways))


def _sentence(counts: pl.DataFrame, ways: list[str]) -> str:
    told = []
    for way in ways:
        found = counts.filter(pl.col("column") == SPLITS[way], pl.col("things") > 0)
        shared = [words.counted(row[0], *SHARED[row[1]][1:]) for row in found.select("things", "shared_by").rows()]
        told.append(f"{SPLITS[way]} share {words.listed(shared or ['nothing'])}")
    return f"{words.sentence_case('; '.join(told))}."
