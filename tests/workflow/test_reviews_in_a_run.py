"""Verdicts in a run: what they make of the ledger and of exports, and what a change of them makes necessary."""

import csv
import hashlib
import json
import os
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.made_files import noise16, wav
from tests.project import Finished, Project

pytestmark = pytest.mark.slow

CLIPS = ("a", "b", "c", "d")
HEADER = "clip_id,verdict,reviewer,reviewed_at,ordinal,caption,class_ids,note,pcm_digest\n"
SCORES = "clip_id,class_id,score\nb,cat,0.5\na,dog,0.25\na,Dog,0.75\na,dog,1.5\na,hen,1\nc,cat,1\n"
WORKED = {"read_reviews": 1, "resolve": 1, "judge": 1, "export": 1, "tell_same_sound": 1, "build_catalogue": 1}
WORKED |= {"losses": 1, "all": 1}
"""The jobs that other reviews make necessary, of a run of two datasets of which one has any."""


def write_sound(project: Project, clip: str, seed: int) -> None:
    (project.folder / f"audio/{clip}.wav").write_bytes(wav(noise16(16_000, seed=seed)))


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Two datasets of the same sounds, of which one has a file of reviews in which nothing stands yet."""
    project = Project(tmp_path_factory.mktemp("reviews") / "project")
    (project.folder / "audio").mkdir()
    for number, clip in enumerate(CLIPS):
        write_sound(project, clip, number)
    rows = [f"{clip},Sound of {clip}.,{'dog' if clip in 'ab' else 'cat'}\n" for clip in CLIPS]
    (project.folder / "clips.csv").write_text("f,said,label\n" + "".join(rows))
    clip = {"media": "f || '.wav'", "classes": "[label]", "captions": "[said]"}
    dataset = {"adapter": "table", "sources": {"table": "clips.csv"}, "clip": clip, "audio": ["audio"]}
    for name, more in {"mine": {"reviews": ["reviews.csv"]}, "other": {"predictions": ["scores.csv"]}}.items():
        told = yaml.safe_dump({"name": name, "exports": ["csv"], **dataset, **more})
        (project.folder / f"{name}.yaml").write_text(told)
    (project.folder / "reviews.csv").write_text(HEADER)
    (project.folder / "scores.csv").write_text(SCORES)
    run(project)
    return project


@pytest.fixture(scope="module")
def reviewed(project: Project) -> Finished:
    """The run after somebody listened; `c` was not what is there now."""
    digests = dict(project.ask("SELECT path, pcm_digest FROM checks"))
    before = labels_digest(project)
    (project.folder / "reviews.csv").write_text(
        f"{HEADER}"
        f'a,drop,ann,2026-11-26T20:00:00Z,,,,"not a dog,\nit ""meows""",{digests["a.wav"]}\n'
        f"b,keep,ann,2026-11-26T20:01:00Z,0,A dog barks.,,,{digests['b.wav']}\n"
        f"c,drop,ann,2026-11-26T20:02:00Z,,,,,{'0' * 32}\n"
        "d,drop,ann,2026-11-26T20:03:00Z,,,dog,,\n"
        "nobody,drop,ann,2026-11-26T20:04:00Z,,,,,\n"
    )
    finished = run(project)
    assert labels_digest(project) == before
    return finished


def run(project: Project, expect: int = 0) -> Finished:
    return project.run("--config", "datasets=['mine.yaml','other.yaml']", expect=expect)


def labels_digest(project: Project) -> str:
    tables = [project.folder / f"results/{name}/tables/labels.parquet" for name in ("mine", "other")]
    return hashlib.sha256(b"".join(table.read_bytes() for table in tables)).hexdigest()


def exported(project: Project, dataset: str = "mine") -> dict[str, str]:
    """The caption of each clip of the export."""
    [file] = (project.folder / f"results/{dataset}/exports/csv").glob("*.csv")
    with file.open(newline="") as rows:
        return {row["clip_id"]: row["caption1"] for row in csv.DictReader(rows)}


def account(project: Project) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((project.folder / "results/mine/exports/csv.account.json").read_text())
    return told


def test_new_reviews_touch_no_audio_no_label_and_no_other_dataset(reviewed: Finished) -> None:
    assert dict(reviewed.jobs) == WORKED


def test_the_ledger_has_the_verdicts(project: Project, reviewed: Finished) -> None:
    told = project.ask(
        "SELECT clip_id, verdict, usable, trainable, reviewers, corrected_caption, reviewed_class_ids, class_ids "
        "FROM clips WHERE dataset = 'mine' ORDER BY clip_id"
    )
    assert told == [
        ("a", "drop", True, False, ["ann"], None, None, ["dog"]),
        ("b", "keep", True, True, ["ann"], "A dog barks.", None, ["dog"]),
        ("c", None, True, True, None, None, None, ["cat"]),
        ("d", "drop", True, False, ["ann"], None, ["dog"], ["cat"]),
    ]
    assert project.ask("SELECT review_note FROM clips WHERE clip_id = 'a' AND dataset = 'mine'") == [
        ('not a dog,\nit "meows"',)
    ]
    assert project.ask("SELECT DISTINCT verdict, trainable FROM clips WHERE dataset = 'other'") == [(None, True)]


def test_each_review_says_whether_it_counts(project: Project, reviewed: Finished) -> None:
    told = project.ask("SELECT dataset, clip_id, stale, superseded, counts FROM reviews ORDER BY clip_id")
    assert told == [
        ("mine", "a", False, False, True),
        ("mine", "b", False, False, True),
        ("mine", "c", True, False, False),
        ("mine", "d", None, False, True),
    ]


def test_rows_are_accounted_for(project: Project, reviewed: Finished) -> None:
    assert project.ask("SELECT dataset, line, scope, reason FROM rejects WHERE source = 'reviews.csv'") == [
        ("mine", 7, "row", "unknown_clip")
    ]
    counts = "SELECT rows_read, rows_kept, rows_rejected FROM sources WHERE source = 'reviews.csv'"
    assert project.ask(counts) == [(5, 4, 1)]


def test_the_run_ends_with_what_was_judged(reviewed: Finished) -> None:
    assert "mine: 3 clips reviewed: 2 drop, 1 keep\n" in reviewed.output
    assert "mine: 1 review of another sound than serves now: stale" in reviewed.output


def test_the_board_has_it(project: Project, reviewed: Finished) -> None:
    assert project.ask("SELECT dataset, stage, lacks, reviewed FROM board WHERE clips > 0 ORDER BY dataset") == [
        ("mine", "reviewed", None, 3),
        ("other", "exported", "a review", 0),
    ]


def test_labels_are_right_as_far_as_they_were_judged(project: Project, reviewed: Finished) -> None:
    told = project.ask(
        "SELECT dataset, class_name, labels, judged, correct FROM label_quality WHERE split IS NULL ORDER BY ALL"
    )
    assert told == [
        ("mine", "cat", 2, 1, 0),
        ("mine", "dog", 2, 2, 1),
        ("other", "cat", 2, 0, 0),
        ("other", "dog", 2, 0, 0),
    ]


def test_one_reviewer_agrees_with_nobody(project: Project, reviewed: Finished) -> None:
    told = project.ask("SELECT dataset, measure, reviewers, value, reason FROM agreement ORDER BY measure")
    assert told == [
        ("mine", measure, ["ann"], None, "fewer than two reviewers gave a verdict")
        for measure in ("fleiss_kappa", "krippendorff_alpha")
    ]


def test_exports_are_without_what_was_dropped_and_say_why(project: Project, reviewed: Finished) -> None:
    assert exported(project) == {"b": "A dog barks.", "c": "Sound of c."}
    assert account(project)["held_back"] == {"dropped_by_review": 2}
    assert exported(project, "other") == {clip: f"Sound of {clip}." for clip in CLIPS}


def test_captions_are_as_corrected_and_as_found(project: Project, reviewed: Finished) -> None:
    assert project.ask("SELECT clip_id, text, found_text FROM captions WHERE dataset = 'mine' ORDER BY clip_id") == [
        ("a", "Sound of a.", None),
        ("b", "A dog barks.", "Sound of b."),
        ("c", "Sound of c.", None),
        ("d", "Sound of d.", None),
    ]


def test_touched_reviews_run_no_job(project: Project, reviewed: Finished) -> None:
    os.utime(project.folder / "reviews.csv")
    assert run(project).jobs == {}


def test_predictions_are_a_source_and_others_of_them_touch_no_ledger(project: Project, reviewed: Finished) -> None:
    told = "SELECT dataset, clip_id, class_id, score FROM predictions"
    assert project.ask(told) == [
        ("other", "a", "dog", 0.75),
        ("other", "b", "cat", 0.5),
        ("other", "c", "cat", 1.0),
    ]
    rejects = project.ask("SELECT dataset, line, reason FROM rejects WHERE source = 'scores.csv' ORDER BY line")
    assert rejects == [("other", 5, "bad_score"), ("other", 6, "no_such_class")]
    assert project.ask("SELECT rows_read, rows_kept FROM sources WHERE source = 'scores.csv'") == [(6, 4)]
    (project.folder / "scores.csv").write_text(SCORES.replace("0.75", "0.875"))
    jobs = {"read_predictions": 1, "doubt_labels": 1, "build_catalogue": 1, "losses": 1, "all": 1}
    assert dict(run(project).jobs) == jobs
    assert project.ask(told)[0] == ("other", "a", "dog", 0.875)


def test_labels_that_a_model_does_not_hear_are_doubted(project: Project, reviewed: Finished) -> None:
    told = project.ask("SELECT dataset, clip_id, class_id, kind, score, rank FROM label_issues")
    assert told == [("other", "b", "dog", "label_doubted", None, 1)]


def test_a_verdict_on_a_sound_that_was_replaced_is_stale(project: Project, reviewed: Finished) -> None:
    write_sound(project, "a", 99)
    jobs = run(project).jobs
    assert (jobs["check"], jobs["ingest"], jobs["read_reviews"], jobs["resolve"]) == (1, 0, 0, 2)
    assert project.ask("SELECT stale, counts FROM reviews WHERE clip_id = 'a'") == [(True, False)]
    assert project.ask("SELECT verdict, trainable FROM clips WHERE clip_id = 'a' AND dataset = 'mine'") == [
        (None, True)
    ]
    assert set(exported(project)) == {"a", "b", "c"}
    assert account(project)["held_back"] == {"dropped_by_review": 1}


def test_reviews_that_cannot_be_read_stop_nothing_and_the_run_ends_with_the_reason(
    project: Project, reviewed: Finished
) -> None:
    before = project.ask("SELECT * FROM reviews ORDER BY ALL")
    file = project.folder / "reviews.csv"
    text = file.read_text()
    file.write_text("clip,verdict\na,drop\n")
    output = run(project, expect=1).output
    assert "mine: reviews.csv: no column clip_id; a file of reviews has the columns clip_id, verdict, " in output
    assert project.ask("SELECT * FROM reviews ORDER BY ALL") == before
    file.write_text(text)
    assert run(project).jobs["read_reviews"] == 1


def test_a_file_that_is_not_there_or_lies_in_the_results_is_named_before_anything_runs(
    project: Project, reviewed: Finished
) -> None:
    told = yaml.safe_load((project.folder / "mine.yaml").read_text())
    (project.folder / "results/reviews.csv").write_text(HEADER)
    for path, words in {"no.csv": "no such file", "results/reviews.csv": "lies in the results"}.items():
        (project.folder / "wrong.yaml").write_text(yaml.safe_dump(told | {"reviews": ["reviews.csv", path]}))
        output = project.run("--config", "datasets=['wrong.yaml']", expect=1).output
        assert "reviews[1]: " in output
        assert words in output
        assert str(Path(project.folder, path)) in output or path in output


def test_what_others_say_is_held_against_it(project: Project, reviewed: Finished) -> None:
    file = project.folder / "reviews.csv"
    text = file.read_text()
    more = "".join(f"{clip},{verdict},ben,2026-11-27,,,,,\n" for clip, verdict in {"b": "keep", "d": "keep"}.items())
    file.write_text(f"{text}b,drop,eve,2026-11-27,,,,,\nd,drop,eve,2026-11-27,,,,,\n{more}")
    run(project)
    told = project.ask(
        "SELECT reviewers, clips, observed, value FROM agreement WHERE measure = 'cohen_kappa' ORDER BY ALL"
    )
    assert told == [(["ann", "ben"], 2, 0.5, 0.0), (["ann", "eve"], 2, 0.5, 0.0), (["ben", "eve"], 2, 0.0, 0.0)]
    (project.folder / "results/mine/tables/agreement.parquet").unlink()
    assert run(project).jobs["judge"] == 1
