"""Real clips in every form: each file of sound is opened and listened to by measure, each clip accounted for."""

import csv
import io
import itertools
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pyarrow.parquet as pq
import pytest
import soundfile
import soxr
import yaml

from tests.exports.made_exports import of_any_dataset
from tests.project import Project
from tests.workflow.test_faults import describe
from workflow_scripts.exports.account import read_account
from workflow_scripts.settings.schemas import options_schema

pytestmark = [pytest.mark.slow, pytest.mark.shared]

WINDOWS = {"birdnet"}
"""Formats whose files are windows of clips, not clips."""
SOUNDS = {".wav", ".flac", ".mp3", ".ogg", ".opus"}
METADATA = ["file_name", "keywords", "sound_id", "sound_link", "start_end_samples", "manufacturer", "license"]
RMS_DB = 1.0
LEAST_CORRELATION = 0.95
"""So far a made clip may be from its media: what resampling takes away, and a lossy codec."""


def every_form() -> list[Any]:
    """Each format once, with copies where it can make them; and the Shar of lhotse."""
    forms: list[Any] = [{"lhotse": {"shar": True}, "as": "lhotse_shar"}]
    for name in of_any_dataset():
        has_copies = "copies" in options_schema(name, "")["properties"]
        forms.append({name: {"copies": "auto"}} if has_copies else name)
    return forms


def sounds(link: Path) -> Iterator[tuple[str, bytes]]:
    """Every clip's sound below an export, in whatever it lies, and what the clip is called there."""
    for file in sorted(path for path in link.resolve().rglob("*") if path.is_file()):
        if file.suffix in SOUNDS:
            yield file.stem, file.read_bytes()
        elif file.suffix == ".tar":
            with tarfile.open(file) as tar:
                for member in tar:
                    if Path(member.name).suffix in SOUNDS:
                        yield Path(member.name).stem, tar.extractfile(member).read()  # type: ignore[union-attr]
        elif file.suffix == ".parquet" and "audio" in pq.read_schema(file).names:
            for row in pq.read_table(file, columns=["clip_id", "audio"]).to_pylist():
                yield row["clip_id"], row["audio"]["bytes"]
        elif file.suffix == ".hdf":
            with h5py.File(file) as split:
                for name, content in zip(split["audio_name"], split["mp3"], strict=True):
                    yield Path(name.decode()).stem[1:], content.tobytes()


def db(samples: np.ndarray[Any, Any]) -> float:
    return float(10 * np.log10(np.mean(np.square(samples, dtype=np.float64)) + 1e-12))


def is_the_same(got: np.ndarray[Any, Any], meant: np.ndarray[Any, Any]) -> bool:
    frames = min(len(got), len(meant))
    alike = np.corrcoef(got[:frames], meant[:frames])[0, 1] > LEAST_CORRELATION if meant.any() else True
    return alike and abs(db(got) - db(meant)) <= RMS_DB


def listen(project: Project, dataset: str, of_media: dict[str, np.ndarray[Any, Any]]) -> dict[str, int]:
    """Hold every sound of every export against the ledger and its media; how many there were.

    Args:
        project: that has run.
        dataset: its name.
        of_media: (frames, 2) at 16 kHz, the mean of all channels and the first, by clip.
    """
    ledger = {row["clip_id"]: row for row in project.table(dataset, "clips").iter_rows(named=True)}
    listened = {}
    for account in sorted((project.folder / f"results/{dataset}/exports").glob("*.account.json")):
        name = account.name.removesuffix(".account.json")
        told = read_account(account)
        assert sum(told.clips.values()) + sum(told.held_back.values()) == len(ledger), name
        link = account.with_name(name)
        subprocess.run(["sha256sum", "--check", "--quiet", "--strict", "SHA256SUMS"], cwd=link, check=True)
        heard = set()
        for clip_id, content in () if name in WINDOWS else sounds(link):
            assert clip_id not in heard, f"{name}: {clip_id} twice"
            heard.add(clip_id)
            samples, rate = soundfile.read(io.BytesIO(content), dtype="float32", always_2d=True)
            assert abs(len(samples) / rate - ledger[clip_id]["duration_s"]) <= 1 / 8000, f"{name}: {clip_id}"
            got = soxr.resample(samples.mean(1), rate, 16_000)
            assert any(is_the_same(got, meant) for meant in of_media[clip_id].T), f"{name}: {clip_id}"
        assert len(heard) <= sum(told.clips.values()), name
        listened[name] = len(heard)
    return listened


def test_60_clips_of_audioset_in_every_form(tmp_path: Path, shared: Path) -> None:
    made = tmp_path / "made"
    subprocess.run([sys.executable, shared / "tools" / "audioset_mini.py", made, "--clips", "60"], check=True)
    project = Project(tmp_path / "run")
    project.run("--config", f"datasets=['{describe(made, every_form())}']")
    clips = project.table("mini", "clips").filter("usable")
    of_media = {row["clip_id"]: at_16_khz(Path(row["media_path"])) for row in clips.iter_rows(named=True)}
    listened = listen(project, "mini", of_media)
    trainable = clips["trainable"].sum()
    assert [listened[name] for name in ("webdataset", "huggingface", "lhotse_shar", "audiofolder")] == [trainable] * 4
    assert all(listened[name] for name in ("passt", "ast", "eat", "kaldi", "nemo", "speechbrain"))


def test_25_clips_in_the_layout_of_clotho_in_every_form(tmp_path: Path, shared: Path) -> None:
    """Real captions over sounds of ESC-10, five to six times each, as WAV of 44.1 kHz, named as Clotho's files are."""
    of_media = write_clotho(tmp_path / "clotho", shared, {"development": 15, "validation": 5, "evaluation": 5})
    project = Project(tmp_path / "run")
    settings = yaml.safe_load((project.folder / "config/datasets/clotho.yaml").read_text())
    (tmp_path / "clotho.yaml").write_text(yaml.safe_dump({**settings, "exports": every_form()}))
    project.run("--config", f"datasets=['{tmp_path / 'clotho.yaml'}']")
    clips = project.table("clotho", "clips")
    assert clips["usable"].sum() == 25
    by_id = {row["clip_id"]: of_media[row["path"]] for row in clips.iter_rows(named=True)}
    listened = listen(project, "clotho", by_id)
    assert listened["webdataset"] == listened["huggingface"] == listened["lhotse_shar"] == 25
    with tarfile.open(next((project.folder / "results/clotho/exports/webdataset").glob("development/*.tar"))) as tar:
        said = next(yaml.safe_load(tar.extractfile(member)) for member in tar if member.name.endswith("json"))  # type: ignore[arg-type]
    assert len(said["text"]) == 5


def at_16_khz(file: Path) -> np.ndarray[Any, Any]:
    """(frames, 2): the mean of all channels, and the first, which is what AST takes."""
    samples, rate = soundfile.read(file, dtype="float32", always_2d=True)
    return soxr.resample(np.stack([samples.mean(1), samples[:, 0]], 1), rate, 16_000)


def write_clotho(folder: Path, shared: Path, counts: dict[str, int]) -> dict[str, np.ndarray[Any, Any]]:
    """The first rows of the real captions, metadata and sounds for them; these at 16 kHz by their path."""
    sources = sorted((shared / "data/esc10").rglob("*.ogg"))
    of_media: dict[str, np.ndarray[Any, Any]] = {}
    for (split, count), called in zip(counts.items(), ("train", "val", "test"), strict=True):
        (folder / split).mkdir(parents=True)
        with (shared / f"data/captions/clotho_v2/{called}.csv").open(encoding="utf-8", newline="") as rows:
            head, *rest = itertools.islice(csv.reader(rows), count + 1)
        tables = {"captions": [head, *rest], "metadata": [METADATA]}
        for number, row in enumerate(rest):
            sound, rate = soundfile.read(sources[(7 * len(of_media)) % len(sources)], dtype="float32")
            repeated = np.tile(sound, 6)[: round((15 + number % 15) * rate)]
            name = f"{split}/{row[0]}"
            soundfile.write(folder / name, repeated, rate, subtype="PCM_16")
            of_media[name] = at_16_khz(folder / name)
            licence = f"http://creativecommons.org/licenses/{('by', 'by-nc')[number % 2]}/3.0/"
            tables["metadata"].append([row[0], "a;b", str(number), "https://freesound.org/s/1", "[0, 1]", "x", licence])
        for kind, lines in tables.items():
            with (folder / f"clotho_{kind}_{split}.csv").open("w", encoding="latin-1", newline="") as file:
                csv.writer(file).writerows(lines)
    return of_media
