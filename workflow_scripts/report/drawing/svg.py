"""From a chart to the bytes of its files: SVG whose text is text, and PNG of that. No browser, no network."""

import re
import xml.etree.ElementTree as ET
from typing import Any

import vl_convert

from workflow_scripts.report.drawing.picture import Drawn
from workflow_scripts.report.drawing.style import CONFIG
from workflow_scripts.report.drawing.words import shown

VEGA_LITE = "6.4"
"""The version that altair writes, as what draws calls it."""
SCALE = 2.0
"""Of the PNG: it is as sharp on today's screens, and in print."""
SVG = "http://www.w3.org/2000/svg"
ET.register_namespace("", SVG)
ET.register_namespace("xlink", "http://www.w3.org/1999/xlink")
_REFERENCE = re.compile(r"(?<=url\(#)[^)]+")
_LONGEST_TEXT = 1_000
"""Letters of a text in a picture, whatever it is."""


def svg_of(picture: Drawn, title: str, key: str) -> str:
    """A picture as SVG.

    Args:
        picture: what was drawn.
        title: what it is called.
        key: stands before every id in it, so that many pictures can stand in one page.
    """
    spec = picture.chart if isinstance(picture.chart, dict) else picture.chart.to_dict()
    spec = _clean(spec | {"config": CONFIG})
    if "/vega/" in spec["$schema"]:
        drawn = vl_convert.vega_to_svg(spec)
    else:
        drawn = vl_convert.vegalite_to_svg(spec, vl_version=VEGA_LITE)
    root = ET.fromstring(drawn)
    ids: dict[str, str] = {}
    for element in root.iter():
        _own(element, key, ids)
    _described(root, key, title, picture.sentence)
    return ET.tostring(root, encoding="unicode") + "\n"


def png_of(svg: str) -> bytes:
    """An SVG as PNG."""
    return vl_convert.svg_to_png(svg, scale=SCALE)


def _clean(part: Any) -> Any:
    """Part of a chart with all texts as `shown`: a character that XML cannot hold would end the process that draws."""
    if isinstance(part, dict):
        return {name: _clean(value) for name, value in part.items()}
    if isinstance(part, list):
        return [_clean(value) for value in part]
    if not isinstance(part, str) or part.isprintable():
        return part
    return shown(part, _LONGEST_TEXT)


def _own(element: ET.Element, key: str, ids: dict[str, str]) -> None:
    """Its ids, and what it says of others', are of this picture alone. Those who hear are told by `_described`.

    Args:
        element: a part of the picture.
        key: of the picture.
        ids: the new ones that were given so far, by the old: those count on over all pictures that a process draws.
    """

    def own(old: str) -> str:
        return ids.setdefault(old, f"{key}-{len(ids)}")

    for name, value in list(element.attrib.items()):
        if name == "role" or name.startswith("aria-"):
            del element.attrib[name]
        elif name == "id":
            element.set(name, own(value))
        else:
            element.set(name, _REFERENCE.sub(lambda found: own(found[0]), value))


def _described(root: ET.Element, key: str, title: str, sentence: str) -> None:
    """Title and sentence, for those who hear a page."""
    root.attrib |= {"role": "img", "aria-labelledby": f"{key}-title {key}-description"}
    for place, (name, kind, text) in enumerate([("title", "title", title), ("description", "desc", sentence)]):
        told = ET.Element(f"{{{SVG}}}{kind}", {"id": f"{key}-{name}"})
        told.text = text
        root.insert(place, told)
