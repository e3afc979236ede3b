"""The pictures of runs, changes, and datasets side by side."""

from pathlib import Path

import pytest

from tests.catalogue.by_hand import Row, clip
from tests.report.drawn import datasets
from workflow_scripts.report.drawing.asking import asking
from workflow_scripts.report.drawing.picture import Drawn, Nothing, drawers
from workflow_scripts.report.drawing.svg import svg_of
from workflow_scripts.report.pictures_of_all import datasets as side_by_side

LOST: Row = {"status": "missing", "usable": False, "trainable": False}


def draw(catalogue: Path, room: str, name: str, dataset: str | None = None) -> Drawn | Nothing:
    with asking(catalogue, dataset) as ask:
        picture = drawers(room)[name].draw(ask)
    if isinstance(picture, Drawn):
        svg_of(picture, name, name)
    return picture


def sentence(catalogue: Path, room: str, name: str, dataset: str | None = None) -> str:
    picture = draw(catalogue, room, name, dataset)
    assert isinstance(picture, Drawn)
    return picture.sentence


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return datasets(tmp_path_factory.mktemp("first"), birds={"clips": [clip("a"), clip("b")]}, none={})


@pytest.fixture(scope="module")
def third(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of three runs the last."""
    folder = tmp_path_factory.mktemp("third")
    quiet = {"clips": [clip("same", duration_s=1800.0, sample_rate=96_000)]}
    datasets(folder, birds={"clips": [clip("a"), clip("b", **LOST), clip("goes")]}, quiet=quiet)
    datasets(folder, birds={"clips": [clip("a", **LOST), clip("b"), clip("c")]}, quiet=quiet)
    return datasets(folder, birds={"clips": [clip("a"), clip("b"), clip("c"), clip("d", **LOST)]}, quiet=quiet)


def test_a_first_run_has_nothing_to_compare_with(first: Path) -> None:
    """Nor has it a second point for a line."""
    said = Nothing("There is no run before this one to compare with.")
    assert draw(first, "pictures", "changes", "birds") == draw(first, "pictures_of_all", "changes") == said
    alone = Nothing("There is no run before this one that left other clips or labels.")
    assert draw(first, "pictures", "runs", "birds") == draw(first, "pictures_of_all", "runs") == alone


def test_what_changed_is_told_by_kind(third: Path) -> None:
    assert sentence(third, "pictures", "changes", "birds") == (
        "Of 3 clips before and 4 now 2 differ: 1 added and 1 now usable."
    )
    assert sentence(third, "pictures_of_all", "changes") == (
        "2 clips of 1 dataset differ from what the run before left: 1 added and 1 now usable."
    )


def test_a_dataset_that_is_as_it_was_says_so(third: Path) -> None:
    assert draw(third, "pictures", "changes", "quiet") == Nothing("No clip differs from what the run before left.")
    assert draw(third, "pictures", "runs", "quiet") == Nothing("The last 3 runs left as many clips, hours and labels.")


def test_runs_are_told_against_the_last_and_the_first(third: Path) -> None:
    told = (
        "3 usable and 3 trainable: +1 promised, +1 usable and +1 trainable since run 2, +1 promised, +1 usable and +1"
    )
    assert sentence(third, "pictures", "runs", "birds") == f"Run 3 left 4 clips, {told} trainable since run 1."
    assert sentence(third, "pictures_of_all", "runs").startswith("Run 3 left 5 clips, 4 usable")


def test_datasets_stand_side_by_side(third: Path) -> None:
    assert sentence(third, "pictures_of_all", "datasets") == (
        "2 datasets promise 5 clips, 4 of them (80 %) usable with 0.5 hours of sound and 4 trainable; 80 % of all "
        "clips are of “\u2068birds\u2069”."
    )


def test_datasets_that_promise_no_clip_are_named(tmp_path: Path) -> None:
    several = datasets(tmp_path, birds={"clips": [clip("a")]}, none={}, void={})
    assert sentence(several, "pictures_of_all", "datasets").endswith(
        "trainable; “\u2068none\u2069” and “\u2068void\u2069” promise none, and are not shown."
    )


def test_many_datasets_are_put_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(side_by_side, "MOST", 2)
    many = {f"set_{number}": {"clips": [clip("a")]} for number in range(5)}
    with asking(datasets(tmp_path, **many)) as ask:
        picture = drawers("pictures_of_all")["datasets"].draw(ask)
    assert isinstance(picture, Drawn)
    svg = svg_of(picture, "datasets", "x")
    assert "3 smaller ones" in svg
    assert "set_2" not in svg
