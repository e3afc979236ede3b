"""The pictures of places and times."""

import json
import re
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.catalogue.by_hand import clip
from tests.report.drawn import drawn
from workflow_scripts.report.drawing.globe import LAND, middle_of
from workflow_scripts.report.drawing.picture import Drawn, Nothing
from workflow_scripts.report.drawing.svg import svg_of


def shown(folder: Path, name: str, origins: list[dict[str, object]]) -> Drawn | Nothing:
    named = [{"clip_id": f"{number}"} | row for number, row in enumerate(origins)]
    return drawn(folder, name, clips=[clip(f"{number}") for number in range(len(origins))], origins=named)


def test_half_a_place_is_none_and_is_told(tmp_path: Path) -> None:
    there = {"latitude": 47.5, "longitude": 8.5}
    picture = shown(tmp_path, "places", [there, there, {"latitude": -1.0}, {"latitude": 0.0, "longitude": 0.0}, {}])
    assert isinstance(picture, Drawn)
    assert picture.sentence == (
        "Where it was recorded is said of 3 of 5 clips (60 %): 2 places between 0.0° N and 47.5° N, most at or about "
        "47.5° N 8.5° E (2, 67 %); 1 say latitude or longitude alone; 1 say 0° N 0° E, where hardly anybody records."
    )


def test_places_on_both_sides_of_the_date_line_are_close_together(tmp_path: Path) -> None:
    islands = [{"latitude": -17.0, "longitude": 179.5}, {"latitude": -18.0, "longitude": -179.5}]
    picture = shown(tmp_path, "places", islands)
    assert isinstance(picture, Drawn)
    circles = re.findall(
        r'aria-roledescription|<path transform="translate\(([\d.]+),([\d.]+)\)', svg_of(picture, "", "x")
    )
    places = [(float(x), float(y)) for x, y in circles if x]
    assert len([place for place in places if 350 < place[0] < 410 and 150 < place[1] < 240]) >= 2


def test_many_places_are_counted_in_cells(tmp_path: Path) -> None:
    spots = [{"latitude": n % 100 / 2, "longitude": n / 10} for n in range(1_000)]
    picture = shown(tmp_path, "places", spots)
    assert isinstance(picture, Drawn)
    assert "1,000 places between" in picture.sentence
    counts = [row["count"] for rows in picture.chart.to_dict()["datasets"].values() for row in rows if "count" in row]
    assert sum(counts) == 1_000
    assert len(counts) < 800


def test_without_places_nothing_is_seen(tmp_path: Path) -> None:
    assert shown(tmp_path, "places", [{"latitude": 1.0}]) == Nothing("No clip says where it was recorded.")


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


TIMES = [
    *["2020-05-03T06:30", "2020-05-04T06:45:10+02:00", "2021-05-04 06:10:00.5Z"],
    *["2020-12-24", "2020-12", "2020", "1999-13-01", "some day", "24.12.2020 18:00"],
]


def test_a_day_without_a_time_is_not_midnight(tmp_path: Path) -> None:
    picture = shown(tmp_path, "times", [{"recorded_at": one} for one in TIMES])
    assert isinstance(picture, Drawn)
    assert picture.sentence == (
        "Of 9 clips 5 (56 %) say in which month they were recorded, from 1999 to 2021, most in May; 3 (33 %) say the "
        "hour, most at 6 o'clock, 1 of them in Greenwich's time."
    )


def test_midnight_again_and_again_may_stand_for_no_time(tmp_path: Path) -> None:
    picture = shown(tmp_path, "times", [{"recorded_at": f"2020-05-0{day}T00:00:00"} for day in range(1, 5)])
    assert isinstance(picture, Drawn)
    assert picture.sentence.endswith("most at 0 o'clock; 4 of them say 00:00, which may stand for no time.")


def test_months_alone_are_shown_alone(tmp_path: Path) -> None:
    picture = shown(tmp_path, "times", [{"recorded_at": "2020-05"}])
    assert isinstance(picture, Drawn)
    assert picture.sentence == (
        "Of 1 clip 1 (100 %) say in which month they were recorded, in 2020, most in May; 0 (0 %) say the hour."
    )


def test_without_a_month_nothing_is_seen(tmp_path: Path) -> None:
    picture = shown(tmp_path, "times", [{"recorded_at": "2020"}])
    assert picture == Nothing("No clip says in which month it was recorded.")
