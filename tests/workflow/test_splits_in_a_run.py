"""A set with planted leaks, the whole way: what care makes of it, counted by hand; what a change of it makes again."""

import csv
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.made_files import encoded, noise16, wav
from tests.project import Project

pytestmark = pytest.mark.slow
RATE = 16_000
CONFIG = ("--config", "datasets=['own/set.yaml']")
SOUNDS = {
    name: noise16(RATE * 3, seed=seed) for seed, name in enumerate(["e1", "e2", "e4", "u5", "d1", "d2", "d3", "d4"])
}
FILES = {
    **{f"clips/{name}.wav": wav(sound, RATE) for name, sound in SOUNDS.items()},
    "clips/again.flac": encoded(SOUNDS["e1"], RATE, "FLAC", "PCM_16"),
    "clips/u5_again.flac": encoded(SOUNDS["u5"], RATE, "FLAC", "PCM_16"),
    "clips/short.wav": wav(noise16(RATE // 2, seed=90), RATE),
    "field/walk.wav": wav(noise16(RATE * 20, seed=91), RATE),
    "field/pond.wav": wav(noise16(RATE * 20, seed=92), RATE),
}
URL = "https://freesound.org/s/7/"
CLIPS = [
    # id, media, start, end, split, class, url
    ("e1", "e1.wav", "", "", "eval", "dog", ""),
    ("copied", "again.flac", "", "", "train", "cat", ""),
    ("e2", "clips/e2.wav", "", "", "eval", "cat", ""),
    ("reused", "clips/e2.wav", "", "", "train", "cat", ""),
    ("walk0", "walk.wav", "0", "3", "eval", "dog", ""),
    ("walk3", "walk.wav", "3", "6", "train", "dog", ""),
    ("walk9", "walk.wav", "9", "12", "balanced", "dog", ""),
    ("pond0", "pond.wav", "0", "3", "balanced", "cat", ""),
    ("pond9", "pond.wav", "9", "12", "train", "cat", ""),
    ("e4", "e4.wav", "", "", "eval", "cat", URL),
    ("posted", "u5.wav", "", "", "train", "cat", URL),
    ("posted2", "u5_again.flac", "", "", "train", "cat", ""),
    ("short", "short.wav", "", "", "train", "bell", ""),
    ("gone", "gone.wav", "", "", "train", "bell", ""),
    *((f"d{number}", f"d{number}.wav", "", "", "train", "bell", "") for number in (1, 2, 3, 4)),
]
FOLLOWS = {
    "copied": ("eval", "follows e1 of eval: their files hold the same samples"),
    "reused": ("eval", "follows e2 of eval: both are of one video or recording"),
    "walk3": ("eval", "follows walk0 of eval: both are of one video or recording"),
    "walk9": ("eval", "follows walk0 of eval: both are of one video or recording"),
    "pond9": ("balanced", "follows pond0 of balanced: both are of one video or recording"),
    "posted": ("eval", "follows e4 of eval: both were published as one"),
    "posted2": ("eval", "follows e4 of eval: they are tied through others"),
}
BELLS = [f"d{number}" for number in (1, 2, 3, 4)]


def write_set(project: Project, **changes: Any) -> None:
    settings = {
        "name": "own",
        "adapter": "table",
        "sources": {"table": "clips.csv"},
        "match": "path",
        "clip": {
            "id": "id",
            "media": "media",
            "start_s": "try_cast(start AS DOUBLE)",
            "end_s": 'try_cast("end" AS DOUBLE)',
            "split": "split",
            "classes": "[class]",
            "source_url": "nullif(url, '')",
        },
        "audio": ["audio", {"path": "recorded", "holds": "recordings"}],
        "exports": [
            "csv",
            {"csv": {}, "as": "careful", "split_by": "assigned"},
            {"csv": {}, "as": "folded", "split_by": "folds"},
            {"csv": {}, "as": "few", "subset": "one_each", "split_by": "assigned"},
        ],
        "augment_splits": {"splits": ["eval", "balanced", "train"], "clips_a_class": 1},
        "folds": {"k": 3},
        "subsets": [{"name": "one_each", "clips_a_class": 1, "splits": ["train"]}],
    }
    (project.folder / "own/set.yaml").write_text(yaml.safe_dump(settings | changes))


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = Project(tmp_path_factory.mktemp("splits") / "project")
    for name, data in FILES.items():
        root = "audio" if name.startswith("clips/") else "recorded"
        file = project.folder / "own" / root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    with (project.folder / "own/clips.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("id", "media", "start", "end", "split", "class", "url"), *CLIPS])
    write_set(project)
    project.run(*CONFIG)
    return project


def in_files(project: Project, export: str) -> dict[str, str]:
    """The clips of a csv export, by the name of the file that each is in."""
    found = {}
    for file in Path(project.folder, "results/own/exports", export).glob("full_*_segments.csv"):
        with file.open() as rows:
            split = file.name.removeprefix("full_").removesuffix("_segments.csv")
            found |= {row["clip_id"]: split for row in csv.DictReader(rows)}
    return found


def test_the_ledger_keeps_the_authors_splits(project: Project) -> None:
    asked = project.ask("SELECT clip_id, split, status, trainable FROM clips")
    authors = {clip: split for clip, _, _, _, split, *_ in CLIPS}
    assert {clip: split for clip, split, *_ in asked} == authors
    statuses = {clip: (status, trainable) for clip, _, status, trainable in asked}
    assert statuses.pop("gone") == ("missing", False)
    assert statuses.pop("short") == ("usable", False)
    assert set(statuses.values()) == {("usable", True)}
    assert in_files(project, "csv") == {clip: split for clip, split in authors.items() if clip != "gone"}


def test_leaks_are_counted_before_and_are_gone_after(project: Project) -> None:
    """Files: walk, pond and e2, by name and as what serves. Neighbours: walk0, walk3, walk9, and two pairs."""
    assert project.ask("SELECT * EXCLUDE (dataset) FROM leakage") == [
        ("video", 3, 7, 0, 0, 0, 0),
        ("neighbours", 4, 7, 0, 0, 0, 0),
        ("source", 1, 2, 0, 0, 0, 0),
        ("media", 3, 7, 0, 0, 0, 0),
        ("samples", 1, 2, 0, 0, 0, 0),
        ("sound", 1, 2, 0, 0, 0, 0),  # the same two
        ("session", 0, 0, 0, 0, 0, 0),
    ]


def test_what_is_tied_follows_the_first_of_its_splits_and_says_why(project: Project) -> None:
    moved = project.ask("SELECT clip_id, assigned_split, split_reason FROM splits WHERE split_reason IS NOT NULL")
    assert {clip: (split, why) for clip, split, why in moved if clip not in BELLS} == FOLLOWS


def test_a_class_that_was_in_train_alone_is_in_each_split_by_its_trainable_clips(project: Project) -> None:
    asked = project.ask("SELECT clip_id, assigned_split, split_reason FROM splits WHERE split_reason LIKE 'fills%'")
    assert sorted((split, why) for _, split, why in asked) == [
        ("balanced", "fills balanced, which had 0 of 1 trainable clips of bell (bell)"),
        ("eval", "fills eval, which had 0 of 1 trainable clips of bell (bell)"),
    ]
    assert {clip for clip, *_ in asked} < {*BELLS}
    unmoved = project.ask("SELECT clip_id FROM splits WHERE assigned_split = 'train' ORDER BY clip_id")
    assert {"gone", "short"} < {clip for (clip,) in unmoved}


def test_folds_part_nothing_and_hold_short_and_missing_clips_too(project: Project) -> None:
    assert project.ask("SELECT count(*), count(fold), max(fold) FROM splits") == [(len(CLIPS), len(CLIPS), 2)]
    asked = (
        "SELECT count(*) FROM splits JOIN clips USING (clip_id) WHERE trainable AND class_ids = ['bell'] GROUP BY fold"
    )
    assert sorted(project.ask(asked)) == [(1,), (1,), (2,)]


def test_exports_take_the_splits_that_they_name(project: Project) -> None:
    careful = in_files(project, "careful")
    assert careful == {
        clip: split for clip, split in project.ask("SELECT clip_id, assigned_split FROM splits") if clip != "gone"
    }
    folds = {clip: f"fold_{fold}" for clip, fold in project.ask("SELECT clip_id, fold FROM splits") if clip != "gone"}
    assert in_files(project, "folded") == folds
    [(chosen,)] = project.ask("SELECT clip_id FROM subsets")
    assert chosen in BELLS
    assert in_files(project, "few") == {chosen: "train"}


@pytest.mark.parametrize(
    ("changes", "exports"),
    [
        ({"folds": {"k": 2}}, {"careful", "folded"}),
        ({"subsets": [{"name": "one_each", "clips_a_class": 1, "splits": ["eval"]}]}, {"few"}),
    ],
)
def test_a_change_of_care_makes_again_what_follows_from_it_and_touches_no_audio(
    project: Project, changes: dict[str, Any], exports: set[str]
) -> None:
    before = project.digests()
    write_set(project, **changes)
    ran = project.run(*CONFIG)
    assert set(ran.jobs) == {"assign_splits", "build_catalogue", "export", "losses", "all"}
    accounts = [line for line in ran.output.splitlines() if ".account.json" in line and "output:" in line]
    made = {Path(line.split()[-1]).name.removesuffix(".account.json") for line in accounts}
    assert exports <= made
    assert "csv" not in made, "which takes the authors' splits"
    assert project.digests() != before
    assert project.run(*CONFIG).jobs == {}
    write_set(project)
    project.run(*CONFIG)
    assert project.digests() == before


def test_without_care_its_tables_are_nobodys(project: Project) -> None:
    plain = {"exports": ["csv"], "augment_splits": None, "folds": None, "subsets": None}
    write_set(project)
    file = project.folder / "own/set.yaml"
    settings = yaml.safe_load(file.read_text())
    file.write_text(yaml.safe_dump({name: value for name, value in (settings | plain).items() if value}))
    ran = project.run(*CONFIG)
    assert "assign_splits" not in ran.jobs
    assert project.ask("SELECT count(*) FROM splits") == [(0,)]
    assert project.ask("SELECT shared_by, authors, assigned FROM leakage WHERE shared_by = 'video'") == [
        ("video", 3, None)
    ]
    assert project.ask("SELECT count(*) FROM clips") == [(len(CLIPS),)]
    write_set(project)
    project.run(*CONFIG)


@pytest.mark.shared
def test_real_sounds_fill_up_what_planted_faults_cost(tmp_path: Path, shared: Path) -> None:
    """400 clips of ten kinds of sound, some 10, 10 and 20 of each in eval, balanced_train and unbalanced_train."""
    made = tmp_path / "mini"
    subprocess.run([sys.executable, shared / "tools/audioset_mini.py", made, "--clips", "400"], check=True)
    lists = {split: f"labels/{split}_segments.csv" for split in ("balanced_train", "unbalanced_train", "eval")}
    labels = {"ontology": "labels/ontology.json", "classes": "labels/class_labels_indices.csv"}
    settings = {
        "name": "mini",
        "adapter": "audioset",
        "sources": {"segments": lists, **labels},
        "audio": ["audio/wav"],
        "augment_splits": {"splits": ["eval", "balanced_train", "unbalanced_train"], "clips_a_class": 12},
        "folds": {"k": 4},
    }
    (made / "mini.yaml").write_text(yaml.safe_dump(settings))
    project = Project(tmp_path / "run")
    project.run("--config", f"datasets=['{made}/mini.yaml']")
    said = "SELECT unnest(class_ids) AS class, {} AS split FROM clips JOIN splits USING (clip_id) WHERE trainable"
    counted = f"SELECT class, split, count(*) AS clips FROM ({said}) GROUP BY ALL"
    fewest = f"SELECT min(clips) FROM ({counted}) WHERE split <> 'unbalanced_train'"
    [(before,)], [(after,)] = (project.ask(fewest.format(split)) for split in ("clips.split", "assigned_split"))
    assert before < 10, "what is planted costs some"
    assert after == 12
    spread = f"SELECT max(clips) - min(clips) FROM ({counted.format('fold')}) GROUP BY class"
    assert max(project.ask(spread)) <= (1,)
    with (made / "expected.csv").open() as file:
        faults = {row["clip_id"]: row["fault"] for row in csv.DictReader(file)}
    filling = project.ask("SELECT clip_id FROM splits WHERE split_reason LIKE 'fills%'")
    assert {faults[clip] for (clip,) in filling} <= {"none", "silent", "no_prefix"}
