"""Untrusted text stays text (promise 9), and no clip or media is lost (promise 1)."""

import json
import os

import pytest
import soundfile
import yaml

from tests.project import Project
from workflow_scripts.sample import make_sample

HOSTILE = [
    "'; DROP VIEW clips; --",
    "$(touch hacked)",
    "<script>alert(1)</script>",
    "line\nbreak",
    "{wildcards.root}",
    "*",
]
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A dataset in a folder with an odd name, with odd files in it and odd text in its labels."""
    project = Project(tmp_path_factory.mktemp("hostile"))
    data = project.folder / 'it\'s "my" déta; echo'
    make_sample(data)
    labels = data / "labels" / "eval_segments.csv"
    header, counts, names, *rows = labels.read_text().splitlines()
    rows += [f'{text}, 30.000, 40.000, "/m/04rlf"'.replace("\n", " ") for text in HOSTILE]
    count = int(counts.split("num_segs=")[1].split(",")[0])
    counts = counts.replace(f"num_segs={count}", f"num_segs={count + len(HOSTILE)}")
    labels.write_text("\n".join([header, counts, names, *rows]) + "\n")
    sound, rate = soundfile.read(next((data / "audio" / "clips").rglob("dinnerplate.wav")))
    for text in HOSTILE:
        soundfile.write(data / "audio" / "clips" / f"{text.replace('/', '_')}.wav", sound, rate)
    os.rename(data / "audio" / "clips" / "*.wav", os.fsencode(data / "audio" / "clips") + b"/caf\xe9.wav")
    settings = yaml.safe_load((project.folder / "config/datasets/sample.yaml").read_text().replace("data/sample/", ""))
    settings["allow_loss"] = ["segments.eval"]
    (data / "own.yaml").write_text(yaml.safe_dump(settings))
    project.run(
        "--config", f"datasets={json.dumps([str(data / 'own.yaml')], ensure_ascii=False)}", "results=out of 'the' way"
    )
    return project


def ask(project: Project, sql: str) -> list[tuple]:
    return project.ask(sql, results="out of 'the' way")


def test_hostile_ids_are_rejects_with_their_text(project: Project) -> None:
    raw = [row[0] for row in ask(project, "SELECT raw FROM rejects WHERE reason = 'bad_id'")]
    for text in HOSTILE:
        assert any(text.replace("\n", " ") in line for line in raw), text


def test_hostile_names_are_media_that_decode(project: Project) -> None:
    rows = ask(
        project, "SELECT path, load_ok FROM checks WHERE path IN (SELECT path FROM orphans WHERE reason = 'unclaimed')"
    )
    assert len(rows) == len(HOSTILE) + 1
    assert ("caf\\xe9.wav", True) in rows
    assert ("$(touch hacked).wav", True) in rows
    assert not (project.folder / "hacked").exists()


def test_every_row_is_a_clip_or_a_reject_and_every_media_a_clips_or_an_orphan(project: Project) -> None:
    assert ask(project, "SELECT count(*) FROM sources WHERE rows_read <> rows_kept + rows_rejected") == [(0,)]
    by_line = """
        SELECT source, line FROM clips UNION ALL
        SELECT source, line FROM rejects WHERE scope = 'row' AND source LIKE '%segments.csv'
    """
    lists = "SELECT sum(rows_read) FROM sources WHERE source LIKE '%segments.csv'"
    assert ask(project, f"SELECT count(*) FROM ({by_line})") == ask(project, lists)
    assert ask(project, f"SELECT count(DISTINCT (source, line)) FROM ({by_line})") == ask(project, lists)
    accounted = """
        SELECT root, path FROM clips WHERE path IS NOT NULL UNION ALL SELECT root, path FROM orphans
    """
    media = "SELECT root, path FROM media"
    assert ask(project, f"({media} EXCEPT ({accounted})) UNION ALL (({accounted}) EXCEPT {media})") == []
    assert ask(project, f"SELECT count(*) FROM ({accounted})") == ask(project, f"SELECT count(*) FROM ({media})")
