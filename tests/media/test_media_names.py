"""Paths as text, and back."""

import doctest
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflow_scripts.media import names
from workflow_scripts.media.names import from_text, to_text

raw_names = st.one_of(
    st.binary(min_size=1, max_size=20),
    st.lists(st.sampled_from([b"a", b"\xe9", b"\\xe9", b"\\x", b"\\", b"e9", "é".encode()]), min_size=1).map(b"".join),
).filter(lambda name: b"/" not in name and b"\0" not in name and name not in (b".", b".."))


def test_the_examples_in_the_docstrings_hold() -> None:
    tried = doctest.testmod(names)
    assert (tried.failed, tried.attempted > 0) == (0, True)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=20).filter(lambda text: text.isprintable() and "\\" not in text))
def test_utf8_stays_as_it_is(text: str) -> None:
    assert to_text(text) == text
    assert from_text("/root", text) == os.path.join("/root", text)


@settings(max_examples=60, deadline=None)
@given(raw_names)
def test_the_text_of_any_name_leads_back_to_its_file(tmp_path_factory: pytest.TempPathFactory, name: bytes) -> None:
    folder = tmp_path_factory.mktemp("root")
    path = os.path.join(os.fsencode(folder), name)
    with open(path, "wb"):
        pass
    text = to_text(os.fsdecode(name))
    text.encode("utf-8")
    assert os.fsencode(from_text(str(folder), text)) == path


@settings(max_examples=150, deadline=None)
@given(raw_names, raw_names)
def test_two_names_never_have_one_text(one: bytes, other: bytes) -> None:
    assert (to_text(os.fsdecode(one)) == to_text(os.fsdecode(other))) == (one == other)


def test_a_folder_and_a_file_may_both_be_no_utf8(tmp_path: Path) -> None:
    folder = os.path.join(os.fsencode(tmp_path), b"\xfc")
    os.mkdir(folder)
    with open(os.path.join(folder, b"\xe4.wav"), "wb") as file:
        file.write(b"1")
    assert Path(from_text(str(tmp_path), "\\xfc/\\xe4.wav")).read_bytes() == b"1"


def test_a_name_that_really_holds_a_backslash_is_found(tmp_path: Path) -> None:
    (tmp_path / "caf\\xe9.wav").write_bytes(b"1")
    assert Path(from_text(str(tmp_path), to_text("caf\\xe9.wav"))).read_bytes() == b"1"
