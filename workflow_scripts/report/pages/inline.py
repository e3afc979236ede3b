"""Pictures inside a page: their SVG, so that it asks for no other file."""

from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from workflow_scripts.report.drawing.told import Exhibit, read_told


@dataclass(frozen=True)
class Gallery:
    """What was drawn.

    Attributes:
        shown: by category, in the order of a page: what is told of each picture, and its SVG.
        others: pictures that there are none of, each with its reason.
    """

    shown: dict[str, list[tuple[Exhibit, Markup]]]
    others: list[Exhibit]


def gallery(folder: Path) -> Gallery:
    """The pictures of a folder. Their ids are their own, and text in them is text (report/drawing/svg.py)."""
    exhibits = read_told(folder)
    shown: dict[str, list[tuple[Exhibit, Markup]]] = {}
    for one in exhibits:
        if one.sentence is not None:
            svg = (folder / f"{one.name}.svg").read_text(encoding="utf-8")
            shown.setdefault(one.category, []).append((one, Markup(svg)))
    return Gallery(shown, [one for one in exhibits if one.sentence is None])
