"""What is told of clips that stay missing, and of files that may be theirs."""

from itertools import permutations
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.ledger.split_worlds import ledger
from workflow_scripts.ledger.missing import (
    PROPOSED,
    by_class,
    called_alike,
    missing_clips,
    nothing_proposed,
    of_known_bytes,
    with_key_in_name,
)
from workflow_scripts.tables import schemas

Row = dict[str, Any]
MEDIA = {"root": pl.String, "path": pl.String, "member": pl.String}
NO_FILES = pl.DataFrame(schema={"file": pl.String})


def clips(*rows: Row) -> pl.LazyFrame:
    """A ledger in which clips are missing, of 10 s, unless told otherwise."""
    known = {"path": None, "status": "missing", "start_s": 30.0, "end_s": 40.0}
    told = [known | row for row in rows]
    table = ledger(told)
    return table.with_columns(status=pl.Series([row["status"] for row in told], dtype=table.schema["status"])).lazy()


def fetches(*rows: Row) -> pl.LazyFrame:
    nothing = dict.fromkeys(schemas.FETCHES.columns) | {"entry": "acquire[0]", "address": "", "path": ""}
    return pl.LazyFrame([nothing | row for row in rows], schema=schemas.FETCHES.empty().schema)


def whys(ledger: pl.LazyFrame, fetched: pl.LazyFrame | None) -> dict[str, str | None]:
    table = missing_clips(ledger, fetched)
    return dict(zip(table["clip_id"], table["why"], strict=True))


# --- which, and why ---


def test_clips_whose_media_is_not_there_are_told_with_what_is_known_of_them() -> None:
    there = {"clip_id": "here", "status": "usable", "path": "here.wav"}
    told = missing_clips(clips({"clip_id": "b", "classes": ["/m/b", "/m/a"]}, there, {"clip_id": "a"}), None)
    assert told.rows() == [
        ("a", "unbalanced", "", "a", 30.0, 40.0, None, None),
        ("b", "unbalanced", "/m/b;/m/a", "b", 30.0, 40.0, None, None),
    ]


def test_why_a_clip_is_missing_is_what_its_server_said() -> None:
    said = fetches({"media_key": "a", "status": "gone", "reason": "not_found"}, {"status": "failed", "reason": "busy"})
    assert whys(clips({"clip_id": "a"}, {"clip_id": "b"}), said) == {"a": "gone: not_found", "b": None}


@pytest.mark.parametrize("order", permutations(range(4)))
def test_of_several_addresses_of_one_media_the_most_hopeful_is_told(order: tuple[int, ...]) -> None:
    rows = [{"media_key": "a", "status": status, "reason": "r"} for status in ("there", "failed", "refused", "gone")]
    mixed = [rows[place] for place in order]
    for row in rows:
        assert whys(clips({"clip_id": "a"}), fetches(*mixed)) == {"a": f"{row['status']}: r"}
        mixed.remove(row)


def test_of_addresses_that_are_as_hopeful_the_first_is_told_whichever_came_first() -> None:
    rows = [{"media_key": "a", "status": "gone", "address": name, "reason": f"of_{name}"} for name in ("x", "y")]
    for mixed in (rows, rows[::-1]):
        assert whys(clips({"clip_id": "a"}), fetches(*mixed)) == {"a": "gone: of_x"}


def test_a_clip_whose_media_was_fetched_and_does_not_serve_it_says_so() -> None:
    assert whys(clips({"clip_id": "a"}), fetches({"media_key": "a", "status": "there"})) == {"a": "there"}


def test_missing_clips_are_counted_by_class_the_most_first() -> None:
    told = by_class(
        clips(
            {"clip_id": "a", "classes": ["/m/a", "/m/b"]},
            {"clip_id": "b", "classes": ["/m/b"]},
            {"clip_id": "c", "classes": ["/m/a", "/m/c"], "status": "usable", "path": "c.wav"},
        )
    )
    assert told.rows() == [("unbalanced", "/m/b", 2, 2), ("unbalanced", "/m/a", 1, 2)]


# --- what may be theirs ---


def test_files_that_are_called_as_a_missing_clip_are_proposed() -> None:
    missing = missing_clips(clips({"clip_id": "bird"}, {"clip_id": "frog"}), None)
    files = pl.DataFrame({"file": ["old/frog.flac", "old/toad.flac"]})
    found = called_alike(missing, files, "stem", "/mirror")
    assert found.rows() == [("frog", "unbalanced", "/mirror", "old/frog.flac", "name")]


def orphans(durations: dict[str, float]) -> tuple[pl.LazyFrame, pl.LazyFrame]:
    rows = [{"root": "sounds", "path": path, "member": None, "duration_s": of} for path, of in durations.items()]
    there = pl.LazyFrame(rows, schema=MEDIA | {"duration_s": pl.Float64})
    return there.select(*MEDIA), there


@pytest.mark.parametrize(
    ("key", "file", "duration_s", "is_proposed"),
    [
        ("frog", "my_frog_2.wav", 10.0, True),
        ("frog", "my_frog_2.wav", 10.09, True),
        ("frog", "my_frog_2.wav", 40.0, False),  # the whole recording is no such clip
        ("frog", "my_toad_2.wav", 10.0, False),
        ("frog", "frog.wav", 10.0, False),  # matched to its clip by name, and found wanting
        ("fro", "my_fro_2.wav", 10.0, False),  # too short to be no chance
    ],
)
def test_media_are_proposed_by_the_key_within_their_name_and_by_duration(
    key: str, file: str, duration_s: float, is_proposed: bool
) -> None:
    missing = missing_clips(clips({"clip_id": key}), None)
    found = with_key_in_name(missing, *orphans({file: duration_s}))
    assert found.rows() == ([(key, "unbalanced", "sounds", file, "part_of_name")] if is_proposed else [])


def test_files_with_the_bytes_of_what_was_fetched_and_is_gone_are_proposed() -> None:
    gone = fetches(
        {"media_key": "frog", "path": "a/frog.wav", "sha256": "1" * 64, "status": "there"},
        {"path": "a/list.csv", "sha256": "2" * 64, "status": "there"},
    ).collect()
    digests = [("x.wav", "1" * 64), ("y.csv", "2" * 64), ("z.wav", "3" * 64)]
    found = of_known_bytes(gone, digests, "/mirror")
    assert found.rows() == [
        ("a/list.csv", None, "/mirror", "y.csv", "digest"),
        ("frog", None, "/mirror", "x.wav", "digest"),
    ]


# --- nothing ---


def test_of_an_empty_ledger_nothing_is_missing() -> None:
    assert missing_clips(clips(), None).is_empty()
    assert missing_clips(clips(), fetches()).schema == missing_clips(clips({"clip_id": "a"}), None).schema
    assert by_class(clips()).is_empty()
    assert by_class(clips({"clip_id": "a", "classes": ["/m/a"], "status": "usable", "path": "a.wav"})).is_empty()


@pytest.mark.parametrize("match", ["stem", "path", "youtube"])
@pytest.mark.parametrize("sought", [(), ({"clip_id": "frog"},)])
@pytest.mark.parametrize("files", [NO_FILES, pl.DataFrame({"file": ["a/toad.wav"]})])
def test_where_nothing_is_missing_or_nothing_is_called_so_no_file_is_proposed(
    match: str, sought: tuple[Row, ...], files: pl.DataFrame
) -> None:
    found = called_alike(missing_clips(clips(*sought), None), files, match, "/mirror")
    assert found.equals(nothing_proposed())
    assert found.schema == PROPOSED


@pytest.mark.parametrize("sought", [(), ({"clip_id": "fro"},), ({"clip_id": "frog"},)])
@pytest.mark.parametrize("durations", [{}, {"toad.wav": 10.0}])
def test_where_nothing_is_missing_or_nothing_holds_a_key_no_media_is_proposed(
    sought: tuple[Row, ...], durations: dict[str, float]
) -> None:
    found = with_key_in_name(missing_clips(clips(*sought), None), *orphans(durations))
    assert found.equals(nothing_proposed())
    assert found.schema == PROPOSED


@pytest.mark.parametrize("digests", [[], [("x.wav", "1" * 64)]])
def test_where_nothing_is_gone_no_bytes_are_known(digests: list[tuple[str, str]], tmp_path: Path) -> None:
    assert of_known_bytes(fetches().collect(), digests, str(tmp_path)).equals(nothing_proposed())
