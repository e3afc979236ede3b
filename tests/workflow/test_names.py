"""Files as downloaders name and copy them: each name finds its own sound, through the whole workflow."""

import json
import os
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import yaml

from tests.made_files import Samples, encoded, noise, wav
from tests.project import Project

RATE = 16_000
DATASET = {
    "name": "named",
    "adapter": "audioset",
    "sources": {"segments": {"train": "segments.csv"}, "ontology": "ontology.json", "classes": "classes.csv"},
    "audio": ["clips", {"path": "field", "holds": "recordings"}],
    "limits": {"min_duration_s": 0.1, "max_duration_s": 400.0, "train_min_duration_s": 1.0},
    "exports": [],
}
START_S = {"recording_a": 10, "recording_b": 80, "recording_c": 95}
CLIPS = ["-dash_first", "Y-in-classe", "coded_twice", "two_sounds_", "cut_of_long", "n0t_in_utf8", *START_S]


def _sound(seed: int, seconds: float = 10.0, rate: int = RATE) -> Samples:
    """Noise that rises and falls, the same at every rate as far as its levels go."""
    levels = np.random.default_rng(seed).uniform(0.02, 0.3, round(seconds * 4))
    return np.repeat(levels, rate // 4)[:, None].astype(np.float32) * noise(
        round(seconds * 4) * (rate // 4), 1, 1, seed
    )


def _files() -> dict[bytes, bytes]:
    twice, longer = wav(_sound(2)), _sound(5, 100.0)
    return {
        b"clips/Y-dash_first_30.000-40.000.wav": wav(_sound(1)),
        b"clips/Bark/Y-in-classe_30.0-40.0.wav": twice,
        b"clips/Waves, surf/Y-in-classe_30.0-40.0.wav": twice,
        b"clips/a/coded_twice.mp3": encoded(_sound(3, rate=44_100), 44_100, "MP3", "MPEG_LAYER_III"),
        b"clips/b/Ycoded_twice_000030.flac": encoded(_sound(3, rate=44_100), 44_100, "FLAC", "PCM_16"),
        b"clips/a/two_sounds_.wav": wav(_sound(4)),
        b"clips/b/two_sounds_.wav": wav(_sound(14)),
        b"clips/a/cut_of_long.wav": wav(longer),
        b"clips/cut_of_long_30000.wav": wav(longer[30 * RATE : 40 * RATE]),
        b"clips/caf\xe9/n0t_in_utf8.wav": wav(_sound(6)),
        b"field/recording_a.wav": wav(_sound(7, 100.0))[: 44 + 4 * 90 * RATE],
        b"field/recording_b.flac": encoded(_sound(8, 100.0), RATE, "FLAC", "PCM_16"),
        b"field/recording_c.wav": wav(_sound(9, 100.0))[: 44 + 4 * 90 * RATE],
    }


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = Project(tmp_path_factory.mktemp("names"))
    mine = project.folder / "mine"
    for name, data in _files().items():
        file = Path(os.fsdecode(os.path.join(os.fsencode(mine), name)))
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    rows = [f'{clip}, {START_S.get(clip, 30)}.000, {START_S.get(clip, 30) + 10}.000, "/m/a"\n' for clip in CLIPS]
    (mine / "segments.csv").write_text("".join(rows))
    node = {"id": "/m/a", "name": "A", "description": "", "child_ids": [], "restrictions": []}
    (mine / "ontology.json").write_text(json.dumps([node]))
    (mine / "classes.csv").write_text("index,mid,display_name\n0,/m/a,A\n")
    (mine / "named.yaml").write_text(yaml.safe_dump(DATASET))
    project.run("--config", f"datasets={json.dumps(['mine/named.yaml'])}")
    return project


def test_each_clip_has_the_sound_that_its_name_promises(project: Project) -> None:
    ledger = project.table("named", "clips")
    assert {clip: (status, path) for clip, status, path in ledger.select("clip_id", "status", "path").iter_rows()} == {
        "-dash_first": ("usable", "Y-dash_first_30.000-40.000.wav"),
        "Y-in-classe": ("usable", "Bark/Y-in-classe_30.0-40.0.wav"),
        "coded_twice": ("usable", "b/Ycoded_twice_000030.flac"),
        "two_sounds_": ("ambiguous", None),
        "cut_of_long": ("usable", "cut_of_long_30000.wav"),
        "n0t_in_utf8": ("usable", "caf\\xe9/n0t_in_utf8.wav"),
        "recording_a": ("usable", "recording_a.wav"),
        "recording_b": ("usable", "recording_b.flac"),
        "recording_c": ("truncated", "recording_c.wav"),
    }


def test_what_answers_to_an_ambiguous_clip_is_named(project: Project) -> None:
    [error] = project.ask("SELECT error FROM clips WHERE status = 'ambiguous'")
    assert error == ("2 files answer to its name and are not one sound: a/two_sounds_.wav, b/two_sounds_.wav",)
    reasons = project.ask("SELECT path, reason FROM orphans ORDER BY path COLLATE C")
    assert reasons == [
        ("Waves, surf/Y-in-classe_30.0-40.0.wav", "superseded"),
        ("a/coded_twice.mp3", "superseded"),
        ("a/cut_of_long.wav", "superseded"),
        ("a/two_sounds_.wav", "ambiguous"),
        ("b/two_sounds_.wav", "ambiguous"),
    ]


def test_every_media_path_opens(project: Project) -> None:
    for path, size in project.ask(
        "SELECT c.media_path, k.bytes FROM clips c JOIN checks k USING (root, path) WHERE c.media_path IS NOT NULL"
    ):
        assert Path(path).stat().st_size == size


def test_nothing_is_left_to_do(project: Project) -> None:
    assert "Nothing to be done" in project.run("--config", f"datasets={json.dumps(['mine/named.yaml'])}").output


@pytest.mark.shared
def test_times_joined_by_a_dash_are_read_as_those_joined_by_an_underscore(shared: Path, tmp_path: Path) -> None:
    """A downloader's copies, one folder a class; the dataset beside it holds the same with underscores."""
    project = Project(tmp_path / "project")
    case = shared / "cases/01-dash-between-times"
    files = [str(case / name) for name in ("dataset.yaml", "dataset_control.yaml")]
    project.run("--config", f"datasets={json.dumps(files)}")
    dashed, control = (
        project.table(name, "clips").select("clip_id", "status", pl.col("path").str.replace_all("-", "_"))
        for name in ("dl", "dl_control")
    )
    assert dashed.equals(control)
    assert dict(dashed.select("clip_id", "status").rows()) == {
        "qT3-xWn_0aB": "usable",
        "-Zk9_ertyUI": "usable",
        "pl_Mn-bVcX2": "usable",
        "YhgTredW4q1": "usable",
        "G7uJ_kilo-3": "usable",
        "absent_Clip": "missing",
    }
    assert project.ask("SELECT dataset, reason, count(*) FROM orphans GROUP BY ALL ORDER BY ALL") == [
        ("dl", "superseded", 2),
        ("dl_control", "superseded", 2),
    ]
