"""Fbanks, spectrograms and images of a run: of files, spans of recordings, members of archives and videos."""

import csv
import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from tests.made_files import noise16, wav
from tests.project import Project
from workflow_scripts.exports.features.packing import read_fbank
from workflow_scripts.exports.spectrogram_images.png import pixels_of, told_of

pytestmark = pytest.mark.slow

FORMATS = ("features", "m2d", "spectrogram_images")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = Project(tmp_path_factory.mktemp("arrays") / "project")
    exports = [{"features": {"clips_a_pack": 4}}, "m2d", "spectrogram_images", "csv"]
    roots = [f"mine/audio/{root}" for root in ("clips", "mirror", "archive.tar")]
    audio = [*roots, {"path": "mine/audio/recordings", "holds": "recordings"}]
    project.own_sample(name="own", exports=exports, audio=audio)
    project.run()
    return project


def folder(project: Project, export: str) -> Path:
    return project.folder / "results/own/exports" / export


def trainable(project: Project) -> pl.DataFrame:
    return project.table("own", "clips").filter("trainable")


def index(project: Project) -> pl.DataFrame:
    return pl.read_parquet(folder(project, "features") / "index.parquet")


def fbanks(project: Project) -> dict[str, np.ndarray]:
    found = {}
    for one in index(project).iter_rows(named=True):
        with (folder(project, "features") / one["pack"]).open("rb") as pack:
            pack.seek(one["offset"])
            found[one["clip_id"]] = read_fbank(pack.read(one["bytes"]), one["bins"])
    return found


def test_each_form_has_every_trainable_clip(project: Project) -> None:
    clips = set(trainable(project)["clip_id"])
    assert trainable(project)["member"].count() > 0, "members of an archive"
    assert not trainable(project)["whole_media"].all(), "spans"
    assert set(trainable(project)["media_path"].str.extract(r"\.(\w+)$")) & {"mp4", "webm", "mkv", "m4a"}, "videos"
    assert set(index(project)["clip_id"]) == clips
    listed = [file for file in folder(project, "m2d").glob("files_*.csv") if "weighted" not in file.name]
    assert {Path(row["file_name"]).stem for file in listed for row in csv.DictReader(file.open())} == clips
    lines = [
        json.loads(line)
        for file in folder(project, "spectrogram_images").glob("*/metadata.jsonl")
        for line in file.read_text().splitlines()
    ]
    assert {line["clip_id"] for line in lines} == clips


def test_fbanks_of_whole_media_are_those_that_the_check_found(project: Project) -> None:
    """To what float16 is off where silence is: all of its values are the same. The check decoded for itself."""
    checks = pl.read_parquet(project.folder / "results/audio/*/checks/*.parquet", missing_columns="insert")
    key = ["path", "member"]
    whole = trainable(project).filter("whole_media").with_columns(pl.col(key).cast(pl.String))
    seen = whole.join(checks.with_columns(pl.col(key).cast(pl.String)), on=key, nulls_equal=True)
    held = fbanks(project)
    assert len(seen) >= 20
    for row in seen.iter_rows(named=True):
        values = held[row["clip_id"]].astype(np.float64)
        assert len(values) == row["fbank_frames"]
        assert values.mean() == pytest.approx(row["fbank_mean"], abs=2**-8)
        assert values.std() == pytest.approx(row["fbank_std"], abs=2**-8)


def test_every_file_opens_and_none_is_of_nothing(project: Project) -> None:
    files = list(folder(project, "m2d").resolve().rglob("*.npy"))
    for file in files:
        spectrogram = np.load(file)
        assert spectrogram.shape[:2] == (1, 80)
        assert spectrogram.shape[2] >= 611
    images = list(folder(project, "spectrogram_images").resolve().rglob("*.png"))
    parameters = json.loads((folder(project, "spectrogram_images") / "parameters.json").read_text())
    for image in images:
        content = image.read_bytes()
        assert pixels_of(content).shape == (256, 256)
        told = told_of(content)
        assert {name: told[name] for name in parameters} == parameters
    assert len(files) == len(trainable(project)) <= len(images)


def test_one_file_that_changes_makes_a_pack_of_each_form_anew(project: Project) -> None:
    before, was = fbanks(project), index(project)
    of_a_file = pl.col("whole_media") & pl.col("member").is_null() & pl.col("media_path").str.ends_with(".wav")
    [clip] = trainable(project).filter(of_a_file & (pl.col("split") == "eval"))[:1].iter_rows(named=True)
    Path(clip["media_path"]).write_bytes(wav(noise16(16_000 * 3, seed=5)))
    ran = project.run()
    assert ran.jobs["pack"] == len(FORMATS), ran.output
    now = fbanks(project)
    assert now.keys() == before.keys()
    assert [one for one in now if not np.array_equal(now[one], before[one])] == [clip["clip_id"]]
    assert was.columns == index(project).columns
