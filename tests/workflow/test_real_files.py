"""All real recordings beside the checkout, sound and broken, as one dataset: each is accounted for by name."""

import json
import os
from pathlib import Path

import pytest
import yaml

from tests.project import Project
from workflow_scripts.media.walk import AUDIO_SUFFIXES

pytestmark = [pytest.mark.slow, pytest.mark.shared]


@pytest.fixture(scope="module")
def project(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The workflow run over everything, with the labels of AudioSet, which asks for none of it."""
    project = Project(tmp_path_factory.mktemp("real"))
    labels = shared / "data" / "audioset"
    dataset = {
        "name": "everything",
        "adapter": "audioset",
        "sources": {
            "segments": {"eval": str(next(labels.glob("eval_segments*.csv")))},
            "ontology": str(labels / "ontology.json"),
            "classes": str(labels / "class_labels_indices.csv"),
        },
        "audio": [str(shared / "data")],
        "allow_loss": [str(shared / "data")],
    }
    (project.folder / "everything.yaml").write_text(yaml.safe_dump(dataset))
    project.run("--config", f"datasets={json.dumps(['everything.yaml'])}")
    return project


def test_every_file_has_one_row_and_is_an_orphan_or_serves_a_clip(project: Project, shared: Path) -> None:
    top = shared / "data"
    there = sorted(
        str((Path(folder) / name).relative_to(top))
        for folder, _, names in os.walk(top)
        for name in names
        if Path(name).suffix.lower() in AUDIO_SUFFIXES
    )
    assert len(there) > 500
    assert [path for (path,) in project.ask("SELECT path FROM checks ORDER BY path COLLATE C")] == there
    told = (
        "SELECT path FROM orphans WHERE reason <> 'not_looked_at' "
        "UNION ALL SELECT path FROM clips WHERE path IS NOT NULL"
    )
    assert sorted(path for (path,) in project.ask(told)) == there


def test_what_cannot_be_used_lies_among_the_odd_files(project: Project) -> None:
    unreadable = project.ask("SELECT path, error_kind, error FROM checks WHERE NOT load_ok OR error_kind = 'truncated'")
    assert unreadable
    for path, kind, words in unreadable:
        assert path.startswith("odd_audio/"), (path, kind, words)
        assert kind
        assert words


def test_real_recordings_are_decoded_to_their_end(project: Project) -> None:
    whole = "SELECT count(*) FROM checks WHERE path LIKE 'esc10/%' AND feature_ok AND duration_s BETWEEN 3 AND 8"
    assert project.ask(whole) == [(400,)]
    whole = "SELECT count(*) FROM checks WHERE path LIKE 'soundscape/%' AND feature_ok AND duration_s > 10"
    assert project.ask(whole) == [(5,)]
