"""What is written of a page: scripts that hold any text, cards by what filters ask for, and the page itself."""

import html.parser
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.review.made_up import captions, clip, label, write_few, write_made_up
from workflow_scripts.review.cards import Cards
from workflow_scripts.review.form import PARTS
from workflow_scripts.review.page import script

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@settings(deadline=None)
@given(VALUES)
def test_a_script_gives_back_what_was_put_into_it_and_holds_no_tag(value: object) -> None:
    text = script("x", value)
    assert text.isascii()
    assert "<" not in text
    assert text.count("\n") == 1
    assert json.loads(text.removeprefix("x = ").removesuffix(";\n")) == value


def test_cards_say_by_numbers_what_filters_ask_for() -> None:
    cards = Cards("d", [("/m/dog", "Dog")])
    cards.add(clip("a", labels=[label(0, 0.5, 1.0), label(0, 1.0, 1.5)], captions=captions("one"), brightness=0.01))
    cards.add(
        clip("b", labels=[label(1)], split="eval", status="missing", findings=[{"finding": "leaked", "detail": "w"}])
    )
    index = cards.index()
    assert index["classes"] == [("/m/dog", "Dog"), ("/m/cat", "Cat")]
    assert index["findings"] == ["dark_picture", "leaked"]
    assert index["cards"] == {
        "id": ["a", "b"], "pack": [0, 0], "split": [0, 1], "status": [0, 1], "classes": [[0], [1]],
        "findings": [[0], [1]], "captions": [[[0, "one"]], []], "sound": ["01234567", "01234567"],
    }  # fmt: skip
    assert cards.of_pack("all")["b"]["findings"] == [["leaked", "w"]]
    assert cards.of_pack("all")["a"]["labels"] == [[0, 0.5, 1.0, "annotated", None], [0, 1.0, 1.5, "annotated", None]]


def test_doubts_are_told_where_there_are_any() -> None:
    cards = Cards("d", [])
    assert "doubt" not in cards.index()["cards"]
    cards.add(clip("a"))
    cards.add(clip("b", doubt=0.75))
    assert cards.index()["cards"]["doubt"] == [None, 0.75]


def test_what_is_heard_behind_is_told_and_is_no_class_of_the_clip() -> None:
    cards = Cards("d", [])
    cards.add(clip("a", labels=[label(0) | {"origin": "background"}]))
    assert cards.index()["cards"]["classes"] == [[]]
    assert cards.of_pack("all")["a"]["labels"] == [[0, None, None, "background", None]]


def test_a_page_is_the_same_bytes_each_time(tmp_path: Path) -> None:
    one, other = (write_few(tmp_path / name / "review") for name in ("one", "other"))
    files = sorted(file.relative_to(one) for file in one.rglob("*") if file.is_file())
    assert [(one / file).read_bytes() for file in files] == [(other / file).read_bytes() for file in files]


def test_a_page_replaces_the_one_before_whole(tmp_path: Path) -> None:
    folder = write_few(tmp_path / "review")
    (folder / "left.txt").touch()
    write_made_up(folder, "few", [clip("only")])
    assert not (folder / "left.txt").exists()
    assert '"id":["only"]' in (folder / "cards.js").read_text()


class _Named(html.parser.HTMLParser):
    """The addresses, styles and handlers that a page has in its elements."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.inline: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in ("src", "href"):
                self.addresses.append(value or "")
            if name == "style" or name.startswith("on"):
                self.inline.append(name)
            if name == "id":
                self.ids.append(value or "")


@pytest.fixture(scope="module")
def page() -> _Named:
    parser = _Named()
    parser.feed((PARTS / "index.html").read_text(encoding="utf-8"))
    return parser


def test_the_page_asks_for_nothing_that_does_not_lie_beside_it(page: _Named, tmp_path: Path) -> None:
    folder = write_made_up(tmp_path / "review", "few", [clip("only")])
    assert [name for name in page.addresses if not name.startswith("#") and not (folder / name).is_file()] == []


def test_the_page_has_nothing_inline_and_each_id_once(page: _Named) -> None:
    assert page.inline == []
    assert len(page.ids) == len(set(page.ids))


def test_nothing_of_ours_makes_html_of_text() -> None:
    for file in PARTS.glob("*.js"):
        if file.name != "wavesurfer.min.js":
            text = file.read_text(encoding="utf-8")
            assert [
                word
                for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(")
                if word in text
            ] == []


def test_the_player_is_bundled_with_its_licence() -> None:
    assert "BSD 3-Clause" in (PARTS / "wavesurfer.LICENSE.txt").read_text()
    assert "WaveSurfer" in (PARTS / "wavesurfer.min.js").read_text()
