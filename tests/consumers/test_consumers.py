"""Exports read by those whom they are for."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.exports.doubtful import RATE, heard, ledger_of_doubtful
from tests.exports.packed import exported
from tests.exports.small_run import BELL, SmallAudioset, instead
from workflow_scripts.tables import schemas

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".venv-consumers/bin/python"

pytestmark = pytest.mark.consumer
needs_ffmpeg = pytest.mark.skipif(not shutil.which("ffmpeg"), reason="no FFmpeg, whose libraries torchcodec decodes by")


def told_by(script: str, *arguments: Path | str, home: Path) -> dict[str, Any]:
    """What a script of this folder prints, without a network."""
    run = subprocess.run(
        [PYTHON, Path(__file__).with_name(script), *arguments],
        env={**os.environ, "HF_HOME": str(home), "HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1"},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    told: dict[str, Any] = json.loads(run.stdout.splitlines()[-1])
    return told


@needs_ffmpeg
def test_datasets_loads_every_row_with_its_types(small: SmallAudioset, tmp_path: Path) -> None:
    exported("huggingface", small.for_exports, tmp_path, clips_a_file=3)
    told = told_by("read_huggingface.py", tmp_path / "out", home=tmp_path / "home")
    assert {split: len(of_split["rows"]) for split, of_split in told.items()} == {"balanced_train": 7, "eval": 1}
    assert told["eval"]["kinds"] == {
        "audio": "Audio",
        "clip_id": "Value",
        "labels": "List",
        "captions": "List",
        "start_s": "Value",
        "end_s": "Value",
        "duration_s": "Value",
        "licence": "Value",
        "source_url": "Value",
    }
    assert told["eval"]["rows"]["quotedxxxxx"]["labels"] == [BELL, "Dog"]
    for row in small.table("clips").filter("trainable").iter_rows(named=True):
        channels, frames, rate = told[row["split"]]["played"][row["clip_id"]]
        assert (channels, rate) == (row["channels"], row["sample_rate"])
        assert abs(frames - row["duration_s"] * rate) <= 1


@needs_ffmpeg
@pytest.mark.parametrize("name", ["huggingface", "audiofolder"])
def test_datasets_plays_all_of_what_libsndfile_does_not_read_as_it_lies(
    small: SmallAudioset, tmp_path: Path, name: str
) -> None:
    """Those that keep their bytes, and those that were written anew."""
    tables = ledger_of_doubtful(tmp_path / "doubtful")
    exported(name, tables, tmp_path)
    told = told_by(f"read_{name}.py", tmp_path / "out", home=tmp_path / "home")["train"]
    played = told["played"] if name == "huggingface" else {at: [*one["shape"], one["rate"]] for at, one in told.items()}
    frames = {path: was.row["frames"] for path, was in heard(tables).items()}
    expected = {clip: [1, frames[path], RATE] for clip, path in tables.read("clips")["clip_id", "path"].iter_rows()}
    assert played == expected


def test_webdataset_yields_every_pair_under_two_workers(small: SmallAudioset, tmp_path: Path) -> None:
    written = exported("webdataset", small.for_exports, tmp_path, tars_a_split=2)
    tars = sorted(map(str, (tmp_path / "out/balanced_train").glob("*.tar")))
    told = told_by("read_webdataset.py", *tars, home=tmp_path / "home")
    assert len(told) == written.clips["balanced_train"] == 7
    assert {one["rate"] for one in told.values()} == {48_000}
    assert told["_bbbbbbbbbb"]["said"]["text"] == [f"The sounds of {BELL}"]


@pytest.mark.parametrize("options", [{"copies": "auto"}, {"copies": "always"}, {"shar": True, "cuts_a_shard": 2}])
def test_lhotse_reads_every_cut(small: SmallAudioset, tmp_path: Path, options: dict[str, object]) -> None:
    written = exported("lhotse", small.for_exports, tmp_path, **options)
    kind = "shar" if "shar" in options else "files"
    told = told_by("read_lhotse.py", kind, tmp_path / "out", "balanced_train", "eval", home=tmp_path / "home")
    assert {split: len(cuts) for split, cuts in told.items()} == written.clips == {"balanced_train": 7, "eval": 1}
    ledger = {row["clip_id"]: row for row in small.table("clips").iter_rows(named=True)}
    for clip_id, cut in (pair for cuts in told.values() for pair in cuts.items()):
        row = ledger[clip_id]
        assert (cut["rate"], cut["shape"][0]) == (row["sample_rate"], row["channels"])
        assert abs(cut["shape"][1] - row["duration_s"] * cut["rate"]) <= 1
        assert cut["kind"] == ("MonoCut" if row["channels"] == 1 else "MultiCut")
        assert cut["class_names"] == list(row["class_names"])
    indices = {"/m/animal": 0, "/m/bark": 1, "/m/bell": 2, "/m/cat": 3, "/m/dog": 4, "/m/old": 5, "/m/things": 6}
    assert told["eval"]["quotedxxxxx"]["audio_event"] == f"{indices['/m/dog']};{indices['/m/bell']}"
    assert told["balanced_train"]["onlynoindex"]["audio_event"] == ""
    recording = told["balanced_train"]["inrecording"]
    in_place = options == {"copies": "auto"}
    assert (recording["recording"] == "inrecording") is not in_place
    assert recording["start"] == (30.0 if in_place else 0.0)


@needs_ffmpeg
def test_datasets_plays_a_folder_of_sound(small: SmallAudioset, tmp_path: Path) -> None:
    said = [("quotedxxxxx", 0, "NA"), ("quotedxxxxx", 1, 'null\n"x"'), ("inrecording", 0, "")]
    table = pl.DataFrame(said, schema=schemas.FOUND_CAPTIONS.empty().schema, orient="row")
    tables = instead(small.for_exports, tmp_path / "tables", captions=table)
    written = exported("audiofolder", tables, tmp_path)
    told = told_by("read_audiofolder.py", tmp_path / "out", home=tmp_path / "home")
    assert {split: len(rows) for split, rows in told.items()} == written.clips == {"balanced_train": 7, "eval": 1}
    assert told["eval"]["quotedxxxxx"]["captions"] == ["NA", 'null\n"x"']
    assert told["eval"]["quotedxxxxx"]["labels"] == ["Dog", BELL]
    ledger = {row["clip_id"]: row for row in small.table("clips").iter_rows(named=True)}
    for clip_id, row in (pair for rows in told.values() for pair in rows.items()):
        was = ledger[clip_id]
        assert (row["rate"], row["shape"][0]) == (was["sample_rate"], was["channels"])
        assert abs(row["shape"][1] - was["duration_s"] * row["rate"]) <= 1
