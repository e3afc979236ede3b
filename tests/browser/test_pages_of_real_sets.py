"""Report and review page of real datasets, made by one command, in a real Chromium."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.project import Project
from tests.workflow.test_faults import describe
from workflow_scripts.settings.schemas import CONFIG_FOLDER

pytestmark = [pytest.mark.slow, pytest.mark.shared]
NAMES = ("mini", "esc10", "clotho", "fsd50k")


@pytest.fixture(scope="module")
def project(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = Project(tmp_path_factory.mktemp("real") / "project")
    place, data = project.folder, shared / "data"
    tool = shared / "tools" / "audioset_mini.py"
    subprocess.run([sys.executable, tool, place / "mini", "--clips", "60"], check=True)
    describe(place / "mini", ["csv"])
    sounds = str(place / "esc10")
    for sound in sorted((data / "esc10").rglob("*.ogg"))[::5]:
        (place / "esc10" / sound.parent.name).mkdir(parents=True, exist_ok=True)
        shutil.copy(sound, place / "esc10" / sound.parent.name)
    esc10 = {"name": "esc10", "adapter": "folders", "sources": {"folder": sounds}, "audio": [sounds]}
    (place / "mini/esc10.yaml").write_text(yaml.safe_dump(esc10))
    for name, sample in {"clotho": "dcase23_task6a", "fsd50k": "fsd50k"}.items():
        shutil.copytree(data / "soundata_layouts" / sample, place / name)
    (place / "labels").mkdir()
    for file in ("ontology.json", "class_labels_indices.csv"):
        shutil.copy(data / "audioset" / file, place / "labels")
    files = [place / "mini/mini.yaml", place / "mini/esc10.yaml"]
    for name in ("clotho", "fsd50k"):
        files.append(place / f"{name}.yaml")
        shutil.copy(CONFIG_FOLDER / f"datasets/{name}.yaml", files[-1])
    for file in files:
        with file.open("a") as more:
            more.write("review: {cards: 12}\n")
    datasets = f"datasets={list(map(str, files))}"
    project.run("report", "review", "--config", datasets)
    assert project.run("report", "review", "--config", datasets).jobs == {}
    return project


@pytest.fixture(scope="module")
def pages(project: Project, look: Callable[..., Any]) -> Any:
    return look("open_pages", *(project.folder / "results" / name for name in NAMES))


@pytest.mark.parametrize("name", NAMES)
def test_nothing_goes_wrong_and_every_picture_is_there(pages: Any, project: Project, name: str) -> None:
    report, folder = pages[name]["report"], project.folder / "results" / name / "report/pictures"
    assert report["wrong"] == []
    assert len(report["pictures"]) == len(list(folder.glob("*.svg"))) > 3
    assert all(min(one["shown"]) > 10 and one["label"] for one in report["pictures"])


@pytest.mark.parametrize("name", NAMES)
def test_clips_play_are_sought_and_show_their_spectrograms(pages: Any, project: Project, name: str) -> None:
    review = pages[name]["review"]
    assert review["wrong"] == []
    heard = review["heard"]
    [(seconds,)] = project.ask(f"SELECT max(duration_s) FROM clips WHERE usable AND dataset = '{name}'")
    assert 0 < heard["by_click"] <= seconds
    assert heard["spectrogram"][0] > 10
    assert len(review["widths"]) == review["cards"] > 0
    assert min(review["widths"]) > 10
