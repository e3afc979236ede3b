"""Recordings measured by window, the whole way: which have directions, what of others is told, what a change makes."""

import importlib.util
import re
from pathlib import Path

import numpy as np
import pytest
import yaml

from tests.made_files import encoded
from tests.project import REPOSITORY, Project
from tests.windows.stereo import stereo, two_clocks

pytestmark = pytest.mark.slow
RATE = 16_000
CONFIG = ("--config", "datasets=['field/set.yaml']")
SECONDS = 25
FRAMES = SECONDS * RATE
ONE = stereo(FRAMES, 0)[:, :1]
SOUNDS = {
    "left": stereo(FRAMES, 6, seed=1, right=0.5),
    "right": stereo(FRAMES, -3.5, seed=2),
    "mono": ONE,
    "dual": np.repeat(ONE, 2, axis=1),
    "clocks": two_clocks(2 * FRAMES, 50, seed=3),
    "apart": np.random.default_rng(4).standard_normal((FRAMES, 2)).astype(np.float32) * 0.05,
    "short": stereo(RATE * 2, 4, seed=5),
}
HAS_MAAD = importlib.util.find_spec("maad") is not None
INDICES = {"indices": {"which": ["ndsi", "adi"], "top_hz": 8000}} if HAS_MAAD else {}
MEASURE = INDICES | {"length_s": 10, "where": "media_key <> 'nobody'", "directions": {"distance_m": 0.2}}


def write_set(project: Project, **measure: object) -> None:
    settings = {
        "name": "field",
        "adapter": "folders",
        "sources": {"folder": "audio"},
        "audio": ["audio"],
        "limits": {"max_duration_s": 100},
        "measure": MEASURE | measure,
    }
    (project.folder / "field/set.yaml").write_text(yaml.safe_dump(settings))


def put(project: Project, name: str, sound: np.ndarray) -> Path:
    file = project.folder / "field/audio/field" / f"{name}.flac"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(encoded(sound, RATE, "FLAC", "PCM_16"))
    return file


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = Project(tmp_path_factory.mktemp("windows") / "project")
    for name, sound in SOUNDS.items():
        put(project, name, sound)
    write_set(project)
    project.run(*CONFIG)
    return project


def test_what_can_be_measured_is_and_what_cannot_is_told(project: Project) -> None:
    told = "media_key, windows, directions, 10 * round(drift_ppm / 10)"
    asked = f"SELECT {told} FROM windowed JOIN clips USING (clip_id) ORDER BY 1"
    told = {Path(name).stem: rest for name, *rest in project.ask(asked)}
    assert told == {
        "left": [3, "measured", None],
        "right": [3, "measured", None],
        "mono": [3, "mono", None],
        "dual": [3, "dual_mono", None],
        "clocks": [5, "unsynchronised", -50],
        "apart": [3, "measured", None],
        "short": [1, "measured", None],
    }


def test_delays_are_in_the_catalogue_to_the_sample_with_their_angles(project: Project) -> None:
    asked = """
        SELECT media_key, onset_s, offset_s, ordinal, round(2 * delay_samples) / 2, side, round(angle_deg),
            round(level_difference_db)
        FROM directions JOIN clips USING (clip_id) ORDER BY ALL"""
    of = {}
    for name, *rest in project.ask(asked):
        of.setdefault(Path(name).stem, []).append(tuple(rest))
    windows = [(0.0, 10.0), (10.0, 20.0), (20.0, 25.0)]
    assert of == {
        "left": [(*window, 0, 6.0, "left", 40.0, 6.0) for window in windows],
        "right": [(*window, 0, -3.5, "right", -22.0, 0.0) for window in windows],
        "apart": [(*window, None, None, None, None, 0.0) for window in windows],
        "short": [(0.0, 2.0, 0, 4.0, "left", 25.0, 0.0)],
    }


def test_what_the_docs_ask_is_answered(project: Project) -> None:
    [question] = re.findall(
        r"```sql\n(.*?)```", (REPOSITORY / "docs/windows.md").read_text(encoding="utf-8"), re.DOTALL
    )
    assert project.ask(question) == [("left", 4, 0.34, 4.5), ("right", 3, -0.22, 0.0)]


@pytest.mark.skipif(not HAS_MAAD, reason="`make windows` installs scikit-maad")
def test_indices_are_there_of_every_window_with_the_band_that_they_speak_of(project: Project) -> None:
    asked = """
        SELECT "index", lowest_hz, highest_hz, count(*), count(DISTINCT (clip_id, onset_s)), round(min("value"), 1)
        FROM indices GROUP BY ALL ORDER BY ALL"""
    assert project.ask(asked) == [
        ("adi", 0.0, 8000.0, 21, 21, round(float(np.log(8)), 1)),
        ("ndsi", 1000.0, 8000.0, 21, 21, 0.7),
    ]


def test_nothing_changed_runs_nothing_and_other_cores_give_the_same_bytes(project: Project) -> None:
    before = project.digests()
    assert not project.run(*CONFIG).jobs
    project.run(*CONFIG, "results=again", "--cores", "1")
    for table in ("windowed", "directions", "indices"):
        assert project.digests("again")[f"field/tables/{table}.parquet"] == before[f"field/tables/{table}.parquet"]


def test_another_setting_measures_again_and_decodes_nothing_for_the_check(project: Project) -> None:
    write_set(project, where="ends_with(media_key, 'left.flac')")
    jobs = project.run(*CONFIG).jobs
    assert jobs["measure_windows"] == 1
    assert not jobs["check"]
    assert project.ask("SELECT count(*) FROM windowed") == [(1,)]
    write_set(project, where="no_such = 1")
    told = project.run(*CONFIG, expect=1).output
    assert re.search(r"dataset field: measure: where: 'no_such = 1' is no condition on rows of the table clips", told)
    write_set(project, where="media_key IN (SELECT content FROM read_text('/etc/passwd'))")
    assert "disabled by configuration" in project.run(*CONFIG, expect=1).output
