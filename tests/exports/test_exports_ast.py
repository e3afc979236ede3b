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
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.consumers.loaders import whole_fbank
from tests.exports.made_exports import account_of, exported
from tests.exports.own_dataset import ledger_of, said
from tests.exports.small_run import BELL, INDEXED, SmallAudioset, instead
from tests.made_files import noise, noise16, wav
from workflow_scripts.errors import SoundledgerError
from workflow_scripts.exports.reading import Tables
from workflow_scripts.tables import schemas

SPLITS = ("balanced_train", "eval")
OWN = [("-aaaaaaaaaa", "/m/bark,/m/dog"), ("Ycccccccccc", "/m/old,/m/cat"), ("onlyabstrac", "/m/things")]
"""Training clips with a 16 kHz file of their own; the others are of 44.1 kHz, a span of a recording, and an MP3."""
ALL = [
    OWN[0],
    ("_bbbbbbbbbb", "/m/bell"),
    *OWN[1:],
    ("inrecording", "/m/dog"),
    ("inmirrorxxx", "/m/dog,/m/cat"),
]


def _manifest(folder: Path, split: str) -> list[dict[str, str]]:
    with (folder / f"{split}.json").open(encoding="utf-8") as file:
        manifest = json.load(file)
    assert list(manifest) == ["data"]
    assert all(list(row) == ["wav", "labels", "video_id"] for row in manifest["data"])
    return manifest["data"]


def _clips(folder: Path, split: str) -> list[tuple[str, str]]:
    return [(row["video_id"], row["labels"]) for row in _manifest(folder, split)]


def _weights(folder: Path, split: str) -> list[float]:
    return [float(line) for line in (folder / f"{split}_weights.csv").read_text().splitlines()]


def _stats(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "stats.json").read_text())


def _class_list(folder: Path) -> list[dict[str, str]]:
    with (folder / "class_labels_indices.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _naive_weights(labels: list[list[str]]) -> list[float]:
    """gen_weight_file.py of AST in three lines."""
    counts = Counter(label for clip in labels for label in clip)
    return [sum(1000 / (counts[label] + 0.01) for label in clip) for clip in labels]


def _seen(folder: Path, split: str) -> torch.Tensor:
    """All frames of the files of a manifest, as the trainers' loader sees them."""
    return torch.cat([whole_fbank(folder / row["wav"]) for row in _manifest(folder, split)]).double()


@pytest.fixture(scope="module")
def folder(small: SmallAudioset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An export with copies where they are needed."""
    return exported("ast", small.for_exports, tmp_path_factory.mktemp("exports") / "ast", copies="auto")


@pytest.fixture(scope="module")
def without_copies(small: SmallAudioset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return exported("ast", small.for_exports, tmp_path_factory.mktemp("exports") / "ast")


# --- which clips ---


def test_a_manifest_holds_every_trainable_clip_that_has_a_class_with_an_index(folder: Path) -> None:
    """No short, broken or missing clip; of 44.1 kHz, in a recording and in an MP3 are no less clips."""
    assert _clips(folder, "balanced_train") == ALL
    assert _clips(folder, "eval") == [("quotedxxxxx", "/m/dog,/m/bell")]


def test_without_copies_only_16_khz_files_of_their_own_are_taken(without_copies: Path) -> None:
    assert _clips(without_copies, "balanced_train") == OWN
    assert not (without_copies / "audio").exists()


def test_the_account_tells_of_every_clip(small: SmallAudioset, folder: Path, without_copies: Path) -> None:
    lost = {"feature_failed": 1, "missing": 2, "truncated": 1, "not_trainable": 1, "unlabelled": 1}
    assert account_of(folder).held_back == lost
    assert account_of(without_copies).held_back == lost | {"needs_copy": 3}
    for export in (folder, without_copies):
        account = account_of(export)
        assert sum(account.clips.values()) + sum(account.held_back.values()) == len(small.table("clips"))


def test_what_copies_would_take_is_what_they_take(folder: Path, without_copies: Path) -> None:
    taken = sum(file.stat().st_size for file in (folder / "audio").rglob("*.wav"))
    assert account_of(without_copies).copies_bytes == pytest.approx(taken, abs=10)
    assert account_of(folder).copies_bytes == 0


def test_as_they_are_takes_files_of_any_rate_and_says_what_a_trainer_will_see(
    small: SmallAudioset, tmp_path: Path
) -> None:
    folder = exported("ast", small.for_exports, tmp_path / "ast", copies="as_they_are")
    assert _clips(folder, "balanced_train") == [clip for clip in ALL if clip[0] != "inrecording"]
    note = _stats(folder)["note"]
    assert note.startswith("2 of these clips are not at 16 kHz")
    assert note in (folder / "README").read_text()


def test_restricted_classes_are_left_out_when_asked_for_and_the_list_has_no_gap(
    small: SmallAudioset, tmp_path: Path
) -> None:
    folder = exported("ast", small.for_exports, tmp_path / "ast", restricted_classes=False)
    assert _clips(folder, "balanced_train") == [OWN[0], ("Ycccccccccc", "/m/cat")]
    assert [row["mid"] for row in _class_list(folder)] == [mid for mid in INDEXED if mid not in ("/m/old", "/m/things")]
    assert [row["index"] for row in _class_list(folder)] == ["0", "1", "2", "3", "4"]
    assert "--n_class 5 " in (folder / "README").read_text()


# --- files of several channels ---


@pytest.fixture(scope="module")
def with_stereo(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    """Two clips of 16 kHz, of which the longer has two channels and goes far beyond full scale when it is made."""
    folder = tmp_path_factory.mktemp("stereo")
    (folder / "audio").mkdir()
    (folder / "audio/mono.wav").write_bytes(wav(noise16(20_000)))
    (folder / "audio/stereo.wav").write_bytes(wav(noise(40_000, 2, level=3.0)))
    (folder / "classes.csv").write_text("index,id,name\n0,dog,Dog\n1,cat,Cat\n")
    content = said(folder, "mono.wav,,,dog\nstereo.wav,,,cat\n", audio=["audio"])
    content["sources"]["vocabulary"] = "classes.csv"
    return ledger_of(folder, **content, vocabulary={"id": "id", "name": "name", "index": "index"})


def test_a_file_of_several_channels_needs_a_copy(with_stereo: Tables, tmp_path: Path) -> None:
    assert with_stereo.check["channel"] == "first"
    account = account_of(exported("ast", with_stereo, tmp_path / "ast"))
    assert (account.clips, account.held_back) == ({"train": 1}, {"needs_copy": 1})


def test_two_clips_of_a_manifest_can_be_mixed(with_stereo: Tables, tmp_path: Path) -> None:
    """As AST and AudioMAE add two: the second is cut to what the first has, in one channel."""
    folder = exported("ast", with_stereo, tmp_path / "ast", copies="auto")
    waves = [soundfile.read(row["wav"], always_2d=True)[0].T for row in _manifest(folder, "train")]
    assert [wave.shape for wave in waves] == [(1, 20_000), (1, 40_000)]


def test_copies_that_were_clipped_are_told(with_stereo: Tables, tmp_path: Path) -> None:
    told = "1 of the clips went beyond full scale when they were made, and were clipped"
    assert told in account_of(exported("ast", with_stereo, tmp_path / "ast", copies="auto")).warnings


def test_as_they_are_says_what_becomes_of_several_channels(with_stereo: Tables, tmp_path: Path) -> None:
    folder = exported("ast", with_stereo, tmp_path / "ast", copies="as_they_are")
    assert _stats(folder)["note"].startswith("1 of these clips have several channels")


# --- copies ---


def test_a_copy_is_a_16_khz_16_bit_mono_wav_as_long_as_its_clip(small: SmallAudioset, folder: Path) -> None:
    durations = dict(small.table("clips").select("clip_id", "duration_s").rows())
    copies = list((folder / "audio").rglob("*.wav"))
    assert {copy.stem for copy in copies} == {"_bbbbbbbbbb", "inrecording", "inmirrorxxx"}
    for copy in copies:
        info = soundfile.info(copy)
        assert (info.samplerate, info.channels, info.subtype) == (16_000, 1, "PCM_16")
        assert info.duration == pytest.approx(durations[copy.stem], abs=1e-3)


def test_a_copy_of_a_span_holds_that_span(small: SmallAudioset, folder: Path) -> None:
    """From 30 to 40 s of a recording of 8 kHz: every second sample is about its own."""
    recording, _ = soundfile.read(small.folder / "audio/recordings/inrecording.wav", dtype="float32")
    [file] = (folder / "audio").rglob("inrecording.wav")
    copy, _ = soundfile.read(file, dtype="float32")
    own = recording[30 * 8000 : 40 * 8000]
    assert np.corrcoef(copy[::2], own)[0, 1] > 0.97
    assert np.corrcoef(copy[::2], recording[29 * 8000 : 39 * 8000])[0, 1] < 0.1


def test_always_copies_all(small: SmallAudioset, tmp_path: Path) -> None:
    folder = exported("ast", small.for_exports, tmp_path / "ast", copies="always")
    assert _clips(folder, "balanced_train") == ALL
    wav = [row["wav"] for split in SPLITS for row in _manifest(folder, split)]
    assert all(Path(file).is_relative_to(folder / "audio") for file in wav)
    assert len({os.path.basename(file) for file in wav}) == len(wav) == len(ALL) + 1


def test_a_copy_of_16_bits_and_16_khz_is_bit_by_bit_its_media(small: SmallAudioset, tmp_path: Path) -> None:
    folder = exported("ast", small.for_exports, tmp_path / "ast", copies="always")
    [file] = (folder / "audio").rglob("-aaaaaaaaaa.wav")
    media, _ = soundfile.read(small.folder / "audio/clips/balanced_train/Y-aaaaaaaaaa.wav", dtype="int16")
    assert soundfile.read(file, dtype="int16")[0].tolist() == media.tolist()


# --- what the trainers compute ---


@pytest.mark.parametrize("copies", ["never", "auto", "always"])
def test_statistics_are_those_of_what_the_trainers_loader_computes(
    small: SmallAudioset, tmp_path: Path, copies: str
) -> None:
    folder = exported("ast", small.for_exports, tmp_path / "ast", copies=copies)
    values = _seen(folder, "balanced_train")
    assert _stats(folder) == {
        "mean": pytest.approx(float(values.mean()), abs=2e-3),
        "std": pytest.approx(float(values.std(correction=0)), abs=2e-3),
        "frames": len(values),
        "clips": len(_manifest(folder, "balanced_train")),
        "splits": ["balanced_train"],
    }


def test_files_taken_as_they_are_train_on_other_features_than_stats_tell(small: SmallAudioset, tmp_path: Path) -> None:
    """What the option warns of; should it be no longer so, it can go."""
    folder = exported("ast", small.for_exports, tmp_path / "ast", copies="as_they_are")
    assert abs(float(_seen(folder, "balanced_train").mean()) - _stats(folder)["mean"]) > 0.05


def test_a_check_with_other_mel_bins_is_no_source_of_statistics(small: SmallAudioset, tmp_path: Path) -> None:
    tables = small.for_exports
    tables.check["num_mel_bins"] = 64
    assert "64 mel bins" in _stats(exported("ast", tables, tmp_path / "ast"))["note"]


# --- classes and weights ---


def test_every_label_is_in_the_class_list_as_asts_loader_asks(folder: Path) -> None:
    index = {row["mid"]: row["index"] for row in _class_list(folder)}
    for split in SPLITS:
        for row in _manifest(folder, split):
            assert [int(index[label]) for label in row["labels"].split(",")]
            assert " " not in row["labels"]


def test_the_class_list_reads_as_audiosets_own(small: SmallAudioset, folder: Path) -> None:
    rows = _class_list(folder)
    names = dict(small.table("classes").select("class_id", "name").rows())
    assert rows == [{"index": str(index), "mid": mid, "display_name": names[mid]} for index, mid in enumerate(INDEXED)]
    assert BELL in [row["display_name"] for row in rows]
    lines = (folder / "class_labels_indices.csv").read_text().splitlines()
    assert lines[:2] == ["index,mid,display_name", '0,/m/animal,"Animal"']


def test_a_gap_in_the_datasets_indices_is_closed(small: SmallAudioset, tmp_path: Path) -> None:
    """AST sizes its labels by the rows of the list and fills them by its indices."""
    classes = small.table("classes").with_columns(pl.col("class_index") * 10 + 3)
    folder = exported("ast", instead(small.for_exports, tmp_path / "tables", classes=classes), tmp_path / "ast")
    assert [row["index"] for row in _class_list(folder)] == [str(index) for index in range(len(INDEXED))]
    assert [row["mid"] for row in _class_list(folder)] == INDEXED
    assert f"numbers its {len(INDEXED)} classes from 0" in (folder / "README").read_text()


def test_ids_that_trainers_would_split_are_refused(small: SmallAudioset, tmp_path: Path) -> None:
    is_dog = pl.col("class_id") == "/m/dog"
    classes = small.table("classes").with_columns(
        class_id=pl.when(is_dog).then(pl.lit("Dog, hound")).otherwise("class_id")
    )
    with pytest.raises(SoundledgerError, match=r"1 class ids hold a comma.*Dog, hound"):
        exported("ast", instead(small.for_exports, tmp_path / "tables", classes=classes), tmp_path / "ast")


def test_quotes_and_lines_in_ids_and_names_stay_in_their_fields(small: SmallAudioset, tmp_path: Path) -> None:
    odd = 'a "quoted"\nname'
    classes = small.table("classes").with_columns(
        pl.when(pl.col("class_id") == "/m/dog").then(pl.lit(odd)).otherwise(name).alias(name)
        for name in ("class_id", "name")
    )
    folder = exported("ast", instead(small.for_exports, tmp_path / "tables", classes=classes), tmp_path / "ast")
    assert [row["mid"] for row in _class_list(folder) if row["display_name"] == odd] == [odd]


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
        schema=schemas.CLASSES.empty().schema,
    )
    folder = exported("ast", instead(small.for_exports, tmp_path / "tables", classes=classes), tmp_path / "ast")
    assert (folder / "class_labels_indices.csv").read_text(encoding="utf-8").split() == official.split()


@pytest.mark.parametrize("split", SPLITS)
def test_there_is_a_weight_for_each_clip_in_its_order(folder: Path, split: str) -> None:
    labels = [row["labels"].split(",") for row in _manifest(folder, split)]
    weights = _weights(folder, split)
    assert weights == pytest.approx(_naive_weights(labels), rel=1e-12)
    assert np.loadtxt(folder / f"{split}_weights.csv", delimiter=",", ndmin=1).tolist() == weights


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(st.sampled_from([*INDEXED, "/m/new"]), max_size=4, unique=True), max_size=30))
def test_weights_are_those_of_asts_own_script(
    tmp_path_factory: pytest.TempPathFactory, small: SmallAudioset, labels: list[list[str]]
) -> None:
    """Clips whose ids are in no order, some of them with a class that has no index."""
    rows = [
        dict.fromkeys(schemas.CLIPS.columns)
        | {"clip_id": f"{(7 * number) % 31:02d}", "split": "train", "class_ids": said, "class_names": said}
        | {"media_path": f"/{number}.wav", "root": "clips", "path": "x", "usable": True, "trainable": True}
        | {"whole_media": True, "duration_s": 1.0}
        for number, said in enumerate(labels)
    ]
    ledger = pl.DataFrame(rows, schema=schemas.CLIPS.empty().schema)
    tables = instead(small.for_exports, tmp_path_factory.mktemp("tables"), clips=ledger)
    folder = exported("ast", tables, tmp_path_factory.mktemp("exports") / "ast", copies="as_they_are")
    trained = [[label for label in said if label != "/m/new"] for said in labels]
    if not labels:
        assert not (folder / "train.json").exists()
        return
    manifest = _manifest(folder, "train")
    expected = [(f"/{n}.wav", ",".join(said)) for n, said in enumerate(trained) if said]
    assert [(row["wav"], row["labels"]) for row in manifest] == expected
    assert _weights(folder, "train") == pytest.approx(_naive_weights([said for said in trained if said]), rel=1e-12)


# --- paths ---


@pytest.mark.parametrize("paths", ["absolute", "relative"])
def test_paths_lead_to_files(small: SmallAudioset, tmp_path: Path, paths: str) -> None:
    folder = exported("ast", small.for_exports, tmp_path / "exports" / "ast", paths=paths, copies="auto")
    for split in SPLITS:
        for row in _manifest(folder, split):
            assert os.path.isabs(row["wav"]) == (paths == "absolute")
            assert soundfile.info(folder / row["wav"]).frames > 0
            assert os.path.isfile(os.path.normpath(folder / row["wav"]))  # for who takes `..` as words


def test_relative_paths_are_right_though_results_are_a_link_to_another_disk(
    small: SmallAudioset, tmp_path: Path
) -> None:
    (tmp_path / "scratch/far/away").mkdir(parents=True)
    (tmp_path / "results").symlink_to("scratch/far/away")
    folder = exported("ast", small.for_exports, tmp_path / "results" / "ast", paths="relative", copies="auto")
    for row in _manifest(folder, "balanced_train"):
        assert (folder / row["wav"]).is_file(), row["wav"]


# --- README and roles ---


def _in_split(small: SmallAudioset, folder: Path, **splits: str) -> Any:
    """The small run whose splits are called otherwise."""
    clips = small.table("clips").with_columns(pl.col("split").cast(pl.String).replace(splits).cast(pl.Categorical))
    return instead(small.for_exports, folder, clips=clips)


def test_the_readme_names_what_is_there_and_what_the_trainers_take(folder: Path) -> None:
    lines = (folder / "README").read_text().splitlines()
    assert lines[0].startswith("7 clips. Left out: 1 feature_failed, 2 missing, 1 truncated, 1 not_trainable")
    ast, audiomae = lines[-2:]
    assert ast.startswith("AST: ")
    assert "python src/run.py" in ast
    assert "python main_finetune_as.py --audio_exp" in audiomae
    files = {file.name for file in folder.iterdir()}
    named = {word for line in (ast, audiomae) for word in line.split() if word.endswith((".json", ".csv"))}
    assert named - {"balanced_train_weight.csv"} <= files  # AST wants its weights under that name: the command copies
    assert f"--n_class {len(_class_list(folder))} " in ast
    assert audiomae.endswith(f"--nb_classes {len(_class_list(folder))}")
    stats = _stats(folder)
    assert f"--dataset_mean {stats['mean']:.7f} --dataset_std {stats['std']:.7f} " in ast
    assert f"[{stats['mean']:.7f}, {stats['std']:.7f}]" in (folder / "README").read_text()


def test_splits_that_nothing_says_the_role_of_are_not_trained_on(small: SmallAudioset, tmp_path: Path) -> None:
    tables = _in_split(small, tmp_path / "tables", balanced_train="dev", eval="val")
    folder = exported("ast", tables, tmp_path / "ast")
    assert _stats(folder) == {"mean": None, "std": None, "frames": 0, "clips": 0, "splits": []}
    readme = (folder / "README").read_text()
    assert "There is nothing to train on. Splits and their clips: dev (3), val (1)." in readme
    [warning] = account_of(folder).warnings
    assert warning.startswith("no split to train on, ")
    assert warning.endswith("{train: […], eval: […]}, of dev, val")
    assert "python" not in readme


def test_roles_of_splits_are_said_by_options(small: SmallAudioset, tmp_path: Path) -> None:
    tables = _in_split(small, tmp_path / "tables", balanced_train="dev", eval="val")
    folder = exported("ast", tables, tmp_path / "ast", train=["dev"])
    assert _stats(folder)["splits"] == ["dev"]
    assert _stats(folder)["clips"] == 3
    assert "--data-train dev.json --data-val val.json" in (folder / "README").read_text()
    assert account_of(folder).warnings == []


def test_a_split_that_is_not_there_has_no_role(small: SmallAudioset, tmp_path: Path) -> None:
    with pytest.raises(SoundledgerError, match="no split dve; there are balanced_train, eval"):
        exported("ast", small.for_exports, tmp_path / "ast", train=["dve"])


def test_with_nothing_to_evaluate_on_there_are_no_commands(small: SmallAudioset, tmp_path: Path) -> None:
    tables = _in_split(small, tmp_path / "tables", eval="late_train")
    readme = (exported("ast", tables, tmp_path / "ast") / "README").read_text()
    assert "nothing to evaluate on" in readme
    assert "python" not in readme


def test_the_files_are_these(without_copies: Path) -> None:
    names = {f"{split}{suffix}" for split in SPLITS for suffix in (".json", "_weights.csv")}
    assert {file.name for file in without_copies.iterdir()} == names | {
        "class_labels_indices.csv",
        "stats.json",
        "README",
        "SHA256SUMS",
    }


def test_without_any_trainable_clip_everything_is_there_and_empty(small: SmallAudioset, tmp_path: Path) -> None:
    nothing = small.table("clips").with_columns(trainable=pl.lit(False))
    tables = instead(small.for_exports, tmp_path / "tables", clips=nothing)
    folder = exported("ast", tables, tmp_path / "ast", copies="auto")
    assert _manifest(folder, "balanced_train") == []
    assert _weights(folder, "balanced_train") == []
    assert (_stats(folder)["mean"], _stats(folder)["frames"], _stats(folder)["clips"]) == (None, 0, 0)
    assert "nothing to train on" in (folder / "README").read_text()
