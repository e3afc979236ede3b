"""Pages that have lost something are made again: folders as the rules leave them."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from workflow_scripts.exports.account import Account
from workflow_scripts.report.drawing.told import Exhibit, write_told
from workflow_scripts.review.form import PARTS
from workflow_scripts.run.pages import heal_pictures, heal_report, heal_review
from workflow_scripts.settings.places import Places

Break = Callable[[], object]


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Places:
    """A report and a review page of `birds`, with two packs of three files."""
    monkeypatch.chdir(tmp_path)
    places = Places("results")
    pictures = Path(places.pictures("birds"))
    pictures.mkdir(parents=True)
    write_told([Exhibit("drawn", "Drawn", "Clips", "One."), Exhibit("not", "Not", "Clips", reason="nothing")], pictures)
    for kind in ("svg", "png", "txt"):
        (pictures / f"drawn.{kind}").touch()
    Path(places.report("birds")).touch()
    Path(places.card_lists("birds")).mkdir()
    for folder in (pictures, Path(places.card_lists("birds"))):
        (folder / ".snakemake_timestamp").touch()
    page = Path(places.review("birds")).parent
    shutil.copytree(PARTS, page)
    (page / "cards.js").touch()
    Path(places.cards("birds")).touch()
    for name in ("0", "1"):
        made = Path(places.card_pack("birds", name)).with_suffix("")
        for folder in (made / "files", page / "packs" / name, Path(places.card_lists("birds"))):
            folder.mkdir(parents=True, exist_ok=True)
        Path(places.card_list("birds", name)).touch()
        (page / "packs" / f"{name}.js").touch()
        for number in range(3):
            (made / "files" / f"{number}.opus").touch()
            os.link(made / "files" / f"{number}.opus", page / "packs" / name / f"{number}.opus")
        Account(name, made=3).with_files_in(made).write(Path(places.card_pack("birds", name)))
    return places


def tree() -> set[str]:
    return {str(file.relative_to("results/birds")) for file in Path("results").rglob("*") if file.is_file()}


def test_pages_that_are_whole_are_left_as_they_are(places: Places) -> None:
    before = tree()
    heal_report(places.pictures("birds"), places.report("birds"))
    heal_review(places, "birds")
    assert tree() == before


@pytest.mark.parametrize("name", ["drawn.svg", "drawn.png", "drawn.txt", "pictures.json"])
def test_a_picture_that_is_gone_has_all_of_its_folder_drawn_again(places: Places, name: str) -> None:
    Path(places.pictures("birds"), name).unlink()
    heal_pictures(places.pictures("birds"))
    assert not Path(places.pictures("birds")).exists()
    assert Path(places.report("birds")).exists()


@pytest.mark.parametrize("rest", [0, 1])
def test_a_report_whose_pictures_are_gone_is_made_again(places: Places, rest: int) -> None:
    pictures = Path(places.pictures("birds"))
    shutil.rmtree(pictures)
    if rest:  # an empty folder
        pictures.mkdir()
    heal_report(str(pictures), places.report("birds"))
    assert not pictures.exists()
    assert not Path(places.report("birds")).exists()


REVIEW = Path("results/birds/review")


@pytest.mark.parametrize(
    "lose",
    [
        lambda: shutil.rmtree(REVIEW / "packs"),
        lambda: shutil.rmtree(REVIEW / "packs/1"),
        lambda: (REVIEW / "packs/1/2.opus").unlink(),
        lambda: (REVIEW / "packs/1.js").unlink(),
        lambda: (REVIEW / "cards.js").unlink(),
        lambda: (REVIEW / "page.css").unlink(),
    ],
)
def test_a_review_page_that_lacks_something_is_written_again_of_what_was_made(places: Places, lose: Break) -> None:
    made = {file for file in tree() if not file.startswith("review/")}
    lose()
    heal_review(places, "birds")
    assert {file for file in tree() if not file.startswith("review/")} == made
    assert not Path(places.review("birds")).exists()


def test_packs_that_are_gone_are_made_again(places: Places) -> None:
    packs = Path(places.card_pack("birds", "0")).parent
    (packs / "1/files/0.opus").unlink()
    heal_review(places, "birds")
    assert sorted(os.listdir(packs)) == ["0", "0.json", "1"]
    assert not Path(places.review("birds")).exists()


def test_packs_of_which_nothing_is_left_have_their_page_written_again(places: Places) -> None:
    packs = Path(places.card_pack("birds", "0")).parent
    shutil.rmtree(packs)
    heal_review(places, "birds")
    assert not Path(places.review("birds")).exists()
    assert Path(places.card_list("birds", "0")).exists()


@pytest.mark.parametrize("some", [True, False])
def test_lists_that_are_gone_have_cards_chosen_again(places: Places, some: bool) -> None:
    for name in ("0", "1")[some:]:
        Path(places.card_list("birds", name)).unlink()
    heal_review(places, "birds")
    assert not Path(places.card_lists("birds")).exists()
    assert not Path(places.cards("birds")).exists()
    assert not Path(places.review("birds")).exists()


def test_a_page_without_cards_is_whole_until_its_folder_of_packs_is_gone(places: Places) -> None:
    for folder in (REVIEW / "packs", Path(places.card_lists("birds")), Path(places.card_pack("birds", "0")).parent):
        shutil.rmtree(folder)
        folder.mkdir()
    heal_review(places, "birds")
    assert Path(places.review("birds")).exists()
    (REVIEW / "packs").rmdir()
    heal_review(places, "birds")
    assert not Path(places.review("birds")).exists()


def test_where_there_is_no_page_nothing_is_done(places: Places) -> None:
    Path(places.review("birds")).unlink()
    Path(places.card_pack("birds", "0")).unlink()
    before = tree()
    heal_review(places, "birds")
    heal_pictures("results/report/pictures")
    assert tree() == before
