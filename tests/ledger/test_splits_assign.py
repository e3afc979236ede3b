"""Splits, folds and subsets of a ledger: what is tied stands together, and each class has enough."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ledger.checked import check, root
from tests.ledger.split_worlds import CLASSES, SPLITS, assigned, augment, by_id, ledger, ledgers
from workflow_scripts.errors import SoundledgerError

ALL = {"folds": {"k": 3, "seed": 0}} | {
    "subsets": [{"name": "few", "clips_a_class": 1, "seed": 0}, {"name": "two", "clips_a_class": 2, "seed": 0}]
}


def test_clips_that_are_tied_go_to_the_first_of_their_splits_and_say_why() -> None:
    clips = ledger(
        [
            {"clip_id": "e1", "media_key": "v", "split": "eval"},
            {"clip_id": "b1", "media_key": "v", "split": "balanced"},
            {"clip_id": "u1", "source_url": "https://freesound.org/s/1"},
            {"clip_id": "b2", "split": "balanced", "source_url": "https://freesound.org/s/1", "root": "r", "path": "f"},
            {"clip_id": "u2", "root": "r", "path": "f"},
            {"clip_id": "u3", "media_key": "u1"},
            {"clip_id": "u4"},
        ]
    )
    table = assigned(clips, augment(0))["splits"]
    assert by_id(table, "assigned_split") == {
        "e1": "eval",
        "b1": "eval",
        "u1": "balanced",
        "b2": "balanced",
        "u2": "balanced",
        "u3": "balanced",
        "u4": "unbalanced",
    }
    assert by_id(table, "split_reason") == {
        "e1": None,
        "b1": "follows e1 of eval: both are of one video or recording",
        "u1": "follows b2 of balanced: both were published as one",
        "b2": None,
        "u2": "follows b2 of balanced: one file serves both",
        "u3": "follows b2 of balanced: they are tied through others",
        "u4": None,
    }
    assert by_id(table, "group_id") == {"e1": "b1", "b1": "b1", "u4": "u4"} | dict.fromkeys(
        ["u1", "b2", "u2", "u3"], "b2"
    )
    assert by_id(table, "split") == by_id(clips, "split"), "that of the authors stays"


def test_the_same_samples_are_followed(tmp_path: Path) -> None:
    made = root(tmp_path, "r", *(check(path, pcm_digest="d", peak=0.1) for path in ("a.wav", "b.wav")))
    rows = [
        {"clip_id": "a", "root": "r", "path": "a.wav", "split": "eval"},
        {"clip_id": "b", "root": "r", "path": "b.wav"},
    ]
    table = assigned(ledger(rows), augment(0), {"r": made.checks})["splits"]
    assert by_id(table, "split_reason")["b"] == "follows a of eval: their files hold the same samples"


def test_splits_are_filled_from_the_last_and_say_of_which_class_there_were_too_few() -> None:
    """One clip of a class in eval, two in the pool: one goes to eval, the other to balanced, which then has one."""
    rows: list[dict[str, Any]] = [{"clip_id": "e", "split": "eval", "classes": ["/m/a"]}]
    rows += [{"clip_id": f"u{number}", "classes": ["/m/a"]} for number in range(2)]
    table = assigned(ledger(rows), augment(2))["splits"]
    assert table["assigned_split"].cast(pl.String).to_list().count("eval") == 2
    assert sorted(table["split_reason"].drop_nulls()) == [
        "fills balanced, which had 0 of 2 trainable clips of /M/A (/m/a)",
        "fills eval, which had 1 of 2 trainable clips of /M/A (/m/a)",
    ]


def test_videos_of_one_clip_are_taken_before_others_and_a_video_goes_whole() -> None:
    rows: list[dict[str, Any]] = [
        {"clip_id": "one", "media_key": "v", "classes": ["/m/a"]},
        {"clip_id": "two", "media_key": "v"},
        *({"clip_id": f"single{number}", "classes": ["/m/a"]} for number in range(4)),
    ]
    table = assigned(ledger(rows), augment(2))["splits"]
    assert by_id(table, "assigned_split")["one"] == by_id(table, "assigned_split")["two"] == "unbalanced"
    table = assigned(ledger(rows), augment(3))["splits"]
    reasons = by_id(table, "split_reason")
    assert reasons["one"] == "fills balanced, which had 1 of 3 trainable clips of /M/A (/m/a)"
    assert reasons["two"] == f"goes with one, which {reasons['one']}"


def test_clips_that_are_no_training_material_fill_nothing_and_have_splits_and_folds_all_the_same() -> None:
    rows = [{"clip_id": f"s{number}", "classes": ["/m/a"], "trainable": False} for number in range(6)]
    rows += [{"clip_id": f"t{number}", "classes": ["/m/a"]} for number in range(6)]
    tables = assigned(ledger(rows), augment(1) | ALL)
    table = tables["splits"]
    moved = table.filter(pl.col("split_reason").is_not_null())["clip_id"].to_list()
    assert len(moved) == 2
    assert all(clip.startswith("t") for clip in [*moved, *tables["subsets"]["clip_id"]])
    for kind in ("s", "t"):
        assert sorted(table.filter(pl.col("clip_id").str.starts_with(kind))["fold"]) == [0, 0, 1, 1, 2, 2]


def test_of_labels_alone_folds_are_as_alike() -> None:
    """Without audio no clip is trainable; what annotators said is dealt out all the same."""
    rows = [{"clip_id": f"c{number}", "classes": [CLASSES[number % 2]], "trainable": False} for number in range(12)]
    folds = by_id(assigned(ledger(rows), ALL)["splits"], "fold")
    for label in (0, 1):
        assert sorted(folds[f"c{number}"] for number in range(label, 12, 2)) == [0, 0, 1, 1, 2, 2]


@settings(deadline=None)
@given(ledgers(), st.integers(0, 4))
def test_nothing_stands_in_two_splits_and_each_class_has_enough_or_none_is_left(
    clips: pl.DataFrame, wanted: int
) -> None:
    table = assigned(clips, augment(wanted) | ALL)["splits"]
    both = clips.drop("split").hstack(table.drop("clip_id"))
    both = both.cast({"split": pl.String, "assigned_split": pl.String, "class_ids": pl.List(pl.String)})
    for column in ("assigned_split", "fold"):
        for shared in ("media_key", "path", "source_url"):
            crossing = both.drop_nulls(shared).group_by(shared).agg(pl.col(column).n_unique())
            assert crossing.filter(pl.col(column) > 1).is_empty(), f"{shared} stands in two of {column}"
    ranks = both.select(pl.col("split", "assigned_split").cast(pl.Enum(SPLITS)).to_physical())
    assert (ranks["assigned_split"] <= ranks["split"]).all(), "no clip goes to a later split"
    trainable = both.filter("trainable")
    for one in CLASSES:
        has = trainable.filter(pl.col("class_ids").list.contains(one))["assigned_split"].to_list()
        assert has.count("unbalanced") == 0 or min(has.count("eval"), has.count("balanced")) >= wanted


@settings(deadline=None)
@given(ledgers(), st.randoms(use_true_random=False))
def test_what_comes_out_follows_from_the_clips_whatever_their_order(clips: pl.DataFrame, random: Any) -> None:
    rows = list(range(len(clips)))
    random.shuffle(rows)
    wanted = augment(2) | ALL
    tables, shuffled = assigned(clips, wanted), assigned(clips[rows], wanted)
    assert shuffled["splits"].equals(tables["splits"][rows])
    order = ["subset", "clip_id"]
    assert shuffled["subsets"].cast(pl.String).sort(order).equals(tables["subsets"].cast(pl.String).sort(order))


@settings(deadline=None)
@given(ledgers())
def test_a_subset_has_enough_of_each_class_where_there_are_so_many(clips: pl.DataFrame) -> None:
    subsets = assigned(clips, ALL)["subsets"].cast(pl.String)
    trainable = clips.filter("trainable").with_columns(pl.col("class_ids").cast(pl.List(pl.String)))
    for name, wanted in (("few", 1), ("two", 2)):
        chosen = subsets.filter(pl.col("subset") == name)["clip_id"]
        for one in CLASSES:
            there = trainable.filter(pl.col("class_ids").list.contains(one))["clip_id"]
            assert len(set(chosen) & set(there)) >= min(wanted, len(there))
        assert len(chosen) <= wanted * len(CLASSES), "no clip is taken that no class wants"


def test_a_subset_has_one_clip_of_a_video_before_it_has_a_second_of_any() -> None:
    rows = [{"clip_id": f"c{number}", "media_key": f"v{number // 3}", "classes": ["/m/a"]} for number in range(9)]
    for wanted, most in ((3, 1), (6, 2), (7, 3)):
        chosen = assigned(ledger(rows), {"subsets": [{"name": "s", "clips_a_class": wanted, "seed": 0}]})["subsets"]
        of_video = [int(clip.removeprefix("c")) // 3 for clip in chosen["clip_id"]]
        assert (len(chosen), max(map(of_video.count, of_video))) == (wanted, most)


def test_a_subset_is_of_the_splits_that_it_names() -> None:
    rows = [{"clip_id": f"u{number}", "classes": ["/m/a"]} for number in range(6)]
    subset = {"name": "train_2", "clips_a_class": 2, "splits": ["unbalanced"], "seed": 0}
    tables = assigned(ledger(rows), augment(1) | {"subsets": [subset]})
    splits = by_id(tables["splits"], "assigned_split")
    chosen = tables["subsets"]["clip_id"].to_list()
    assert [splits[clip] for clip in chosen] == ["unbalanced"] * 2
    assert tables["subsets"]["class_id"].cast(pl.String).to_list() == ["/m/a"] * 2


def test_a_seed_takes_others() -> None:
    clips = ledger([{"clip_id": f"u{number}", "classes": ["/m/a"]} for number in range(40)])
    taken = [assigned(clips, augment(5, seed))["splits"]["split_reason"].is_not_null().to_list() for seed in (0, 0, 1)]
    assert taken[0] == taken[1] != taken[2]


def test_no_session_is_parted_by_a_fold_and_splits_do_not_ask_for_it() -> None:
    rows = [{"clip_id": f"c{number}", "split": SPLITS[number % 3], "classes": ["/m/a"]} for number in range(12)]
    origins = [
        {"clip_id": f"c{number}", "recorded_at": f"2020-01-0{1 + number // 4}T05:00", "recordist": "A"}
        for number in range(12)
    ]
    table = assigned(ledger(rows), augment(0) | ALL, origins=origins)["splits"]
    assert table["session"].to_list() == [f"2020-01-0{1 + number // 4}, A" for number in range(12)]
    assert table.group_by("session").agg(pl.col("fold").n_unique())["fold"].to_list() == [1, 1, 1]
    assert sorted(table["fold"]) == [0] * 4 + [1] * 4 + [2] * 4
    assert table["split_reason"].null_count() == 12


def test_without_augment_splits_the_authors_splits_stay_though_they_share() -> None:
    clips = ledger([{"clip_id": "a", "media_key": "v", "split": "x"}, {"clip_id": "b", "media_key": "v", "split": "y"}])
    table = assigned(clips, {"folds": {"k": 2, "seed": 0}})["splits"]
    assert by_id(table, "assigned_split") == {"a": "x", "b": "y"}
    assert table["fold"].n_unique() == 1


@pytest.mark.parametrize("settings", [augment(3), ALL, augment(3) | ALL])
def test_an_empty_ledger_has_empty_tables(settings: dict[str, Any]) -> None:
    assert all(table.is_empty() for table in assigned(ledger([]), settings).values())


def test_a_split_that_has_no_place_in_the_order_is_named() -> None:
    with pytest.raises(
        SoundledgerError, match=r"augment_splits: splits: the dataset has dev, test too; say which place"
    ):
        assigned(ledger([{"clip_id": "a", "split": "test"}, {"clip_id": "b", "split": "dev"}]), augment(1))


def test_a_subset_of_a_split_that_care_has_emptied_is_empty() -> None:
    both = (("a", "eval"), ("b", "unbalanced"))
    rows = [{"clip_id": one, "split": split, "media_key": "v", "classes": ["/m/a"]} for one, split in both]
    subset = {"name": "mine", "clips_a_class": 1, "splits": ["unbalanced"], "seed": 0}
    assert assigned(ledger(rows), augment(1) | {"subsets": [subset]})["subsets"].is_empty()


def test_a_subset_of_a_split_that_is_not_there_is_named() -> None:
    subset = {"name": "mine", "clips_a_class": 1, "splits": ["train"], "seed": 0}
    with pytest.raises(SoundledgerError, match=r"subsets: mine: there is no split train; there are unbalanced"):
        assigned(ledger([{"clip_id": "a"}]), {"subsets": [subset]})
