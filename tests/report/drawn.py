"""Pictures of catalogues made by hand."""

from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.catalogue.by_hand import ROOT, Row, catalogue_of
from workflow_scripts.report.drawing.asking import asking
from workflow_scripts.report.drawing.picture import Drawn, Nothing, drawers
from workflow_scripts.report.drawing.svg import svg_of


def drawn(folder: Path, name: str, checks: Sequence[Row] = (), **tables: Sequence[Row]) -> Drawn | Nothing:
    """A picture of a dataset of which some tables hold these rows, and the others none; it can be made an SVG.

    Checks are those of ROOT.
    """
    numbers = dict.fromkeys(("ordinal", "media", "served", "usable", "orphans"), 0)
    roots = [{"root": ROOT, "path": "/audio", "holds": "clips", **numbers}] if checks else []
    told = {"mine": {"roots": roots, **tables}}
    with closing(catalogue_of(folder, told, checks)), asking(folder / "results/catalog.duckdb", "mine") as ask:
        picture = drawers("pictures")[name].draw(ask)
    if isinstance(picture, Drawn):
        assert "<svg" in svg_of(picture, name, "mine")
    return picture


def rows(picture: Drawn | Nothing) -> list[dict[str, Any]]:
    """All rows that a picture is drawn of."""
    assert isinstance(picture, Drawn)
    if isinstance(picture.chart, dict):
        return [row for data in picture.chart["data"] for row in data["values"]]
    return [row for data in picture.chart.to_dict()["datasets"].values() for row in data]


def datasets(folder: Path, **of: Mapping[str, Sequence[Row]]) -> Path:
    """The catalogue of several datasets."""
    catalogue_of(folder, of).close()
    return folder / "results/catalog.duckdb"
