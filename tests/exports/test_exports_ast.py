"""What AST and AudioMAE read: manifests, weights, classes and statistics."""

import csv
import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import soundfile
import soxr
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.exports.small_run import BELL, INDEXED, SmallAudioset, instead
from workflow_scripts.exports import Tables, exporter
from workflow_scripts.sound.kaldi import fbank
from workflow_scripts.tables import schemas

TRAIN = [("-aaaaaaaaaa", "/m/bark,/m/dog"), ("_bbbbbbbbbb", "/m/bell"), ("Ycccccccccc", "/m/cat")]
MIRRORED = ("inmirrorxxx", "/m/dog,/m/cat")


def _exported(tables: Tables, folder: Path, paths: str = "absolute", restricted_classes: bool = False) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    options = {"paths": paths, "restricted_classes": restricted_classes}
    exporter("ast")(tables, options, folder, folder)
    return folder


def _manifest(folder: Path, split: str) -> list[dict[str, str]]:
    with (folder / f"{split}.json").open(encoding="utf-8") as file:
        manifest = json.load(file)
    assert list(manifest) == ["data"]
    assert all(list(row) == ["wav", "labels"] for row in manifest["data"])
    return manifest["data"]


def _clips(small: SmallAudioset, manifest: list[dict[str, str]]) -> list[tuple[str, str]]:
    ids = dict(small.table("clips").select("media_path", "clip_id").drop_nulls().rows())
    return [(ids[row["wav"]], row["labels"]) for row in manifest]


def _weights(folder: Path, split: str) -> list[float]:
    return [float(line) for line in (folder / f"{split}_weights.csv").read_text().splitlines()]


def _naive_weights(labels: list[list[str]]) -> list[float]:
    """gen_weight_file.py of AST in three lines."""
    counts = Counter(label for clip in labels for label in clip)
    return [sum(1000 / (counts[label] + 0.01) for label in clip) for clip in labels]


@pytest.fixture(scope="module")
def folder(small: SmallAudioset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _exported(small.for_exports, tmp_path_factory.mktemp("ast"))


def test_a_manifest_holds_trainable_clips_with_the_classes_that_are_trained(small: SmallAudioset, folder: Path) -> None:
    """No abstract, blacklisted or unindexed class; no short, broken, missing clip, and no span of a recording."""
    assert _clips(small, _manifest(folder, "balanced_train")) == [*TRAIN, MIRRORED]
    assert _clips(small, _manifest(folder, "eval")) == [("quotedxxxxx", "/m/dog,/m/bell")]


def test_restricted_classes_are_trained_on_when_asked_for(small: SmallAudioset, tmp_path: Path) -> None:
    folder = _exported(small.for_exports, tmp_path, restricted_classes=True)
    assert _clips(small, _manifest(folder, "balanced_train")) == [
        *TRAIN[:2],
        ("Ycccccccccc", "/m/old,/m/cat"),
        ("onlyabstrac", "/m/things"),
        MIRRORED,
    ]


@pytest.mark.parametrize("restricted_classes", [False, True])
def test_every_label_is_in_the_class_list_as_asts_loader_asks(
    small: SmallAudioset, tmp_path: Path, restricted_classes: bool
) -> None:
    folder = _exported(small.for_exports, tmp_path, restricted_classes=restricted_classes)
    index = {}
    with (folder / "class_labels_indices.csv").open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            index[row["mid"]] = row["index"]
    for split in ("balanced_train", "eval"):
        for row in _manifest(folder, split):
            assert [int(index[label]) for label in row["labels"].split(",")]
            assert " " not in row["labels"]


def test_the_class_list_reads_as_audiosets_own(small: SmallAudioset, folder: Path) -> None:
    with (folder / "class_labels_indices.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    names = dict(small.table("classes").select("class_id", "name").rows())
    assert rows == [{"index": str(index), "mid": mid, "display_name": names[mid]} for index, mid in enumerate(INDEXED)]
    assert BELL in [row["display_name"] for row in rows]
    lines = (folder / "class_labels_indices.csv").read_text().splitlines()
    assert lines[:2] == ["index,mid,display_name", '0,/m/animal,"Animal"']


@pytest.mark.shared
def test_the_official_class_list_comes_out_as_it_went_in(small: SmallAudioset, shared: Path, tmp_path: Path) -> None:
    official = (shared / "data/audioset/class_labels_indices.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(official.splitlines()))
    classes = pl.DataFrame(
        [
            dict.fromkeys(schemas.CLASSES.columns)
            | {"class_id": row["mid"], "class_index": int(row["index"]), "name": row["display_name"]}
            | {"parent_ids": [], "ancestor_ids": [], "is_abstract": False, "is_blacklisted": False}
            for row in reversed(rows)
        ],
        schema=schemas.empty(schemas.CLASSES).schema,
    )
    folder = _exported(instead(small.for_exports, tmp_path / "tables", classes=classes), tmp_path)
    assert (folder / "class_labels_indices.csv").read_text(encoding="utf-8").split() == official.split()


@pytest.mark.parametrize("split", ["balanced_train", "eval"])
@pytest.mark.parametrize("restricted_classes", [False, True])
def test_there_is_a_weight_for_each_clip_in_its_order(
    small: SmallAudioset, tmp_path: Path, split: str, restricted_classes: bool
) -> None:
    folder = _exported(small.for_exports, tmp_path, restricted_classes=restricted_classes)
    labels = [row["labels"].split(",") for row in _manifest(folder, split)]
    weights = _weights(folder, split)
    assert weights == pytest.approx(_naive_weights(labels), rel=1e-12)
    assert np.loadtxt(folder / f"{split}_weights.csv", delimiter=",", ndmin=1).tolist() == weights


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(st.sampled_from(INDEXED), max_size=4, unique=True), max_size=30))
def test_weights_are_those_of_asts_own_script(
    tmp_path_factory: pytest.TempPathFactory, small: SmallAudioset, labels: list[list[str]]
) -> None:
    """Clips whose ids are in no order, some of them with classes that nobody trains on."""
    rows = [
        dict.fromkeys(schemas.CLIPS.columns)
        | {"clip_id": f"{(7 * number) % 31:02d}", "split": "train", "class_ids": said, "class_names": said}
        | {"trainable": True, "whole_media": True, "media_path": f"/{number}.wav", "root": "clips", "path": "x"}
        for number, said in enumerate(labels)
    ]
    ledger = pl.DataFrame(rows, schema=schemas.empty(schemas.CLIPS).schema).lazy()
    folder = _exported(
        instead(small.for_exports, tmp_path_factory.mktemp("tables"), clips=ledger.collect()),
        tmp_path_factory.mktemp("ast"),
    )
    trained = [[label for label in said if label not in ("/m/old", "/m/things")] for said in labels]
    if not labels:
        assert not (folder / "train.json").exists()
        return
    manifest = _manifest(folder, "train")
    expected = [(f"/{n}.wav", ",".join(said)) for n, said in enumerate(trained) if said]
    assert [(row["wav"], row["labels"]) for row in manifest] == expected
    assert _weights(folder, "train") == pytest.approx(_naive_weights([said for said in trained if said]), rel=1e-12)


def _fbank(file: str) -> torch.Tensor:
    samples, rate = soundfile.read(file, dtype="float32", always_2d=True)
    wave = torch.from_numpy(np.ascontiguousarray(soxr.resample(samples[:, 0], rate, 16_000, quality="HQ")))[None]
    return fbank(  # torchaudio's own
        wave - wave.mean(),
        htk_compat=True,
        sample_frequency=16_000,
        use_energy=False,
        window_type="hanning",
        num_mel_bins=128,
        dither=0.0,
        frame_shift=10,
    )


@pytest.mark.parametrize("restricted_classes", [False, True])
def test_statistics_are_those_of_all_frames_of_the_training_clips(
    small: SmallAudioset, tmp_path: Path, restricted_classes: bool
) -> None:
    folder = _exported(small.for_exports, tmp_path, restricted_classes=restricted_classes)
    stats = json.loads((folder / "stats.json").read_text())
    values = torch.cat([_fbank(row["wav"]) for row in _manifest(folder, "balanced_train")]).double()
    assert stats == {
        "mean": pytest.approx(float(values.mean()), abs=1e-3),
        "std": pytest.approx(float(values.std(correction=0)), abs=1e-3),
        "frames": len(values),
        "clips": 5 if restricted_classes else 4,
        "splits": ["balanced_train"],
    }


@pytest.mark.parametrize("paths", ["absolute", "relative"])
def test_paths_lead_to_files(small: SmallAudioset, tmp_path: Path, paths: str) -> None:
    folder = _exported(small.for_exports, tmp_path / "exports" / "ast", paths)
    for split in ("balanced_train", "eval"):
        for row in _manifest(folder, split):
            assert os.path.isabs(row["wav"]) == (paths == "absolute")
            assert soundfile.info(folder / row["wav"]).frames > 0


def test_relative_paths_are_right_though_results_are_a_link_to_another_disk(
    small: SmallAudioset, tmp_path: Path
) -> None:
    (tmp_path / "scratch/far/away").mkdir(parents=True)
    (tmp_path / "results").symlink_to("scratch/far/away")
    folder = _exported(small.for_exports, tmp_path / "results" / "ast", "relative")
    for row in _manifest(folder, "balanced_train"):
        assert (folder / row["wav"]).is_file(), row["wav"]


def test_the_readme_has_five_lines_that_name_what_is_there(folder: Path) -> None:
    lines = (folder / "README").read_text().splitlines()
    assert len(lines) == 5
    left_out = "1 that lie inside a longer recording or an archive, 2 without a class"
    assert lines[0].startswith(f"5 trainable clips. Left out: {left_out}")
    ast, audiomae = lines[3:]
    assert "python src/run.py" in ast
    assert "python main_finetune_as.py" in audiomae
    files = {file.name for file in folder.iterdir()}
    named = {word for line in (ast, audiomae) for word in line.split() if word.endswith((".json", ".csv"))}
    assert named - {"balanced_train_weight.csv"} <= files  # AST wants its weights under that name: the command copies
    assert f"--n_class {len(INDEXED)} " in ast
    assert audiomae.endswith(f"--nb_classes {len(INDEXED)}")
    stats = json.loads((folder / "stats.json").read_text())
    assert f"[{stats['mean']:.7f}, {stats['std']:.7f}]" in lines[1]


def test_the_files_are_these(folder: Path) -> None:
    splits = ("balanced_train", "eval")
    names = {f"{split}{suffix}" for split in splits for suffix in (".json", "_weights.csv")}
    assert {file.name for file in folder.iterdir()} == names | {"class_labels_indices.csv", "stats.json", "README"}


def test_exporting_again_gives_the_same_bytes(small: SmallAudioset, folder: Path, tmp_path: Path) -> None:
    again = _exported(small.for_exports, tmp_path)
    for file in folder.iterdir():
        assert file.read_bytes() == (again / file.name).read_bytes(), file.name


def test_without_any_trainable_clip_everything_is_there_and_empty(small: SmallAudioset, tmp_path: Path) -> None:
    nothing = small.table("clips").with_columns(trainable=pl.lit(False)).lazy()
    folder = _exported(instead(small.for_exports, tmp_path / "tables", clips=nothing.collect()), tmp_path)
    assert _manifest(folder, "balanced_train") == []
    assert _weights(folder, "balanced_train") == []
    stats: dict[str, Any] = json.loads((folder / "stats.json").read_text())
    assert (stats["mean"], stats["std"], stats["frames"], stats["clips"]) == (None, None, 0, 0)
    assert len((folder / "README").read_text().splitlines()) == 5
