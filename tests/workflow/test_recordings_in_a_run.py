"""A folder of recordings, the whole way: windows on the clock are clips of their own stretch."""

import re

import pytest
import yaml

from tests.adapters.recordings.made_recordings import AUDIOMOTH, comment, put, recording
from tests.project import REPOSITORY, Project

pytestmark = pytest.mark.slow
CONFIG = ("--config", 'datasets=["pond/set.yaml"]')


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = Project(tmp_path_factory.mktemp("recordings"))
    settings = {
        "name": "pond",
        "adapter": "recordings",
        "sources": {"folder": "site"},
        "windows": {"length_s": 2},
        "audio": [{"path": "site", "holds": "recordings"}],
        "limits": {"min_duration_s": 2.0},
        "exports": ["csv"],
    }
    whole = recording(5, before=comment(AUDIOMOTH))
    cut = {"20210520_191740.WAV": whole[:-40_000], "20210520_191750.WAV": b""}
    put(project.folder / "pond/site", {"20210520_191730.WAV": whole, **cut})
    (project.folder / "pond/set.yaml").write_text(yaml.safe_dump(settings))
    project.run(*CONFIG)
    return project


def test_each_window_is_judged_by_its_own_stretch(project: Project) -> None:
    """The second recording is cut: there are windows of what it holds."""
    asked = "SELECT media_key[14:15], start_s, end_s, status FROM clips ORDER BY ALL"
    assert project.ask(asked) == [
        ("30", 0.0, 2.0, "usable"),
        ("30", 2.0, 4.0, "usable"),
        ("30", 4.0, 5.0, "too_short"),
        ("40", 0.0, 2.0, "usable"),
        ("40", 2.0, 2.5, "too_short"),
        ("50", None, None, "unreadable"),
    ]


def test_the_hour_of_each_window_and_what_is_said_otherwise_can_be_asked(project: Project) -> None:
    asked = "SELECT recorded_at, extra->>'$.differs.recorded_at.name' FROM origins ORDER BY clip_id LIMIT 4"
    assert project.ask(asked) == [
        ("2021-05-20T19:17:30+00:00", None),
        ("2021-05-20T19:17:32+00:00", None),
        ("2021-05-20T19:17:34+00:00", None),
        ("2021-05-20T19:17:30+00:00", "2021-05-20T19:17:40"),
    ]


def test_what_docs_ask_of_names_that_say_otherwise_is_answered(project: Project) -> None:
    docs = (REPOSITORY / "docs/add-a-dataset.md").read_text(encoding="utf-8")
    [query] = re.findall(r'-c "([^"]*differs[^"]*)"', docs)
    assert {name for _, _, name in project.ask(query)} == {"2021-05-20T19:17:40"}


def test_nothing_changed_runs_no_job_and_a_new_recording_is_the_only_one_decoded(project: Project) -> None:
    assert project.run(*CONFIG).jobs == {}
    put(project.folder / "pond/site", {"20210520_191800.WAV": recording(2)})
    before = project.check_logs()
    assert project.run(*CONFIG).jobs["ingest"] == 1
    [log] = [log.read_text() for log, time in project.check_logs().items() if before.get(log) != time]
    assert "1 decoded: 20210520_191800.WAV" in log
    ingest = (project.folder / "results/logs/ingest/pond.log").read_text()
    assert "1 headers read, 3 known" in ingest
    assert project.ask("SELECT count(*) FROM clips") == [(7,)]
