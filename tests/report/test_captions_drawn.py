"""The pictures of captions: lengths and findings."""

from pathlib import Path

import pytest

from tests.catalogue.by_hand import clip
from tests.report.drawn import datasets
from workflow_scripts.report.drawing.asking import asking
from workflow_scripts.report.drawing.picture import Drawn, Nothing, drawers
from workflow_scripts.report.drawing.svg import svg_of

ODD = ["<script>alert(1)</script> barks", "كلب ينبح في الليل", "a  dog\nbarks\tloudly", " ".join(["bark"] * 400)]
LONG = {"clip_id": "a", "ordinal": 40, "text": "a b c d e f g h i"}


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    plain = [clip("a"), clip("b", split="eval"), clip("c")]
    said = [("a", "a dog barks"), ("b", "a dog barks"), ("a", "sound")]
    captions = [{"clip_id": one, "ordinal": number, "text": text} for number, (one, text) in enumerate(said)]
    odd = [{"clip_id": f"{number}", "text": text} for number, text in enumerate(ODD)]
    return datasets(
        tmp_path_factory.mktemp("captioned"),
        plain={"clips": plain, "captions": captions},
        odd={"clips": [clip(f"{number}") for number in range(len(ODD))], "captions": odd},
        none={"clips": plain},
    )


def sentence(catalogue: Path, dataset: str, name: str) -> str:
    with asking(catalogue, dataset) as ask:
        picture = drawers("pictures")[name].draw(ask)
    assert isinstance(picture, Drawn)
    svg_of(picture, name, name)
    return picture.sentence


def test_lengths_are_counted_in_words(catalogue: Path) -> None:
    assert sentence(catalogue, "plain", "caption_lengths") == (
        "3 captions of 2 clips: half have 3 words or fewer, nine tenths 1 to 3, the longest 3; "
        "1 clip (33 %) without any."
    )


def test_lengths_that_are_all_alike_are_told_once(tmp_path: Path) -> None:
    two = [{"clip_id": "a", "ordinal": number, "text": "dog barks"} for number in range(2)]
    told = datasets(
        tmp_path,
        one={"clips": [clip("a")], "captions": two[:1]},
        two={"clips": [clip("a")], "captions": two},
        tenths={"clips": [clip("a")], "captions": [*(two[0] | {"ordinal": number} for number in range(40)), LONG]},
    )
    assert sentence(told, "one", "caption_lengths") == "1 caption of 1 clip, of 2 words; no clip without."
    assert sentence(told, "two", "caption_lengths") == "2 captions of 1 clip, of 2 words each; no clip without."
    assert "nine tenths 2, the longest 9;" in sentence(told, "tenths", "caption_lengths")


def test_whatever_is_between_words_parts_them(catalogue: Path) -> None:
    assert "half have 4 words or fewer, nine tenths 2 to 400, the longest 400" in sentence(
        catalogue, "odd", "caption_lengths"
    )


def test_findings_are_told_by_their_kind(catalogue: Path) -> None:
    """The clip without a caption is one where its split has captions."""
    assert sentence(catalogue, "plain", "caption_findings") == (
        "Of 3 captions 2 (67 %) are repeated and 1 (33 %) is generic; 1 clip more of splits with captions has none."
    )


def test_words_are_counted_without_those_that_say_nothing(catalogue: Path) -> None:
    assert sentence(catalogue, "plain", "caption_words") == (
        "Captions have 7 words, 4 of them different; those that say what is heard are most often “\u2068barks\u2069” "
        "2 times, “\u2068dog\u2069” 2 times and “\u2068sound\u2069” 1 time."
    )


def test_words_of_captions_stay_text(catalogue: Path) -> None:
    with asking(catalogue, "odd") as ask:
        picture = drawers("pictures")["caption_words"].draw(ask)
    assert isinstance(picture, Drawn)
    svg = svg_of(picture, "", "x")
    assert "script&gt;alert(1)&lt;/script<" in svg
    assert "كلب" in svg


@pytest.mark.parametrize("name", ["caption_lengths", "caption_findings"])
def test_a_dataset_without_captions_says_so(catalogue: Path, name: str) -> None:
    with asking(catalogue, "none") as ask:
        assert drawers("pictures")[name].draw(ask) == Nothing("The dataset has no captions.")
