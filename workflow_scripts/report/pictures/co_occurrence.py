"""Which classes are said of the same clips."""

from typing import Any

import altair as alt
import numpy as np
import polars as pl
from altair.typing import ChartType

from workflow_scripts.report.drawing import style, words
from workflow_scripts.report.drawing.asking import Asked
from workflow_scripts.report.drawing.class_sets import class_sets
from workflow_scripts.report.drawing.picture import Drawn, Nothing
from workflow_scripts.report.drawing.seriation import order_of

TITLE = "Classes of the same clips"
CATEGORY = "Labels"
MOST = 44
"""Classes that are shown: the most frequent of those that share clips with others."""
CELL = 15


def draw(ask: Asked) -> Drawn | Nothing:
    """A matrix: of the clips of the class of a row, the share that have that of a column too."""
    pairs, all_pairs, sharing = _pairs(ask)
    if pairs.is_empty():
        return Nothing("No two classes are said of the same clip.")
    return Drawn(_chart(pairs), _sentence(pairs, all_pairs, sharing))


def _pairs(ask: Asked) -> tuple[pl.DataFrame, int, int]:
    """Each pair of two of the most frequent classes; how many pairs there are of all; how many classes share clips.

    Returns:
        Names and ids `a` and `b` (`a_id`, `b_id`), both ways round; clips of each (`a_clips`, `b_clips`) and of both.
    """
    said = f"""
        said AS MATERIALIZED (
            SELECT number, clips, unnest(class_ids) AS class_id
            FROM (
                SELECT row_number() OVER () AS number, list_distinct(class_ids) AS class_ids, clips
                FROM ({class_sets(ask)})
            )
        ),
        sizes AS (SELECT class_id, sum(clips)::BIGINT AS clips FROM said GROUP BY ALL),
        sharing AS (
            SELECT DISTINCT class_id
            FROM said
            SEMI JOIN (SELECT number FROM said GROUP BY ALL HAVING count(*) > 1) USING (number)
        ),
        joined AS (
            SELECT a.class_id AS a_id, b.class_id AS b_id, sum(a.clips)::BIGINT AS clips
            FROM said AS a JOIN said AS b ON a.number = b.number AND a.class_id <> b.class_id
            GROUP BY ALL
        )
    """  # noqa: S608  SQL of class_sets.py alone
    counts = ask(f"WITH {said} SELECT (SELECT count(*) FROM joined) // 2, (SELECT count(*) FROM sharing)").row(0)  # noqa: S608
    pairs = ask(
        f"""
        WITH {said},
        frequent AS (
            SELECT class_id, name, clips FROM sizes JOIN classes USING (class_id) SEMI JOIN sharing USING (class_id)
            ORDER BY clips DESC, name, class_id LIMIT $most
        )
        SELECT a.name AS a, b.name AS b, a_id, b_id, a.clips AS a_clips, b.clips AS b_clips, joined.clips
        FROM joined
        JOIN frequent AS a ON a.class_id = a_id
        JOIN frequent AS b ON b.class_id = b_id
        ORDER BY a_clips DESC, a_id, b_clips DESC, b_id
        """,  # noqa: S608  likewise
        most=MOST,
    )
    return pairs, *counts


def _chart(pairs: pl.DataFrame) -> ChartType:
    classes = pairs.select("a_id", "a").unique(maintain_order=True)
    place = {class_id: number for number, class_id in enumerate(classes["a_id"])}
    alike = np.zeros((len(place), len(place)))
    for row in pairs.iter_rows(named=True):  # Ochiai's coefficient
        alike[place[row["a_id"]], place[row["b_id"]]] = row["clips"] / (row["a_clips"] * row["b_clips"]) ** 0.5
    names = words.labels(classes["a"], 32)
    order = [names[number] for number in order_of(alike)]
    cells = pairs.select(
        pl.col("a_id", "b_id").replace_strict(dict(zip(place, names, strict=True))),
        share=pl.col("clips") / pl.col("a_clips"),
    )
    axis: dict[str, Any] = {"labelFontSize": 11, "labelOverlap": False, "ticks": False, "domain": False, "grid": False}
    y = alt.Y("a_id:N", sort=order, title="of the clips of this class").scale(domain=order)
    x = alt.X("b_id:N", sort=order, title="this share has this class too (grey: the class itself)").scale(domain=order)
    matrix = (
        alt.Chart(cells)
        .mark_rect(stroke=style.PAPER, strokeWidth=0.5)
        .encode(
            y=y.axis(**axis),
            x=x.axis(**axis, labelAngle=-60, orient="top"),
            color=alt.Color("share:Q", title=None)
            .scale(type="sqrt", domain=[0, 1], range=list(style.SEQUENCE))
            .legend(format="%", values=[0.01, 0.1, 0.25, 0.5, 1], gradientLength=240, orient="bottom"),
        )
    )
    diagonal = (
        alt.Chart(pl.DataFrame({"a_id": order})).mark_rect(fill=style.GREY).encode(y=y, x=alt.X("a_id:N", sort=order))
    )
    return alt.layer(matrix, diagonal).properties(width=CELL * len(order), height=CELL * len(order))


def _sentence(pairs: pl.DataFrame, all_pairs: int, sharing: int) -> str:
    shown = pairs["a_id"].n_unique()
    most = pairs.sort(["clips", "a_clips", "a_id", "b_id"], descending=[True, True, False, False]).row(0, named=True)
    of_first, of_second = (words.share(most["clips"], most[f"{one}_clips"]) for one in ("a", "b"))
    text = (
        f"{words.counted(all_pairs, 'pair')} of classes {'is' if all_pairs == 1 else 'are'} said of the same clips, "
        f"most often {words.quoted(most['a'])} and {words.quoted(most['b'])} "
        f"(of {words.counted(most['clips'], 'clip')}, {of_first} of the first and {of_second} of the second)"
    )
    if shown < sharing:
        text += f"; of {sharing:,} classes that share clips the {shown:,} most frequent are shown"
    return text + "."
