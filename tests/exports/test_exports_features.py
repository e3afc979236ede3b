"""Fbanks in packs, read by the index, held against torchaudio's of the same clips."""

import csv
import hashlib
import json
import os
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import soundfile
import torch
import zstandard

from tests.exports.packed import exported, options_of
from tests.exports.small_run import SmallAudioset, instead
from tests.exports.test_exports_packs import row
from tests.kaldi import fbank
from tests.made_files import noise16, wav
from workflow_scripts.errors import SoundledgerError
from workflow_scripts.exports import features
from workflow_scripts.exports.features import packing
from workflow_scripts.exports.features.form import FbankForm
from workflow_scripts.exports.formats import format_of
from workflow_scripts.exports.plans import write_plan
from workflow_scripts.exports.reading import Tables, pack_of
from workflow_scripts.sound.feature import Resampler
from workflow_scripts.tables.store import TableError

TAKEN = {
    "balanced_train": {"-aaaaaaaaaa", "_bbbbbbbbbb", "Ycccccccccc", "onlyabstrac", "onlynoindex", "inrecording"}
    | {"inmirrorxxx"},
    "eval": {"quotedxxxxx"},
}
HALF = 2.0**-8
"""What float16 may be off at most between 8 and 16, and these logarithms reach to 16."""


def read(folder: Path) -> dict[str, tuple[dict[str, Any], np.ndarray[Any, Any]]]:
    """Every clip by its row of the index, read as the documentation says."""
    found = {}
    for one in pl.read_parquet(folder / "index.parquet").iter_rows(named=True):
        with (folder / one["pack"]).open("rb") as pack:
            pack.seek(one["offset"])
            planes = zstandard.decompress(pack.read(one["bytes"]))
        values = np.frombuffer(planes, np.uint8).reshape(2, -1).T.copy().view(np.float16)
        found[one["clip_id"]] = one, values.reshape(one["frames"], one["bins"])
    return found


def of_torchaudio(samples: np.ndarray[Any, Any], rate: int, bins: int = 128) -> np.ndarray[Any, Any]:
    """The fbank of AST of a signal (samples,), in double precision: soft values beside loud ones are right there."""
    resampled = Resampler(rate).resample(np.ascontiguousarray(samples, np.float32), is_last=True)
    wave = torch.from_numpy(resampled.astype(np.float64))[None]
    computed = fbank(
        wave - wave.mean(),
        htk_compat=True,
        sample_frequency=16_000,
        use_energy=False,
        window_type="hanning",
        num_mel_bins=bins,
        dither=0.0,
        frame_shift=10,
    )
    values: np.ndarray[Any, Any] = computed.numpy()
    return values


def test_every_trainable_clip_has_the_fbank_that_torchaudio_computes(small: SmallAudioset, tmp_path: Path) -> None:
    """Whole files, a span of a recording, a file of another root, stereo at 44.1 kHz."""
    written = exported("features", small.for_exports, tmp_path)
    found = read(tmp_path / "out")
    ledger = small.table("clips")
    assert found.keys() == set().union(*TAKEN.values())
    assert written.clips == {split: len(clips) for split, clips in TAKEN.items()}
    assert sum(written.clips.values()) + sum(written.held_back.values()) == len(ledger)
    for clip in ledger.filter("trainable").iter_rows(named=True):
        samples, rate = soundfile.read(clip["media_path"], dtype="float32", always_2d=True)
        if not clip["whole_media"]:
            samples = samples[round(clip["start_s"] * rate) : round(clip["end_s"] * rate)]
        one, values = found[clip["clip_id"]]
        expected = of_torchaudio(samples[:, 0], rate)
        assert (one["split"], one["duration_s"]) == (clip["split"], clip["duration_s"])
        assert values.shape == expected.shape
        assert np.abs(values - expected).max() <= HALF + 1e-3


def test_labels_number_the_classes_of_the_list(small: SmallAudioset, tmp_path: Path) -> None:
    exported("features", small.for_exports, tmp_path)
    with (tmp_path / "out/class_labels_indices.csv").open() as file:
        mids = [line["mid"] for line in csv.DictReader(file)]
    labels = {clip: [mids[place] for place in one["labels"]] for clip, (one, _) in read(tmp_path / "out").items()}
    assert labels["quotedxxxxx"] == ["/m/bell", "/m/dog"]
    assert labels["Ycccccccccc"] == ["/m/cat", "/m/old"]
    assert labels["onlynoindex"] == []


def test_statistics_are_those_of_what_is_written(small: SmallAudioset, tmp_path: Path) -> None:
    exported("features", small.for_exports, tmp_path, clips_a_pack=2)
    told = json.loads((tmp_path / "out/stats.json").read_text())
    assert (told["num_mel_bins"], told["channel"], told["sample_rate"]) == (128, "first", 16_000)
    for split in TAKEN:
        of_split = [values for one, values in read(tmp_path / "out").values() if one["split"] == split]
        values = np.concatenate(of_split).astype(np.float64)
        assert told["splits"][split] == {
            "clips": len(of_split),
            "frames": len(values),
            "mean": pytest.approx(values.mean(), abs=1e-9),
            "std": pytest.approx(values.std(), abs=1e-9),
        }


def test_the_check_s_bins_and_channel_are_those_of_the_export(small: SmallAudioset, tmp_path: Path) -> None:
    tables = replace(small.for_exports, check={"channel": "mean", "num_mel_bins": 40})
    exported("features", tables, tmp_path)
    [clip] = small.table("clips").filter(pl.col("clip_id") == "_bbbbbbbbbb").iter_rows(named=True)
    samples, rate = soundfile.read(clip["media_path"], dtype="float32")
    _, values = read(tmp_path / "out")["_bbbbbbbbbb"]
    assert np.abs(values - of_torchaudio(samples.mean(1), rate, bins=40)).max() <= HALF + 1e-3
    assert json.loads((tmp_path / "out/stats.json").read_text())["num_mel_bins"] == 40


def test_packs_are_numbered_within_their_split_and_have_their_sums(small: SmallAudioset, tmp_path: Path) -> None:
    exported("features", small.for_exports, tmp_path, clips_a_pack=2)
    out = tmp_path / "out"
    packs = {str(file.relative_to(out)): file for file in out.rglob("*.zst")}
    of_train = [name for name in packs if name.startswith("balanced_train/")]
    assert sorted(of_train) == sorted(f"balanced_train/{number}.zst" for number in range(len(of_train)))
    assert len(of_train) >= 4
    assert set(pl.read_parquet(out / "index.parquet")["pack"]) == packs.keys()
    told = dict(line.split("  ")[::-1] for line in (out / "SHA256SUMS").read_text().splitlines())
    assert told == {name: hashlib.sha256(file.read_bytes()).hexdigest() for name, file in packs.items()}


def test_a_pack_is_a_file_of_zstd_too(small: SmallAudioset, tmp_path: Path) -> None:
    exported("features", small.for_exports, tmp_path)
    [clip] = pl.read_parquet(tmp_path / "out/index.parquet").filter(pl.col("split") == "eval").iter_rows(named=True)
    with zstandard.open(tmp_path / "out/eval/0.zst") as file:
        assert len(file.read()) == 2 * clip["frames"] * clip["bins"]


def test_same_clips_are_the_same_bytes(small: SmallAudioset, tmp_path: Path) -> None:
    def files(folder: str) -> dict[str, bytes]:
        exported("features", small.for_exports, tmp_path / folder, clips_a_pack=3)
        out = tmp_path / folder / "out"
        return {str(file.relative_to(out)): file.read_bytes() for file in out.rglob("*") if file.is_file()}

    assert files("1") == files("2")


def lists(tables: Tables, folder: Path) -> dict[str, bytes]:
    write_plan(format_of("features"), tables, options_of("features", clips_a_pack=2), folder)
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def test_one_media_that_changes_makes_one_pack_anew_and_a_label_none(small: SmallAudioset, tmp_path: Path) -> None:
    before = lists(small.for_exports, tmp_path / "before")
    changed = pl.col("clip_id") == "_bbbbbbbbbb"
    nothing = pl.lit([], pl.List(pl.Categorical))
    clips = small.table("clips")
    labelled = clips.with_columns(class_ids=pl.when(changed).then(nothing).otherwise("class_ids"))
    assert lists(instead(small.for_exports, tmp_path / "labels", clips=labelled), tmp_path / "labelled") == before
    longer = clips.with_columns(
        duration_s=pl.when(changed).then(pl.col("duration_s") + 1).otherwise("duration_s"),
    )
    after = lists(instead(small.for_exports, tmp_path / "tables", clips=longer), tmp_path / "after")
    assert before.keys() == after.keys()
    assert len([name for name in before if before[name] != after[name]]) == 1


def test_another_setting_of_the_check_makes_all_packs_anew(small: SmallAudioset, tmp_path: Path) -> None:
    before = lists(small.for_exports, tmp_path / "before")
    tables = replace(small.for_exports, check={"channel": "first", "num_mel_bins": 64})
    after = lists(tables, tmp_path / "after")
    assert before.keys() == after.keys()
    assert all(before[name] != after[name] for name in before)


# --- what can go wrong ---


KINDS = {"order": pl.UInt64, "member": pl.String, "start_s": pl.Float64, "end_s": pl.Float64}


def plan_of(*files: Path, **others: object) -> pl.DataFrame:
    """Rows of a plan for files of one second."""
    form = FbankForm("first", 128)
    rows = [
        row(file, file.stem, made_as=form.made_as, own_rate=16_000, own_channels=1, as_is=False) | others
        for file in files
    ]
    return pl.DataFrame(rows, schema_overrides=KINDS)


def pack_folder(folder: Path) -> Path:
    (folder / "pack/files").mkdir(parents=True)
    return folder / "pack/files"


def test_a_clip_that_is_not_as_long_as_the_ledger_says_is_left_out(tmp_path: Path) -> None:
    for name, frames in {"a": 16_000, "b": 16_100}.items():
        (tmp_path / f"{name}.wav").write_bytes(wav(noise16(frames)))
    files = pack_folder(tmp_path)
    packed = features.pack(plan_of(tmp_path / "a.wav", tmp_path / "b.wav"), files)
    assert packed.told["clip_id"].to_list() == ["a"]
    assert {clip: kind for clip, (kind, _) in packed.failed.items()} == {"b": "other_length"}


def test_a_pack_of_which_nothing_could_be_made_has_no_file(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(wav(noise16(300)))
    files = pack_folder(tmp_path)
    packed = features.pack(plan_of(tmp_path / "a.wav", duration_s=300 / 16_000), files)
    assert packed.failed["a"][0] == "too_few_samples"
    assert (len(packed.told), list(files.iterdir())) == (0, [])


def test_what_is_no_number_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(wav(np.full((16_000, 1), np.nan, np.float32)))
    packed = features.pack(plan_of(tmp_path / "a.wav"), pack_folder(tmp_path))
    assert packed.failed["a"][0] == "fbank_not_finite"


def test_a_disk_that_loses_bytes_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is written is read back; a frame at another place is another clip's."""
    for name in "ab":
        (tmp_path / f"{name}.wav").write_bytes(wav(noise16(16_000, seed=ord(name))))
    rows = plan_of(tmp_path / "a.wav", tmp_path / "b.wav")
    as_ever = packing.in_order
    torn = {
        "flipped": lambda content: content[:-20] + bytes([content[-20] ^ 1]) + content[-19:],
        "cut": lambda content: content[:-1],
    }
    for kind, tear in torn.items():

        def damaged(rows: pl.DataFrame, each: Any, place: Path, tear: Any = tear) -> Any:
            return as_ever(rows, ((one, made._replace(content=tear(made.content))) for one, made in each), place)

        monkeypatch.setattr(packing, "in_order", damaged)
        with pytest.raises(SoundledgerError, match=r"2 fbanks are not as they were written: a, b"):
            features.pack(rows, pack_folder(tmp_path / kind))


def test_a_pack_that_is_lost_or_of_another_ledger_is_noticed(small: SmallAudioset, tmp_path: Path) -> None:
    """Clips of a ledger that is not the plan's: one that is in no pack, and one that has grown."""
    exported("features", small.for_exports, tmp_path, clips_a_pack=2)
    packs = sorted((tmp_path / "packs").glob("*.json"))
    options = options_of("features")
    (tmp_path / "lost").mkdir()
    with pytest.raises(SoundledgerError, match=r"1 clips are in no pack: quotedxxxxx"):
        features.export(
            replace(small.for_exports, packs=[pack_of(one) for one in packs if not one.name.startswith("eval")]),
            options,
            tmp_path / "lost",
            tmp_path / "lost",
        )
    longer = small.table("clips").with_columns(pl.col("duration_s") + 0.05)
    tables = instead(small.for_exports, tmp_path / "tables", clips=longer)
    (tmp_path / "grown").mkdir()
    with pytest.raises(TableError, match="frames are those of duration_s"):
        features.export(
            replace(tables, packs=[pack_of(one) for one in packs]), options, tmp_path / "grown", tmp_path / "grown"
        )


def test_a_clip_whose_file_is_gone_is_left_out_and_counted(small: SmallAudioset, tmp_path: Path) -> None:
    lost = small.table("clips").filter(pl.col("clip_id") == "_bbbbbbbbbb")["media_path"].item()
    shutil.copy(lost, f"{lost}.away")
    os.unlink(lost)
    try:
        written = exported("features", small.for_exports, tmp_path)
    finally:
        os.rename(f"{lost}.away", lost)
    assert written.held_back["not_made"] == 1
    assert "_bbbbbbbbbb" not in read(tmp_path / "out")
    assert sum(written.clips.values()) + sum(written.held_back.values()) == len(small.table("clips"))


@pytest.mark.shared
def test_real_recordings_are_within_float16_of_torchaudio(shared: Path, tmp_path: Path) -> None:
    files = sorted((shared / "data/esc10").rglob("*.ogg"))[::40]
    assert len(files) == 10
    rows = []
    for number, file in enumerate(files):
        info = soundfile.info(file)
        rows.append(
            plan_of(file, clip_id=str(number), duration_s=info.frames / info.samplerate, own_rate=info.samplerate)
        )
    packed = features.pack(pl.concat(rows), pack_folder(tmp_path))
    assert packed.failed == {}
    content = (tmp_path / "pack/files/pack.zst").read_bytes()
    worst = 0.0
    for one in packed.told.iter_rows(named=True):
        samples, rate = soundfile.read(files[int(one["clip_id"])], dtype="float32", always_2d=True)
        values = packing.read_fbank(content[one["offset"] :][: one["bytes"]], 128)
        worst = max(worst, float(np.abs(values - of_torchaudio(samples[:, 0], rate)).max()))
    assert 0 < worst <= HALF + 1e-3
