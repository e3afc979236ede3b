"""Manifests that name a file for each clip: where it lies, or a copy of it."""

import gzip
import json
import re
import tempfile
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.exports.packed import exported
from tests.exports.small_run import BELL, SmallAudioset, instead
from workflow_scripts.errors import SoundledgerError
from workflow_scripts.exports.kaldi.folders import write_folders
from workflow_scripts.tables import schemas

LIES = {"-aaaaaaaaaa", "_bbbbbbbbbb", "Ycccccccccc", "onlyabstrac", "onlynoindex", "inrecording", "inmirrorxxx"}
"""The trainable clips of balanced_train."""


def cuts_of(folder: Path, split: str) -> dict[str, Any]:
    lines = gzip.decompress((folder / f"out/cuts_{split}.jsonl.gz").read_bytes()).decode().splitlines()
    return {cut["id"]: cut for cut in map(json.loads, lines)}


def fields(file: Path) -> dict[str, str]:
    """The lines of a file of Kaldi by their first field, which is in the order of bytes."""
    lines = file.read_text(encoding="utf-8").splitlines()
    keys = [line.partition(" ")[0] for line in lines]
    assert keys == sorted(set(keys), key=str.encode)
    return {line.partition(" ")[0]: line.partition(" ")[2] for line in lines}


# --- lhotse ---


def test_a_stretch_of_a_recording_is_a_cut_of_the_file_as_it_lies(small: SmallAudioset, tmp_path: Path) -> None:
    exported("lhotse", small.for_exports, tmp_path)
    cuts = cuts_of(tmp_path, "balanced_train")
    assert cuts.keys() == LIES
    cut = cuts["inrecording"]
    assert (cut["start"], cut["duration"], cut["channel"], cut["type"]) == (30.0, 10.0, 0, "MonoCut")
    recording = cut["recording"]
    assert recording["sources"][0]["source"] == str(small.folder / "audio/recordings/inrecording.wav")
    assert (recording["num_samples"], recording["sampling_rate"], recording["duration"]) == (360_000, 8000, 45.0)
    assert cut["supervisions"][0]["start"] == 0.0
    assert cuts["_bbbbbbbbbb"]["channel"] == [0, 1]
    assert cuts["_bbbbbbbbbb"]["type"] == "MultiCut"


def test_clips_of_one_recording_name_it_once(small: SmallAudioset, tmp_path: Path) -> None:
    clips = small.table("clips")
    again = clips.filter(pl.col("clip_id") == "inrecording").with_columns(
        clip_id=pl.lit("another"), start_s=pl.lit(1.5), end_s=pl.lit(3.0), duration_s=pl.lit(1.5)
    )
    tables = instead(small.for_exports, tmp_path / "tables", clips=pl.concat([clips, again]))
    exported("lhotse", tables, tmp_path)
    recordings = gzip.decompress((tmp_path / "out/recordings_balanced_train.jsonl.gz").read_bytes()).splitlines()
    sources = [json.loads(line)["sources"][0]["source"] for line in recordings]
    assert len(sources) == len(set(sources)) == 7
    cuts = cuts_of(tmp_path, "balanced_train")
    assert cuts["another"]["recording"]["id"] == cuts["inrecording"]["recording"]["id"]
    assert (cuts["another"]["start"], cuts["another"]["duration"]) == (1.5, 1.5)


def test_what_is_not_as_audio_says_needs_a_copy(small: SmallAudioset, tmp_path: Path) -> None:
    audio = {"sample_rate": 16_000, "channels": "mono"}
    written = exported("lhotse", small.for_exports, tmp_path, copies="auto", audio=audio)
    cuts = cuts_of(tmp_path, "balanced_train").values()
    assert {(cut["recording"]["sampling_rate"], cut["type"]) for cut in cuts} == {(16_000, "MonoCut")}
    assert len(cuts) == len(LIES)
    assert not any("batch" in warning for warning in written.warnings)


@pytest.mark.parametrize("shar", [False, True])
def test_cuts_that_no_batch_takes_together_are_told(small: SmallAudioset, tmp_path: Path, shar: bool) -> None:
    nothing = pl.lit([], pl.List(pl.Categorical))
    is_bare = pl.col("clip_id") == "-aaaaaaaaaa"
    clips = small.table("clips").with_columns(class_ids=pl.when(is_bare).then(nothing).otherwise("class_ids"))
    tables = instead(small.for_exports, tmp_path / "tables", clips=clips)
    written = exported("lhotse", tables, tmp_path, shar=shar, copies="auto")
    bare, rates, channels = [warning for warning in written.warnings if "cuts" in warning]
    assert bare.startswith("2 of the cuts have no class with an index")
    assert re.match(r"cuts are of \d sample rates \(16000: \d, ", rates)
    assert re.match(r"cuts have different numbers of channels \(1: \d, 2: 1\)", channels)
    audio = {"sample_rate": 16_000, "channels": "mono"}
    written = exported("lhotse", tables, tmp_path / "alike", shar=shar, copies="auto", audio=audio)
    assert [warning for warning in written.warnings if "cuts" in warning] == [bare]


# --- kaldi ---


def test_kaldi_takes_what_it_reads_where_it_lies_and_says_what_copies_would_take(
    small: SmallAudioset, tmp_path: Path
) -> None:
    written = exported("kaldi", small.for_exports, tmp_path)
    there = fields(tmp_path / "out/balanced_train/wav.scp")
    assert there.keys() == {"-aaaaaaaaaa", "onlyabstrac", "onlynoindex"}
    assert written.held_back["needs_copy"] == 5
    assert written.copies_bytes > 0
    assert not (tmp_path / "out/balanced_train/segments").exists()


def test_every_file_of_kaldi_tells_of_the_same_clips(small: SmallAudioset, tmp_path: Path) -> None:
    said = [("quotedxxxxx", 0, "two\nlines\tand  blanks ")]
    table = pl.DataFrame(said, schema=schemas.FOUND_CAPTIONS.empty().schema, orient="row")
    tables = instead(small.for_exports, tmp_path / "tables", captions=table)
    exported("kaldi", tables, tmp_path, copies="auto")
    for split, clips in (("balanced_train", LIES), ("eval", {"quotedxxxxx"})):
        folder = tmp_path / "out" / split
        for file in ("text", "utt2spk", "spk2utt", "utt2dur", "utt2labels", "wav.scp", "reco2dur"):
            assert fields(folder / file).keys() == clips
        for clip_id, path in fields(folder / "wav.scp").items():
            info = soundfile.info(path)
            assert (info.format, info.subtype, info.samplerate, info.channels) == ("WAV", "PCM_16", 16_000, 1)
            assert abs(info.frames / 16_000 - float(fields(folder / "utt2dur")[clip_id])) <= 1e-6
    assert fields(tmp_path / "out/eval/text") == {"quotedxxxxx": "two lines and blanks"}
    assert fields(tmp_path / "out/balanced_train/text")["_bbbbbbbbbb"] == BELL
    assert fields(tmp_path / "out/balanced_train/utt2labels")["-aaaaaaaaaa"] == "/m/bark /m/dog"


def test_ids_of_classes_that_hold_blanks_are_one_field_each(small: SmallAudioset, tmp_path: Path) -> None:
    ids = pl.lit(["dog bark", "/m/bell"], pl.List(pl.Categorical))
    tables = instead(small.for_exports, tmp_path / "tables", clips=small.table("clips").with_columns(class_ids=ids))
    exported("kaldi", tables, tmp_path)
    assert set(fields(tmp_path / "out/balanced_train/utt2labels").values()) == {"dog_bark /m/bell"}


def test_a_stretch_of_a_recording_is_a_segment(small: SmallAudioset, tmp_path: Path) -> None:
    exported("kaldi", small.for_exports, tmp_path, audio={"sample_rate": 8000})
    folder = tmp_path / "out/balanced_train"
    recording, start, end = fields(folder / "segments")["inrecording"].split()
    assert (float(start), float(end)) == (30.0, 40.0)
    assert fields(folder / "wav.scp") == {recording: str(small.folder / "audio/recordings/inrecording.wav")}
    assert float(fields(folder / "reco2dur")[recording]) == 45.0


@settings(deadline=None, max_examples=50)  # each writes a folder
@given(
    first=st.integers(0, 2**40),
    frames=st.integers(1, 2**40),
    rate=st.sampled_from([8000, 11_025, 16_000, 22_050, 44_100, 48_000, 384_000]),
)
def test_kaldi_cuts_the_samples_of_a_segment(first: int, frames: int, rate: int) -> None:
    """As its extract-segments does: seconds times rate, cut to a whole number."""
    clip = {
        "split": "train",
        "clip_id": "a",
        "file_id": "b",
        "file": "/b.wav",
        "file_rate": rate,
        "file_channels": 1,
        "first_frame": first,
        "frames": frames,
        "file_frames": first + frames + 1,
        "class_ids": ["d"],
        "class_names": ["Dog"],
        "texts": ["a dog"],
    }
    with tempfile.TemporaryDirectory() as folder:
        write_folders([pl.DataFrame([clip])], ["train"], Path(folder))
        _, start, end = fields(Path(folder) / "train/segments")["a"].split()
        assert (int(float(start) * rate), int(float(end) * rate)) == (first, first + frames)
        assert int(float(fields(Path(folder) / "train/utt2dur")["a"]) * rate) == frames
        assert [path.name for path in Path(folder).iterdir()] == ["train"]


def test_what_no_line_can_hold_is_a_blank(small: SmallAudioset, tmp_path: Path) -> None:
    said = [("quotedxxxxx", 0, 'a\0 dog\x1cand\x85a\u2028"cat"')]
    table = pl.DataFrame(said, schema=schemas.FOUND_CAPTIONS.empty().schema, orient="row")
    ids = pl.lit(["a\x1fdog"], pl.List(pl.Categorical))
    tables = instead(
        small.for_exports, tmp_path / "tables", captions=table, clips=small.table("clips").with_columns(class_ids=ids)
    )
    exported("kaldi", tables, tmp_path, copies="auto")
    assert (tmp_path / "out/eval/text").read_bytes() == b'quotedxxxxx a dog and a "cat"\n'
    assert (tmp_path / "out/eval/utt2labels").read_bytes() == b"quotedxxxxx a_dog\n"


def test_a_split_that_is_called_like_the_copies_is_refused(small: SmallAudioset, tmp_path: Path) -> None:
    split = pl.col("split").cast(pl.String).replace({"eval": "audio"}).cast(pl.Categorical)
    tables = instead(small.for_exports, tmp_path / "tables", clips=small.table("clips").with_columns(split))
    with pytest.raises(SoundledgerError, match="`audio`"):
        exported("kaldi", tables, tmp_path)


# --- audiofolder ---


def test_a_folder_of_sound_names_every_file_that_it_has(small: SmallAudioset, tmp_path: Path) -> None:
    exported("audiofolder", small.for_exports, tmp_path)
    folder = tmp_path / "out/balanced_train"
    rows = [json.loads(line) for line in (folder / "metadata.jsonl").read_text(encoding="utf-8").splitlines()]
    named = {row["file_name"] for row in rows}
    assert named == {str(file.relative_to(folder)) for file in folder.rglob("*.*") if file.name != "metadata.jsonl"}
    assert {row["clip_id"] for row in rows} == LIES
    by_id = {row["clip_id"]: row for row in rows}
    assert by_id["_bbbbbbbbbb"]["labels"] == [BELL]
    assert by_id["_bbbbbbbbbb"]["captions"] == [""]
    stored = small.folder / "audio/clips/balanced_train/_bbbbbbbbbb.flac"
    assert (folder / by_id["_bbbbbbbbbb"]["file_name"]).read_bytes() == stored.read_bytes()
    assert by_id["inrecording"]["file_name"].endswith("inrecording.flac")
    assert by_id["inmirrorxxx"]["file_name"].endswith("inmirrorxxx.mp3")
