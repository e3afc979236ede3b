"""Folders that are sources: what lies there is read again when it changes, and only then."""

import os
import shutil
from pathlib import Path

import pytest
import yaml

from tests.made_files import noise16, wav
from tests.project import Project

pytestmark = pytest.mark.slow
CONFIG = ("--config", 'datasets=["pets/set.yaml"]')


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = Project(tmp_path_factory.mktemp("folders"))
    for place, name in enumerate(("train/dog/a", "train/cat/a", "test/dog/b")):
        file = project.folder / "pets" / "sounds" / f"{name}.wav"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(wav(noise16(16_000, seed=place)))
    settings = {"name": "pets", "adapter": "folders", "sources": {"folder": "sounds"}, "audio": ["sounds"]}
    (project.folder / "pets" / "set.yaml").write_text(yaml.safe_dump(settings | {"exports": ["csv"]}))
    project.run(*CONFIG)
    return project


@pytest.fixture
def sounds(project: Project) -> Path:
    """Every test starts from a run that has nothing left to do."""
    project.run(*CONFIG)
    return project.folder / "pets" / "sounds"


def test_each_sound_is_a_clip_of_the_class_of_its_folder(project: Project) -> None:
    asked = "SELECT clip_id[:1], split, media_key, class_names, status FROM clips ORDER BY media_key"
    assert project.ask(asked) == [
        ("b", "test", "test/dog/b.wav", ["dog"], "usable"),
        ("a", "train", "train/cat/a.wav", ["cat"], "usable"),
        ("a", "train", "train/dog/a.wav", ["dog"], "usable"),
    ]
    assert project.ask("SELECT source, rows_read, rows_kept FROM sources") == [("pets/sounds", 3, 3)]


def test_nothing_changed_runs_no_job(project: Project, sounds: Path) -> None:
    assert sounds.is_dir()
    assert project.run(*CONFIG).jobs == {}


def test_one_new_file_is_one_new_clip_and_the_only_one_decoded(project: Project, sounds: Path) -> None:
    shutil.copy(sounds / "test/dog/b.wav", sounds / "test/dog/new.wav")
    before = project.check_logs()
    jobs = project.run(*CONFIG).jobs
    assert (jobs["ingest"], jobs["scan"], jobs["check"], jobs["resolve"]) == (1, 1, 1, 1)
    [log] = [log.read_text() for log, time in project.check_logs().items() if before.get(log) != time]
    assert "1 decoded: test/dog/new.wav" in log
    assert project.ask("SELECT status FROM clips WHERE clip_id = 'new'") == [("usable",)]

    (sounds / "test/dog/new.wav").unlink()
    jobs = project.run(*CONFIG).jobs
    assert (jobs["ingest"], jobs["scan"], jobs["check"]) == (1, 1, 1)
    assert project.ask("SELECT count(*) FROM clips") == [(3,)]


def test_the_folder_is_looked_at_once_for_ingest_and_scan(project: Project, sounds: Path) -> None:
    """What the look of the run saw is there for both."""
    [look] = (project.folder / "results" / ".looks").iterdir()
    os.utime(sounds / "test/dog/b.wav")
    assert project.run(*CONFIG).jobs["ingest"] == 1
    assert (look / "chosen").is_file()
    assert [other.name for other in look.parent.iterdir()] == [look.name]


def test_a_file_that_is_no_audio_makes_nothing_anew(project: Project, sounds: Path) -> None:
    (sounds / "notes.txt").write_text("nothing")
    assert project.run(*CONFIG).jobs == {}


def test_a_folder_that_is_no_audio_root_is_looked_at_too(project: Project) -> None:
    """As where only the labels are wanted."""
    (project.folder / "labels.yaml").write_text(
        yaml.safe_dump({"name": "labels", "adapter": "folders", "sources": {"folder": "pets/sounds"}})
    )
    config = ("--config", 'datasets=["labels.yaml"]', "results=others")
    project.run(*config)
    assert project.run(*config).jobs == {}
    (project.folder / "pets/sounds/test/dog/more.wav").touch()
    assert project.run(*config).jobs["ingest"] == 1
    assert ("more",) in project.ask("SELECT clip_id FROM clips", "others")
    (project.folder / "pets/sounds/test/dog/more.wav").unlink()


def test_a_folder_that_is_not_mounted_takes_no_clip_along(project: Project, sounds: Path) -> None:
    """An empty folder stands in its place."""
    away = sounds.with_name("away")
    sounds.rename(away)
    sounds.mkdir()
    failed = project.run(*CONFIG, expect=1)
    assert "pets/sounds: holds no file that is called like audio. Is it mounted?" in failed.output
    assert len(project.table("pets", "promised")) == 3
    sounds.rmdir()
    away.rename(sounds)
    project.run(*CONFIG)
    assert project.ask("SELECT count(*) FROM clips WHERE usable") == [(3,)]
