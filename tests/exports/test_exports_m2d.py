"""Spectrograms and lists as M2D and M2D-AS read them, failing where they fail."""

import csv
import io
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import soundfile

from tests.exports.packed import exported, options_of
from tests.exports.small_run import AUDIO, SmallAudioset, instead
from tests.exports.test_exports_features import KINDS, pack_folder
from tests.exports.test_exports_packs import row
from tests.made_files import noise16, wav
from tests.sound.test_mel import EPSILON, M2D, by_sums
from workflow_scripts.errors import SoundledgerError
from workflow_scripts.exports import m2d
from workflow_scripts.exports.formats import format_of
from workflow_scripts.exports.m2d.form import LogMelForm
from workflow_scripts.exports.plans import write_plan
from workflow_scripts.exports.reading import Tables
from workflow_scripts.sound.feature import Resampler

CROP = 608
"""Frames that it is trained on."""
TRAIN = {"-aaaaaaaaaa", "_bbbbbbbbbb", "Ycccccccccc", "onlyabstrac", "onlynoindex", "inrecording", "inmirrorxxx"}


def as_m2d_does(folder: Path, listed: str) -> dict[str, np.ndarray]:
    """What it loads by a list: names sorted, shapes of one channel, never padded with 0 (audio_dataset.py)."""
    with (folder / listed).open() as file:
        names = sorted(line["file_name"] for line in csv.DictReader(file))
    loaded = {}
    for name in names:
        spectrogram = np.load(folder / name)
        assert spectrogram.shape[:2] == (1, 80)
        assert spectrogram.dtype == np.float32
        assert spectrogram.shape[2] >= CROP, "it would pad with 0"
        loaded[Path(name).stem] = spectrogram
    return loaded


def as_m2d_as_does(folder: Path, listed: str) -> dict[str, tuple[list[str], float]]:
    """Labels and weights, which it takes in the order of the list beside names that it sorts."""
    with (folder / "class_labels_indices.csv").open() as file:
        index = {line["mid"]: int(line["index"]) for line in csv.DictReader(file)}
    with (folder / listed).open() as file:
        lines = list(csv.DictReader(file))
    names = sorted(line["file_name"] for line in lines)
    for line in lines:
        assert all(mid in index for mid in line["label"].split(","))
    return {
        Path(name).stem: (line["label"].split(","), float(line["weight"]))
        for name, line in zip(names, lines, strict=True)
    }


def test_every_trainable_clip_is_in_the_list_and_loads(small: SmallAudioset, tmp_path: Path) -> None:
    written = exported("m2d", small.for_exports, tmp_path)
    assert set(as_m2d_does(tmp_path / "out", "files_balanced_train.csv")) == TRAIN
    assert set(as_m2d_does(tmp_path / "out", "files_eval.csv")) == {"quotedxxxxx"}
    assert written.clips == {"balanced_train": 7, "eval": 1}
    assert sum(written.clips.values()) + sum(written.held_back.values()) == len(small.table("clips"))
    assert written.warnings == (
        "1 clips have no class with an index: M2D takes them, the weighted lists of M2D-AS do not",
    )


def test_a_spectrogram_is_that_of_the_mean_of_all_channels_with_silence_behind(
    small: SmallAudioset, tmp_path: Path
) -> None:
    exported("m2d", small.for_exports, tmp_path)
    [made] = (tmp_path / "out").rglob("_bbbbbbbbbb.npy")
    samples, rate = soundfile.read(io.BytesIO(AUDIO["clips"]["balanced_train/_bbbbbbbbbb.flac"]), dtype="float32")
    wave = Resampler(rate).resample(samples.mean(1, dtype=np.float32), is_last=True)
    wave = np.pad(wave, (0, int(6.1 * 16_000) - len(wave)))
    expected = np.log(by_sums(wave, M2D) + EPSILON)
    assert np.abs(np.load(made)[0] - expected).max() < 1e-3


def test_a_span_of_a_recording_is_all_of_its_own_seconds(small: SmallAudioset, tmp_path: Path) -> None:
    exported("m2d", small.for_exports, tmp_path)
    [made] = (tmp_path / "out").rglob("inrecording.npy")
    assert np.load(made).shape == (1, 80, 1001)


def test_weights_are_those_of_m2d_as_in_the_order_that_it_reads(small: SmallAudioset, tmp_path: Path) -> None:
    exported("m2d", small.for_exports, tmp_path)
    told = as_m2d_as_does(tmp_path / "out", "files_balanced_train_weighted.csv")
    assert told.keys() == TRAIN - {"onlynoindex"}
    labels = {clip: mids for clip, (mids, _) in told.items()}
    assert labels["Ycccccccccc"] == ["/m/old", "/m/cat"]
    assert labels["-aaaaaaaaaa"] == ["/m/bark", "/m/dog"]
    count = {mid: sum(mid in mids for mids in labels.values()) for mids in labels.values() for mid in mids}
    assert count["/m/dog"] == 3
    for clip, (mids, weight) in told.items():
        assert weight == pytest.approx(sum(1000 / (count[mid] + 100) for mid in mids) ** (1 / 1.5), rel=1e-12), clip


def test_labels_make_no_pack_anew_and_a_media_one(small: SmallAudioset, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(m2d, "CLIPS_A_PACK", 2)

    def lists(tables: Tables, folder: Path, **given: object) -> dict[str, bytes]:
        write_plan(format_of("m2d"), tables, options_of("m2d", **given), folder)
        return {file.name: file.read_bytes() for file in folder.iterdir()}

    clips, is_it = small.table("clips"), pl.col("clip_id") == "_bbbbbbbbbb"
    unlabelled = clips.with_columns(
        class_ids=pl.when(is_it).then(pl.lit([], pl.List(pl.Categorical))).otherwise("class_ids")
    )
    longer = clips.with_columns(duration_s=pl.when(is_it).then(pl.lit(9.0)).otherwise("duration_s"))
    before = lists(small.for_exports, tmp_path / "before")
    assert len(before) >= 5
    assert lists(instead(small.for_exports, tmp_path / "labels", clips=unlabelled), tmp_path / "unlabelled") == before
    after = lists(instead(small.for_exports, tmp_path / "tables", clips=longer), tmp_path / "after")
    assert sum(before[name] != after[name] for name in before) == 1
    padded = lists(small.for_exports, tmp_path / "padded", padded_to_s=3)
    assert all(before[name] != padded[name] for name in before)


def test_class_ids_that_hold_a_comma_are_refused(small: SmallAudioset, tmp_path: Path) -> None:
    classes = small.table("classes").with_columns(pl.col("class_id").str.replace("/m/dog", "/m/dog,wolf", literal=True))
    with pytest.raises(SoundledgerError, match="export m2d: 1 class ids hold a comma"):
        exported("m2d", instead(small.for_exports, tmp_path / "tables", classes=classes), tmp_path)


def packed_kind(folder: Path, samples: np.ndarray, padded_to_s: float, **others: object) -> str | None:
    """The kind of what went wrong with one file, if anything."""
    (folder / "a.wav").write_bytes(wav(samples))
    made_as = LogMelForm(padded_to_s).made_as
    given = row(folder / "a.wav", "a", duration_s=len(samples) / 16_000, own_rate=16_000, made_as=made_as) | others
    packed = m2d.pack(pl.DataFrame([given], schema_overrides=KINDS), pack_folder(folder))
    assert (
        len(packed.told) + len(packed.failed) == len(list((folder / "pack/files").iterdir())) + len(packed.failed) == 1
    )
    return packed.failed["a"][0] if packed.failed else None


@pytest.mark.parametrize(
    ("samples", "padded_to_s", "kind"),
    [
        (noise16(16_000), 0.0, None),
        (noise16(150), 6.1, None),
        (noise16(150), 0.0, "too_few_samples"),
        (np.full((16_000, 1), np.nan, np.float32), 6.1, "not_finite"),
    ],
)
def test_what_makes_no_spectrogram_is_told(
    tmp_path: Path, samples: np.ndarray, padded_to_s: float, kind: str | None
) -> None:
    assert packed_kind(tmp_path, samples, padded_to_s) == kind


def test_a_clip_of_another_length_than_the_ledger_says_is_left_out(tmp_path: Path) -> None:
    assert packed_kind(tmp_path, noise16(16_100), 6.1, duration_s=1.0) == "other_length"


@pytest.mark.shared
def test_real_recordings_are_those_of_sums(shared: Path, tmp_path: Path) -> None:
    """Odd ones too: 24 bits, big-endian, RF64."""
    files = [
        *sorted((shared / "data/esc10").rglob("*.ogg"))[::100],
        *sorted((shared / "data/soundscape").glob("boat*")),
    ]
    assert len(files) == 5
    for number, file in enumerate(files):
        info = soundfile.info(file)
        folder = tmp_path / str(number)
        given = row(file, "a", start_s=0.5, end_s=2.0, duration_s=1.5, own_rate=info.samplerate, channel="mean")
        given["made_as"] = LogMelForm(0.0).made_as
        packed = m2d.pack(pl.DataFrame([given], schema_overrides=KINDS), pack_folder(folder))
        assert packed.failed == {}
        samples, rate = soundfile.read(file, dtype="float32", always_2d=True)
        cut = samples[rate // 2 : 2 * rate].mean(1, dtype=np.float32)
        wave = Resampler(rate).resample(np.ascontiguousarray(cut), is_last=True)
        made = np.load(folder / "pack/files/a.npy")[0]
        assert np.abs(made - np.log(by_sums(wave, M2D) + EPSILON)).max() < 1e-3
