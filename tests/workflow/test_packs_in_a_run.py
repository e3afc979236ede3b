"""Packs are jobs of their own: killed, they leave nothing half made; a change of one clip makes its pack alone."""

import os
import signal
import time
from pathlib import Path

import pytest
import yaml

from tests.made_files import noise16, wav
from tests.project import Project

pytestmark = pytest.mark.slow

OWN = ("--config", "datasets=['own.yaml']")


def project_of(folder: Path, clips: int, seconds: float, *exports: object) -> Project:
    """So many sounds, each with a label of its own row."""
    project = Project(folder)
    (folder / "audio").mkdir()
    for number in range(clips):
        sound = noise16(round(seconds * 16_000), seed=number)
        (folder / f"audio/c{number}.wav").write_bytes(wav(sound, 16_000))
    write_labels(project, ["noise"] * clips)
    settings = {
        "name": "own",
        "adapter": "table",
        "sources": {"table": "clips.csv"},
        "match": "stem",
        "clip": {"media": "f", "split": "'train'", "classes": "[said]"},
        "audio": ["audio"],
        "exports": list(exports),
    }
    (folder / "own.yaml").write_text(yaml.safe_dump(settings))
    return project


def write_labels(project: Project, labels: list[str]) -> None:
    rows = "".join(f"c{number},{label}\n" for number, label in enumerate(labels))
    (project.folder / "clips.csv").write_text(f"f,said\n{rows}")


def test_one_label_among_many_packs_makes_one_pack(tmp_path: Path) -> None:
    clips = 12
    project = project_of(tmp_path, clips, 1.1, {"webdataset": {"pairs_a_tar": 1}})
    assert project.run(*OWN).jobs["pack"] == clips
    tars = project.folder / "results/own/exports/webdataset/train"
    before = {file.name: file.read_bytes() for file in tars.glob("*.tar")}
    assert len(before) == clips
    write_labels(project, ["noise"] * 5 + ["hum"] + ["noise"] * 6)
    again = project.run(*OWN)
    assert again.jobs["pack"] == 1
    assert "check" not in again.jobs
    after = {file.name: file.read_bytes() for file in tars.glob("*.tar")}
    changed = [name for name in before if before[name] != after.pop(name)]
    assert len(changed) == 1
    assert not after
    assert b'"hum"' in (tars / changed[0]).read_bytes()


def packs_at_work(project: Project) -> set[Path]:
    """The folders of packs that have begun and are not whole."""
    return set((project.folder / "results/own/exports").glob(".*.packs/*.part/files"))


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, dict[str, str]]:
    """Exports in packs that take a while, and what a run makes of them."""
    exports = ["webdataset", "huggingface", {"lhotse": {"shar": True}}]
    project = project_of(tmp_path_factory.mktemp("packs") / "project", 120, 10.0, *exports)
    project.run(*OWN)
    return project, project.digests()


@pytest.mark.parametrize(("with_jobs", "kills"), [(True, 3), (False, 1)], ids=["with its jobs", "alone"])
def test_killed_while_it_packs_it_ends_in_the_same_bytes(
    undisturbed: tuple[Project, dict[str, str]], with_jobs: bool, kills: int
) -> None:
    """Jobs that go on alone make the other packs too."""
    project, digests = undisturbed
    project.forget()
    begun: set[Path] = set()
    for _ in range(kills):
        process = project.start(*OWN)
        while process.poll() is None and packs_at_work(project) <= begun:
            time.sleep(0.005)
        assert process.poll() is None, "it was killed too late"
        (os.killpg if with_jobs else os.kill)(process.pid, signal.SIGKILL)
        process.wait()
        begun |= packs_at_work(project)
        assert all(digests[path] == digest for path, digest in project.digests().items())
        project.run("--unlock", *OWN)
    project.run(*OWN)
    assert project.digests() == digests
    assert project.run(*OWN).jobs == {}
    assert not list((project.folder / "results").rglob("*.part"))
