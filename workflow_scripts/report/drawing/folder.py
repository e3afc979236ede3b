"""All pictures of a dataset or of a run: asked for, drawn, written."""

import logging
import time
from pathlib import Path

from workflow_scripts.report.drawing.asking import Asked
from workflow_scripts.report.drawing.picture import Drawer, Nothing, drawers
from workflow_scripts.report.drawing.svg import png_of, svg_of
from workflow_scripts.report.drawing.told import Exhibit, write_told
from workflow_scripts.tables.files import whole


def draw_pictures(room: str, ask: Asked, folder: Path) -> None:
    """Draw what there is to be seen, in SVG and PNG, and write what each shows, in text and `pictures.json`.

    Args:
        room: the folder of modules that draw: `pictures`, of one dataset, or `pictures_of_all`.
        ask: the catalogue.
        folder: for the files. Those that were there before go.
    """
    of = ask.dataset or "-all"  # no dataset is called so
    with whole(folder) as part:
        part.mkdir()
        told = [_draw(name, drawer, ask, part, f"{of}-{name}") for name, drawer in drawers(room).items()]
        write_told(told, part)


def _draw(name: str, drawer: Drawer, ask: Asked, folder: Path, key: str) -> Exhibit:
    began = time.monotonic()
    drawn = drawer.draw(ask)
    asked = time.monotonic()
    if isinstance(drawn, Nothing):
        logging.info("%s: nothing, after %.2f s: %s", name, asked - began, drawn.reason)
        return Exhibit(name, drawer.TITLE, drawer.CATEGORY, reason=drawn.reason)
    svg = svg_of(drawn, drawer.TITLE, key)
    (folder / f"{name}.svg").write_text(svg, encoding="utf-8")
    (folder / f"{name}.png").write_bytes(png_of(svg))
    (folder / f"{name}.txt").write_text(f"{drawn.sentence}\n", encoding="utf-8")
    logging.info("%s: asked for %.2f s, drawn in %.2f s", name, asked - began, time.monotonic() - asked)
    return Exhibit(name, drawer.TITLE, drawer.CATEGORY, drawn.sentence)
