"""Which clips share sound, of pairs of sounds and clips that are made by hand."""

from typing import Any

import polars as pl
import pytest

from workflow_scripts.matching.heard import HEARD
from workflow_scripts.matching.telling import AT_MOST, same_sound, sound_groups
from workflow_scripts.tables import schemas
from workflow_scripts.tables.store import validate

Row = dict[str, Any]


def clip(clip_id: str, sound: str, media: int, start_s: float = 0.0, end_s: float = 10.0, **more: str) -> Row:
    said = {"dataset": "mine", "split": "train", "clip_id": clip_id, "sound": sound, "media": media}
    return said | {"start_s": start_s, "end_s": end_s} | more


def pair(a: str, b: str, start_a_s: float, start_b_s: float, overlap_s: float, error_rate: float = 0.125) -> Row:
    return {
        "sound_a": a,
        "sound_b": b,
        "start_a_s": start_a_s,
        "start_b_s": start_b_s,
        "overlap_s": overlap_s,
        "error_rate": error_rate,
        "score": 20.0,
    }


def told(clips: list[Row], *pairs: Row) -> pl.DataFrame:
    found = pl.DataFrame(pairs, schemas.SOUND_PAIRS.empty().schema)
    table = same_sound(found, pl.DataFrame(clips, HEARD), ["mine", "other"])
    validate(table, schemas.SAME_SOUND)
    validate(sound_groups(table), schemas.SOUND_GROUPS)
    return table


def ids(table: pl.DataFrame) -> set[tuple[str, str]]:
    return set(table.select("clip_id_a", "clip_id_b").iter_rows())


def test_files_of_the_same_samples_are_one_sound() -> None:
    table = told([clip("b", "x", 1, split="eval"), clip("a", "x", 2), clip("c", "y", 3)])
    assert table.to_dicts() == [
        {
            "dataset_a": "mine",
            "clip_id_a": "a",
            "split_a": "train",
            "dataset_b": "mine",
            "clip_id_b": "b",
            "split_b": "eval",
            "how": "samples",
            "offset_s": 0.0,
            "overlap_s": 10.0,
            "start_a_s": 0.0,
            "error_rate": 0.0,
            "score": None,
        }
    ]


def test_paired_sounds_are_told_with_their_offset() -> None:
    """Of b the first 3 s are cut off: what is heard in it at 0 s is heard in a at 3 s."""
    table = told([clip("a", "x", 1), clip("b", "w", 2, 0.0, 7.0, dataset="other")], pair("w", "x", 0.0, 3.0, 7.0))
    names = ("dataset_b", "how", "offset_s", "overlap_s", "start_a_s", "error_rate", "score")
    assert table.select(names).rows() == [("other", "sound", 3.0, 7.0, 3.0, 0.125, 20.0)]


def test_of_spans_of_two_copies_of_a_recording_those_are_pairs_that_overlap() -> None:
    """The other copy begins 100 s later: its span from 20 to 30 s is that from 120 to 130 s of the first."""
    first = [clip(f"a{start}", "x", 1, start, start + 10.0) for start in range(0, 600, 10)]
    other = [clip(f"b{start}", "y", 2, start + 0.5, start + 10.5) for start in range(0, 500, 10)]
    table = told([*first, *other], pair("x", "y", 100.0, 0.0, 500.0))
    shifted = {(f"a{start + 100}", f"b{start}") for start in range(0, 500, 10)}
    assert ids(table) == shifted, "the half second that b0 has of a110 is too little"
    assert set(table.select("offset_s", "overlap_s", "start_a_s").rows()) == {(0.5, 9.5, 0.5)}


def test_a_span_beside_the_shared_stretch_is_no_pair() -> None:
    clips = [clip("a", "x", 1, 0, 10), clip("b", "y", 2, 0, 10), clip("c", "y", 2, 29.5, 40), clip("d", "y", 2, 29, 40)]
    table = told(clips, pair("x", "y", 0.0, 20.0, 10.0))
    assert table.select("clip_id_a", "clip_id_b", "offset_s", "overlap_s", "start_a_s").rows() == [
        ("a", "d", 9.0, 1.0, 9.0)
    ]


def test_clips_of_one_recording_are_no_pair() -> None:
    assert told([clip("a", "x", 1), clip("b", "x", 1), clip("c", "x", 1, 5.0, 15.0)]).is_empty()


def test_spans_of_the_same_samples_are_pairs_where_they_overlap() -> None:
    clips = [clip("a", "x", 1, 0, 10), clip("b", "x", 2, 9, 19), clip("c", "x", 2, 9.5, 19)]
    assert told(clips).select("clip_id_a", "clip_id_b", "offset_s", "overlap_s", "start_a_s").rows() == [
        ("a", "b", 9.0, 1.0, 9.0)
    ]


def test_short_files_of_the_same_samples_are_one_sound() -> None:
    assert ids(told([clip("a", "x", 1, 0, 0.4), clip("b", "x", 2, 0, 0.4)])) == {("a", "b")}


def test_of_several_stretches_that_two_clips_share_the_longest_is_told() -> None:
    pairs = [pair("x", "y", 0.0, 5.0, 3.0), pair("x", "y", 2.0, 2.0, 6.0), pair("x", "y", 5.0, 1.0, 4.0)]
    assert told([clip("a", "x", 1), clip("b", "y", 2)], *pairs).select("offset_s", "overlap_s").rows() == [(0.0, 6.0)]


@pytest.mark.parametrize("start", [55.0, 60.0, 119.9, 3599.5])
def test_no_pair_is_lost_where_places_of_a_line_meet(start: float) -> None:
    whole = clip("whole", "x", 1, 0.0, 7200.0)
    assert told([whole, clip("span", "x", 2, start, start + 10)])["overlap_s"].to_list() == [10.0]
    pairs = pair("x", "y", 0.0, 0.0, 7200.0)
    assert told([whole, clip("span", "y", 2, start, start + 10)], pairs)["overlap_s"].to_list() == [10.0]


def test_what_a_crowd_shares_grows_with_its_number_and_no_split_is_lost() -> None:
    """And neither is a media of which there is one clip, beside another that serves hundreds."""
    crowd = [clip(f"a{number:04}", "x", number) for number in range(1000)]
    of_one_media = [clip(f"b{number:04}", "x", 5000, split="dev") for number in range(500)]
    rare = [clip("rare", "x", 5001, split="eval"), clip("rare", "x", 5002, dataset="other")]
    table = told([*crowd, *of_one_media, *rare])
    assert len(table) <= AT_MOST * 1502
    groups = sound_groups(table)
    assert groups["clips"].to_list() == [1502] * 1502
    assert set(groups["group_id"]) == {"mine/a0000"}
    with_eval = table.filter((pl.col("split_a") == "eval") | (pl.col("split_b") == "eval"))
    assert len(with_eval) == 1501, "each clip is paired with the one of eval"


def test_of_a_crowd_of_copies_no_span_is_lost() -> None:
    """A hundred copies of a minute, each in spans of 3 s: twenty groups of a hundred clips."""
    spans = [
        clip(f"c{copy:03}_{start:02}", "x", copy, start, start + 3) for copy in range(100) for start in range(0, 60, 3)
    ]
    groups = sound_groups(told(spans))
    assert groups["clips"].to_list() == [100] * 2000
    assert set(groups["group_id"]) == {f"mine/c000_{start:02}" for start in range(0, 60, 3)}


def test_two_crowds_of_paired_sounds_find_each_other() -> None:
    crowds = [
        clip(f"{sound}{number:03}", sound, number + 1000 * (sound == "y")) for sound in "xy" for number in range(300)
    ]
    table = told(crowds, pair("x", "y", 0.0, 0.0, 10.0))
    by_sound = table.filter(pl.col("how") == "sound")
    assert {clip_id for row in by_sound.select("clip_id_a", "clip_id_b").rows() for clip_id in row} == {
        row["clip_id"] for row in crowds
    }
    assert len(by_sound) < AT_MOST * 600


def test_groups_are_of_what_shares_sound_directly_or_through_others() -> None:
    clips = [clip("c", "x", 1), clip("b", "y", 2), clip("a", "z", 3), clip("d", "v", 4), clip("e", "v", 5)]
    table = told(clips, pair("x", "y", 0.0, 0.0, 10.0), pair("y", "z", 0.0, 0.0, 10.0))
    assert sound_groups(table).select("clip_id", "group_id", "clips").rows() == [
        *((clip_id, "mine/a", 3) for clip_id in "abc"),
        *((clip_id, "mine/d", 2) for clip_id in "de"),
    ]


def test_the_order_of_rows_changes_nothing() -> None:
    clips = [clip(f"{sound}{number:02}", sound, number * 3 + ord(sound) % 3) for sound in "xyz" for number in range(90)]
    pairs = [pair("x", "y", 0.0, 0.0, 10.0), pair("y", "z", 0.0, 0.0, 10.0), pair("x", "z", 1.0, 0.0, 9.0)]
    assert told(clips, *pairs).equals(told(clips[::-1], *pairs[::-1]))


def test_nothing_paired_is_an_empty_table() -> None:
    assert told([]).is_empty()
    assert told([clip("a", "x", 1)], pair("x", "y", 0.0, 0.0, 10.0)).is_empty()


def test_what_two_clips_from_elsewhere_share_is_not_told() -> None:
    far = [clip(name, "x", media, dataset="far") for media, name in enumerate("ab")]
    assert ids(told([*far, clip("c", "x", 3)])) == {("a", "c"), ("b", "c")}
    assert len(told([*far, clip("d", "y", 4, dataset="far")], pair("x", "y", 0.0, 0.0, 10.0))) == 0
