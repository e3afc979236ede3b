"""The picture of what is promised, found, usable and trainable."""

from pathlib import Path

from tests.catalogue.by_hand import clip
from tests.report.drawn import drawn
from workflow_scripts.report.drawing.picture import Drawn, Nothing


def test_its_sentence_counts_what_is_lost_and_why(tmp_path: Path) -> None:
    lost = {"usable": False, "trainable": False}
    clips = [
        clip("a"),
        clip("b", trainable=False),
        clip("c", split="eval", status="missing", **lost),
        clip("d", split="eval", status="missing", **lost),
        clip("e", split="eval", status="too_long", **lost),
    ]
    picture = drawn(tmp_path, "file_comparison", clips=clips)
    assert isinstance(picture, Drawn)
    assert picture.sentence == (
        "Of 5 promised clips in 2 splits 2 (40 %) are usable and 1 (20 %) trainable; 3 are lost: "
        "2 missing and 1 too_long."
    )


def test_where_nothing_is_lost_it_says_so(tmp_path: Path) -> None:
    picture = drawn(tmp_path, "file_comparison", clips=[clip("a")])
    assert isinstance(picture, Drawn)
    assert picture.sentence.endswith("(100 %) trainable; none is lost.")


def test_a_dataset_without_clips_shows_nothing(tmp_path: Path) -> None:
    assert drawn(tmp_path, "file_comparison") == Nothing("No clip is promised.")
