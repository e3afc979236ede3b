"""The picture of licences."""

from pathlib import Path

from tests.catalogue.by_hand import clip
from tests.report.drawn import drawn
from workflow_scripts.report.drawing.picture import Drawn, Nothing
from workflow_scripts.report.drawing.svg import svg_of


def test_ids_words_and_nothing_are_told_apart(tmp_path: Path) -> None:
    said = ["CC-BY-NC-4.0", "CC-BY-NC-4.0", "CC0-1.0", "ask me <b>", "non-commercial", None, " "]
    picture = drawn(tmp_path, "licences", clips=[clip(f"{n}", licence=one) for n, one in enumerate(said)])
    assert isinstance(picture, Drawn)
    assert picture.sentence == (
        "Of 7 clips 2 (29 %) are under CC-BY-NC-4.0, 1 (14 %) are under CC0-1.0, 2 (29 %) are under words that are no "
        "SPDX id, 2 (29 %) say nothing and 3 (43 %) may not be used commercially."
    )
    assert "“ask me &lt;b&gt;”" in svg_of(picture, "", "licences")


def test_two_hundred_licences_of_three_hundred_letters_fit(tmp_path: Path) -> None:
    clips = [clip(f"{n}", licence=f"{'words of a lawyer ' * 20}{n}") for n in range(200)]
    picture = drawn(tmp_path, "licences", clips=clips)
    assert isinstance(picture, Drawn)
    svg = svg_of(picture, "", "licences")
    assert "180 other licences" in svg
    assert "words of a lawyer " * 3 not in svg


def test_where_no_licence_is_said_there_is_nothing_to_see(tmp_path: Path) -> None:
    assert drawn(tmp_path, "licences", clips=[clip("a")]) == Nothing("No clip says under which licence it is.")
