"""What the catalogue knows of earlier runs: counts of each, and what is otherwise than the run before left it."""

import shutil
from pathlib import Path
from typing import Any

from tests.catalogue.by_hand import Row, catalogue_of, clip
from workflow_scripts.settings.places import Places

LOST = {"status": "missing", "usable": False, "trainable": False}
FIRST = {
    "birds": {
        "clips": [
            clip("stays", duration_s=3600.0, trainable=True),
            clip("goes", duration_s=1800.0, trainable=True),
            clip("is_found", **LOST),
            clip("is_lost", duration_s=1.0, trainable=True),
            clip("moves", duration_s=1.0, trainable=True),
            clip("is_relabelled", duration_s=1.0, trainable=True, class_ids=["a", "b"]),
        ],
        "labels": [{"clip_id": "stays", "class_id": "a"}, {"clip_id": "stays", "class_id": "b", "origin": "ontology"}],
    }
}
THEN = {
    "birds": {
        "clips": [
            clip("stays", duration_s=3600.0, trainable=True),
            clip("comes", duration_s=1.0, trainable=False),
            clip("is_found", duration_s=1.0, trainable=True),
            clip("is_lost", **LOST),
            clip("moves", duration_s=1.0, trainable=True, split="eval"),
            clip("is_relabelled", duration_s=1.0, trainable=True, class_ids=["c", "a"]),
        ]
    },
    "bees": {"clips": [clip("new", trainable=False)]},
}
OF_BIRDS = "SELECT clip_id, change, split_before, split, status_before, status FROM changes WHERE dataset = 'birds'"


def asked(folder: Path, datasets: Any, *questions: str) -> list[list[tuple[Any, ...]]]:
    """What the catalogue answers after a run that left these rows."""
    with catalogue_of(folder, datasets) as connection:
        return [connection.execute(sql).fetchall() for sql in questions]


def test_the_first_run_changes_nothing_and_is_counted(tmp_path: Path) -> None:
    assert asked(tmp_path, FIRST, "FROM changes", "FROM clips_before", "FROM runs ORDER BY ALL") == [
        [],
        [],
        [
            (1, "birds", "train", "missing", 1, 0, 0.0, 0),
            (1, "birds", "train", "usable", 5, 5, (3600 + 1800 + 3) / 3600, 1),
        ],
    ]


def test_each_clip_that_is_otherwise_is_told_once(tmp_path: Path) -> None:
    asked(tmp_path, FIRST)
    of_bees = "SELECT clip_id, change FROM changes WHERE dataset = 'bees'"
    assert asked(tmp_path, THEN, OF_BIRDS, of_bees) == [
        [
            ("comes", "added", None, "train", None, "usable"),
            ("goes", "removed", "train", None, "usable", None),
            ("is_found", "status", "train", "train", "missing", "usable"),
            ("is_lost", "status", "train", "train", "usable", "missing"),
            ("is_relabelled", "classes", "train", "train", "usable", "usable"),
            ("moves", "split", "train", "eval", "usable", "usable"),
        ],
        [("new", "added")],
    ]


def test_the_order_of_classes_is_no_change_and_a_duration_is(tmp_path: Path) -> None:
    def rows(*classes: str, duration_s: float) -> dict[str, dict[str, list[Row]]]:
        return {"birds": {"clips": [clip("one", class_ids=list(classes), duration_s=duration_s)]}}

    asked(tmp_path, rows("a", "b", duration_s=1.0))
    assert asked(tmp_path, rows("b", "a", duration_s=1.0), "FROM changes") == [[]]
    assert asked(tmp_path, rows("b", "a", duration_s=2.0), "SELECT change FROM changes") == [[("duration",)]]


def test_a_build_that_is_done_again_is_no_run(tmp_path: Path) -> None:
    """Else what the last run changed would be forgotten by whatever makes the catalogue anew."""
    questions = (OF_BIRDS, "FROM runs ORDER BY ALL", "FROM clips_before ORDER BY ALL")
    asked(tmp_path, FIRST)
    told = asked(tmp_path, THEN, *questions)
    assert [len(rows) for rows in told] == [6, 2 + 4, 6]
    asked(tmp_path, THEN)
    assert asked(tmp_path, THEN, *questions) == told


def test_every_run_is_counted_and_a_dataset_may_come_and_go(tmp_path: Path) -> None:
    asked(tmp_path, FIRST)
    asked(tmp_path, THEN)
    of_runs = "SELECT run, dataset, sum(clips)::INT FROM runs GROUP BY ALL ORDER BY ALL"
    assert asked(tmp_path, FIRST, of_runs, "SELECT clip_id, change FROM changes WHERE dataset = 'bees'") == [
        [(1, "birds", 6), (2, "bees", 1), (2, "birds", 6), (3, "birds", 6)],
        [("new", "removed")],
    ]


def test_what_changed_can_be_asked_when_the_run_before_is_long_gone(tmp_path: Path) -> None:
    """The views of a catalogue that somebody has open name files of its own generation alone."""
    asked(tmp_path, FIRST)
    with catalogue_of(tmp_path, THEN) as opened:
        expected = opened.execute(OF_BIRDS).fetchall()
        shutil.rmtree(Places(f"{tmp_path}/results").generation("1").results)
        assert opened.execute(OF_BIRDS).fetchall() == expected


def test_a_generation_that_kept_no_count_of_runs_is_one_to_compare_with(tmp_path: Path) -> None:
    asked(tmp_path, FIRST)
    Path(Places(f"{tmp_path}/results").generation("1").runs).unlink()
    [changes, runs] = asked(tmp_path, THEN, OF_BIRDS, "SELECT DISTINCT run FROM runs")
    assert len(changes) == 6
    assert runs == [(1,)]
