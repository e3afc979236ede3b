"""The files of a picture: text as text, nothing of one picture in another's way, the same bytes for the same data."""

import hashlib
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import altair as alt
import polars as pl
import pytest
from PIL import Image

from tests.catalogue.by_hand import clip
from tests.report.drawn import datasets
from workflow_scripts.report.drawing.picture import CATEGORIES, Drawn, drawers
from workflow_scripts.report.drawing.style import PAPER
from workflow_scripts.report.drawing.svg import png_of, svg_of
from workflow_scripts.report.drawing.told import FILE

ODD = ["a<b>&\"'", "{braces}", "</script>", "\x00\x07\x1b[2J\ufffe", "line\nline", "كلب", "\u202eevil", "x" * 500]
REPOSITORY = Path(__file__).resolve().parents[2]


def bars(names: list[str]) -> Drawn:
    data = pl.DataFrame({"name": names, "clips": range(len(names))})
    chart = alt.Chart(data).mark_bar(clip=True).encode(y="name:N", x="clips:Q")
    return Drawn(chart, "Two <b>bars</b> & more.")


def test_names_from_outside_stay_text_in_a_picture() -> None:
    root = ET.fromstring(svg_of(bars(ODD), "Odd <names>", "mine-odd"))
    texts = {"".join(element.itertext()) for element in root.iter() if element.tag.endswith("}text")}
    assert {"a<b>&\"'", "{braces}", "</script>", "line line", "كلب"} <= texts
    assert not any("\u202e" in text or "\x1b" in text for text in texts)
    assert {element.tag.split("}")[1] for element in root.iter()} <= {"svg", "title", "desc", "g", "path", "rect"} | {
        *("text", "line", "defs", "clipPath")
    }


def test_a_picture_says_what_it_is_to_those_who_hear() -> None:
    root = ET.fromstring(svg_of(bars(["a", "b"]), "Bars", "mine-bars"))
    by_id = {element.get("id"): element for element in root.iter() if element.get("id")}
    assert root.get("role") == "img"
    assert [by_id[one].text for one in root.attrib["aria-labelledby"].split()] == ["Bars", "Two <b>bars</b> & more."]
    assert not any(element.get("role") or element.get("aria-label") for element in root.iter() if element is not root)


def test_what_was_drawn_before_makes_no_difference() -> None:
    """Its ids would count on."""
    first = svg_of(bars(["a", "b"]), "Bars", "one")
    svg_of(bars(["a", "b"]), "Bars", "other")
    assert svg_of(bars(["a", "b"]), "Bars", "one") == first


def test_ids_of_two_pictures_are_not_the_same() -> None:
    one, other = (svg_of(bars(["a", "b"]), "Bars", key) for key in ("mine-bars", "mine-other"))
    ids = [{element.get("id") for element in ET.fromstring(svg).iter()} - {None} for svg in (one, other)]
    assert len(ids[0]) > 2  # a clip path too
    assert not ids[0] & ids[1]
    for svg, own in zip((one, other), ids, strict=True):
        asked = {
            value[5:-1]
            for element in ET.fromstring(svg).iter()
            for value in element.attrib.values()
            if "url(#" in value
        }
        assert asked
        assert asked <= own


def test_a_picture_stands_on_white_and_is_twice_as_sharp() -> None:
    svg = svg_of(bars(["a", "b"]), "Bars", "mine-bars")
    root = ET.fromstring(svg)
    folder_png = png_of(svg)
    with Image.open(__import__("io").BytesIO(folder_png)) as image:
        assert image.convert("RGB").getpixel((0, 0)) == (255, 255, 255)
        assert image.width == 2 * int(root.attrib["width"])
    assert f'fill="{PAPER}"' in svg


@pytest.mark.parametrize("room", ["pictures", "pictures_of_all"])
def test_every_picture_has_a_title_a_category_and_a_place_in_the_docs(room: str) -> None:
    told = (REPOSITORY / "docs" / "pictures.md").read_text(encoding="utf-8")
    for name, drawer in drawers(room).items():
        assert drawer.TITLE.strip(), name
        assert drawer.CATEGORY in CATEGORIES, name
        assert f"`{name}`" in told, name


def test_the_same_data_give_the_same_bytes(tmp_path: Path) -> None:
    clips = [clip(f"c{n}", split=f"s{n % 3}", status="missing" if n % 4 else "usable") for n in range(20)]
    catalogue = datasets(tmp_path, mine={"clips": clips})
    code = (
        "import sys; from pathlib import Path; from workflow_scripts.report.drawing.asking import asking; "
        "from workflow_scripts.report.drawing.folder import draw_pictures\n"
        "with asking(Path(sys.argv[1]), 'mine') as ask: draw_pictures('pictures', ask, Path(sys.argv[2]))"
    )
    digests = []
    for folder in (tmp_path / "one", tmp_path / "other"):
        subprocess.run([sys.executable, "-c", code, catalogue, folder], cwd=REPOSITORY, check=True)
        digests.append({file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in folder.iterdir()})
    assert digests[0] == digests[1]
    assert {FILE, "file_comparison.svg", "file_comparison.png"} <= digests[0].keys()
