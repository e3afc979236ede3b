"""Exact reruns: a run does what a change makes necessary, and nothing else (promise 3)."""

import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.project import Project

FILES_PER_SHARD, SHARDS = 20, 4
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A dataset of one's own: the sample's labels and sounds, as any user's files, described by own.yaml."""
    project = Project(tmp_path_factory.mktemp("reruns"))
    project.own_sample("clips", "mirror", files_per_shard=FILES_PER_SHARD, name="own", exports=["csv"])
    project.run()
    return project


@pytest.fixture(autouse=True)
def settled(project: Project) -> None:
    """Every test starts from a run that has nothing left to do."""
    project.run()


@contextmanager
def edited(file: Path, old: str, new: str) -> Iterator[None]:
    """Change a file, and change it back when the test is done."""
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))
    try:
        yield
    finally:
        file.write_text(text)


def looked_at(project: Project, before: dict[Path, int]) -> str:
    """What the checks of the last run logged."""
    return "\n".join(log.read_text() for log, time in project.check_logs().items() if before.get(log) != time)


def decoded(log: str) -> int:
    return sum(int(count) for count in re.findall(r"(\d+) decoded", log))


def test_nothing_changed_runs_no_job(project: Project) -> None:
    assert project.run().jobs == {}


def test_touched_labels_and_ontology_run_no_job(project: Project) -> None:
    for file in (project.folder / "mine" / "labels").iterdir():
        os.utime(file)
    assert project.run().jobs == {}


def test_touched_audio_is_looked_at_and_not_decoded(project: Project) -> None:
    before = project.check_logs()
    for name in ("eval/dinnerplate.wav", "balanced_train/mirror-heal.wav"):
        os.utime(project.folder / "mine" / "audio" / "clips" / name)
    jobs = project.run().jobs
    assert jobs["scan"] == 1
    assert 1 <= jobs["check"] <= 2
    log = looked_at(project, before)
    assert "2 of the same bytes" in log or log.count("1 of the same bytes") == 2
    assert decoded(log) == 0
    assert project.run().jobs == {}


def test_one_new_file_is_the_only_one_decoded(project: Project) -> None:
    clips = project.folder / "mine" / "audio" / "clips"
    new = clips / "eval" / "Ygone_forevr.wav"
    assert project.ask("SELECT status FROM clips WHERE clip_id = 'gone_forevr'") == [("missing",)]
    shutil.copy(clips / "eval" / "dinnerplate.wav", new)
    before = project.check_logs()
    jobs = project.run().jobs
    assert (jobs["scan"], jobs["check"], jobs["ingest"]) == (1, 1, 0)
    log = looked_at(project, before)
    assert decoded(log) == 1
    assert "decoded: eval/Ygone_forevr.wav" in log
    assert project.ask("SELECT status FROM clips WHERE clip_id = 'gone_forevr'") == [("usable",)]

    new.unlink()
    before = project.check_logs()
    jobs = project.run().jobs
    assert (jobs["scan"], jobs["check"], jobs["ingest"]) == (1, 1, 0)
    assert decoded(looked_at(project, before)) == 0
    assert project.ask("SELECT status FROM clips WHERE clip_id = 'gone_forevr'") == [("missing",)]


def test_a_file_of_a_kind_that_is_not_looked_at_is_named_and_nothing_is_checked(project: Project) -> None:
    clips = project.folder / "mine" / "audio" / "clips" / "eval"
    new = [clips / "tune.wma", clips / "._dinnerplate.wav"]  # the latter is what macOS leaves beside files
    for file in new:
        file.write_bytes(b"1")
    run = project.run()
    assert (run.jobs["scan"], run.jobs["check"], run.jobs["resolve"]) == (1, 0, 1)
    assert "own: 1 file is of a kind that is not looked at: 1 .wma" in run.output
    assert project.ask("SELECT path, reason FROM orphans WHERE contains(path, '.wma') OR contains(path, '._')") == [
        ("eval/tune.wma", "not_looked_at")
    ]
    for file in new:
        file.unlink()


def test_a_replaced_file_is_the_only_one_decoded(project: Project) -> None:
    clips = project.folder / "mine" / "audio" / "clips"
    broken = clips / "balanced_train" / "Yempty-file1.wav"
    shutil.copy(clips / "eval" / "dinnerplate.wav", broken)
    before = project.check_logs()
    jobs = project.run().jobs
    assert (jobs["scan"], jobs["check"]) == (1, 1)
    assert "1 decoded: balanced_train/Yempty-file1.wav" in looked_at(project, before)
    assert project.ask("SELECT status FROM clips WHERE clip_id = 'empty-file1'") == [("usable",)]
    broken.write_bytes(b"")


def test_a_file_of_the_same_size_and_time_in_another_place_is_found(project: Project) -> None:
    """Moving a file is one file less and one more, even where size and time stay."""
    clips = project.folder / "mine" / "audio" / "clips"
    moved = clips / "unbalanced_train" / "dinnerplate.wav"
    os.rename(clips / "eval" / "dinnerplate.wav", moved)
    before = project.check_logs()
    assert 1 <= project.run().jobs["check"] <= 2
    assert decoded(looked_at(project, before)) == 1
    os.rename(moved, clips / "eval" / "dinnerplate.wav")


def test_a_changed_label_checks_nothing(project: Project) -> None:
    file = project.folder / "mine" / "labels" / "eval_segments.csv"
    with edited(file, "dinnerplate, 30.000", "dinnerplate, 31.000"):
        jobs = project.run().jobs
        assert jobs["ingest"] == jobs["resolve"] == jobs["build_catalogue"] == 1
        assert jobs["scan"] == jobs["check"] == 0
        assert project.ask("SELECT start_s FROM clips WHERE clip_id = 'dinnerplate'") == [(31.0,)]


def test_a_changed_ontology_checks_nothing(project: Project) -> None:
    file = project.folder / "mine" / "labels" / "ontology.json"
    tree = json.loads(file.read_text())
    with edited(file, json.dumps(tree[0]["name"]), '"Renamed"'):
        jobs = project.run().jobs
        assert jobs["ingest"] == 1
        assert jobs["scan"] == jobs["check"] == 0
        assert project.ask("SELECT count(*) FROM classes WHERE name = 'Renamed'") == [(1,)]


def test_another_limit_judges_again_and_checks_nothing(project: Project) -> None:
    too_short = "SELECT count(*) FROM clips WHERE status = 'too_short'"
    before = project.ask(too_short)
    with edited(project.folder / "own.yaml", "  min_duration_s: 0.1", "  min_duration_s: 2.5"):
        jobs = project.run().jobs
        assert jobs["resolve"] == 1
        assert jobs["ingest"] == jobs["scan"] == jobs["check"] == 0
        assert project.ask(too_short) > before


def test_other_mel_bins_check_everything(project: Project) -> None:
    (media,) = project.ask("SELECT count(*) FROM media")[0]
    config = project.folder / "config" / "config.yaml"
    fingerprints = "SELECT DISTINCT fingerprint FROM checks"
    then = project.ask(fingerprints)
    before = project.check_logs()
    with edited(config, "num_mel_bins: 128", "num_mel_bins: 64"):
        jobs = project.run().jobs
        assert jobs["check"] == SHARDS + 1
        assert jobs["scan"] == jobs["ingest"] == 0
        assert decoded(looked_at(project, before)) == media
        assert project.ask(fingerprints) != then


def test_a_comment_in_the_code_of_the_check_runs_no_job(project: Project) -> None:
    file = project.folder / "workflow_scripts" / "sound" / "measures.py"
    with edited(file, "import math", "# a comment\nimport math"):
        assert project.run().jobs == {}


def test_looking_can_be_switched_off(project: Project) -> None:
    settled = project.run("--config", "look=never").jobs
    new = project.folder / "mine" / "audio" / "clips" / "nobody.wav"
    new.write_bytes(b"")
    assert project.run("--config", "look=never").jobs == {}
    assert project.run("--config", "look=never", "--forcerun", "scan").jobs["check"] == 1
    new.unlink()
    assert settled["check"] == 0
