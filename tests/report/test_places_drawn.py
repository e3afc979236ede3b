"""The pictures of places and times."""

import json
import re
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.catalogue.by_hand import clip
from tests.report.drawn import datasets
from workflow_scripts.report.drawing.asking import asking
from workflow_scripts.report.drawing.globe import LAND, middle_of
from workflow_scripts.report.drawing.picture import Drawn, Nothing, drawers
from workflow_scripts.report.drawing.svg import svg_of

THERE = {"latitude": 47.5, "longitude": 8.5}
TIMES = [
    *["2020-05-03T06:30", "2020-05-04T06:45:10+02:00", "2021-05-04 06:10:00.5Z"],
    *["2020-12-24", "2020-12", "2020", "1999-13-01", "some day", "24.12.2020 18:00"],
]
WORLDS: dict[str, list[dict[str, object]]] = {
    "some": [THERE, THERE, {"latitude": -1.0}, {"latitude": 0.0, "longitude": 0.0}, {}],
    "date_line": [{"latitude": -17.0, "longitude": 179.5}, {"latitude": -18.0, "longitude": -179.5}],
    "many": [{"latitude": n % 100 / 2, "longitude": n / 10} for n in range(1_000)],
    "half": [{"latitude": 1.0, "recorded_at": "2020"}],
    "times": [{"recorded_at": one} for one in TIMES],
    "midnights": [{"recorded_at": f"2020-05-0{day}T00:00:00"} for day in range(1, 5)],
    "month": [{"recorded_at": "2020-05"}],
}
"""What is said of the clips of each dataset."""


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    of = {
        name: {
            "clips": [clip(f"{number}") for number in range(len(origins))],
            "origins": [{"clip_id": f"{number}"} | row for number, row in enumerate(origins)],
        }
        for name, origins in WORLDS.items()
    }
    return datasets(tmp_path_factory.mktemp("worlds"), **of)


def shown(catalogue: Path, name: str, world: str) -> Drawn | Nothing:
    with asking(catalogue, world) as ask:
        return drawers("pictures")[name].draw(ask)


def test_half_a_place_is_none_and_is_told(catalogue: Path) -> None:
    picture = shown(catalogue, "places", "some")
    assert isinstance(picture, Drawn)
    assert picture.sentence == (
        "Where it was recorded is said of 3 of 5 clips (60 %): 2 places between 0.0° N and 47.5° N, most at or about "
        "47.5° N 8.5° E (2, 67 %); 1 say latitude or longitude alone; 1 say 0° N 0° E, where hardly anybody records."
    )


def test_places_on_both_sides_of_the_date_line_are_close_together(catalogue: Path) -> None:
    picture = shown(catalogue, "places", "date_line")
    assert isinstance(picture, Drawn)
    found = re.findall(r'<path transform="translate\(([\d.]+),([\d.]+)\)', svg_of(picture, "", "x"))
    near = [(x, y) for x, y in found if 350 < float(x) < 410 and 150 < float(y) < 240]
    assert len(near) == 2


def test_many_places_are_counted_in_cells(catalogue: Path) -> None:
    picture = shown(catalogue, "places", "many")
    assert isinstance(picture, Drawn)
    assert "1,000 places between" in picture.sentence
    counts = [row["count"] for rows in picture.chart.to_dict()["datasets"].values() for row in rows if "count" in row]
    assert sum(counts) == 1_000
    assert len(counts) < 800


def test_without_places_nothing_is_seen(catalogue: Path) -> None:
    assert shown(catalogue, "places", "half") == Nothing("No clip says where it was recorded.")


LATITUDE, LONGITUDE = st.floats(-90, 90), st.floats(-180, 180)


@given(st.lists(st.tuples(LATITUDE, LONGITUDE), min_size=1))
def test_no_place_lies_beyond_the_reach_of_the_middle(places: list[tuple[float, float]]) -> None:
    frame = pl.DataFrame(places, schema={"latitude": pl.Float64, "longitude": pl.Float64}, orient="row")
    middle = middle_of(frame)
    assert -90 <= middle.latitude <= 90
    assert -180 <= middle.longitude <= 180
    assert 0 <= middle.reach <= 180


def test_the_outline_of_the_land_is_topojson_of_the_whole_earth() -> None:
    outline = json.loads(LAND.read_text())
    assert outline["objects"].keys() == {"land"}
    assert outline["bbox"] == pytest.approx([-180, -85.609038, 180, 83.64513])


def test_a_day_without_a_time_is_not_midnight(catalogue: Path) -> None:
    picture = shown(catalogue, "times", "times")
    assert isinstance(picture, Drawn)
    assert picture.sentence == (
        "Of 9 clips 5 (56 %) say in which month they were recorded, from 1999 to 2021, most in May; 3 (33 %) say the "
        "hour, most at 6 o'clock, 1 of them in Greenwich's time."
    )


def test_midnight_again_and_again_may_stand_for_no_time(catalogue: Path) -> None:
    picture = shown(catalogue, "times", "midnights")
    assert isinstance(picture, Drawn)
    assert picture.sentence.endswith("most at 0 o'clock; 4 of them say 00:00, which may stand for no time.")


def test_months_alone_are_shown_alone(catalogue: Path) -> None:
    picture = shown(catalogue, "times", "month")
    assert isinstance(picture, Drawn)
    assert picture.sentence == (
        "Of 1 clip 1 (100 %) say in which month they were recorded, in 2020, most in May; 0 (0 %) say the hour."
    )


def test_without_a_month_nothing_is_seen(catalogue: Path) -> None:
    picture = shown(catalogue, "times", "half")
    assert picture == Nothing("No clip says in which month it was recorded.")
