"""How often media whose fault may pass are looked at again."""

from dataclasses import replace
from pathlib import Path

import pytest

from workflow_scripts.check.passing import (
    TRIES,
    PassingFault,
    PassingNote,
    note_passing_faults,
    passing_notes,
    read_passing_note,
)

FAULT = PassingFault("a.wav", None, 5, "io_error")
MEMBER = PassingFault("a.tar", "a.wav", 5, "timed_out")


def _after(path: Path, *looks: list[PassingFault]) -> PassingNote:
    """The note after so many looks, each of which left these faults."""
    for faults in looks:
        note_passing_faults(path, faults)
    return read_passing_note(path)


def test_a_shard_without_such_a_fault_has_no_note(tmp_path: Path) -> None:
    assert _after(tmp_path / "passing/shard=00.json", [], []) == PassingNote()
    assert passing_notes(str(tmp_path / "passing")) == {}


def test_a_fault_that_stays_asks_for_a_few_looks_and_no_more(tmp_path: Path) -> None:
    asked = [_after(tmp_path / "shard=00.json", [FAULT]).asked for _ in range(TRIES + 3)]
    assert asked == [1, 2, 3, 3, 3, 3]
    assert read_passing_note(tmp_path / "shard=00.json").faults == (replace(FAULT, tries=TRIES),)


def test_a_fault_that_has_passed_asks_no_more_and_is_no_new_asking(tmp_path: Path) -> None:
    assert _after(tmp_path / "shard=00.json", [FAULT], []) == PassingNote(1, ())
    assert _after(tmp_path / "shard=00.json", []) == PassingNote(1, ())


@pytest.mark.parametrize("other", [MEMBER, replace(FAULT, path="b.wav"), replace(FAULT, mtime_ns=6)])
def test_another_media_and_one_that_was_changed_have_all_their_tries(tmp_path: Path, other: PassingFault) -> None:
    note = _after(tmp_path / "shard=00.json", *[[FAULT]] * 9, [FAULT, other])
    assert note == PassingNote(4, (replace(FAULT, tries=TRIES), other))


def test_another_fault_of_the_same_media_has_no_tries_of_its_own(tmp_path: Path) -> None:
    """Or two faults by turns would be looked at for ever."""
    other = replace(FAULT, kind="crashed")
    assert _after(tmp_path / "shard=00.json", [FAULT], [other]) == PassingNote(2, (replace(other, tries=1),))


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"asked": 1, "faults": [{"path": "a.wav"}]}', "\0"])
def test_a_note_that_cannot_be_read_is_none(tmp_path: Path, content: str) -> None:
    (tmp_path / "shard=00.json").write_text(content)
    assert read_passing_note(tmp_path / "shard=00.json") == PassingNote()
    assert _after(tmp_path / "shard=00.json", [FAULT]) == PassingNote(1, (FAULT,))


def test_the_notes_of_a_root_are_found_by_their_paths(tmp_path: Path) -> None:
    folder = f"{tmp_path}/passing"
    note_passing_faults(Path(f"{folder}/shard=11.json"), [MEMBER])
    Path(f"{folder}/.shard=101.json.77.part").write_text("{")
    assert passing_notes(folder) == {f"{folder}/shard=11.json": PassingNote(1, (MEMBER,))}
