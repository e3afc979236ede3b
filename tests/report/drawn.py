"""Pictures of catalogues made by hand."""

from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

from tests.catalogue.by_hand import Row, catalogue_of
from workflow_scripts.report.drawing.asking import asking
from workflow_scripts.report.drawing.picture import Drawn, Nothing, drawers


def drawn(folder: Path, name: str, **tables: Sequence[Row]) -> Drawn | Nothing:
    """A picture of a dataset of which some tables hold these rows, and the others none."""
    with closing(catalogue_of(folder, {"mine": tables})), asking(folder / "results/catalog.duckdb", "mine") as ask:
        return drawers("pictures")[name].draw(ask)


def datasets(folder: Path, **of: Mapping[str, Sequence[Row]]) -> Path:
    """The catalogue of several datasets."""
    catalogue_of(folder, of).close()
    return folder / "results/catalog.duckdb"
