"""Reports in a real Chromium, from disk: seen, heard, by keys, on a phone, on paper, in the light and in the dark."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.project import Project
from tests.report.hostile import make_hostile
from tests.report.made_reports import draw, make_report, make_report_of_all, parsed

VIEWS = ("light", "dark", "phone_light", "phone_dark")


@pytest.fixture(scope="module")
def sample(sample_project: Project, tmp_path_factory: pytest.TempPathFactory) -> Path:
    catalogue, folder = sample_project.folder / "results/catalog.duckdb", tmp_path_factory.mktemp("sample")
    draw(catalogue, folder, "sample")
    return make_report(catalogue, "sample", folder)


@pytest.fixture(scope="module")
def told(look: Callable[..., Any], sample: Path) -> Any:
    return look("open_report", sample, sample.parent)


@pytest.fixture(scope="module")
def hostile(look: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("hostile")
    catalogue = make_hostile(folder)
    draw(catalogue, folder, "mine")
    return look("open_report", make_report(catalogue, "mine", folder), folder)


@pytest.fixture(scope="module")
def of_all(look: Callable[..., Any], sample_project: Project, tmp_path_factory: pytest.TempPathFactory) -> Any:
    catalogue, folder = sample_project.folder / "results/catalog.duckdb", tmp_path_factory.mktemp("all")
    draw(catalogue, folder)
    return look("open_report", make_report_of_all(catalogue, folder), folder)


@pytest.fixture(params=["told", "hostile", "of_all"])
def page(request: pytest.FixtureRequest) -> Any:
    return request.getfixturevalue(request.param)


def test_nothing_is_asked_for_and_nothing_goes_wrong(page: Any) -> None:
    for view in VIEWS:
        assert page[view]["asked"] == []
        assert page[view]["wrong"] == []
        assert page[view]["scripts"] == 0


def test_axe_finds_nothing_in_light_and_dark(page: Any) -> None:
    for view in VIEWS:
        assert page[view]["axe"] == []


def test_on_a_phone_nothing_goes_beyond_the_edge(page: Any) -> None:
    for view in VIEWS:
        assert page[view]["sideways"] == 0
        assert page[view]["beyond"] == []


def test_no_name_is_broken_within_a_word_and_tables_fit_on_a_screen(told: Any) -> None:
    """Words of up to 20 letters; on a phone tables may be moved sideways."""
    assert {view: told[view]["broken"] for view in VIEWS} == {view: [] for view in VIEWS}
    assert told["light"]["wide"] == []


def test_labels_of_pictures_that_a_font_makes_longer_are_not_cut(told: Any) -> None:
    assert {tuple(told[view]["overflow"]) for view in VIEWS} == {("visible",)}


def test_every_picture_is_seen_and_has_a_name(told: Any, sample: Path) -> None:
    drawn = [one.name for one in (sample.parent / "pictures").glob("*.svg")]
    for view in VIEWS:
        pictures = told[view]["pictures"]
        assert len(pictures) == len(drawn) > 3
        for picture in pictures:
            assert min(*picture["drawn"], *picture["shown"]) > 10
            assert picture["role"] == "img"
            assert len(picture["label"]) > 20


def test_it_is_dark_in_the_dark_and_ink_on_paper(told: Any) -> None:
    light, dark = (re.findall(r"\d+", told[view]["ink"]) for view in ("light", "dark"))
    assert max(map(int, light)) < 80
    assert min(map(int, dark)) > 180
    assert told["print_ink"] == "rgb(0, 0, 0)"


def test_paper_has_the_sql_and_no_more_pages_than_it_needs(told: Any, sample: Path) -> None:
    assert told["printed_sql"] > 20
    content = (sample.parent / "report.pdf").read_bytes()
    pages = len(re.findall(rb"/Type\s*/Page\b", content))
    assert 4 <= pages <= 30
    assert len(content) < 3_000_000


def test_keys_lead_through_it_in_the_order_of_reading(told: Any, sample: Path) -> None:
    tag = [one for one in parsed(sample).every() if one.name in ("a", "summary") or "tabindex" in one.attributes]
    expected = [one.attributes.get("href", one.text[:60].strip()) for one in tag if one.name in ("a", "summary")]
    stops = [stop for stop in told["stops"] if stop[0] in ("a", "summary")]
    assert [stop[1] for stop in stops] == expected
    assert stops[0][1] == "#main"
    assert {stop[2] for stop in told["stops"]} <= {"solid"}, "what has the focus has an outline"
    assert len(told["stops"]) == len(tag)


def test_no_name_has_done_anything(hostile: Any) -> None:
    assert {hostile[view]["title"] for view in VIEWS} == {"mine: report"}
