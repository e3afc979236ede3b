"""Annotations for Perch Hoplite, in the two forms that it reads."""

import json
from pathlib import Path

import polars as pl

from tests.exports.made_exports import account_of, exported
from tests.exports.own_dataset import ledger_of, ledger_of_checks, said
from tests.made_files import noise16, wav

ROWS = (
    "site/n.wav,0,10,,8,12,House Sparrow\nsite/n.wav,8,18,,8,12,House Sparrow\nsite/n.wav,10,20,wind\nsite/quiet.wav\n"
)


def test_both_forms_have_events_and_labels_of_whole_clips(tmp_path: Path) -> None:
    media = {"site/n.wav": 30.0, "site/quiet.wav": 10.0}
    tables = ledger_of_checks(tmp_path, media, "recordings", **said(tmp_path, ROWS))
    link = exported("hoplite", tables, tmp_path / "hoplite")
    assert (link / "hoplite_annotations.csv").read_text() == (
        "recording,start_offset_s,end_offset_s,label,label_type\n"
        "site/n.wav,8.000000000,10.000000000,House Sparrow,positive\n"
        "site/n.wav,8.000000000,12.000000000,House Sparrow,positive\n"
        "site/n.wav,10.000000000,20.000000000,wind,positive\n"
    )
    assert (link / "annotations.csv").read_text().splitlines()[:2] == [
        "filename,start_time_s,end_time_s,label",
        "site/n.wav,8.000000000,10.000000000,House_Sparrow",
    ]
    labels = json.loads((link / "labels.json").read_text())
    assert labels["labels"] == labels["written"] + sum(labels["left_out"].values())
    assert account_of(link).held_back == {"unlabelled": 1}


def test_what_overlapping_clips_say_of_one_stretch_is_said_once(tmp_path: Path) -> None:
    """Hoplite refuses it the second time."""
    rows = "s/n.wav,0,10,,6,7,owl\ns/n.wav,5,15,,6,7,owl\n"
    tables = ledger_of_checks(tmp_path, {"s/n.wav": 30.0}, "recordings", **said(tmp_path, rows))
    link = exported("hoplite", tables, tmp_path / "hoplite")
    assert len(pl.read_csv(link / "annotations.csv")) == 1
    labels = json.loads((link / "labels.json").read_text())
    assert (labels["written"], labels["left_out"]) == (1, {"again": 1})
    assert account_of(link).clips == {"train": 2}


def test_each_root_has_files_of_its_own(tmp_path: Path) -> None:
    """Recordings are found by their path below `base_path`, which is one folder."""
    for seed, path in enumerate(("one/s/a.wav", "other/s/b.wav")):
        (tmp_path / path).parent.mkdir(parents=True)
        (tmp_path / path).write_bytes(wav(noise16(16_000, seed=seed)))
    rows = "s/a.wav,,,,0,0.5,owl\ns/b.wav,,,,0,0.5,owl\n"
    tables = ledger_of(tmp_path, **said(tmp_path, rows, audio=["one", "other"]))
    link = exported("hoplite", tables, tmp_path / "hoplite")
    found = {file.parent.name: pl.read_csv(file)["filename"].to_list() for file in link.glob("*/annotations.csv")}
    assert found == dict(zip(tables.read("roots")["root"], (["s/a.wav"], ["s/b.wav"]), strict=True))


def test_recordings_without_a_folder_are_told(tmp_path: Path) -> None:
    tables = ledger_of_checks(
        tmp_path, {"a.wav": 10.0, "s/b.wav": 10.0}, **said(tmp_path, "a.wav,,,,1,2,owl\ns/b.wav,,,,1,2,owl\n")
    )
    [warning] = account_of(exported("hoplite", tables, tmp_path / "hoplite")).warnings
    assert warning.startswith("1 recordings lie in no folder below their root: Hoplite's EmbedWorker gives")


def test_classes_that_are_one_without_blanks_stay_two(tmp_path: Path) -> None:
    rows = "s/a.wav,,,,1,2,great tit\ns/a.wav,,,,1,2,great_tit\ns/a.wav,,,,1,2,blue tit\n"
    tables = ledger_of_checks(tmp_path, {"s/a.wav": 10.0}, **said(tmp_path, rows))
    link = exported("hoplite", tables, tmp_path / "hoplite")
    plain, parted = (pl.read_csv(link / name)["label"] for name in ("hoplite_annotations.csv", "annotations.csv"))
    assert parted.n_unique() == 3
    assert plain.str.replace_all(" ", "_").to_list() == parted.to_list()
    assert "blue tit" in plain.to_list()
