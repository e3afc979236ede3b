"""Dataset files of config/datasets in a run: the audio of each sample is found by the clips that its tables promise."""

import shutil
from pathlib import Path

import pytest

from tests.project import Project

pytestmark = [pytest.mark.slow, pytest.mark.shared]

SAMPLES = {
    "clotho": "dcase23_task6a",
    "dcase_bioacoustic": "dcase_bioacoustic",
    "eigenscape": "eigenscape",
    "esc50": "esc50",
    "fsd50k": "fsd50k",
    "fsdnoisy18k": "fsdnoisy18k",
    "singapura": "singapura",
    "starss2022": "starss2022",
    "tau2019uas": "tau2019uas",
    "tut2017se": "tut2017se",
    "urbansound8k": "urbansound8k",
}
"""Names of datasets, and of the folders with a few of their recordings."""
RECORDINGS = dict.fromkeys(SAMPLES, 1) | {"fsd50k": 3, "fsdnoisy18k": 2}


def test_recordings_of_each_sample_are_found(shared: Path, tmp_path: Path) -> None:
    project = Project(tmp_path / "project")
    for name, sample in SAMPLES.items():
        shutil.copytree(shared / "data/soundata_layouts" / sample, project.folder / name)
    captions = project.folder / "clotho/clotho_captions_validation.csv"  # which are those of another clip there
    _, row = captions.read_text().splitlines()
    captions.write_text(captions.read_text().replace(row.partition(",")[0], "risas nenas.wav"))
    (project.folder / "labels").mkdir()
    for file in ("ontology.json", "class_labels_indices.csv"):
        shutil.copy(shared / "data/audioset" / file, project.folder / "labels")
    project.run("--config", f"datasets={list(SAMPLES)}")
    found = project.ask("SELECT dataset, count(*) FROM clips WHERE media_path IS NOT NULL GROUP BY ALL")
    assert dict(found) == RECORDINGS
    assert project.ask("SELECT dataset, clip_id, status, licence FROM clips WHERE clip_id = '99'") == [
        ("fsd50k", "99", "usable", "CC-BY-3.0")
    ]
