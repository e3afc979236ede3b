"""EAT's lists, read as EAT reads them."""

import io
import json
import os
import re
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import soundfile

from tests.exports.own_dataset import ledger_of, said
from tests.exports.packed import exported
from tests.exports.small_run import AUDIO, INDEXED, SmallAudioset, instead
from tests.made_files import noise16, wav
from tests.project import REPOSITORY
from workflow_scripts.errors import SoundledgerError
from workflow_scripts.sound.feature import Resampler

SPLITS = ("balanced_train", "eval")
TAKEN = {"-aaaaaaaaaa", "_bbbbbbbbbb", "Ycccccccccc", "onlyabstrac", "inrecording", "inmirrorxxx", "quotedxxxxx"}


def as_eat_does(folder: Path, split: str, downsr_16hz: bool = True) -> tuple[dict[str, Any], Any]:
    """Waveform, length that its line says and target, by the id of the label's line; and the weights.

    Its list is cut at any blank, and files of less than 10,000 samples are left out with their labels, but not their
    weights. They are opened by libsndfile below the folder of the first line, resampled to 16 kHz (its own
    configurations say so) or else refused unless they are of 32 kHz, and their channels averaged; labels go with files
    by their order alone.
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
    left_out = {place for place, (_, size) in enumerate(files) if size < 10_000}
    files = [file for place, file in enumerate(files) if place not in left_out]
    said = [line.rstrip().split() for line in (folder / f"{split}.lbl").read_text().splitlines()]
    said = [line for place, line in enumerate(said) if place not in left_out]
    targets = [[descriptors[mid] for mid in line[1].split(",")] for line in said]
    if len(targets) != len(files):
        raise AssertionError(f"labels length ({len(targets)}) and dataset length ({len(files)}) do not match")
    loaded = {}
    for (file, size), (clip_id, _), numbers in zip(files, said, targets, strict=True):
        path = os.path.join(root.strip(), file)
        if not path.endswith((".wav", ".flac", ".ogg")):
            path, *_ = path.split(":")  # places in a zip
        wave, rate = soundfile.read(path, dtype="float32")
        if not downsr_16hz and rate != 32_000:
            raise RuntimeError(f"sample rate: {rate}, need 32000")
        assert rate == 16_000, "it would be resampled, and of several channels along these"
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


# --- what EAT does to one split alone, and to short files ---


def test_the_documented_options_read_it(small: SmallAudioset, tmp_path: Path) -> None:
    docs = (REPOSITORY / "docs/exports.md").read_text(encoding="utf-8")
    line = next(line for line in docs.splitlines() if line.startswith("`task.data="))
    options = dict(re.findall(r"(?:task|dataset)\.(\w+)=([^\s`]+)", line))
    exported("eat", small.for_exports, tmp_path, copies="auto", splits={"balanced_train": "train"})
    for split in (options["train_subset"], options["valid_subset"]):
        read, weights = as_eat_does(tmp_path / "out", split, options.get("downsr_16hz") == "true")
        assert len(read) == len(weights) > 0


def test_without_that_option_eat_refuses_it(folder: Path) -> None:
    with pytest.raises(RuntimeError, match="sample rate: 16000, need 32000"):
        as_eat_does(folder, "eval", downsr_16hz=False)


def test_splits_of_one_name_are_one(small: SmallAudioset, folder: Path, tmp_path: Path) -> None:
    splits = {"balanced_train": "train", "eval": "train"}
    written = exported("eat", small.for_exports, tmp_path, copies="auto", splits=splits)
    assert (written.clips, written.warnings) == ({"balanced_train": 6, "eval": 1}, ())
    loaded, weights = as_eat_does(tmp_path / "out", "train")
    assert loaded.keys() == TAKEN
    assert len(weights) == len(TAKEN)
    assert sorted(file.name for file in (tmp_path / "out").glob("*.tsv")) == ["train.tsv"]


def test_that_no_split_is_called_train_is_told(small: SmallAudioset, tmp_path: Path) -> None:
    [warning] = exported("eat", small.for_exports, tmp_path / "1").warnings
    assert warning.startswith("no clip is of a split called `train`, the one that EAT shuffles, draws by weights")
    assert warning.endswith("{splits: {…: train}}, of balanced_train, eval")
    assert exported("eat", small.for_exports, tmp_path / "2", splits={"balanced_train": "train"}).warnings == ()
    named_empty = exported("eat", small.for_exports, tmp_path / "3", splits={"eval": "train"})  # it needs a copy
    assert len(named_empty.warnings) == 1


def test_a_split_that_there_is_not_is_told(small: SmallAudioset, tmp_path: Path) -> None:
    with pytest.raises(SoundledgerError, match="no split 'trian'; there are balanced_train, eval"):
        exported("eat", small.for_exports, tmp_path, splits={"trian": "train"})


@pytest.mark.parametrize("copies", ["never", "always"])
def test_clips_that_eat_drops_without_their_weights_are_held_back(tmp_path: Path, copies: str) -> None:
    (tmp_path / "audio").mkdir()
    for frames in (4_000, 9_999, 10_000, 20_000):
        (tmp_path / f"audio/n{frames}.wav").write_bytes(wav(noise16(frames, seed=frames)))
    (tmp_path / "classes.csv").write_text("index,id,name\n0,dog,Dog\n")
    rows = "n4000.wav,,,dog\nn9999.wav,,,dog\nn10000.wav,,,dog\nn20000.wav,,,dog\n"
    content = said(tmp_path, rows, audio=["audio"], limits={"min_duration_s": 0.1, "train_min_duration_s": 0.1})
    content["sources"]["vocabulary"] = "classes.csv"
    tables = ledger_of(tmp_path, **content, vocabulary={"id": "id", "name": "name", "index": "index"})
    written = exported("eat", tables, tmp_path / "eat", copies=copies)
    assert (written.clips, written.held_back) == ({"train": 2}, {"below_10000_samples": 2})
    loaded, weights = as_eat_does(tmp_path / "eat/out", "train")
    assert sorted(len(wave) for wave, *_ in loaded.values()) == [10_000, 20_000]
    assert len(weights) == 2
