"""EAT's lists, read as EAT reads them."""

import io
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import soundfile

from tests.exports.packed import exported
from tests.exports.small_run import AUDIO, INDEXED, SmallAudioset, instead
from workflow_scripts.errors import SoundledgerError
from workflow_scripts.sound.feature import Resampler

SPLITS = ("balanced_train", "eval")
TAKEN = {"-aaaaaaaaaa", "_bbbbbbbbbb", "Ycccccccccc", "onlyabstrac", "inrecording", "inmirrorxxx", "quotedxxxxx"}


def as_eat_does(folder: Path, split: str) -> tuple[dict[str, Any], Any]:
    """Waveform, length that its line says and target, by the id of the label's line; and the weights.

    Its list is cut at any blank, its files are opened by libsndfile below the folder of the first line, their channels
    averaged, and another rate than 16 kHz is refused; labels go with files by their order alone.
    """
    descriptors = {}
    for line in (folder / "label_descriptors.csv").read_text().splitlines():
        index, mid = line.split(",")[:2]
        assert mid not in descriptors, mid
        descriptors[mid] = int(index)
    root, *lines = (folder / f"{split}.tsv").read_text().splitlines()
    files = []
    for line in lines:
        items = line.strip().split()
        assert len(items) == 2, line
        files.append((items[0], int(items[1])))
    said = [line.rstrip().split() for line in (folder / f"{split}.lbl").read_text().splitlines()]
    targets = [[descriptors[mid] for mid in line[1].split(",")] for line in said]
    if len(targets) != len(files):
        raise AssertionError(f"labels length ({len(targets)}) and dataset length ({len(files)}) do not match")
    loaded = {}
    for (file, size), (clip_id, _), numbers in zip(files, said, targets, strict=True):
        path = os.path.join(root.strip(), file)
        if not path.endswith((".wav", ".flac", ".ogg")):
            path, *_ = path.split(":")  # places in a zip
        wave, rate = soundfile.read(path, dtype="float32")
        if rate != 16_000:
            raise RuntimeError(f"sample rate: {rate}, need 16000")
        target = np.zeros(len(descriptors))
        target[numbers] = 1
        loaded[clip_id] = wave.mean(-1) if wave.ndim == 2 else wave, size, target
    return loaded, np.loadtxt(folder / f"{split}_weights.csv", delimiter=",", ndmin=1)


@pytest.fixture(scope="module")
def folder(small: SmallAudioset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("eat")
    exported("eat", small.for_exports, made, copies="auto")
    return made / "out"


def test_every_clip_is_loaded_with_its_labels(small: SmallAudioset, folder: Path) -> None:
    clips = {row["clip_id"]: row for row in small.table("clips").iter_rows(named=True)}
    loaded: dict[str, Any] = {}
    for split in SPLITS:
        of_split, weights = as_eat_does(folder, split)
        assert len(weights) == len(of_split)
        loaded |= of_split
    assert loaded.keys() == TAKEN
    for clip_id, (wave, size, target) in loaded.items():
        clip = clips[clip_id]
        assert len(wave) == size == pytest.approx(clip["duration_s"] * 16_000, abs=2)
        assert set(np.flatnonzero(target)) == {INDEXED.index(one) for one in clip["class_ids"] if one in INDEXED}


def test_files_of_16_khz_are_named_where_they_lie_unless_their_path_has_a_blank(folder: Path) -> None:
    lines = {split: (folder / f"{split}.tsv").read_text().splitlines() for split in SPLITS}
    assert {of_split[0] for of_split in lines.values()} == {str(folder)}
    [quoted] = lines["eval"][1:]
    assert quoted.startswith("audio/")  # that media lies in a folder called `eval, it's "quoted"`
    lies = [line for line in lines["balanced_train"][1:] if not line.startswith("audio/")]
    assert len(lies) == 3
    assert all((folder / line.split()[0]).is_file() for line in lies)


def test_a_copy_is_the_mean_of_all_channels_as_eat_takes_it(folder: Path) -> None:
    wave = as_eat_does(folder, "balanced_train")[0]["_bbbbbbbbbb"][0]
    samples, rate = soundfile.read(io.BytesIO(AUDIO["clips"]["balanced_train/_bbbbbbbbbb.flac"]), dtype="float32")
    expected = Resampler(rate).resample(samples.mean(1), is_last=True)
    assert np.abs(wave - expected).max() <= 2**-15


def test_weights_are_those_of_ast(small: SmallAudioset, folder: Path, tmp_path: Path) -> None:
    exported("ast", small.for_exports, tmp_path, copies="auto")
    manifest = json.loads((tmp_path / "out/balanced_train.json").read_text())["data"]
    of_ast = np.loadtxt(tmp_path / "out/balanced_train_weights.csv", ndmin=1)
    loaded, weights = as_eat_does(folder, "balanced_train")
    assert len(manifest) == len(loaded)
    assert weights.tolist() == of_ast.tolist()


def test_without_copies_others_are_left_out(small: SmallAudioset, tmp_path: Path) -> None:
    written = exported("eat", small.for_exports, tmp_path)
    assert (written.clips, written.held_back["needs_copy"]) == ({"balanced_train": 3, "eval": 0}, 4)
    assert as_eat_does(tmp_path / "out", "balanced_train")[0].keys() == {"-aaaaaaaaaa", "Ycccccccccc", "onlyabstrac"}
    assert as_eat_does(tmp_path / "out", "eval")[0] == {}


@pytest.mark.parametrize(("mid", "words"), [("Dog bark", "1 class ids hold a blank"), ("Dog,bark", "hold a comma")])
def test_ids_that_eat_would_split_are_refused(small: SmallAudioset, tmp_path: Path, mid: str, words: str) -> None:
    is_dog = pl.col("class_id") == "/m/dog"
    classes = small.table("classes").with_columns(class_id=pl.when(is_dog).then(pl.lit(mid)).otherwise("class_id"))
    tables = instead(small.for_exports, tmp_path / "tables", classes=classes)
    with pytest.raises(SoundledgerError, match=words):
        exported("eat", tables, tmp_path / "eat")


def test_a_name_of_several_lines_is_one_line(small: SmallAudioset, tmp_path: Path) -> None:
    """EAT reads the list of classes line by line."""
    classes = small.table("classes").with_columns(name=pl.col("name") + "\nand more")
    exported("eat", instead(small.for_exports, tmp_path / "tables", classes=classes), tmp_path / "eat")
    assert len(as_eat_does(tmp_path / "eat/out", "balanced_train")[0]) == 3
    assert '0,/m/animal,"Animal and more"\n' in (tmp_path / "eat/out/label_descriptors.csv").read_text()
