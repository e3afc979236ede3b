"""Files of reviews: every row is taken or rejected, and what is taken is what was written."""

import csv
import gzip
import io
import itertools
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflow_scripts.review.serving.rows import as_csv as as_the_page_writes
from workflow_scripts.sources.clips.vocabulary import classes_of
from workflow_scripts.sources.faults import SourceError
from workflow_scripts.sources.reviews import COLUMNS, read_reviews
from workflow_scripts.tables import schemas
from workflow_scripts.tables.store import validate

DIGEST = "0123456789abcdef" * 2
GOOD = {"clip_id": "a", "verdict": "keep"}
PROMISED = pl.LazyFrame({"clip_id": ["a", "b", "-c_"]})
CAPTIONS = pl.LazyFrame({"clip_id": ["a", "a"], "ordinal": pl.Series([0, 1], dtype=pl.Int32)})
CLASSES = classes_of(["Dog", "Cat, indoors"])
Tables = dict[str, pl.DataFrame]


def read(*files: Path) -> Tables:
    tables = read_reviews(list(map(str, files)), PROMISED, CAPTIONS, CLASSES)
    for name, schema in schemas.JUDGED["reviews"].items():
        validate(tables[name], schema)
    sources = tables["sources"]
    assert (sources["rows_read"] == sources["rows_kept"] + sources["rows_rejected"]).all()
    return tables


def as_csv(rows: list[dict[str, Any]], columns: tuple[str, ...] = COLUMNS, delimiter: str = ",") -> str:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns, delimiter=delimiter, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def written(folder: Path, *rows: dict[str, Any], name: str = "reviews.csv", **how: Any) -> Path:
    file = folder / name
    file.write_bytes(as_csv(list(rows), **how).encode())
    return file


def test_a_row_is_taken_as_it_is_written(tmp_path: Path) -> None:
    row = {
        "clip_id": "a",
        "verdict": "drop",
        "reviewer": "Ann",
        "reviewed_at": "2026-11-26T20:00:00.123Z",
        "ordinal": "1",
        "caption": ' A dog, "barking"\nand more; 猫 \u202eabc',
        "class_ids": "dog|cat_indoors",
        "note": "=1+1",
        "pcm_digest": DIGEST,
    }
    [found] = read(written(tmp_path, row))["found_reviews"].rows(named=True)
    assert found == row | {
        "ordinal": 1,
        "class_ids": ["dog", "cat_indoors"],
        "source": str(tmp_path / "reviews.csv"),
        "line": 2,
    }


def test_what_is_empty_says_nothing_and_classes_may_be_called_by_name(tmp_path: Path) -> None:
    row = {"clip_id": " -c_ ", "verdict": " KEEP", "class_ids": " cat, indoors | Dog |", "note": " ", "ordinal": ""}
    [found] = read(written(tmp_path, row))["found_reviews"].rows(named=True)
    nothing = dict.fromkeys(("reviewer", "reviewed_at", "caption", "note", "pcm_digest"))
    assert found == nothing | {
        "clip_id": "-c_",
        "verdict": "keep",
        "ordinal": 0,
        "class_ids": ["cat_indoors", "dog"],
        "source": str(tmp_path / "reviews.csv"),
        "line": 2,
    }


@pytest.mark.parametrize(
    ("more", "reason", "detail"),
    [
        ({"clip_id": ""}, "no_clip", "it names no clip"),
        ({"clip_id": "#NAME?"}, "unknown_clip", "no list promises #NAME?"),
        ({"clip_id": "A"}, "unknown_clip", "no list promises A"),
        ({"verdict": "dropp"}, "bad_verdict", "verdict: dropp; expected keep, drop or nothing"),
        ({"reviewed_at": "26/11/2026 20:00"}, "bad_time", "reviewed_at: 26/11/2026 20:00; expected ISO 8601"),
        ({"reviewed_at": "2026-02-30T10:00"}, "bad_time", "reviewed_at: 2026-02-30T10:00; expected ISO 8601"),
        ({"ordinal": "-1"}, "bad_ordinal", "ordinal: -1; expected 0, 1, …"),
        ({"ordinal": "1.5"}, "bad_ordinal", "ordinal: 1.5; expected 0, 1, …"),
        ({"pcm_digest": DIGEST[:-1]}, "bad_digest", f"pcm_digest: {DIGEST[:-1]}; expected 32 hex digits"),
    ],
)
def test_a_row_that_is_wrong_is_a_reject_with_its_line_and_reason(
    tmp_path: Path, more: dict[str, str], reason: str, detail: str
) -> None:
    tables = read(written(tmp_path, GOOD, GOOD | more, GOOD))
    assert tables["found_reviews"]["line"].to_list() == [2, 4]
    [row] = tables["rejects"].rows(named=True)
    assert (row["line"], row["scope"], row["reason"], row["detail"]) == (3, "row", reason, detail)


def test_rows_that_a_damaged_file_has_are_rejects(tmp_path: Path) -> None:
    file = tmp_path / "r.csv"
    file.write_text('clip_id,verdict,note\na,keep,x,y,z\nb,drop\na,keep,"left open\n')
    tables = read(file)
    assert tables["found_reviews"].is_empty()
    told = tables["rejects"].select("line", "reason").rows()
    assert told == [(2, "wrong_number_of_cells"), (3, "wrong_number_of_cells"), (4, "unended_row")]


@pytest.mark.parametrize(
    ("more", "reason", "column"),
    [
        ({"class_ids": "dog|catt"}, "unknown_class", "class_ids"),
        ({"caption": "A dog.", "ordinal": "2"}, "no_such_caption", "caption"),
        ({"clip_id": "b", "caption": "A dog."}, "no_such_caption", "caption"),
    ],
)
def test_what_a_row_cannot_say_is_left_out_and_told_and_its_verdict_holds(
    tmp_path: Path, more: dict[str, str], reason: str, column: str
) -> None:
    tables = read(written(tmp_path, GOOD | more))
    [found] = tables["found_reviews"].rows(named=True)
    assert (found["verdict"], found[column]) == ("keep", None)
    assert tables["rejects"].select("line", "scope", "reason").rows() == [(2, "label", reason)]


def test_a_file_may_lack_columns_and_have_them_in_any_order(tmp_path: Path) -> None:
    file = tmp_path / "r.csv"
    file.write_text("verdict,note,clip_id\ndrop,loud,a\n")
    [found] = read(file)["found_reviews"].rows(named=True)
    assert (found["clip_id"], found["verdict"], found["note"]) == ("a", "drop", "loud")


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ("clip,verdict", "no column clip_id; a file of reviews has the columns clip_id, verdict, reviewer, "),
        ("clip_id,verdict,caption_text", r"no such column: caption_text; .*did you mean `caption`\?"),
        ("nothing", "no column clip_id and no verdict; "),
    ],
)
def test_a_file_of_other_columns_is_an_error_that_names_them(tmp_path: Path, header: str, told: str) -> None:
    file = tmp_path / "r.csv"
    file.write_text(f"{header}\na,keep,x\n")
    with pytest.raises(SourceError, match=f"{file}: {told}"):
        read(file)


def test_a_file_in_which_nothing_stands_yet_has_no_rows(tmp_path: Path) -> None:
    tables = read(written(tmp_path))
    assert [len(tables[name]) for name in ("found_reviews", "rejects")] == [0, 0]
    assert tables["sources"]["rows_read"].to_list() == [0]


def test_rows_of_a_second_file_may_be_wrong(tmp_path: Path) -> None:
    first = written(tmp_path, GOOD | {"verdict": ""}, name="first.csv")
    bad = {"clip_id": "b", "verdict": "", "pcm_digest": "zzzz"}, {"clip_id": "nobody", "verdict": ""}
    second = written(tmp_path, *bad, name="second.csv")
    tables = read(first, second)
    assert len(tables["found_reviews"]) == 1
    assert tables["rejects"].select("source", "line", "reason").rows() == [
        (str(second), 2, "bad_digest"),
        (str(second), 3, "unknown_clip"),
    ]


@pytest.mark.parametrize("form", ["semicolons", "bom", "gz", "parquet", "jsonl"])
def test_forms_that_other_tables_come_in_are_read(tmp_path: Path, form: str) -> None:
    row = GOOD | {"note": "a, b", "class_ids": "dog|cat_indoors", "reviewed_at": "2026-11-26"}
    wanted = read(written(tmp_path, row, name="plain.csv"))["found_reviews"].drop("source", "line")
    file = tmp_path / {"parquet": "r.parquet", "jsonl": "r.jsonl", "gz": "r.csv.gz"}.get(form, "r.csv")
    text = as_csv([row], delimiter=";" if form == "semicolons" else ",")
    if form in ("parquet", "jsonl"):
        typed = {**row, "class_ids": ["dog", "cat_indoors"], "ordinal": 0}
        table = pl.DataFrame([typed]).with_columns(pl.col("reviewed_at").str.to_date())
        table.write_parquet(file) if form == "parquet" else table.write_ndjson(file)
    else:
        file.write_bytes(gzip.compress(text.encode()) if form == "gz" else text.encode("utf-8-sig"))
    assert read(file)["found_reviews"].drop("source", "line").equals(wanted)


def test_the_same_files_in_another_order_are_the_same_tables(tmp_path: Path) -> None:
    files = [
        written(tmp_path, GOOD | {"reviewer": name}, GOOD | {"verdict": "no"}, name=f"{name}.csv") for name in "xyz"
    ]
    first, *others = (read(*order) for order in itertools.permutations(files))
    for other in others:
        assert all(other[name].equals(table) for name, table in first.items())


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


def test_blanks_before_a_text_stay_though_others_hold_what_parts_cells(tmp_path: Path) -> None:
    row = dict.fromkeys(COLUMNS, "") | {"clip_id": "a", "verdict": "keep", "note": ' a, "b"', "caption": " x"}
    file = tmp_path / "reviews.csv"
    file.write_bytes(as_the_page_writes([row]))
    assert read(file)["found_reviews"].select("note", "caption").rows() == [(' a, "b"', " x")]


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(TEXTS, TEXTS, st.sampled_from(["keep", "drop", ""])), max_size=8))
def test_what_was_written_is_read_back_whatever_the_text(
    tmp_path_factory: pytest.TempPathFactory, said: list[tuple[str, str, str]]
) -> None:
    rows = [
        dict.fromkeys(COLUMNS, "") | {"clip_id": "a", "verdict": verdict, "caption": caption, "note": note}
        for caption, note, verdict in said
    ]
    file = tmp_path_factory.mktemp("said") / "reviews.csv"
    file.write_bytes(as_the_page_writes(rows))
    found = read(file)["found_reviews"]
    assert found.select("caption", "note", "verdict").rows() == [
        (_said(caption), _said(note), verdict or None) for caption, note, verdict in said
    ]


def _said(text: str) -> str | None:
    """Blanks alone say nothing: those of Unicode, as far as the two engines agree on them."""
    return text if pl.Series([text]).str.contains(r"\S").item() else None
