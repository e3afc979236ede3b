"""What the catalogue says of clips that share sound; worked out by hand."""

from typing import Any

import duckdb
import pytest

from tests.catalogue.by_hand import Row, catalogue_of, clip

CLASSES = [
    {"class_id": "/m/animal", "name": "Animal"},
    {"class_id": "/m/dog", "name": "Dog", "ancestor_ids": ["/m/animal"]},
    {"class_id": "/m/bark", "name": "Bark", "ancestor_ids": ["/m/animal", "/m/dog"]},
    {"class_id": "/m/rain", "name": "Rain"},
    {"class_id": "/m/hiss", "name": "Hiss"},
]
OTHER_CLASSES = [{"class_id": "1", "name": "dog"}, {"class_id": "2", "name": "rain"}, {"class_id": "3", "name": "bell"}]
URL = "https://freesound.org/s/{}/"


def heard(clip_id: str, *classes: str, **more: Any) -> Row:
    return clip(clip_id, class_ids=list(classes), class_names=list(classes), duration_s=10.0, **more)


CLIPS = [
    heard("a", "/m/dog", "/m/rain", split="eval", start_s=0.0, end_s=10.0, source_url=URL.format(1)),
    heard("b", "/m/bark", split="train", media_key="v", start_s=5.0, end_s=15.0),
    heard("c", "/m/hiss", split="train", media_key="v", start_s=10.0, end_s=20.0),
    heard("d", split="train", start_s=10.0, end_s=20.0),
]
OTHERS = [heard("e", "1", "3", split="eval", start_s=2.0, end_s=12.0, source_url=URL.format(1)), heard("f", "2")]
CAPTIONS = [
    {"clip_id": "a", "ordinal": 1, "text": "it rains"},
    {"clip_id": "a", "ordinal": 0, "text": "a dog"},
    {"clip_id": "d", "ordinal": 0, "text": "a bell"},
]
DATASETS = {clip_id: "mine" if clip_id in "abcd" else "other" for clip_id in "abcdef"}
SPLITS = {"a": "eval", "b": "train", "c": "train", "d": "train", "e": "eval", "f": "train"}


def same(a: str, b: str, offset_s: float, overlap_s: float, how: str = "sound", **more: Any) -> Row:
    datasets = {f"dataset_{side}": DATASETS[clip_id] for side, clip_id in zip("ab", (a, b), strict=True)}
    splits = {f"split_{side}": SPLITS[clip_id] for side, clip_id in zip("ab", (a, b), strict=True)}
    told = {"clip_id_a": a, "clip_id_b": b, "how": how, "offset_s": offset_s, "overlap_s": overlap_s, "start_a_s": 0.0}
    return datasets | splits | told | {"error_rate": 0.1, "score": 20.0} | more


SAME = [
    same("a", "b", 0.0, 10.0),
    same("a", "d", 3.0, 7.0),
    same("a", "e", 2.0, 8.0),
    same("b", "c", 5.0, 5.0),
    same("c", "f", 0.0, 9.0, "samples", error_rate=0.0, score=None),
]
GROUPS = [
    {
        "dataset": "mine" if name in "abcd" else "other",
        "clip_id": name,
        "split": split,
        "group_id": "mine/a",
        "clips": 6,
    }
    for name, split in SPLITS.items()
]


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    datasets = {
        "mine": {"clips": CLIPS, "classes": CLASSES, "captions": CAPTIONS},
        "other": {"clips": OTHERS, "classes": OTHER_CLASSES},
    }
    folder = tmp_path_factory.mktemp("same_sound")
    return catalogue_of(folder, datasets, matches={"same_sound": SAME, "sound_groups": GROUPS})


def test_pairs_across_splits_and_across_datasets_are_told_apart(catalogue: duckdb.DuckDBPyConnection) -> None:
    rows = catalogue.execute("SELECT dataset, split_a, split_b, clip_id_a, clip_id_b FROM same_sound_across_splits")
    assert rows.fetchall() == [("mine", "eval", "train", "a", "b"), ("mine", "eval", "train", "a", "d")]
    rows = catalogue.execute("SELECT dataset_b, split_b, clip_id_a, clip_id_b, how FROM same_sound_across_datasets")
    assert rows.fetchall() == [("other", "train", "c", "f", "samples"), ("other", "eval", "a", "e", "sound")]


def test_other_spans_of_one_source_are_told_with_what_they_should_be_apart(
    catalogue: duckdb.DuckDBPyConnection,
) -> None:
    rows = catalogue.execute(
        "SELECT clip_id_a, start_a, clip_id_b, start_b, source, said_offset_s, offset_s FROM same_sound_other_span"
    )
    assert rows.fetchall() == [("a", 0.0, "e", 2.0, "freesound 1", 2.0, 2.0), ("b", 5.0, "c", 10.0, "v", 5.0, 5.0)]


def test_labels_disagree_where_neither_is_above_the_other_and_both_datasets_know_the_class(
    catalogue: duckdb.DuckDBPyConnection,
) -> None:
    """Dog agrees with bark; of d nobody says anything; that other knows no hiss, and mine no bell, is no matter."""
    asked = "SELECT clip_id_a, clip_id_b, only_a, only_b, agreed, of_both FROM same_sound_other_labels ORDER BY ALL"
    assert catalogue.execute(asked).fetchall() == [
        ("a", "b", ["Rain"], [], ["Dog"], 1.0),
        ("a", "e", ["Rain"], [], ["Dog"], 0.8),
        ("b", "c", ["Bark"], ["Hiss"], [], 0.5),
        ("c", "f", [], ["rain"], [], 0.9),
    ]


def test_captions_of_one_sound_stand_side_by_side(catalogue: duckdb.DuckDBPyConnection) -> None:
    asked = "SELECT clip_id_a, captions_a, clip_id_b, captions_b, overlap_s FROM same_sound_captions"
    assert catalogue.execute(asked).fetchall() == [("a", ["a dog", "it rains"], "d", ["a bell"], 7.0)]


def test_clips_of_one_sound_leak_as_what_they_share(catalogue: duckdb.DuckDBPyConnection) -> None:
    asked = "SELECT split, other_split, what, clip_ids, other_clip_ids FROM leaks WHERE shared_by = 'sound'"
    assert catalogue.execute(asked).fetchall() == [
        ("eval", "train", "mine/a", ["a"], ["b", "c", "d"]),
        ("eval", "train", "mine/a", ["e"], ["f"]),
    ]
    asked = "SELECT dataset, authors, authors_clips FROM leakage WHERE shared_by = 'sound'"
    assert catalogue.execute(asked).fetchall() == [("mine", 1, 4), ("other", 1, 2)]
    asked = "SELECT detail FROM findings WHERE finding = 'leaked' AND clip_id = 'd'"
    assert catalogue.execute(asked).fetchall() == [("sound with a of eval",)]


def test_splits_overlap_in_the_sound_of_their_clips(catalogue: duckdb.DuckDBPyConnection) -> None:
    asked = "SELECT dataset, split, other_dataset, other_split, media, clips, other_clips, examples FROM overlap"
    asked += " WHERE shared_by = 'sound' AND dataset <> other_dataset ORDER BY ALL"
    assert catalogue.execute(asked).fetchall() == [
        ("mine", "eval", "other", "eval", 1, 1, 1, ["mine/a"]),
        ("mine", "eval", "other", "train", 1, 1, 1, ["mine/a"]),
        ("mine", "train", "other", "eval", 1, 3, 1, ["mine/a"]),
        ("mine", "train", "other", "train", 1, 3, 1, ["mine/a"]),
    ]


def test_where_there_is_no_sound_views_are_empty(catalogue: duckdb.DuckDBPyConnection, tmp_path: Any) -> None:
    without = catalogue_of(tmp_path, {"mine": {"clips": CLIPS}})
    for view in ("sound_pairs", "skipped_sounds", "same_sound", "sound_groups", "same_sound_other_labels"):
        assert without.execute(f"FROM {view}").fetchall() == []
        columns = [(name, kind) for name, kind, *_ in catalogue.execute(f"DESCRIBE {view}").fetchall()]
        assert [(name, kind) for name, kind, *_ in without.execute(f"DESCRIBE {view}").fetchall()] == columns
