"""PaSST's HDF5s, read by a loader that does as its own does."""

import io
from pathlib import Path
from typing import Any

import av
import h5py
import numpy as np
import polars as pl
import pytest
import soundfile

from tests.exports.packed import exported, options_of
from tests.exports.small_run import AUDIO, INDEXED, SmallAudioset, instead
from tests.made_files import encoded, noise
from workflow_scripts.exports.formats import format_of
from workflow_scripts.exports.passt.mp3s import refuse_what_passt_does
from workflow_scripts.exports.plans import write_plan
from workflow_scripts.exports.reading import Tables
from workflow_scripts.media.media import MediaError

SPLITS = ("balanced_train", "eval")


def as_passt_does(file: Path, classes: int = 527, clip_length: int = 10) -> dict[str, tuple[Any, Any]]:
    """Waveform and target by name: rates and channels are not looked at, clips are cut or filled up to 10 s."""
    loaded = {}
    with h5py.File(file, "r") as hdf:
        for index in range(len(hdf["audio_name"])):
            name = hdf["audio_name"][index].decode()
            with av.open(io.BytesIO(hdf["mp3"][index].tobytes())) as container:
                wave = np.concatenate([frame.to_ndarray().reshape(-1) for frame in container.decode(audio=0)])
            if wave.dtype != np.float32:
                raise RuntimeError("Unexpected wave type")
            wave = np.pad(wave, (0, max(0, clip_length * 32_000 - len(wave))))[: clip_length * 32_000]
            target = np.unpackbits(hdf["target"][index], axis=-1, count=classes).astype(np.float32)
            loaded[name] = wave, target
    return loaded


def file_of(folder: Path, split: str) -> Path:
    return folder / f"out/mp3/{split}_segments_mp3.hdf"


@pytest.fixture(scope="module")
def folder(small: SmallAudioset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("passt")
    exported("passt", small.for_exports, made)
    return made


def test_every_labelled_clip_is_there_with_its_sound_and_its_classes(small: SmallAudioset, folder: Path) -> None:
    clips = {row["clip_id"]: row for row in small.table("clips").filter("trainable").iter_rows(named=True)}
    loaded = {name: one for split in SPLITS for name, one in as_passt_does(file_of(folder, split)).items()}
    assert loaded.keys() == {f"Y{clip_id}.mp3" for clip_id in clips if clip_id != "onlynoindex"}
    for name, (wave, target) in loaded.items():
        clip = clips[name[1:-4]]
        assert set(np.flatnonzero(target)) == {INDEXED.index(one) for one in clip["class_ids"] if one in INDEXED}
        length = round(clip["duration_s"] * 32_000)
        assert np.abs(wave[length - 3200 : length]).max() > 1e-3
        assert not wave[length + 2 :].any()
    samples, rate = soundfile.read(io.BytesIO(AUDIO["clips"]["balanced_train/_bbbbbbbbbb.flac"]), dtype="float32")
    assert (samples.shape, rate) == ((70_000, 2), 44_100)
    wave = loaded["Y_bbbbbbbbbb.mp3"][0][: round(70_000 * 32_000 / 44_100)]
    places = np.arange(len(wave)) * 44_100 / 32_000
    assert np.corrcoef(np.interp(places, np.arange(70_000), samples.mean(1)), wave)[0, 1] > 0.7


def test_datasets_are_of_the_types_that_passt_writes(folder: Path) -> None:
    with h5py.File(file_of(folder, "balanced_train"), "r") as hdf:
        assert sorted(hdf) == ["audio_name", "mp3", "target"]
        assert hdf["audio_name"].dtype == np.dtype("S20")
        assert h5py.check_vlen_dtype(hdf["mp3"].dtype) == np.dtype("uint8")
        assert (hdf["target"].dtype, hdf["target"].shape) == (np.dtype("uint8"), (6, 1))
    assert (folder / "out/class_labels_indices.csv").read_text().splitlines()[1] == '0,/m/animal,"Animal"'


def test_an_mp3_of_32_khz_keeps_its_bytes(small: SmallAudioset, tmp_path: Path) -> None:
    """That of the mirror has 22,050 Hz, so another is laid in its place."""
    content = encoded(noise(64_000, level=0.05), 32_000, "MP3", "MPEG_LAYER_III")
    tables, file = of_one_media(small, tmp_path, content, sample_rate=32_000, duration_s=2.0, format="MP3")
    assert exported("passt", tables, tmp_path / "out").held_back == {}
    with h5py.File(file_of(tmp_path / "out", "train"), "r") as hdf:
        assert hdf["mp3"][0].tobytes() == content == file.read_bytes()


def of_one_media(small: SmallAudioset, folder: Path, content: bytes, **told: Any) -> tuple[Tables, Path]:
    """A dataset of one clip, whose media and check are told."""
    from workflow_scripts.media.content import Content

    (folder / "media").mkdir()
    file = folder / "media/a.mp3"
    file.write_bytes(content)
    clip = (
        small.table("clips")
        .filter(clip_id="inmirrorxxx")
        .with_columns(
            pl.lit("one").alias("clip_id"),
            pl.lit("train").cast(pl.Categorical).alias("split"),
            pl.lit("a.mp3").alias("path"),
            pl.lit(str(file)).alias("media_path"),
            pl.lit(told["sample_rate"], pl.Int32).alias("sample_rate"),
            pl.lit(told["duration_s"]).alias("duration_s"),
        )
    )
    tables = instead(small.for_exports, folder / "tables", clips=clip)
    [check] = tables.of_roots["mirror"]
    checks = pl.read_parquet(check).with_columns(
        pl.lit("a.mp3").alias("path"), pl.lit(Content.of(content).digest()).alias("bytes_digest")
    )
    checks.write_parquet(folder / "tables/0.parquet")
    tables.of_roots["mirror"] = [folder / "tables/0.parquet"]
    return tables, file


def test_other_labels_make_no_pack_anew(small: SmallAudioset, tmp_path: Path) -> None:
    def lists(tables: Tables, folder: Path) -> dict[str, bytes]:
        write_plan(format_of("passt"), tables, options_of("passt"), folder)
        return {file.name: file.read_bytes() for file in folder.iterdir()}

    is_it = pl.col("clip_id") == "_bbbbbbbbbb"
    cat = pl.lit(["/m/cat"], pl.List(pl.Categorical))
    clips = small.table("clips").with_columns(class_ids=pl.when(is_it).then(cat).otherwise("class_ids"))
    tables = instead(small.for_exports, tmp_path / "tables", clips=clips)
    assert lists(small.for_exports, tmp_path / "before") == lists(tables, tmp_path / "after")
    exported("passt", tables, tmp_path / "passt")
    target = as_passt_does(file_of(tmp_path / "passt", "balanced_train"))["Y_bbbbbbbbbb.mp3"][1]
    assert np.flatnonzero(target).tolist() == [INDEXED.index("/m/cat")]


def test_classes_that_are_not_trained_on_leave_clips_out(small: SmallAudioset, tmp_path: Path) -> None:
    written = exported("passt", small.for_exports, tmp_path, restricted_classes=False)
    assert written.held_back["unlabelled"] == 2
    assert "Yonlyabstrac.mp3" not in as_passt_does(file_of(tmp_path, "balanced_train"))
    assert written.warnings[-1] == "PaSST unpacks 527 classes unless its AudioSetDataset gets classes_num=5"


def test_a_name_longer_than_passt_writes_is_whole(small: SmallAudioset, tmp_path: Path) -> None:
    """Its loader asks for no length, and h5py would cut what is too long without a word."""
    long = "a" * 300
    clip_id = pl.when(pl.col("clip_id") == "_bbbbbbbbbb").then(pl.lit(long)).otherwise("clip_id")
    tables = instead(small.for_exports, tmp_path / "tables", clips=small.table("clips").with_columns(clip_id=clip_id))
    exported("passt", tables, tmp_path)
    assert f"Y{long}.mp3" in as_passt_does(file_of(tmp_path, "balanced_train"))


def test_a_split_without_clips_is_an_empty_file(small: SmallAudioset, tmp_path: Path) -> None:
    clips = small.table("clips").with_columns(trainable=pl.col("trainable") & (pl.col("split") != "eval"))
    written = exported("passt", instead(small.for_exports, tmp_path / "tables", clips=clips), tmp_path)
    assert written.clips == {"balanced_train": 6, "eval": 0}
    assert as_passt_does(file_of(tmp_path, "eval")) == {}


# --- what PaSST would not notice ---


@pytest.mark.parametrize(("content", "words"), [
    (encoded(noise(64_000, 2), 32_000, "MP3", "MPEG_LAYER_III"), r"would decode 2 channels of 32000 Hz"),
    (encoded(noise(44_100), 44_100, "MP3", "MPEG_LAYER_III"), r"would decode 1 channels of 44100 Hz"),
    (encoded(noise(32_000), 32_000, "MP3", "MPEG_LAYER_III"), r"would decode 1\.00 s of 2\.00 s"),
    (b"<html>", r"PaSST cannot decode it"),
])  # fmt: skip
def test_what_passt_would_take_for_something_else_is_refused(content: bytes, words: str) -> None:
    """It joins channels behind each other and plays other rates at its own, without a word."""
    with pytest.raises(MediaError, match=words):
        refuse_what_passt_does(content, 2.0)
