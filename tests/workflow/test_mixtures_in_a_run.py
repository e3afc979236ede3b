"""Pairs of clips, the whole way: what docs/add-a-dataset.md asks of the view `mixtures` is answered."""

import re
from pathlib import Path

import pytest
import yaml

from tests.made_files import noise16, wav
from tests.project import REPOSITORY, Project

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = Project(tmp_path_factory.mktemp("mixtures"))
    folder = project.folder / "scope"
    (folder / "videos").mkdir(parents=True)
    for seed, name in enumerate(("a1", "b2")):
        (folder / "videos" / f"{name}.wav").write_bytes(wav(noise16(12 * 16_000, seed=seed)))
    rows = [f"data/videos/mp4/827/f6b/{name}.mp4,5.0,10.0" for name in ("a1", "b2", "gone")]
    (folder / "validate_onscreen_plus_random_mom.csv").write_text(f"{rows[0]},{rows[1]}\n{rows[0]},{rows[2]}\n")
    settings = {
        "name": "scope",
        "adapter": "clip_lists",
        "sources": {"lists": {"validation": "*.csv"}},
        "audio": [{"path": "videos", "holds": "recordings"}],
    }
    (folder / "set.yaml").write_text(yaml.safe_dump(settings))
    project.run("--config", 'datasets=["scope/set.yaml"]')
    return project


def test_a_pair_can_be_mixed_where_both_clips_are_usable(project: Project) -> None:
    docs = (REPOSITORY / "docs/add-a-dataset.md").read_text(encoding="utf-8")
    [query] = re.findall(r'-c "([^"]*FROM mixtures[^"]*)"', docs)
    [(one, starts, other, other_starts)] = project.ask(query)
    assert [Path(path).name for path in (one, other)] == ["a1.wav", "b2.wav"]
    assert (starts, other_starts) == (5.0, 5.0)
    assert project.ask("SELECT count(*) FROM mixtures") == [(2,)]
    assert project.ask("SELECT clip_id, class_names, status FROM clips ORDER BY ALL") == [
        ("a1", ["on-screen"], "usable"),
        ("b2", [], "usable"),
        ("gone", [], "missing"),
    ]


def test_other_datasets_have_none(sample_project: Project) -> None:
    assert sample_project.ask("SELECT count(*) FROM mixtures") == [(0,)]
