"""An evaluation set of which nothing is left but its fingerprints, and a training set that is held against them."""

import csv
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from tests.made_files import bands, encoded, wav
from tests.project import Project

pytestmark = pytest.mark.slow
RATE = 16_000
HANDED = "handed.parquet"
MINE = ("--config", "datasets=['mine/set.yaml']", f"against=['{HANDED}']")
OF_16_BITS = np.rint(32767 * bands(10, seed=2)).astype(np.int16)
SOUNDS = {
    "far": {"f1.wav": wav(bands(10, seed=1)), "f2.wav": wav(OF_16_BITS), "f3.wav": wav(bands(10, seed=3))},
    "mine": {
        "reposted.mp3": encoded(0.25 * bands(10, seed=1)[2 * RATE :], RATE, "MP3", "MPEG_LAYER_III"),
        "copied.flac": encoded(OF_16_BITS, RATE, "FLAC", "PCM_16"),
        "own.wav": wav(bands(10, seed=5)),
        "asked.wav": wav(bands(10, seed=6)),
        "asked_again.ogg": encoded(0.5 * bands(10, seed=6), RATE, "OGG", "VORBIS"),
        "others.wav": wav(bands(10, seed=7)),
    },
}
SPLITS = {"far": "eval", "asked": "eval", "others": "test"}


def write_set(project: Project, name: str) -> None:
    folder = project.folder / name
    (folder / "audio").mkdir(parents=True)
    for file, data in SOUNDS[name].items():
        (folder / "audio" / file).write_bytes(data)
    with (folder / "clips.csv").open("w", newline="") as file:
        stems = {media: Path(media).stem for media in SOUNDS[name]}
        rows = [(stem, media, SPLITS.get(stem, SPLITS.get(name, "train"))) for media, stem in stems.items()]
        csv.writer(file).writerows([("id", "media", "split"), *rows])


def write_settings(project: Project, name: str, *exports: Any) -> None:
    clip = {"id": "id", "media": "media", "split": "split", "classes": "['dog']"}
    settings = {"name": name, "adapter": "table", "sources": {"table": "clips.csv"}, "match": "path", "clip": clip}
    settings |= {"audio": ["audio"], "exports": list(exports)}
    (project.folder / name / "set.yaml").write_text(yaml.safe_dump(settings))


def write_mine(project: Project, without_leaks: Any) -> None:
    tars = {"webdataset": {"pairs_a_tar": 1}, "as": "tars", "without_leaks": without_leaks}
    write_settings(project, "mine", "csv", {"csv": {}, "as": "careful", "without_leaks": without_leaks}, tars)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The file of the evaluation set alone is left of it: no audio, no labels, no results."""
    project = Project(tmp_path_factory.mktemp("against") / "project")
    write_set(project, "far")
    write_settings(project, "far", "fingerprints")
    project.run("exports", "--config", "datasets=['far/set.yaml']")
    shutil.copy(project.folder / "results/far/exports/fingerprints/far.fingerprints.parquet", project.folder / HANDED)
    shutil.rmtree(project.folder / "far")
    project.forget()
    write_set(project, "mine")
    write_mine(project, "eval")
    return project


@pytest.fixture(scope="module")
def first(project: Project) -> str:
    return project.run(*MINE).output


@pytest.fixture(autouse=True)
def _after_the_first(first: str) -> None:
    """Every test asks what it left, or goes on from there."""


def in_files(project: Project, export: str) -> dict[str, str]:
    found = {}
    for file in Path(project.folder, "results/mine/exports", export).glob("full_*_segments.csv"):
        with file.open() as rows:
            split = file.name.removeprefix("full_").removesuffix("_segments.csv")
            found |= {row["clip_id"]: split for row in csv.DictReader(rows)}
    return found


def test_the_leak_is_found_under_another_codec_level_and_beginning(project: Project) -> None:
    asked = "SELECT dataset_a, clip_id_a, split_a, dataset_b, clip_id_b, split_b, how, round(offset_s) FROM same_sound"
    assert sorted(project.ask(asked)) == [
        ("far", "f1", "eval", "mine", "reposted", "train", "sound", 2.0),
        ("far", "f2", "eval", "mine", "copied", "train", "samples", 0.0),
        ("mine", "asked", "eval", "mine", "asked_again", "train", "sound", 0.0),
    ]
    foreign = "SELECT dataset, split, clip_id, file FROM foreign_clips ORDER BY ALL"
    assert project.ask(foreign) == [("far", "eval", clip, HANDED) for clip in ("f1", "f2", "f3")]
    assert project.ask("SELECT count(*) FROM clips") == [(6,)], "whose audio is not here is no clip of the run"


def test_exports_lack_it_where_they_ask_for_that_and_say_so(project: Project) -> None:
    assert sorted(in_files(project, "csv")) == ["asked", "asked_again", "copied", "others", "own", "reposted"]
    assert in_files(project, "careful") == {"asked": "eval", "others": "test", "own": "train"}
    tars = project.folder / "results/mine/exports/tars"
    assert len(list(tars.glob("*/*.tar"))) == 3
    account = json.loads((project.folder / "results/mine/exports/careful.account.json").read_text())
    assert account["held_back"] == {"leaks": 3}
    assert account["leaks"] == [
        {"shared_by": "samples", "dataset": "far", "split": "eval", "clips": 1},
        {"shared_by": "sound", "dataset": "far", "split": "eval", "clips": 1},
        {"shared_by": "sound", "dataset": "mine", "split": "eval", "clips": 1},
    ]
    leaked = project.folder / "results/mine/exports/careful.leaked.parquet"
    asked = f"SELECT clip_id, with_clip_id FROM '{leaked}' ORDER BY ALL"
    assert project.ask(asked) == [("asked_again", "asked"), ("copied", "f2"), ("reposted", "f1")]


def test_the_end_of_the_run_says_what_leaks(first: str) -> None:
    told = "mine/careful: 3 clips left out, which share something with what is evaluated on: 1 samples of far eval, "
    assert f"{told}1 sound of far eval, 1 sound of mine eval" in first


def test_nothing_runs_again_and_one_file_needs_no_list(project: Project) -> None:
    assert project.run(*MINE[:2], f"against={HANDED}").jobs == {}


def test_a_split_that_is_nowhere_ends_the_run_with_those_that_are(project: Project) -> None:
    write_mine(project, "evl")
    told = project.run(*MINE, expect=1).output
    assert "mine: exports: careful: without_leaks: no split is called 'evl', in no dataset of the run" in told
    assert "There are far: eval; mine: eval, test, train; did you mean `eval`?" in told


def test_another_split_matches_no_sound_and_makes_no_pack_again_where_the_same_clips_leak(project: Project) -> None:
    write_mine(project, ["eval", "test"])
    assert project.run(*MINE).jobs == {"tell_leaked": 2, "plan": 1, "export": 2, "losses": 1, "all": 1}


def test_without_the_file_its_clips_come_back_and_what_has_none_of_them_is_not_made(project: Project) -> None:
    ran = project.run(*MINE[:2])
    rules = {"match_sounds", "tell_same_sound", "tell_leaked", "build_catalogue", "plan", "pack", "export"}
    assert set(ran.jobs) == {*rules, "losses", "all"}
    made = {Path(line.split()[-1]).name for line in ran.output.splitlines() if "output: " in line}
    assert {name for name in made if ".account." in name} == {"careful.account.json", "tars.account.json"}
    assert all(name.startswith("train-") for name in made if "-" in name), "packs"
    kept = {"asked": "eval", "others": "test", "own": "train", "copied": "train", "reposted": "train"}
    assert in_files(project, "careful") == kept, "and asked_again leaks from the dataset itself"
    assert project.ask("SELECT count(*) FROM foreign_clips") == [(0,)]


def test_a_file_of_something_else_ends_the_run(project: Project) -> None:
    (project.folder / "labels.parquet").write_bytes(b"PAR1, or so")
    told = project.run(*MINE[:2], "against=labels.parquet", expect=1).output
    assert "labels.parquet: not a Parquet file that can be read" in told
