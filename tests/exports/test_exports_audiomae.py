"""AudioMAE's fbanks, WAVs and manifests, under a loader that does as its own."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import soundfile
import torch

from tests.consumers.loaders import AsAudioMae, whole_fbank
from tests.exports.packed import exported, options_of
from tests.exports.small_run import INDEXED, SmallAudioset, instead
from workflow_scripts.exports.formats import format_of
from workflow_scripts.exports.plans import write_plan

SPLITS = ("balanced_train", "eval")


def loader(folder: Path, split: str, **given: Any) -> AsAudioMae:
    stats = json.loads((folder / "stats.json").read_text())["splits"]["balanced_train"]
    return AsAudioMae(
        folder / f"{split}.json", folder / "class_labels_indices.csv", stats["mean"], stats["std"], **given
    )


@pytest.fixture(scope="module")
def folder(small: SmallAudioset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("audiomae")
    written = exported("audiomae", small.for_exports, made)
    assert written.clips == {"balanced_train": 6, "eval": 1}
    return made / "out"


@pytest.mark.parametrize("split", SPLITS)
def test_with_fbanks_it_loads_what_it_would_compute_of_the_wavs(small: SmallAudioset, folder: Path, split: str) -> None:
    """Whose fbank is torchaudio's in single precision: a soft value beside loud ones is off by some hundredths."""
    of_wav, of_fbanks = loader(folder, split), loader(folder, split, fbanks=folder / "fbank")
    ids = {row["clip_id"]: row["class_ids"] for row in small.table("clips").iter_rows(named=True)}
    assert len(of_wav) == len(of_fbanks) > 0
    for place, clip in enumerate(of_wav.clips):
        (computed, target), (loaded, same) = of_wav[place], of_fbanks[place]
        assert loaded.shape == computed.shape == (1, 1024, 128)
        assert (loaded.dtype, torch.equal(target, same)) == (torch.float32, True)
        assert float((loaded - computed).abs().max()) < 0.01
        assert {INDEXED[number] for number in target.nonzero()[:, 0]} == set(ids[clip["video_id"]]) & set(INDEXED)


def test_names_are_flat_and_of_one_clip_each(folder: Path) -> None:
    wavs = [Path(clip["wav"]) for split in SPLITS for clip in loader(folder, split).clips]
    assert sorted(wav.stem for wav in wavs) == sorted(file.stem for file in (folder / "fbank").iterdir())
    assert len({wav.name for wav in wavs}) == len(wavs) == 7
    for wav in wavs:
        info = soundfile.info(wav)
        assert (info.samplerate, info.channels, info.subtype) == (16_000, 1, "PCM_16")


def test_statistics_are_of_the_frames_that_are_not_filled_up(folder: Path) -> None:
    told = json.loads((folder / "stats.json").read_text())["splits"]
    for split in SPLITS:
        frames = torch.cat([whole_fbank(Path(clip["wav"])) for clip in loader(folder, split).clips]).double()
        assert told[split]["frames"] == len(frames)
        assert told[split]["mean"] == pytest.approx(float(frames.mean()), abs=2e-3)
        assert told[split]["std"] == pytest.approx(float(frames.std(correction=0)), abs=2e-3)


def test_frames_are_as_many_as_are_asked_for(small: SmallAudioset, tmp_path: Path) -> None:
    """A clip of 10 s has 998, one of a second 98."""
    exported("audiomae", small.for_exports, tmp_path, frames=128)
    files = {file.stem: np.load(file) for file in (tmp_path / "out/fbank").iterdir()}
    assert {values.shape for values in files.values()} == {(128, 128)}
    assert files["inrecording"][-1].any()
    assert not files["-aaaaaaaaaa"][124:].any()
    assert files["-aaaaaaaaaa"][122].any()


def test_without_sound_there_are_fbanks_alone_under_the_same_names(
    small: SmallAudioset, folder: Path, tmp_path: Path
) -> None:
    exported("audiomae", small.for_exports, tmp_path, sound=False)
    out = tmp_path / "out"
    assert not list(out.rglob("*.wav"))
    loaded = loader(out, "balanced_train", fbanks=out / "fbank")
    assert [clip["wav"] for clip in loaded.clips] == [f"{clip['video_id']}.wav" for clip in loaded.clips]
    for file in (out / "fbank").iterdir():
        assert file.read_bytes() == (folder / "fbank" / file.name).read_bytes()
    assert torch.isfinite(loaded[0][0]).all()


def test_other_labels_make_no_pack_anew_but_other_frames_do(small: SmallAudioset, tmp_path: Path) -> None:
    def lists(folder: Path, tables: Any = small.for_exports, **given: Any) -> dict[str, bytes]:
        write_plan(format_of("audiomae"), tables, options_of("audiomae", **given), folder)
        return {file.name: file.read_bytes() for file in folder.iterdir()}

    is_it, cat = pl.col("clip_id") == "_bbbbbbbbbb", pl.lit(["/m/cat"], pl.List(pl.Categorical))
    clips = small.table("clips").with_columns(class_ids=pl.when(is_it).then(cat).otherwise("class_ids"))
    before = lists(tmp_path / "before")
    assert lists(tmp_path / "labels", instead(small.for_exports, tmp_path / "tables", clips=clips)) == before
    assert lists(tmp_path / "frames", frames=512) != before
