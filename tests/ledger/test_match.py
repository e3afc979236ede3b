"""What a media is called after: as the adapter declares, a YouTube clip's name, its stem, or its path."""

from typing import Any

import polars as pl
import pytest

from workflow_scripts.ledger.match import match_names

ID = "4fv-YwA_cZ8"
Clips = dict[str, float | None] | list[tuple[str, float | None]]


def _matches(match: str, media: list[str], promised: Clips) -> list[Any]:
    """For each media (`archive!member` for a member) the ids and starts of the clips that it speaks of.

    With those of which it says another span, "other" stands behind.
    """
    clips = list(promised.items()) if isinstance(promised, dict) else promised
    table = pl.DataFrame(clips, schema={"media_key": pl.String, "start_s": pl.Float64}, orient="row")
    places = [(*name.split("!"), None)[:2] for name in media]
    named = pl.DataFrame(places, schema={"path": pl.String, "member": pl.String}, orient="row")
    found: list[list[Any]] = [[] for _ in media]
    rows = named.lazy().with_row_index("media_row"), table.with_row_index("clip_row"), match
    names = match_names(*rows).sort(pl.all())
    assert match_names(*rows, clips_at_once=1).sort(pl.all()).equals(names)
    for media_row, clip_row, other_span in names.select("media_row", "clip_row", "other_span").iter_rows():
        found[media_row].append((*clips[clip_row], *(["other"] if other_span else [])))
    return found


# --- youtube ---


def test_a_name_with_a_start_speaks_of_the_clip_that_starts_there() -> None:
    promised = [(ID, 30.0), (ID, 70.0), ("another_one", 5.0)]
    names = [
        f"{ID}_30.000_40.000.wav",
        f"a/Y{ID}_70.0-80.0.flac",
        f"b.tar!c/{ID}_30000.wav",
        f"rows.parquet!{ID}_000070",
    ]
    assert _matches("youtube", names, promised) == [[(ID, 30.0)], [(ID, 70.0)], [(ID, 30.0)], [(ID, 70.0)]]


def test_a_name_without_a_start_speaks_of_all_clips_of_its_video() -> None:
    assert _matches("youtube", [f"Y{ID}.wav"], [(ID, 30.0), (ID, 70.0)]) == [[(ID, 30.0), (ID, 70.0)]]


@pytest.mark.parametrize("named", ["31", "30.5_40", "0-10", "3000", "300000"])
def test_another_start_in_a_name_is_another_span(named: str) -> None:
    assert _matches("youtube", [f"{ID}_{named}.wav"], {ID: 30.0}) == [[(ID, 30.0, "other")]]


def test_a_clip_without_a_start_takes_any() -> None:
    assert _matches("youtube", [f"{ID}_30.wav"], {ID: None}) == [[(ID, None)]]


def test_a_prefix_and_an_id_that_begins_with_y_are_told_apart() -> None:
    promised = {"Yabcdefghij": 30.0, "abcdefghijk": 30.0}
    names = ["Yabcdefghij.wav", "YYabcdefghij.wav", "abcdefghijk.wav", "Yabcdefghijk.wav"]
    assert _matches("youtube", names, promised) == [[("Yabcdefghij", 30.0)]] * 2 + [[("abcdefghijk", 30.0)]] * 2


# --- stem ---


def test_a_stem_is_the_name_without_suffix_in_whatever_folder() -> None:
    names = ["train/1.wav", "test/1.flac", "Y1.wav", "1_30.wav", "part.tar!x/1.ogg", "11.wav"]
    assert _matches("stem", names, {"1": None}) == [[("1", None)], [("1", None)], [], [], [("1", None)], []]


def test_a_row_of_a_parquet_file_may_have_no_suffix() -> None:
    assert _matches("stem", ["rows.parquet!take.2", "rows.parquet!take.3#7"], {"take.2": 0.0, "take.3": 0.0}) == [
        [("take.2", 0.0)],
        [],
    ]
    assert _matches("stem", ["rows.parquet!take.wav#0", "rows.parquet!take#12"], {"take": 0.0}) == [[("take", 0.0)]] * 2


def test_a_recording_of_xeno_canto_is_found_by_its_number_however_it_is_called() -> None:
    names = [
        "XC737.mp3",
        "737.mp3",
        "XC737 - Great Tit - Parus major.mp3",
        "xc737-GBBG 15 July 0217.mp3",
        "a/XC737.wav",
    ]
    assert _matches("stem", names, {"XC737": None}) == [[("XC737", None)]] * 5
    others = ["XC7370.mp3", "XC737b.mp3", "737 - x.mp3", "2737.mp3", "aXC737.mp3", "XC0737.mp3"]
    assert _matches("stem", others, {"XC737": None}) == [[]] * 6


# --- path ---


@pytest.mark.parametrize("key", ["train/1.wav", "train/1", "set/train/1.wav", "set/train/1", "1.wav", "1"])
def test_a_path_is_the_one_below_the_root_or_its_end(key: str) -> None:
    assert _matches("path", ["set/train/1.wav"], {key: None}) == [[(key, None)]]


@pytest.mark.parametrize(
    "key", ["rain/1.wav", "rain/1", "/train/1.wav", "train/1.flac", "train", "train/1.", "et/train/1"]
)
def test_a_path_ends_at_a_folder(key: str) -> None:
    assert _matches("path", ["set/train/1.wav"], {key: None}) == [[]]


@pytest.mark.parametrize(
    "key", ["a/train/1.wav", "train/1.wav", "train/1", "x/part.tar/a/train/1", "part.tar/a/train/1.wav"]
)
def test_a_member_is_called_by_its_own_path(key: str) -> None:
    assert _matches("path", ["x/part.tar!a/train/1.wav"], {key: None}) == [[(key, None)]]


def test_each_of_two_files_of_one_name_is_the_clip_that_says_its_folder() -> None:
    promised = {"train/1.wav": None, "test/1.wav": None}
    assert _matches("path", ["test/1.wav", "train/1.wav"], promised) == [
        [("test/1.wav", None)],
        [("train/1.wav", None)],
    ]


def test_the_longest_path_that_is_promised_is_meant() -> None:
    promised = {"1.wav": None, "train/1.wav": None, "train/1": None}
    assert _matches("path", ["train/1.wav", "x/train/1.wav", "x/1.wav"], promised) == [
        [("train/1.wav", None)],
        [("train/1.wav", None)],
        [("1.wav", None)],
    ]


def test_a_path_of_very_many_parts_is_only_a_path() -> None:
    assert _matches("path", ["a/" * 1500 + "1.wav"], {"b/" * 100_000 + "1": None, "a/a/1": None}) == [[("a/a/1", None)]]


@pytest.mark.parametrize("match", ["youtube", "stem", "path"])
def test_nothing_promised_or_nothing_there_matches_nothing(match: str) -> None:
    assert _matches(match, [f"{ID}.wav", "b.wav"], {}) == [[], []]
    assert _matches(match, [], {"a": 1.0}) == []
