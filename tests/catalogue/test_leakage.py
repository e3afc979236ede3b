"""What two splits share is found by the authors' splits, by those assigned, and by folds; counts worked out by hand."""

from pathlib import Path

import duckdb
import pytest

from tests.catalogue.by_hand import Row, catalogue_of, clip

URL = "https://freesound.org/s/{}/"
CLIPS = [
    clip("a", media_key="v", split="eval", start_s=0.0, end_s=10.0),
    clip("b", media_key="v", split="train", start_s=12.5, end_s=20.0),
    clip("c", media_key="v", split="train", start_s=40.0, end_s=50.0),
    clip("d", media_key="v", split="eval", start_s=45.0, end_s=55.0),
    clip("e", split="eval", root="r", path="f.wav", media_path="/r/f.wav"),
    clip("f", split="train", root="r", path="f.wav", media_path="/r/f.wav"),
    clip("g", split="train", root="r", path="f.wav", media_path="/r/f.wav"),
    clip("h", split="eval", source_url=URL.format(1)),
    clip("i", split="train", source_url=URL.format(1)),
    clip("j", split="train", source_url=URL.format(2)),
    clip("k", split="train", source_url=URL.format(2)),
    clip("l", split="dev", source_url=URL.format(1)),
    clip("AAAAAAAAAAA", split="eval", source_url="https://youtu.be/AAAAAAAAAAA?start=1"),
]
SESSIONS = {"j": "a day", "k": "a day"}
ASSIGNED = {"b": "eval", "c": "eval", "f": "eval", "g": "eval", "i": "dev", "h": "dev"}
FOLDS = {"j": 0, "k": 1}
SPLITS: list[Row] = [
    {
        "clip_id": row["clip_id"],
        "split": row["split"],
        "assigned_split": ASSIGNED.get(row["clip_id"], row["split"]),
        "split_reason": "a reason" if row["clip_id"] in ASSIGNED else None,
        "group_id": row["clip_id"],
        "session": SESSIONS.get(row["clip_id"]),
        "fold": FOLDS.get(row["clip_id"], 0),
    }
    for row in CLIPS
]


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    datasets = {"mine": {"clips": CLIPS, "splits": SPLITS, "subsets": []}, "plain": {"clips": CLIPS}, "empty": {}}
    return catalogue_of(tmp_path_factory.mktemp("leakage"), datasets)


def test_what_is_shared_is_counted_before_and_after(catalogue: duckdb.DuckDBPyConnection) -> None:
    assert catalogue.execute("FROM leakage WHERE dataset = 'mine'").fetchall() == [
        ("mine", "video", 1, 4, 0, 0, 0, 0),
        ("mine", "neighbours", 2, 4, 0, 0, 0, 0),
        ("mine", "source", 1, 3, 0, 0, 1, 2),
        ("mine", "media", 1, 3, 0, 0, 0, 0),
        ("mine", "samples", 0, 0, 0, 0, 0, 0),
        ("mine", "sound", 0, 0, 0, 0, 0, 0),
        ("mine", "session", 0, 0, 0, 0, 1, 2),
    ]


def test_of_a_dataset_without_care_there_is_no_after(catalogue: duckdb.DuckDBPyConnection) -> None:
    rows = catalogue.execute("FROM leakage WHERE dataset = 'plain'").fetchall()
    assert rows[0] == ("plain", "video", 1, 4, None, None, None, None)
    assert {row[4:] for row in rows} == {(None,) * 4}


def test_a_row_names_what_is_shared_and_by_which_clips(catalogue: duckdb.DuckDBPyConnection) -> None:
    rows = catalogue.execute("FROM leaks WHERE dataset = 'mine' AND split_by = 'authors'").fetchall()
    assert [row[2:] for row in rows] == [
        ("media", "eval", "train", "/r/f.wav", 1, 2, None, ["e"], ["f", "g"]),
        ("neighbours", "eval", "train", "v", 1, 1, -5.0, ["d"], ["c"]),
        ("neighbours", "eval", "train", "v", 1, 1, 2.5, ["a"], ["b"]),
        ("source", "dev", "eval", "freesound 1", 1, 1, None, ["l"], ["h"]),
        ("source", "dev", "train", "freesound 1", 1, 1, None, ["l"], ["i"]),
        ("source", "eval", "train", "freesound 1", 1, 1, None, ["h"], ["i"]),
        ("video", "eval", "train", "v", 2, 2, None, ["a", "d"], ["b", "c"]),
    ]
    rows = catalogue.execute("FROM leaks WHERE dataset = 'mine' AND split_by <> 'authors'").fetchall()
    assert rows == [
        ("mine", "folds", "session", "fold_0", "fold_1", "a day", 1, 1, None, ["j"], ["k"]),
        ("mine", "folds", "source", "fold_0", "fold_1", "freesound 2", 1, 1, None, ["j"], ["k"]),
    ]


def test_one_dataset_shares_nothing_with_another(catalogue: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    """That is what `overlap` tells."""
    apart = {name: {"clips": [clip("a", media_key="v", split=name)]} for name in ("one", "two")}
    assert catalogue_of(tmp_path, apart).execute("FROM leaks").fetchall() == []


def test_a_repost_of_a_video_under_another_name_is_found(tmp_path: Path) -> None:
    """One clip is called after its video, the other is not; two that are both called after theirs share a `video`."""
    own, again = "https://youtu.be/AAAAAAAAAAA?start=1", "https://www.youtube.com/watch?v=AAAAAAAAAAA"
    clips = [
        clip("AAAAAAAAAAA", media_key="AAAAAAAAAAA", split="eval", source_url=own),
        clip("repost", media_key="repost", split="train", source_url=again),
        clip("BBBBBBBBBBB", media_key="BBBBBBBBBBB", split="eval", source_url=own.replace("A", "B")),
        clip("BBBBBBBBBBB_1", media_key="BBBBBBBBBBB", split="eval", source_url=own.replace("A", "B")),
        clip("CCCCCCCCCCC", media_key="CCCCCCCCCCC", split="train", source_url="https://example.org/CCCCCCCCCCC"),
    ]
    catalogue = catalogue_of(tmp_path, {"mine": {"clips": clips}})
    asked = "SELECT authors FROM leakage WHERE dataset = 'mine' AND shared_by = 'source'"
    assert catalogue.execute(asked).fetchall() == [(1,)]
    assert catalogue.execute("SELECT clip_id FROM sharing WHERE shared_by = 'source'").fetchall() == [
        ("AAAAAAAAAAA",),
        ("repost",),
    ]
