"""What a picture is: a module of report/pictures or report/pictures_of_all with these names."""

import importlib
import pkgutil
from dataclasses import dataclass
from typing import Any, Protocol, cast

from workflow_scripts.report.drawing.asking import Asked

CATEGORIES = ("Clips", "Labels", "Captions", "Sound", "Places and times", "Sharing", "Licences", "Runs")
"""In the order in which a page shows them; within each, pictures go by the names of their modules."""


@dataclass(frozen=True)
class Drawn:
    """What was drawn.

    Attributes:
        chart: an altair chart, or a dict of Vega.
        sentence: what it shows, in one sentence with numbers, made from the data.
    """

    chart: Any
    sentence: str


@dataclass(frozen=True)
class Nothing:
    """There is nothing to be seen, and why, as a sentence: "No clip says where it was recorded."."""

    reason: str


class Drawer(Protocol):
    """A module that draws one picture.

    Attributes:
        TITLE: what stands above it.
        CATEGORY: one of CATEGORIES.
    """

    TITLE: str
    CATEGORY: str

    def draw(self, ask: Asked) -> Drawn | Nothing:
        """Ask the catalogue, and draw the answers. Tables of counts are asked for, never rows of clips."""
        ...


def drawers(room: str) -> dict[str, Drawer]:
    """The modules of a room, `pictures` or `pictures_of_all`, by name, in the order in which a page shows them."""
    package = importlib.import_module(f"workflow_scripts.report.{room}")
    found = {name: _drawer(room, name) for _, name, _ in pkgutil.iter_modules(package.__path__)}
    return dict(sorted(found.items(), key=lambda item: (CATEGORIES.index(item[1].CATEGORY), item[0])))


def _drawer(room: str, name: str) -> Drawer:
    return cast(Drawer, importlib.import_module(f"workflow_scripts.report.{room}.{name}"))
