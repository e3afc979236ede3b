"""One table of annotations for opensoundscape; tests/consumers has it read as opensoundscape reads it."""

import csv
from pathlib import Path

import polars as pl

from tests.exports.made_exports import account_of, exported
from tests.exports.own_dataset import ledger_of, ledger_of_checks, said
from tests.made_files import noise16, wav

STANDARD = ["audio_file", "annotation_file", "annotation", "start_time", "end_time", "low_f", "high_f"]
"""What `BoxedAnnotations` puts first, and fills where it is not there."""


def rows_of(link: Path) -> list[dict[str, str]]:
    with (link / "annotations.csv").open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        rows = list(reader)
        assert list(reader.fieldnames or ())[: len(STANDARD)] == STANDARD
    return rows


def test_annotations_are_found_by_the_path_of_their_sound(tmp_path: Path) -> None:
    """Whatever a file is called: the one column names it, and a link where its name is no text."""
    odd = b'odd\t\n"1", \xe9.wav'
    (tmp_path / "audio").mkdir()
    (tmp_path / "audio/plain.wav").write_bytes(wav(noise16(16_000)))
    (Path(str(tmp_path) + "/audio") / odd.decode("utf-8", "surrogateescape")).write_bytes(wav(noise16(16_000, seed=1)))
    stored = odd.decode("utf-8", "backslashreplace")
    pl.DataFrame({"media": ["plain.wav", stored]}).write_ndjson(tmp_path / "said.jsonl")
    events = {"onset_s": "0.25", "offset_s": "0.5", "class": "'owl'"}
    content = {"sources": {"table": "said.jsonl"}, "clip": {"media": "media"}, "events": events, "audio": ["audio"]}
    tables = ledger_of(tmp_path, **content)
    rows = rows_of(exported("opensoundscape", tables, tmp_path / "opso"))
    assert [Path(row["audio_file"]).is_file() for row in rows] == [True, True]
    assert {(row["annotation"], row["start_time"], row["end_time"], row["low_f"]) for row in rows} == {
        ("owl", "0.250000000", "0.500000000", "")
    }


def test_clips_in_which_nothing_is_heard_have_a_row_without_an_annotation(tmp_path: Path) -> None:
    rows = 'n.wav,0,10,,1,2,"Chirp, tweet",train,0.5\nn.wav,10,20,,,,,train\nn.wav,20,30,wind,,,,test\n'
    tables = ledger_of_checks(tmp_path, {"n.wav": 30.0}, "recordings", **said(tmp_path, rows))
    link = exported("opensoundscape", tables, tmp_path / "opso", unlabelled="negative")
    told = [[row[name] for name in ("annotation", "start_time", "split", "strength", "value")] for row in rows_of(link)]
    assert told == [
        ["Chirp, tweet", "1.000000000", "train", "strong", "0.5"],
        ["wind", "20.000000000", "test", "weak", ""],
        ["", "", "train", "", ""],
    ]
    assert account_of(link).clips == {"train": 2, "test": 1}


def test_an_export_of_nothing_still_has_its_header(tmp_path: Path) -> None:
    tables = ledger_of_checks(tmp_path, {}, **said(tmp_path, "a.wav,,,,1,2,owl\n"))
    link = exported("opensoundscape", tables, tmp_path / "opso")
    assert rows_of(link) == []
    assert account_of(link).warnings == ["no clip was taken"]


def test_recordings_of_which_clips_are_a_part_are_told(tmp_path: Path) -> None:
    """Windows of the rest would be ones in which nothing is heard."""
    rows = "n.wav,0,10,,1,2,owl\nwhole.wav,0,10,,1,2,owl\nwhole.wav,10,20,,11,12,owl\n"
    media = {"n.wav": 30.0, "whole.wav": 20.0}
    tables = ledger_of_checks(tmp_path, media, "recordings", **said(tmp_path, rows))
    [warning] = account_of(exported("opensoundscape", tables, tmp_path / "opso")).warnings
    assert warning.startswith("1 files are told of in part alone")
