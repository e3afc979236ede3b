"""Under which licences clips are, and whether these forbid commercial use."""

import polars as pl

from workflow_scripts.report.drawing import style, words
from workflow_scripts.report.drawing.asking import Asked
from workflow_scripts.report.drawing.bars import bars, most_common
from workflow_scripts.report.drawing.columns import total
from workflow_scripts.report.drawing.picture import Drawn, Nothing

TITLE = "Licences"
CATEGORY = "Licences"
MOST = 20
SEVERAL, REST, NOT_SAID = "{} other licences", "several licences", "(nothing is said)"
KINDS = {
    "commercial use allowed": style.BLUE,
    "commercial use forbidden": style.ORANGE,
    "its words do not tell": style.YELLOW,
    "nothing is said": style.GREY,
    REST: style.RULE,
}
COUNTS = """
SELECT
    nullif(trim(licence), '') AS name,
    CASE
        WHEN name IS NULL THEN 'nothing is said'
        WHEN noncommercial THEN 'commercial use forbidden'
        WHEN noncommercial IS NULL THEN 'its words do not tell'
        ELSE 'commercial use allowed'
    END AS kind,
    list_contains(spdx_ids(), name) AS is_spdx,
    sum(clips)::BIGINT AS count
FROM rights
GROUP BY ALL
ORDER BY count DESC, name
"""


def draw(ask: Asked) -> Drawn | Nothing:
    """A bar a licence, the most clips first, the smaller ones together; what is no SPDX id stands in quotes."""
    counts = ask(COUNTS)
    if not counts["name"].count():
        return Nothing("No clip says under which licence it is.")
    clips = total(counts["count"])
    names = [_name(*row) for row in counts.select("name", "is_spdx").rows()]
    shown = most_common(counts.with_columns(name=pl.Series(names)), MOST, SEVERAL)
    shown = shown.with_columns(pl.col("kind").fill_null(REST))
    colours = {kind: colour for kind, colour in KINDS.items() if kind in shown["kind"]}
    return Drawn(bars(shown, "clips", clips, colours, width=460), _sentence(counts, names, clips))


def _name(licence: str | None, is_spdx: bool | None) -> str:
    if licence is None:
        return NOT_SAID
    return licence if is_spdx else f"“{words.shown(licence)}”"


def _sentence(counts: pl.DataFrame, names: list[str], clips: int) -> str:
    first = zip(names, counts["name"], counts["count"], strict=True)
    told = [
        f"{count:,} ({words.share(count, clips)}) are under {name}" for name, said, count in first if said is not None
    ]
    parts = {
        "are under words that are no SPDX id": ~pl.col("is_spdx"),
        "say nothing": pl.col("name").is_null(),
        "may not be used commercially": pl.col("kind") == "commercial use forbidden",
    }
    sums = {said: total(counts.filter(rows)["count"]) for said, rows in parts.items()}
    told = told[:2] + [f"{count:,} ({words.share(count, clips)}) {said}" for said, count in sums.items() if count]
    return f"Of {words.counted(clips, 'clip')} {words.listed(told)}."
