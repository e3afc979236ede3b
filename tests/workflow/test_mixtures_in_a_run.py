"""Pairs of clips, the whole way: what docs/add-a-dataset.md asks of the view `mixtures` is answered."""

import re
from pathlib import Path

import numpy as np
import pytest
import soundfile
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
    derive = {"from": ["scope"], "render": {"sample_rate": 16_000}, "mixtures": {"pairs": "said"}}
    mixed = {"name": "mixed", "adapter": "derived", "derive": derive}
    (folder / "mixed.yaml").write_text(yaml.safe_dump(mixed))
    project.run("--config", 'datasets=["scope/set.yaml", "scope/mixed.yaml"]')
    return project


def test_a_pair_can_be_mixed_where_both_clips_are_usable(project: Project) -> None:
    docs = (REPOSITORY / "docs/add-a-dataset.md").read_text(encoding="utf-8")
    [query] = re.findall(r'-c "([^"]*FROM mixtures[^"]*)"', docs)
    [(one, starts, other, other_starts)] = project.ask(query)
    assert [Path(path).name for path in (one, other)] == ["a1.wav", "b2.wav"]
    assert (starts, other_starts) == (5.0, 5.0)
    assert project.ask("SELECT count(*) FROM mixtures") == [(2,)]
    assert project.ask("SELECT clip_id, class_names, status FROM clips WHERE dataset = 'scope' ORDER BY ALL") == [
        ("a1", ["on-screen"], "usable"),
        ("b2", [], "usable"),
        ("gone", [], "missing"),
    ]


def test_the_sound_of_a_pair_is_the_sum_of_the_stretches_that_its_clips_are(project: Project) -> None:
    """Of the pair that lacks a clip nothing is made."""
    [(clip, path, scale)] = project.ask(
        "SELECT clip_id, media_path, scale_db FROM clips JOIN scenes USING (dataset, clip_id) WHERE dataset = 'mixed'"
    )
    assert clip == "a1_with_b2"
    both = [soundfile.read(project.folder / f"scope/videos/{name}.wav", dtype="float64")[0] for name in ("a1", "b2")]
    expected = 10 ** (scale / 20) * sum(wave[5 * 16_000 : 10 * 16_000] for wave in both)
    assert np.abs(soundfile.read(path)[0] - expected).max() <= 2**-16
    seen = "SELECT class_id, strength, origin FROM labels WHERE dataset = 'mixed'"
    assert project.ask(seen) == project.ask(seen.replace("mixed", "scope")) != []


def test_other_datasets_have_none(sample_project: Project) -> None:
    assert sample_project.ask("SELECT count(*) FROM mixtures") == [(0,)]
