"""How a run ends that lost all of something: with the causes as its last lines, unless dataset files allow it."""

import pytest

from workflow_scripts.ledger.losses import Loss
from workflow_scripts.run.losses import LossError, allowed_losses

FOUND = {"one": [Loss("labels/strong.tsv", "0 of 4 rows were taken")], "two": [Loss("wav-1", "0 of 7 files match")]}
NAMES = {"one": {"labels/strong.tsv": "strong[0]"}, "two": {"wav-1": "audio/wav"}}


def test_run_that_lost_nothing_ends_well():
    assert allowed_losses({"one": []}, NAMES, {"one": []}) == ""


def test_each_loss_is_a_line_of_the_last_with_the_name_that_the_dataset_file_gives_it():
    with pytest.raises(LossError) as caught:
        allowed_losses(FOUND, NAMES, {"one": [], "two": []})
    way_out, *lines = str(caught.value).splitlines()
    assert lines == ["one: strong[0]: 0 of 4 rows were taken", "two: audio/wav: 0 of 7 files match"]
    assert way_out.endswith('allow_loss: ["audio/wav", "strong[0]"]')


def test_loss_that_is_allowed_is_kept_in_the_file_and_no_error():
    with pytest.raises(LossError) as caught:
        allowed_losses(FOUND, NAMES, {"one": ["labels/strong.tsv"], "two": []})
    assert "strong" not in str(caught.value)
    allowed = {"one": ["labels/strong.tsv"], "two": ["wav-1"]}
    assert allowed_losses(FOUND, NAMES, allowed).splitlines() == [
        "one: strong[0]: 0 of 4 rows were taken",
        "two: audio/wav: 0 of 7 files match",
    ]


def test_one_file_of_several_that_the_dataset_file_calls_alike_is_named():
    names = {"one": {"labels/a.txt": "table", "labels/b.txt": "table"}}
    with pytest.raises(LossError) as caught:
        allowed_losses({"one": [Loss("labels/b.txt", "no row was read")]}, names, {"one": []})
    assert str(caught.value).splitlines()[1:] == ["one: table: labels/b.txt: no row was read"]
    assert str(caught.value).splitlines()[0].endswith('allow_loss: ["table"]')


def test_a_root_that_is_called_like_all_roots_together_is_one():
    names = {"one": {"one-audio-1a": "audio", "audio": "audio"}}
    with pytest.raises(LossError) as caught:
        allowed_losses({"one": [Loss("one-audio-1a", "0 of 7 files match")]}, names, {"one": []})
    assert str(caught.value).splitlines()[1:] == ["one: audio: 0 of 7 files match"]


def test_of_many_losses_twenty_are_told_and_how_many_more():
    found = {"one": [Loss(f"{n}.csv", "no row was read") for n in range(100)]}
    with pytest.raises(LossError) as caught:
        allowed_losses(found, {"one": {}}, {"one": []})
    lines = str(caught.value).splitlines()
    assert len(lines) == 22
    assert lines[1] == "… and 80 more"
