"""The pictures of what splits and datasets share."""

from pathlib import Path

import pytest

from tests.catalogue.by_hand import clip
from tests.project import Project
from tests.report.drawn import datasets
from workflow_scripts.report.drawing.asking import asking
from workflow_scripts.report.drawing.picture import Drawn, Nothing, drawers
from workflow_scripts.report.drawing.svg import svg_of


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two sets that were cut out of the same videos."""
    url = "https://youtu.be/abcdefghij"
    mine = [
        clip(f"{n}", media_key=f"v{n // 2}", split=("train", "eval")[n % 2], source_url=f"{url}{n}") for n in range(4)
    ]
    yours = [clip(f"{n}", split="test", source_url=f"{url}{n}") for n in range(2, 5)]
    return datasets(tmp_path_factory.mktemp("shared"), mine={"clips": mine}, yours={"clips": yours})


def test_splits_of_one_dataset(catalogue: Path) -> None:
    with asking(catalogue, "mine") as ask:
        picture = drawers("pictures")["leaks"].draw(ask)
    assert isinstance(picture, Drawn)
    assert picture.sentence == "Splits of the authors share 2 videos or recordings and 2 pairs of neighbours."
    assert "2 videos or recordings, 4 clips" in svg_of(picture, "", "x")


def test_splits_of_several_datasets(catalogue: Path) -> None:
    with asking(catalogue) as ask:
        picture = drawers("pictures_of_all")["overlaps"].draw(ask)
    assert isinstance(picture, Drawn)
    assert picture.sentence == (
        "3 splits share media with another in 2 pairs, 2 of them of two datasets; the most, 1, stand in "
        "“\u2068mine/eval\u2069” and “\u2068yours/test\u2069”."
    )
    rows = [row for rows in picture.chart.to_dict()["datasets"].values() for row in rows]
    assert [(row["row"], row["column"], row["count"]) for row in rows] == [
        ("yours/test", "mine/eval", 1),
        ("yours/test", "mine/train", 1),
    ]


def test_where_nothing_is_shared_nothing_is_seen(catalogue: Path) -> None:
    with asking(catalogue, "yours") as ask:
        assert isinstance(drawers("pictures")["leaks"].draw(ask), Nothing)
        assert drawers("pictures")["duplicates"].draw(ask) == Nothing("No two files hold the same samples.")


def test_duplicates_of_the_sample(sample_project: Project) -> None:
    with asking(sample_project.folder / "results/catalog.duckdb", "sample") as ask:
        picture = drawers("pictures")["duplicates"].draw(ask)
    assert isinstance(picture, Drawn)
    assert picture.sentence == (
        "Of 65 clips with audio 2 (3.1 %) share 1 sound in several splits; the most that share one are 2."
    )
