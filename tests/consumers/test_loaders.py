"""Exports under loaders that do as the trainers' own: all is loaded; what they would fail at or pass over is told."""

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import torch

from tests.consumers.loaders import AsAst, AsAudioMae, as_clap_does, whole_fbank
from tests.exports.packed import exported
from tests.exports.small_run import INDEXED, SmallAudioset, instead, make_small_audioset

SPLITS = ("balanced_train", "eval")
TRAINERS = [AsAst, AsAudioMae]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> SmallAudioset:
    return make_small_audioset(tmp_path_factory.mktemp("loaders"))


@pytest.fixture(scope="module")
def ast(small: SmallAudioset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ast")
    exported("ast", small.for_exports, folder, copies="auto")
    return folder / "out"


def loader(kind: type[AsAst], folder: Path, split: str, **given: Any) -> AsAst:
    stats = json.loads((folder / "stats.json").read_text())
    classes = folder / "class_labels_indices.csv"
    return kind(folder / f"{split}.json", classes, stats["mean"], stats["std"], **given)


# --- AST, SSAST, AudioMAE ---


@pytest.mark.parametrize("kind", TRAINERS)
@pytest.mark.parametrize("split", SPLITS)
def test_every_clip_of_a_manifest_is_loaded(small: SmallAudioset, ast: Path, kind: type[AsAst], split: str) -> None:
    ids = {row["clip_id"]: row for row in small.table("clips").iter_rows(named=True)}
    clips = loader(kind, ast, split)
    weights = np.loadtxt(ast / f"{split}_weights.csv", delimiter=",", ndmin=1)
    assert len(clips) == len(weights) > 0
    for place in range(len(clips)):
        values, target = clips[place]
        assert values.shape == ((1024, 128) if kind is AsAst else (1, 1024, 128))
        assert torch.isfinite(values).all()
        said = ids[clips.clips[place]["video_id"]]["class_ids"]
        assert {INDEXED[number] for number in target.nonzero()[:, 0]} == set(said) & set(INDEXED)


@pytest.mark.parametrize("copies", ["never", "auto", "always"])
def test_what_a_trainer_sees_has_the_mean_and_deviation_that_it_is_told(
    small: SmallAudioset, tmp_path: Path, copies: str
) -> None:
    """Half of one, as it divides by twice the deviation."""
    exported("ast", small.for_exports, tmp_path, copies=copies)
    stats = json.loads((tmp_path / "out/stats.json").read_text())
    clips = loader(AsAst, tmp_path / "out", "balanced_train").clips
    frames = torch.cat([whole_fbank(tmp_path / "out" / clip["wav"]) for clip in clips]).double()
    normalised = (frames - stats["mean"]) / (stats["std"] * 2)
    assert float(normalised.mean()) == pytest.approx(0, abs=1e-3)
    assert float(normalised.std(correction=0)) == pytest.approx(0.5, abs=1e-3)


def edited_classes(ast: Path, folder: Path, change: Any) -> Path:
    """The export with other indices in its list of classes."""
    folder.mkdir()
    for file in ast.iterdir():
        (folder / file.name).symlink_to(file)
    listed = folder / "class_labels_indices.csv"
    rows = list(csv.DictReader(listed.read_text().splitlines()))
    listed.unlink()
    with listed.open("w", newline="") as lines:
        writer = csv.DictWriter(lines, ["index", "mid", "display_name"])
        writer.writeheader()
        writer.writerows(change(row) for row in rows)
    return folder


@pytest.mark.parametrize("kind", TRAINERS)
def test_a_gap_in_indices_fails_them_so_the_export_closes_it(
    small: SmallAudioset, ast: Path, tmp_path: Path, kind: type[AsAst]
) -> None:
    with_gap = edited_classes(ast, tmp_path / "gap", lambda row: row | {"index": str(10 * int(row["index"]))})
    with pytest.raises(IndexError):
        loader(kind, with_gap, "balanced_train")[0]
    classes = small.table("classes").with_columns(pl.col("class_index") * 10)
    exported("ast", instead(small.for_exports, tmp_path / "tables", classes=classes), tmp_path, copies="auto")
    clips = loader(kind, tmp_path / "out", "balanced_train")
    assert all(clips[place][1].any() for place in range(len(clips)))


@pytest.mark.parametrize("kind", TRAINERS)
def test_a_class_that_is_not_listed_fails_them_so_the_export_leaves_it_out(
    ast: Path, tmp_path: Path, kind: type[AsAst]
) -> None:
    other = edited_classes(ast, tmp_path / "other", lambda row: row | {"mid": row["mid"] + "x"})
    with pytest.raises(KeyError):
        loader(kind, other, "balanced_train")[0]
    listed = {row["mid"] for row in csv.DictReader((ast / "class_labels_indices.csv").read_text().splitlines())}
    said = {label for split in SPLITS for clip in loader(kind, ast, split).clips for label in clip["labels"].split(",")}
    assert said <= listed
    assert "/m/new" not in said  # a clip has it


@pytest.mark.parametrize("kind", TRAINERS)
def test_another_rate_passes_them_without_a_word_but_not_the_export(
    small: SmallAudioset, tmp_path: Path, kind: type[AsAst]
) -> None:
    written = exported("ast", small.for_exports, tmp_path / "as_they_are", copies="as_they_are")
    clips = loader(kind, tmp_path / "as_they_are/out", "balanced_train")
    assert len([clips[place] for place in range(len(clips))]) == 5
    note = json.loads((tmp_path / "as_they_are/out/stats.json").read_text())["note"]
    assert note.startswith("2 of these clips are not at 16 kHz")
    assert "Mind: " + note in (tmp_path / "as_they_are/out/README").read_text()
    of_16_khz = exported("ast", small.for_exports, tmp_path / "never")
    assert sum(of_16_khz.clips.values()) == sum(written.clips.values()) - 2
    assert of_16_khz.held_back["needs_copy"] == written.held_back["needs_copy"] + 2


# --- LAION-CLAP ---


def test_a_split_that_clap_does_not_know_is_not_there_and_is_told(small: SmallAudioset, tmp_path: Path) -> None:
    called = pl.col("split").cast(pl.String).replace({"balanced_train": "development", "eval": "held_out"})
    clips = small.table("clips").with_columns(split=called.cast(pl.Categorical))
    written = exported("webdataset", instead(small.for_exports, tmp_path / "tables", clips=clips), tmp_path)
    assert as_clap_does(tmp_path, "out") == {}
    assert "LAION-CLAP finds no split called development, held_out" in "\n".join(written.warnings)


def test_a_clip_longer_than_clap_takes_fails_it_and_is_told(small: SmallAudioset, tmp_path: Path) -> None:
    is_it = pl.col("clip_id") == "inrecording"
    clips = small.table("clips").with_columns(
        end_s=pl.when(is_it).then(40.1).otherwise("end_s"), duration_s=pl.when(is_it).then(10.1).otherwise("duration_s")
    )
    tables = instead(small.for_exports, tmp_path / "tables", clips=clips)
    written = exported("webdataset", tables, tmp_path / "kept")
    with pytest.raises(AttributeError, match="integers"):
        as_clap_does(tmp_path / "kept", "out")
    assert "LAION-CLAP fails at 1 clips longer than 10 s" in "\n".join(written.warnings)
    exported("webdataset", tables, tmp_path / "cut", longer_than_10_s="cut")
    assert len(as_clap_does(tmp_path / "cut", "out")["balanced_train"]) == 7


def test_a_tag_that_clap_does_not_know_sets_no_class_so_the_export_lists_its_own(
    small: SmallAudioset, tmp_path: Path
) -> None:
    exported("webdataset", small.for_exports, tmp_path)
    others = as_clap_does(tmp_path, "out", {"Accordion": 0})
    assert not any(one["label"].any() for pairs in others.values() for one in pairs)
    own = json.loads((tmp_path / "out/class_labels_indices.json").read_text())
    assert list(own.values()) == list(range(len(own)))  # it numbers classes by their order
    assert all(one["label"].any() for pairs in as_clap_does(tmp_path, "out", own).values() for one in pairs)


@pytest.mark.parametrize(("audio", "words"), [
    ({"sample_rate": 16_000}, "LAION-CLAP does not resample: 16,000 Hz it takes for 48,000 Hz"),
    ({"channels": "all"}, "LAION-CLAP takes the first of several channels"),
])  # fmt: skip
def test_what_clap_passes_over_is_told(small: SmallAudioset, tmp_path: Path, audio: dict[str, Any], words: str) -> None:
    written = exported("webdataset", small.for_exports, tmp_path, audio=audio)
    assert len(as_clap_does(tmp_path, "out")["balanced_train"]) == 7
    assert words in written.warnings
    assert words not in exported("webdataset", small.for_exports, tmp_path / "as_it_is").warnings


@pytest.mark.parametrize("codec", ["wav", "mp3"])
def test_other_files_than_flac_fail_clap_and_are_told(small: SmallAudioset, tmp_path: Path, codec: str) -> None:
    written = exported("webdataset", small.for_exports, tmp_path, audio={"codec": codec})
    with pytest.raises(KeyError, match="flac"):
        as_clap_does(tmp_path, "out")
    assert f"LAION-CLAP reads no .{codec}, but .flac alone" in written.warnings


def test_a_clip_without_a_text_fails_clap_so_the_export_has_none(small: SmallAudioset, tmp_path: Path) -> None:
    clips = small.table("clips").with_columns(
        pl.when(pl.col("clip_id") == "_bbbbbbbbbb")
        .then(pl.lit([], pl.List(pl.Categorical)))
        .otherwise(name)
        .alias(name)
        for name in ("class_ids", "class_names")
    )
    written = exported("webdataset", instead(small.for_exports, tmp_path / "tables", clips=clips), tmp_path)
    assert written.held_back["no_text"] == 1
    assert all(one["text"][0] for pairs in as_clap_does(tmp_path, "out").values() for one in pairs)
