"""What may stand in reviews.csv, and what merging two of them gives."""

import csv
import io
from datetime import timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.review.served import HEADER, said
from workflow_scripts.review.serving.rows import COLUMNS, RowsError, as_csv, checked, from_csv, merged, moment

texts = st.text(st.characters(exclude_categories=["Cc", "Cs"], include_characters="\n"), max_size=20)
zones = st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes)))
rows = st.builds(
    lambda *cells: dict(zip(COLUMNS, cells, strict=True)),
    st.sampled_from(["a", "b", "-c", "_d"]),
    st.sampled_from(["keep", "drop", ""]),
    st.sampled_from(["ann", 'Ben, the "second"', "=1+1", "\u202eeve"]),
    st.datetimes(timezones=zones | st.none()).map(lambda at: at.isoformat()) | st.just(""),
    st.sampled_from(["", "0", "1", "10"]),
    texts,
    texts,
    texts,
    st.sampled_from(["", "0f" * 16]),
)


def read(content: bytes) -> list[dict[str, str]]:
    return from_csv(content, "mine.csv")


@given(st.lists(rows))
def test_what_is_written_is_read_back(written: list[dict[str, str]]) -> None:
    assert read(as_csv(written)) == written


@given(st.lists(rows))
def test_other_readers_of_csv_see_the_same(written: list[dict[str, str]]) -> None:
    assert list(csv.DictReader(io.StringIO(as_csv(written).decode(), newline=""))) == written


@given(st.lists(rows, max_size=6), st.lists(rows, max_size=6))
def test_the_newest_word_of_each_reviewer_holds_and_nobody_else_loses_any(
    kept: list[dict[str, str]], more: list[dict[str, str]]
) -> None:
    def key(row: dict[str, str]) -> tuple[str, ...]:
        return row["clip_id"], row["reviewer"], row["ordinal"] or "0"

    got = merged(kept, more)
    touched = {key(row) for row in more}
    assert [row for row in got if key(row) not in touched] == [
        row for row in merged(kept, []) if key(row) not in touched
    ]
    for one in touched:
        [holds] = [row for row in got if key(row) == one]
        assert holds in kept + more
        assert moment(holds) == max(moment(row) for row in kept + more if key(row) == one)
    assert as_csv(merged(reversed(got), more)) == as_csv(got)


def test_of_two_words_of_one_time_the_one_that_came_last_holds() -> None:
    first, second = (checked(said(note=note), "row") for note in ("first", "second"))
    assert [row["note"] for row in merged([first], [second])] == ["second"]
    assert [row["note"] for row in merged([], [first, second])] == ["second"]


def test_captions_of_a_clip_are_corrected_each_by_itself() -> None:
    words = [checked(said(ordinal=ordinal, caption=f"the {ordinal}"), "row") for ordinal in (10, 2, None)]
    assert [row["ordinal"] for row in merged([], words)] == ["", "2", "10"]


def test_a_word_on_no_caption_is_one_on_the_first() -> None:
    first, second = checked(said(note="first"), "row"), checked(said(ordinal=0, note="second"), "row")
    assert merged([first], [second]) == [second]
    assert merged([second], [first]) == [first]


def test_a_row_without_a_time_is_older_than_any_other() -> None:
    timed, untimed = checked(said(at="0001-01-01"), "row"), checked(said(at=""), "row")
    assert merged([timed], [untimed]) == [untimed]
    assert merged([checked(said(at="0001-01-01T00:00:01"), "row")], [untimed])[0]["reviewed_at"]


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ({"clip_id": "../a"}, "clip_id '../a'"),
        ({"clip_id": "a\n"}, "clip_id"),
        ({"clip_id": ""}, "clip_id ''"),
        ({"verdict": "Keep"}, "expected keep, drop or nothing"),
        ({"reviewer": 7}, "reviewer 7: expected text"),
        ({"reviewed_at": "yesterday"}, "expected a time such as 2026-03-01T12:00:00Z"),
        ({"reviewed_at": "20260301"}, "expected a time such as 2026-03-01T12:00:00Z"),
        ({"reviewed_at": "2026-02-30"}, "expected a time such as 2026-03-01T12:00:00Z"),
        ({"ordinal": -1}, "expected a whole number from 0"),
        ({"ordinal": True}, "ordinal True: expected text"),
        ({"ordinal": "01"}, "expected a whole number"),
        ({"ordinal": "٣"}, "expected a whole number"),
        ({"pcm_digest": "xyz"}, "hexadecimal"),
        ({"class_ids": ["a"]}, "expected text"),
        ({"note": "a\tb"}, "control characters"),
        ({"note": "\x00"}, "control characters"),
        ({"note": "\r"}, "control characters"),
        ({"note": "\ud800"}, "half of a surrogate pair"),
        ({"note": "x" * 10_001}, "10,001 characters"),
        ({"__proto__": "x"}, "no such column: '__proto__'"),
    ],
)
def test_what_cannot_stand_in_a_row_is_told(cells: dict[str, object], told: str) -> None:
    with pytest.raises(RowsError, match=r"rows\[7\]") as error:
        checked(said(**cells), "rows[7]")
    assert told in str(error.value)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("clip_id,verdict\r\na,keep\r\n", "its header is 'clip_id,verdict'"),
        (f"{HEADER}\r\na,keep\r\n", "line 2: 2 cells; expected 9"),
        (
            f'{HEADER}\r\na,keep,ann,2026-03-01,,"two\nlines",,,\r\nb,keep,ann,then,,,,,\r\n',
            "line 4: reviewed_at 'then'",
        ),
        (f'{HEADER}\r\n"a', "not CSV"),
        (f"{HEADER}\r\n\xff", "line 2: 1 cells"),
    ],
)
def test_a_file_that_no_server_wrote_is_refused_with_its_line(content: str, told: str) -> None:
    with pytest.raises(RowsError, match=r"mine\.csv") as error:
        read(content.encode())
    assert told in str(error.value)


def test_a_file_of_other_columns_is_refused_with_what_to_do() -> None:
    with pytest.raises(RowsError, match=r"REVIEWS=.*both under `reviews`"):
        read(b"clip_id,verdict,reviewer\r\na,keep,ann\r\n")


def test_a_file_in_another_encoding_is_refused() -> None:
    with pytest.raises(RowsError, match="not CSV in UTF-8"):
        read(f"{HEADER}\r\n\xe9".encode("latin-1"))


def test_a_file_that_a_spreadsheet_saved_is_read() -> None:
    content = f'\ufeff{HEADER}\na,keep,ann,2026-03-01,,"two\r\nlines",,,\n\n'
    [row] = read(content.encode())
    assert (row["clip_id"], row["caption"]) == ("a", "two\nlines")
