"""The classes as their ontology has them, from the most general to the most special, with how often each is said."""

from typing import Any

import polars as pl

from workflow_scripts.report.drawing import style, words
from workflow_scripts.report.drawing.asking import Asked
from workflow_scripts.report.drawing.class_counts import class_counts
from workflow_scripts.report.drawing.picture import Drawn, Nothing

TITLE = "Classes in their ontology"
CATEGORY = "Labels"
MOST = 800
"""Classes that are shown: those of most clips."""
LEVELS = 4
"""Shown from the top."""
HEIGHT = {40: 420, 200: 900, MOST: 1500}
"""Pixels, by the number of classes at most."""
FROM_LIGHT_TO_DARK = 3_000
"""So many times the clips of the lightest has the darkest."""
ROOT = "-"
"""Above all; no class is called so, as the ids of the picture have a mark before them."""


def draw(ask: Asked) -> Drawn | Nothing:
    """An icicle: a class stands left of those below it, as high as the square roots of their clips and its own."""
    counts = class_counts(ask)
    if not counts["parent_ids"].list.len().sum():
        return Nothing("No class has a class above it.")
    heard = counts.filter(pl.col("with_ancestors") > 0)
    if heard.is_empty():
        return Nothing("No class is said of any clip.")
    tree = _tree(heard)
    return Drawn(_icicle(tree), _sentence(counts, heard, tree))


def _tree(classes: pl.DataFrame) -> pl.DataFrame:
    """The classes of most clips, each below one class alone: of several above it, that of most clips.

    Returns:
        `id`, `parent` (`ROOT` of those at the top), `label`, `clips` with those of classes below, `own`, the square
        root of those that annotators said it of, and `level` from 1.
    """
    most = classes.sort(["with_ancestors", "depth", "class_id"], descending=[True, False, False], nulls_last=True)
    above = {row["class_id"]: row["with_ancestors"] for row in most.head(MOST).iter_rows(named=True)}
    rows: list[dict[str, Any]] = []
    levels: dict[str, int] = {ROOT: 0}
    waiting = most.head(MOST).to_dicts()
    while waiting:  # a class comes behind all that stand above it
        left = []
        for row in waiting:
            parents = [parent for parent in row["parent_ids"] if parent in above and parent != row["class_id"]]
            known = [parent for parent in parents if "/" + parent in levels]
            if len(known) < len(parents) and not row.get("is_last"):
                left.append(row)
                continue
            parent = "/" + max(known, key=lambda one: (above[one], one)) if known else ROOT
            levels["/" + row["class_id"]] = levels[parent] + 1
            rows.append(_node(row, parent, levels[parent] + 1))
        if len(left) == len(waiting):  # they stand above each other
            left[0]["is_last"] = True
        waiting = left
    return pl.DataFrame(rows)


def _node(row: dict[str, Any], parent: str, level: int) -> dict[str, Any]:
    return {
        "id": "/" + row["class_id"],
        "parent": parent,
        "label": words.shown(row["name"], 25),
        "clips": row["with_ancestors"],
        "own": row["annotated"] ** 0.5,
        "level": level,
    }


def _icicle(tree: pl.DataFrame) -> dict[str, Any]:
    """In Vega: Vega-Lite has no trees."""
    levels = min(LEVELS, tree.select(pl.col("level").max()).item())
    height = next(height for most, height in HEIGHT.items() if len(tree) <= most)
    width = (style.WIDTH - 20) // levels
    most = tree.select(pl.col("clips").max()).item()
    lightest = max(most // FROM_LIGHT_TO_DARK, 1)
    root = {"id": ROOT, "parent": None, "label": "", "clips": 0, "own": 0.0, "level": 0}
    is_high = "datum.y1 - datum.y0"
    values = [root, *tree.sort("clips", "id", descending=[True, False]).to_dicts()]
    return {
        "$schema": "https://vega.github.io/schema/vega/v6.json",
        "width": levels * width,
        "height": height,
        "padding": 5,
        "data": [
            {
                "name": "classes",
                "values": values,
                "transform": [
                    {"type": "stratify", "key": "id", "parentKey": "parent"},
                    {
                        "type": "partition",
                        "field": "own",
                        "size": [height, (tree.select(pl.col("level").max()).item() + 1) * width],
                        "as": ["y0", "x0", "y1", "x1", "depth", "children"],
                    },
                    {"type": "filter", "expr": f"datum.depth > 0 && datum.depth <= {levels} && {is_high} > 0.3"},
                ],
            }
        ],
        "scales": [
            {
                "name": "colour",
                "type": "log",
                "domain": [lightest, max(most, 10)],
                "clamp": True,
                "range": list(style.SEQUENCE),
                "interpolate": "rgb",
            }
        ],
        "legends": [
            {
                "fill": "colour",
                "type": "gradient",
                "title": "clips, with classes below",
                "orient": "top",
                "direction": "horizontal",
                "gradientLength": 240,
                "format": "~s",
                "values": [10**power for power in range(8) if lightest <= 10**power <= max(most, 10)],
            }
        ],
        "marks": [_boxes(width), _names(width, is_high, lightest * (max(most, 10) / lightest) ** style.DARK_FROM)],
    }


def _boxes(width: int) -> dict[str, Any]:
    return {
        "type": "rect",
        "from": {"data": "classes"},
        "encode": {
            "update": {
                "x": {"signal": f"datum.x0 - {width}"},
                "x2": {"signal": f"datum.x1 - {width}"},
                "y": {"field": "y0"},
                "y2": {"field": "y1"},
                "fill": {"scale": "colour", "signal": "max(datum.clips, 1)"},
                "stroke": {"value": style.PAPER},
                "strokeWidth": {"signal": "datum.y1 - datum.y0 > 3 ? 0.8 : 0.2"},
            }
        },
    }


def _names(width: int, is_high: str, dark: float) -> dict[str, Any]:
    """Names where they fit, with counts."""
    return {
        "type": "text",
        "from": {"data": "classes"},
        "encode": {
            "update": {
                "x": {"signal": f"datum.x0 - {width} + 4"},
                "y": {"signal": "(datum.y0 + datum.y1) / 2"},
                "baseline": {"value": "middle"},
                "font": {"value": style.FONT},
                "fontSize": {"signal": f"clamp({is_high} - 1, 7, 12)"},
                "limit": {"value": width - 8},
                "fill": {"signal": f"datum.clips > {dark} ? '{style.ON_DARK}' : '{style.ON_LIGHT}'"},
                "text": {"signal": f"{is_high} < 7.5 ? '' : datum.label + ' ' + format(datum.clips, ',')"},
            }
        },
    }


def _sentence(counts: pl.DataFrame, heard: pl.DataFrame, tree: pl.DataFrame) -> str:
    roots = tree.filter(pl.col("level") == 1).sort("clips", "label", descending=[True, False])
    several = int((counts["parent_ids"].list.len() > 1).sum())
    largest = [
        f"{words.quoted(label)} ({words.counted(clips, 'clip')})"
        for label, clips in roots.head(3)["label", "clips"].rows()
    ]
    text = (
        f"{len(heard):,} of {words.counted(len(counts), 'class', 'classes')} {words.are(len(heard))} said of clips or "
        f"{'follows' if len(heard) == 1 else 'follow'} from that; of {len(roots):,} that stand above all the others "
        f"{words.listed(largest)} {'has' if len(largest) == 1 else 'have'} most clips"
    )
    if several:
        shown = "is shown" if several == 1 else "are shown"
        text += f"; {several:,} below several {shown} below the one of most clips"
    if len(heard) > MOST:
        text += f"; the {MOST} of most clips are shown"
    return text + "."
