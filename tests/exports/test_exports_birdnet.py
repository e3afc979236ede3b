"""Folders of 3 s that BirdNET-Analyzer trains on, by a loader that does with them what its own does."""

import itertools
import json
import shutil
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from tests.exports.made_exports import account_of, exported
from tests.exports.own_dataset import annotated, ledger_of, said
from tests.made_files import noise16, wav
from workflow_scripts.exports.birdnet.windows import HEARD_S, WINDOW_S, around, of_events, of_whole

NON_EVENTS = ("noise", "other", "background", "silence")
FOUND = ("wav", "flac", "mp3", "ogg", "m4a", "wma", "aiff", "aif")


def read_by_birdnet(folder: Path) -> dict[str, list[list[str]]]:
    """The classes of each file of a folder to train on, by its name, as BirdNET-Analyzer gives them (train/utils.py).

    It fails where it does: at a folder without a sound, at one class and no other sounds, at blanks around a comma.
    """
    folders = sorted(place.name for place in folder.iterdir() if place.is_dir())
    labels = sorted({label.strip() for name in folders for label in name.split(",")})
    valid = [label for label in labels if label.lower() not in NON_EVENTS and not label.startswith("-")]
    if len(valid) == 1 and not any(name.lower() in NON_EVENTS for name in folders):
        raise ValueError("Non-event samples are required for binary classification")
    read = defaultdict(list)
    for name in folders:
        files = [file for file in (folder / name).iterdir() if file.name.rsplit(".", 1)[-1].lower() in FOUND]
        if not files:
            raise ValueError(f"{name} does not contain any supported audio files")
        classes = [label for label in name.split(",") if label.lower() not in NON_EVENTS]
        assert set(classes) <= set(valid)
        for file in files:
            assert len(soundfile.read(file)[0]) <= 3 * 48_000 + 1, "it takes the middle of what is longer"
            read[file.name].append(classes)
    return dict(read)


@pytest.fixture
def sounds(tmp_path: Path) -> Callable[..., None]:
    """Write noise of some seconds at 48 kHz to files below audio/."""

    def write(**seconds: float) -> None:
        (tmp_path / "audio").mkdir(exist_ok=True)
        for seed, (name, length) in enumerate(seconds.items()):
            samples = noise16(round(length * 48_000), seed=seed)
            (tmp_path / f"audio/{name}.wav").write_bytes(wav(samples, rate=48_000))

    return write


RECORDINGS = {"audio": [{"path": "audio", "holds": "recordings"}], "limits": {"max_duration_s": 1000.0}}


def test_windows_lie_in_folders_of_what_is_heard_in_them(tmp_path: Path, sounds: Callable[..., None]) -> None:
    sounds(night=30, short=2, quiet=7)
    rows = (
        'night.wav,10,30,,14,15,"Warbler, willow"\nnight.wav,10,30,,14.5,15.5,owl\nnight.wav,10,30,,18,25,owl\n'
        "night.wav,10,30,,12.6,12.7,fox\nshort.wav,,,-vole|owl\nquiet.wav\n"
    )
    tables = ledger_of(tmp_path, **said(tmp_path, rows, **RECORDINGS))
    link = exported("birdnet", tables, tmp_path / "birdnet", unlabelled="negative", whole_clips="all")
    starts = dict(tables.read("clips").select("media_key", "clip_id").rows())
    night, short, quiet = (starts[f"{name}.wav"] for name in ("night", "short", "quiet"))
    assert read_by_birdnet(link / "train") == {
        f"{night}_1150.flac": [["fox"]],
        f"{night}_3000.flac": [["Warbler willow", "owl"]],
        f"{night}_8500.flac": [["owl"]],
        f"{night}_11500.flac": [["owl"]],
        f"{short}_0.flac": [["owl", "vole"]],
        f"{quiet}_0.flac": [[]],
        f"{quiet}_3000.flac": [[]],
    }
    account, labels = account_of(link), json.loads((link / "labels.json").read_text())
    assert account.clips == {"train": 3}
    assert labels["labels"] == labels["written"] == annotated(tables) == 6


def test_a_window_is_cut_to_the_sample_where_its_event_is(tmp_path: Path, sounds: Callable[..., None]) -> None:
    sounds(night=30)
    tables = ledger_of(tmp_path, **said(tmp_path, "night.wav,10.5,30,,20.123456,21,owl\n", **RECORDINGS))
    [file] = exported("birdnet", tables, tmp_path / "birdnet").glob("train/*/*.flac")
    made, _ = soundfile.read(file, dtype="int16")
    whole, _ = soundfile.read(tmp_path / "audio/night.wav", dtype="int16")
    first = round((20.123456 + 21 - 3) / 2 * 48_000)
    assert np.array_equal(made, whole[first : first + 144_000])


def test_clips_without_events_give_the_middle_or_all_that_they_hold(
    tmp_path: Path, sounds: Callable[..., None]
) -> None:
    sounds(long=10)
    tables = ledger_of(tmp_path, **said(tmp_path, "long.wav,,,owl|wind\n", audio=["audio"]))
    whole, _ = soundfile.read(tmp_path / "audio/long.wav", dtype="int16")
    for which, begins in (("centre", [3.5]), ("all", [0, 3, 6])):
        link = exported("birdnet", tables, tmp_path / which, whole_clips=which)
        files = sorted(link.glob("train/owl,wind/*.flac"), key=lambda file: int(file.stem.rpartition("_")[2]))
        assert len(files) == len(begins)
        for file, begin in zip(files, begins, strict=True):
            first = round(begin * 48_000)
            assert np.array_equal(soundfile.read(file, dtype="int16")[0], whole[first : first + 144_000])


def test_species_are_called_as_birdnet_calls_them(tmp_path: Path, sounds: Callable[..., None]) -> None:
    sounds(a=3, b=3)
    (tmp_path / "classes.csv").write_text(
        "id,name,latin\nchick,Black-capped Chickadee,Poecile atricapillus\nnoise,Noise,\n"
    )
    content = said(tmp_path, "a.wav,,,chick\nb.wav,,,noise\n", audio=["audio"])
    content["sources"]["vocabulary"] = "classes.csv"
    vocabulary = {"id": "id", "name": "name", "scientific_name": "said(latin)"}
    link = exported("birdnet", ledger_of(tmp_path, **content, vocabulary=vocabulary), tmp_path / "birdnet")
    assert {folder.name for folder in (link / "train").iterdir()} == {
        "Poecile atricapillus_Black-capped Chickadee",
        "Noise",
    }
    assert account_of(link).warnings == ["BirdNET takes folders called Noise for no class; call such classes otherwise"]


def test_one_class_without_other_sounds_is_told_of_as_birdnet_fails_at_it(
    tmp_path: Path, sounds: Callable[..., None]
) -> None:
    sounds(a=3)
    link = exported(
        "birdnet", ledger_of(tmp_path, **said(tmp_path, "a.wav,,,owl\n", audio=["audio"])), tmp_path / "birdnet"
    )
    with pytest.raises(ValueError, match="Non-event samples are required"):
        read_by_birdnet(link / "train")
    [warning] = account_of(link).warnings
    assert warning.startswith("train: BirdNET learns one class only beside sounds without it")


def test_clips_whose_folder_no_file_system_can_hold_are_held_back(tmp_path: Path, sounds: Callable[..., None]) -> None:
    sounds(a=3, b=3)
    long = "|".join(f"a bird with a very long name, number {number}" for number in range(9))
    tables = ledger_of(tmp_path, **said(tmp_path, f'a.wav,,,"{long}"\nb.wav,,,owl\n', audio=["audio"]))
    link = exported("birdnet", tables, tmp_path / "birdnet")
    assert account_of(link).held_back == {"long_name": 1}
    assert json.loads((link / "labels.json").read_text())["left_out"] == {"of_clips_left_out": 9}


def test_clips_none_of_whose_windows_could_be_made_are_not_made(tmp_path: Path, sounds: Callable[..., None]) -> None:
    sounds(a=9, b=9)
    tables = ledger_of(tmp_path, **said(tmp_path, "a.wav,,,owl\nb.wav,,,owl\n", audio=["audio"]))
    (tmp_path / "audio/a.wav").unlink()
    link = exported("birdnet", tables, tmp_path / "birdnet", whole_clips="all")
    account = account_of(link)
    assert (account.clips, account.held_back) == ({"train": 1}, {"not_made": 1})
    assert len(list(link.glob("train/owl/*.flac"))) == 3


@pytest.mark.shared
def test_a_real_dawn_in_which_birds_are_said_to_sing(tmp_path: Path, shared: Path) -> None:
    """Ogg Vorbis of 129.8 s; the five events, of which one lies in another, are DESED's, said of each 10 s of it."""
    (tmp_path / "audio").mkdir()
    shutil.copy(shared / "data/soundscape/birds.ogg", tmp_path / "audio")
    material = shared / "data/strong/DESED/tests/material/post_processing/5.txt"
    events = pl.read_csv(material, separator="\t", has_header=False, new_columns=["onset", "offset", "event"])
    rows = "".join(
        f"birds.ogg,{first},{first + 10},,{first + onset},{first + offset},{event}\n"
        for first in range(0, 130, 10)
        for onset, offset, event in events.rows()
    )
    content = {"audio": [{"path": "audio", "holds": "recordings"}]}
    tables = ledger_of(tmp_path, **said(tmp_path, rows, **content))
    link = exported("birdnet", tables, tmp_path / "birdnet", audio={"codec": "opus"})
    read, labels = read_by_birdnet(link / "train"), json.loads((link / "labels.json").read_text())
    account = account_of(link)
    assert (account.clips, account.held_back) == ({"train": 12}, {"outside_media": 1})
    assert annotated(tables) == labels["written"] + sum(labels["left_out"].values()) == 13 * len(events)
    assert {soundfile.info(file).frames for file in link.glob("train/*/*.ogg")} == {144_000}
    assert sum(map(len, read.values())) == len(list(link.glob("train/*/*.ogg"))) == 12 * 4


SPANS = st.lists(st.tuples(st.integers(0, 290), st.integers(0, 90), st.sampled_from("abc")), min_size=1, max_size=12)


@given(SPANS, st.integers(1, 400))
def test_every_event_is_heard_in_a_window_and_every_window_hears_one(
    spans: list[tuple[int, int, str]], tenths: int
) -> None:
    """In tenths of a second, of a clip that begins at 5 s."""
    last = 5 + tenths / 10
    events = [
        (5 + begin / 10, min(5 + (begin + length) / 10, last), label)
        for begin, length, label in spans
        if 5 + begin / 10 < last
    ]
    if not events:
        return
    clips = pl.DataFrame({"clip_id": ["c"], "first_s": [5.0], "last_s": [last]})
    rows = pl.DataFrame(
        [("c", *event) for event in events], schema=["clip_id", "begin_s", "end_s", "label"], orient="row"
    )
    windows = of_events(clips, rows).sort("window_s")
    begins = windows["window_s"].to_list()
    assert begins == around([event[:2] for event in events], 5.0, last)
    assert all(begin >= 5 and (begin + WINDOW_S <= last + 1e-9 or begin == 5) for begin in begins)
    assert all(after - before > 0.001 for before, after in itertools.pairwise(begins))
    for begin, labels in windows.select("window_s", "labels").iter_rows():
        heard = {
            label
            for on, off, label in events
            if min(off, begin + WINDOW_S) - max(on, begin) >= min(HEARD_S, (off - on) / 2)
        }
        assert set(labels or []) == heard != set()
    told = windows.select("window_s", "labels").rows()
    for on, off, label in events:
        assert any(label in labels and begin <= off and on <= begin + WINDOW_S for begin, labels in told)
        if off - on <= WINDOW_S:
            assert any(begin <= on + 1e-9 and off <= begin + WINDOW_S + 1e-9 for begin in begins)


@given(st.floats(0.1, 100), st.sampled_from(["centre", "all"]))
def test_windows_of_whole_clips_lie_in_them(length: float, which: str) -> None:
    clips = pl.DataFrame({"clip_id": ["c"], "first_s": [7.0], "last_s": [7.0 + length]})
    nothing = pl.DataFrame(schema={"clip_id": pl.String, "label": pl.String})
    begins = of_whole(clips, nothing, which)["window_s"].to_list()
    assert len(begins) == (1 if which == "centre" else max(1, int((length + 5e-7) // 3)))
    assert min(begins) >= 7
    assert max(begins) + min(length, WINDOW_S) <= 7 + length + 1e-6
