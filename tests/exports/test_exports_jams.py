"""A JAMS file of each media; tests/consumers has jams itself validate and read them."""

import json
from pathlib import Path

from tests.exports.made_exports import account_of, exported
from tests.exports.own_dataset import ledger_of_checks, said


def test_a_file_tells_of_each_clip_of_its_media_in_the_medias_time(tmp_path: Path) -> None:
    rows = 'n.wav,20,30,rain,,,,test\nn.wav,0,10,wind,8,9.5,"Chirp, ""tweet"" é",train,0.25\nn.wav,10,20,,,,,train\n'
    tables = ledger_of_checks(tmp_path, {"n.wav": 42.5}, "recordings", **said(tmp_path, rows))
    link = exported("jams", tables, tmp_path / "jams", unlabelled="negative")
    [file] = (link / "jams").iterdir()
    told = json.loads(file.read_text())
    assert file.name == "n.jams"
    assert told["file_metadata"] == {
        "title": "n.wav",
        "duration": 42.5,
        "identifiers": {"path": "n.wav"},
        "jams_version": "0.3.5",
    }
    named = {clip["clip_id"]: clip["start_s"] for clip in tables.read("clips").iter_rows(named=True)}
    found = [
        (named[one["sandbox"]["clip_id"]], one["namespace"], one["time"], one["duration"], one["data"])
        for one in told["annotations"]
    ]
    event = {"time": 8.0, "duration": 1.5, "value": 'Chirp, "tweet" é', "confidence": 0.25}
    assert found == [
        (0.0, "tag_open", 0.0, 10.0, [{"time": 0.0, "duration": 10.0, "value": "wind", "confidence": None}]),
        (0.0, "segment_open", 0.0, 10.0, [event]),
        (10.0, "segment_open", 10.0, 10.0, []),
        (20.0, "tag_open", 20.0, 10.0, [{"time": 20.0, "duration": 10.0, "value": "rain", "confidence": None}]),
    ]
    assert account_of(link).clips == {"test": 1, "train": 2}
    labels = json.loads((link / "labels.json").read_text())
    assert labels == {"labels": 3, "written": 3, "left_out": {}, "cut": 0}


def test_clips_of_which_nothing_is_said_are_in_no_file(tmp_path: Path) -> None:
    tables = ledger_of_checks(tmp_path, {"a.wav": 10.0, "b.wav": 10.0}, **said(tmp_path, "a.wav\nb.wav,,,owl\n"))
    link = exported("jams", tables, tmp_path / "jams")
    assert [file.name for file in (link / "jams").iterdir()] == ["b.jams"]
    assert account_of(link).held_back == {"unlabelled": 1}
