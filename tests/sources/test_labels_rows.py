"""A table is read as it stands, however it is written; each row has its line and its text."""

import gzip
import json
import tracemalloc
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from workflow_scripts.sources import faults, forms
from workflow_scripts.sources.faults import SourceError
from workflow_scripts.sources.json_text import Document
from workflow_scripts.sources.rows import Reading, Rows, read_rows
from workflow_scripts.sources.source import Source

TABLE = [["name", "said"], ["a", "one, two"], ["b", 'he said "no"'], ["c", "two\nlines"], ["d", ""]]


def read(folder: Path, name: str, content: str | bytes, **declared: object) -> Rows:
    """All rows of a file."""
    (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    parts = list(read_rows(Source.read(str(folder / name)), Reading(**declared)))  # type: ignore[arg-type]
    return Rows(*(pl.concat(frames) for frames in zip(*parts, strict=True)))


def delimited(between: str) -> str:
    return "\n".join(between.join('"' + cell.replace('"', '""') + '"' for cell in line) for line in TABLE) + "\n"


@pytest.mark.parametrize(
    ("name", "between"),
    [("t.csv", ","), ("t.csv", ";"), ("t.tsv", "\t"), ("t.txt", "\t"), ("t.txt", "|"), ("t", ","), ("t.csv", "\t")],
)
def test_what_stands_between_cells_is_found(tmp_path: Path, name: str, between: str) -> None:
    found = read(tmp_path, name, delimited(between))
    assert found.cells.rows() == [tuple(line) for line in TABLE[1:]]
    assert found.found["line"].to_list() == [2, 3, 4, 6]
    assert found.found["raw"][2] == f'"c"{between}"two\nlines"'
    assert len(found.broken) == 0


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_texts_with_a_mark_need_no_word(tmp_path: Path, encoding: str) -> None:
    assert read(tmp_path, "t.csv", "näme,b\nж,2\n".encode(encoding)).cells.rows(named=True) == [{"näme": "ж", "b": "2"}]


def test_another_encoding_is_declared_or_an_error_with_byte_and_line(tmp_path: Path) -> None:
    content = "name,by\na,Müller\n".encode("latin-1")
    assert read(tmp_path, "t.csv", content, encoding="latin-1").cells["by"].to_list() == ["Müller"]
    with pytest.raises(SourceError, match=r"t\.csv, line 2: not UTF-8 at byte 11"):
        read(tmp_path, "t.csv", content)


def test_packed_tables_are_unpacked(tmp_path: Path) -> None:
    content = delimited(",").encode()
    for name, packed in (
        ("t.csv.gz", gzip.compress(content)),
        ("t.csv.zst", zstandard.compress(content)),
        ("t.jsonl.gz", gzip.compress(b'{"name": "a"}\n')),
    ):
        assert read(tmp_path, name, packed).cells["name"][0] == "a"


def test_a_table_without_header_has_the_declared_one(tmp_path: Path) -> None:
    found = read(tmp_path, "t.csv", "x,1\ny,2\n", header=("id", "start"))
    assert found.cells.rows(named=True) == [{"id": "x", "start": "1"}, {"id": "y", "start": "2"}]
    assert found.found["line"].to_list() == [1, 2]


def test_names_that_are_declared_are_told_apart_too(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"reading: header: columns 'f' and 'F' cannot be told apart"):
        read(tmp_path, "t.csv", "x,1\n", header=("f", "F"))


def test_rows_of_another_width_are_told_and_empty_cells_behind_do_not_count(tmp_path: Path) -> None:
    found = read(tmp_path, "t.csv", ",a,b\n0,1,2\n1,3,4,,\n2,5\n3,6,7,8\n\n")
    assert found.cells.rows(named=True) == [{"a": "1", "b": "2"}, {"a": "3", "b": "4"}]
    assert found.broken.select("line", "raw", "detail").rows() == [
        (4, "2,5", "2 cells where the header has 3"),
        (5, "3,6,7,8", "4 cells where the header has 3"),
    ]


def test_columns_that_sql_would_not_tell_apart_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"t\.csv, line 1: columns 'Name' and 'name' cannot be told apart"):
        read(tmp_path, "t.csv", "Name,name\n1,2\n")


def test_a_quotation_mark_that_is_left_open_costs_its_row_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(faults, "LONGEST_ROW", 50)
    found = read(tmp_path, "t.csv", 'a,b\n1,2\n3,"4\n' + "5,6\n" * 50 + "x" * 60 + "\n7,8\n")
    assert found.broken.select("line", "raw", "reason").rows() == [
        (3, '3,"4', "unended_row"),
        (54, "x" * 60, "unended_row"),
    ]
    assert found.found["line"].to_list() == [2, *range(4, 54), 55]
    assert found.cells.rows()[-2:] == [("5", "6"), ("7", "8")]


def test_a_quotation_mark_that_is_open_to_the_end_costs_its_row_alone(tmp_path: Path) -> None:
    found = read(tmp_path, "t.csv", 'a,b\n1,2\n3,"4\n5,6\n7,8')
    assert found.broken.select("line", "raw", "reason").rows() == [(3, '3,"4', "unended_row")]
    assert found.cells.rows() == [("1", "2"), ("5", "6"), ("7", "8")]
    assert found.found["line"].to_list() == [2, 4, 5]


@pytest.mark.parametrize(
    ("name", "rows"), [("t.csv", "f\n{}\na.wav\n"), ("t.jsonl", '{{"f": "{}"}}\n{{"f": "a.wav"}}\n')]
)
def test_a_row_of_many_megabytes_takes_little_more_than_itself(tmp_path: Path, name: str, rows: str) -> None:
    """As four bytes a character, and once more for each delimiter that is tried, it took several times as much."""
    text = rows.format("x" * 20_000_000)
    tracemalloc.start()
    found = read(tmp_path, name, text)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(found.broken) == 1
    assert found.cells["f"].to_list() == ["a.wav"]
    assert peak < 130_000_000


QUOTED = 'f\tsaid\na\t"quoted start\nb\tplain\nc\t"another\nd\tlast\n'


def test_quotation_marks_inside_cells_swallow_no_rows(tmp_path: Path) -> None:
    found = read(tmp_path, "t.tsv", QUOTED)
    assert found.cells.rows() == [("b", "plain"), ("d", "last")]
    assert found.broken.select("line", "raw", "reason").rows() == [
        (2, 'a\t"quoted start', "unended_row"),
        (4, 'c\t"another', "unended_row"),
    ]


def test_where_quotation_marks_are_text_they_are_declared_to_be(tmp_path: Path) -> None:
    found = read(tmp_path, "t.tsv", QUOTED, quote="")
    assert found.cells.rows() == [("a", '"quoted start'), ("b", "plain"), ("c", '"another'), ("d", "last")]
    assert read(tmp_path, "t.csv", "a,b\n'x, y',\"z\n", quote="'").cells.rows() == [("x, y", '"z')]


def test_text_behind_a_quotation_mark_costs_nothing_where_its_line_ends(tmp_path: Path) -> None:
    found = read(tmp_path, "t.csv", 'a,b\n1,"two" and\n"3",4\n5,"six" "\n7,8\n')
    assert found.cells.rows() == [("1", "two and"), ("3", "4"), ("5", 'six "'), ("7", "8")]


def test_spaces_may_stand_before_what_is_quoted(tmp_path: Path) -> None:
    """As in the lists of AudioSet."""
    found = read(tmp_path, "t.csv", 'id, start, labels\nx, 30.0, "/m/a,/m/b"\ny, 0.0, "/m/c"\n')
    assert found.cells.rows() == [("x", "30.0", "/m/a,/m/b"), ("y", "0.0", "/m/c")]
    assert read(tmp_path, "t.csv", "id,said\nx, a\n").cells.rows() == [("x", " a")]


def test_header_without_an_end_is_told(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"t\.csv, line 1: no header: a quotation mark is left open"):
        read(tmp_path, "t.csv", '"a,b\n1,2\n')


def test_a_cell_of_nearly_a_megabyte_is_a_cell(tmp_path: Path) -> None:
    found = read(tmp_path, "t.csv", "a,b\n1," + "x" * 1_000_000 + "\n")
    assert found.cells["b"].str.len_chars().to_list() == [1_000_000]


def test_an_object_that_is_too_long_costs_itself_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(faults, "LONGEST_ROW", 50)
    found = read(tmp_path, "t.json", json.dumps([{"a": "x"}, {"a": "y" * 60}, {"a": "z"}]))
    assert found.cells["a"].to_list() == ["x", "z"]
    assert found.broken.select("line", "reason").rows() == [(2, "too_long_row")]


def test_an_empty_table_has_no_rows(tmp_path: Path) -> None:
    for name, content in (("t.csv", ""), ("t.csv", "a,b\n"), ("t.json", "[]"), ("t.jsonl", ""), ("t.yaml", "[]")):
        assert len(read(tmp_path, name, content).found) == 0


# --- objects ---

OBJECTS = [
    {"id": "a", "n": 1, "x": 1.5, "tags": ["p", "q"], "ok": True, "mixed": 1, "deep": {"k": [1]}},
    {"id": "b", "n": 2, "x": 2, "tags": [], "ok": None, "mixed": "two", "more": "only here"},
]


@pytest.mark.parametrize(
    ("name", "content", "at"),
    [
        ("t.json", json.dumps(OBJECTS), ""),
        ("t.json", json.dumps({"num": 2, "data": OBJECTS}), "data"),
        ("t.json", json.dumps({"a": {"b": OBJECTS}}), "a.b"),
        ("t.jsonl", "\n".join(map(json.dumps, OBJECTS)), ""),
    ],
)
def test_objects_are_rows_and_their_values_keep_their_kind(tmp_path: Path, name: str, content: str, at: str) -> None:
    found = read(tmp_path, name, content, at=at)
    assert found.cells.to_dict(as_series=False) == {
        "id": ["a", "b"],
        "n": [1, 2],
        "x": [1.5, 2.0],
        "tags": [["p", "q"], []],
        "ok": [True, None],
        "mixed": ["1", "two"],
        "deep": ['{"k": [1]}', None],
        "more": [None, "only here"],
    }
    assert found.found["line"].to_list() == [1, 2]
    assert json.loads(found.found["raw"][0]) == OBJECTS[0]


def test_the_keys_of_a_map_are_a_column(tmp_path: Path) -> None:
    found = read(tmp_path, "t.json", '{"a.wav": {"n": 1}, "b.wav": {"n": 2}}')
    assert found.cells.rows(named=True) == [{"key": "a.wav", "n": 1}, {"key": "b.wav", "n": 2}]
    found = read(tmp_path, "t.json", '{"a.wav": "dog", "b.wav": "cat"}')
    assert found.cells.rows(named=True) == [{"key": "a.wav", "value": "dog"}, {"key": "b.wav", "value": "cat"}]


def test_the_key_of_a_map_is_that_of_the_map_whatever_its_rows_call_so(tmp_path: Path) -> None:
    for name in ("t.json", "t.yaml"):
        found = read(tmp_path, name, '{"a.wav": {"key": "C major", "n": "x"}}')
        assert found.cells.rows(named=True) == [{"key": "a.wav", "n": "x"}]


def test_scalars_of_yaml_are_texts(tmp_path: Path) -> None:
    content = "- {country: NO, at: 12:30, id: 010, on: 2020-01-01, x: 1.50, none: ~, tags: [y, 1], said: 'null'}\n"
    assert read(tmp_path, "t.yaml", content).cells.rows(named=True) == [
        {"country": "NO", "at": "12:30", "id": "010", "on": "2020-01-01", "x": "1.50", "none": None}
        | {"tags": ["y", "1"], "said": "null"}
    ]
    found = read(tmp_path, "t.yaml", "1: {a: x, ~: y, 2: z}\n")
    assert found.cells.rows(named=True) == [{"key": "1", "a": "x", "2": "z"}]


@pytest.mark.parametrize(
    ("numbers", "cells"),
    [
        ([f"{2**53 + 1}", "1.5"], ["9007199254740993", "1.5"]),
        ([f"{2**53}", "1.5"], [2.0**53, 1.5]),
        ([f"{2**63 - 1}", "1"], [2**63 - 1, 1]),
        ([f"{2**70}", "1"], [f"{2**70}", "1"]),
        (["1" * 5000, "1"], ["1" * 5000, "1"]),
        (["1e400", "1.5"], ["1e400", "1.5"]),
        (["-1e400", "null"], ["-1e400", None]),
    ],
)
def test_numbers_keep_all_their_digits(tmp_path: Path, numbers: list[str], cells: list[object]) -> None:
    rows_of = [f'{{"n": {number}}}' for number in numbers]
    for name, content in (("t.json", f"[{', '.join(rows_of)}]"), ("t.jsonl", "\n".join(rows_of))):
        assert read(tmp_path, name, content).cells["n"].to_list() == cells


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('{"a": ', "Expecting value"),
        ("nonsense", "Expecting value"),
        (r'{"a": "\ud800"}', "half of a character"),
        (r'{"\ud800": 1}', "half of a character"),
        ('{"a": ' + "[" * 100_000, "nested too deeply"),
        ('{"a": ' + "[" * 150 + "]" * 150 + "}", "nested more than 100 deep"),
    ],
)
def test_a_line_that_is_no_json_costs_itself_alone(tmp_path: Path, line: str, words: str) -> None:
    found = read(tmp_path, "t.jsonl", f'{{"a": 1}}\n\n{line}\n{{"a": 2}}\n')
    assert found.found["line"].to_list() == [1, 4]
    assert found.cells["a"].to_list() == [1, 2]
    assert found.broken.select("line", "reason").rows() == [(3, "not_json")]
    assert words in found.broken["detail"][0]


def test_half_of_a_character_costs_its_row_of_a_document_alone(tmp_path: Path) -> None:
    found = read(tmp_path, "t.json", r'[{"a": "x"}, {"a": "\ud800"}]')
    assert found.cells["a"].to_list() == ["x"]
    assert found.broken.select("line", "raw", "reason").rows() == [(2, r'{"a": "\ud800"}', "not_json")]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "latin-1"])
@pytest.mark.parametrize("name", ["t.json", "t.jsonl", "t.yaml"])
def test_objects_are_of_any_encoding(tmp_path: Path, name: str, encoding: str) -> None:
    content = '{"ä": "é"}' if name == "t.jsonl" else '[{"ä": "é"}]'
    declared = {"encoding": encoding} if encoding == "latin-1" else {}
    assert read(tmp_path, name, content.encode(encoding), **declared).cells.rows(named=True) == [{"ä": "é"}]


def test_what_is_no_object_is_no_row(tmp_path: Path) -> None:
    found = read(tmp_path, "t.json", '[{"a": 1}, 2, null]')
    assert found.broken.select("line", "reason").rows() == [(2, "no_object"), (3, "no_object")]


def test_nan_is_nothing_and_texts_that_say_it_stay(tmp_path: Path) -> None:
    found = read(
        tmp_path, "t.json", r'[{"a": NaN, "b": "NaN \" NaN"}, {"a": -Infinity, "b": ""}, {"a": 1.5, "b": "x"}]'
    )
    assert found.cells.rows() == [(None, 'NaN " NaN'), (None, ""), (1.5, "x")]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("t.json", '[{"a": 1},', r"t\.json, line 1: not valid JSON"),
        ("t.json", '[{"a": 1}]\n]', r"t\.json, line 2: not valid JSON: expected the end"),
        ("t.json", '{"data": [{"a": 1}]', r"t\.json, line 1: not valid JSON: expected '}'"),
        ("t.json", "[" * 100_000, r"t\.json: not valid JSON: nested too deeply"),
        ("t.yaml", "[" * 100_000, r"t\.yaml, line 1: nested more than 100 deep"),
        ("t.yaml", "- " * 100_000, r"t\.yaml, line 1: nested more than 100 deep"),
        ("t.yaml", "? [a]\n: 1\n", r"t\.yaml, line 1: not valid YAML"),
        ("t.json", '{"data": 1}', r"a map's row|no list or map of rows"),
        (
            "t.jsonl",
            '[\n{"a": 1}\n'.replace("}", ""),
            r"t\.jsonl: none of its rows is JSON; of the first: Expecting value",
        ),
        ("t.yaml", "a: [", r"t\.yaml, line \d: not valid YAML"),
        ("t.yaml", "a: &x [1]\nb: *x\n", r"t\.yaml: it holds aliases"),
        ("t.parquet", "PAR1", r"t\.parquet: not a Parquet file"),
    ],
)
def test_what_it_is_not_is_told(tmp_path: Path, name: str, content: str, words: str) -> None:
    with pytest.raises(SourceError, match=words):
        read(tmp_path, name, content, at="data" if content.startswith('{"data"') else "")


def parquet(folder: Path, columns: dict[str, object], schema: Any = None) -> Rows:
    """A table written and read again."""
    pl.DataFrame(columns, schema=schema).write_parquet(folder / "t.parquet")
    return read(folder, "t.parquet", (folder / "t.parquet").read_bytes())


def test_parquet_keeps_its_types_but_for_bytes(tmp_path: Path) -> None:
    columns = {"id": ["a", None], "n": [1, 2], "tags": [["x"], None], "sound": [b"\0", None]}
    found = parquet(tmp_path, columns)
    assert found.cells.equals(pl.DataFrame(columns).drop("sound"))
    assert json.loads(found.found["raw"][0]) == {"id": "a", "n": 1, "tags": ["x"]}


def test_bytes_of_parquet_inside_a_column_are_no_cells(tmp_path: Path) -> None:
    """As the Hugging Face hub has audio; what says nothing else is no column."""
    audio = {"bytes": b"\xff\0", "path": "a.wav"}
    table = pl.DataFrame({"id": ["a"], "audio": [audio], "parts": [[b"\0"]], "more": [{"bytes": b"\0"}]})
    table.write_parquet(tmp_path / "t.parquet")
    found = read(tmp_path, "t.parquet", (tmp_path / "t.parquet").read_bytes())
    assert found.cells.rows(named=True) == [{"id": "a", "audio": {"path": "a.wav"}}]
    assert json.loads(found.found["raw"][0]) == {"id": "a", "audio": {"path": "a.wav"}}


def test_a_number_of_parquet_that_is_none_is_nothing(tmp_path: Path) -> None:
    pl.DataFrame({"id": ["a", "b"], "start": [float("nan"), 1.5]}).write_parquet(tmp_path / "t.parquet")
    found = read(tmp_path, "t.parquet", (tmp_path / "t.parquet").read_bytes())
    assert found.cells["start"].to_list() == [None, 1.5]


SOUND = pl.Struct({"bytes": pl.Binary, "path": pl.String})


@pytest.mark.parametrize(
    ("kind", "values", "as_read"),
    [
        (SOUND, [{"bytes": b"\xff", "path": "a.wav"}, None], [{"path": "a.wav"}, None]),
        (pl.List(SOUND), [[{"bytes": b"\xff", "path": "a"}, None], None], [[{"path": "a"}, None], None]),
        (pl.Struct({"in": SOUND}), [{"in": {"bytes": None, "path": "a"}}], [{"in": {"path": "a"}}]),
        (pl.List(pl.Binary), [[b"\xff"]], None),
        (pl.Array(pl.Binary, 1), [[b"\xff"]], None),
        (pl.Struct({"bytes": pl.List(pl.Binary)}), [{"bytes": [b"\xff"]}], None),
        (pl.Int128, [2**100, None], [str(2**100), None]),
        (pl.List(pl.Int128), [[1, 2**100]], [["1", str(2**100)]]),
        (pl.Float16, [1.5, None], [1.5, None]),
        (pl.Array(pl.Int64, 2), [[1, 2], None], [[1, 2], None]),
        (pl.Enum(["a"]), ["a", None], ["a", None]),
        (pl.Null, [None, None], [None, None]),
    ],
)
def test_parquet_of_any_type_is_told_as_json_and_asked_by_duckdb(
    tmp_path: Path, kind: object, values: list[object], as_read: list[object] | None
) -> None:
    found = parquet(tmp_path, {"id": ["x"] * len(values), "it": values}, {"id": pl.String, "it": kind})
    assert found.cells.columns == (["id", "it"] if as_read else ["id"])
    of_json = [json.loads(raw).get("it") for raw in found.found["raw"]]
    assert of_json == (as_read or [None])
    asked = duckdb.connect()
    asked.register("found", found.cells.to_arrow())
    assert [it for *_, it in asked.sql("SELECT * FROM found").fetchall()] == (as_read or ["x"])


@pytest.mark.parametrize("columns", [{}, {"sound": [b"\xff"], "more": [[b"\xff"]]}])
def test_parquet_of_bytes_alone_is_an_error(tmp_path: Path, columns: dict[str, object]) -> None:
    with pytest.raises(SourceError, match=r"t\.parquet: of its columns \((none|sound, more)\) none is more than bytes"):
        parquet(tmp_path, columns)


# --- any cells ---

CELL = st.text(st.characters(exclude_characters="\r\0", exclude_categories=("Cs",)), max_size=6)


VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3),
    max_leaves=8,
)


@settings(deadline=None)
@given(st.lists(VALUE, max_size=6), st.booleans(), VALUE, st.sampled_from([None, 1]))
def test_a_document_is_read_part_by_part_as_it_is_as_a_whole(
    values: list[object], is_map: bool, beside: object, indent: int | None
) -> None:
    rows_of = {str(place): value for place, value in enumerate(values)} if is_map else values
    text = json.dumps({"a": beside, "b": {"c": rows_of, "d": beside}, "e": 1}, indent=indent)
    read_so = Document(text).rows(["b", "c"])
    assert read_so is not None
    keys = map(str, range(len(values))) if is_map else [None] * len(values)
    assert list(read_so) == [
        (key, json.loads(json.dumps(value), parse_int=lambda text: int(text) if len(text) <= 20 else text))
        for key, value in zip(keys, values, strict=True)
    ]
    with pytest.raises(ValueError, match="expected"):
        list(Document(text[:-1]).rows(["b", "c"]) or ())


LINE = st.text('a "\t,\n', max_size=8)


@settings(deadline=None)
@given(st.lists(LINE, max_size=9), st.integers(1, 3), st.sampled_from(['"', ""]), st.sampled_from([",", "\t", None]))
def test_every_line_is_in_a_row_of_its_own_or_of_others(
    lines: list[str], at_once: int, quote: str, between: str | None
) -> None:
    """None that says something vanishes."""
    text = "\n".join(lines)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(forms, "ROWS_AT_ONCE", at_once)
        declared = Reading(header=("a", "b"), quote=quote, delimiter=between)
        parts = list(read_rows(Source("t.csv", text.encode()), declared))
    told = [row for part in parts for frame in (part.found, part.broken) for row in frame.select("line", "raw").rows()]
    of_rows = [first + more for first, raw in told for more in range(raw.count("\n") + 1)]
    says = [number for number, line in enumerate(text.split("\n"), start=1) if line.strip(' \t,"')]
    assert sorted(set(of_rows)) == sorted(of_rows)
    assert set(says) <= set(of_rows)


@settings(deadline=None)
@given(st.lists(st.tuples(CELL, CELL), min_size=1, max_size=20), st.integers(1, 7), st.sampled_from(",;\t|"))
def test_any_cells_come_back_as_they_were(cells: list[tuple[str, str]], at_once: int, between: str) -> None:
    """Lines are those of the file, and with them the text of each row."""
    import csv
    import io

    written = io.StringIO()
    csv.writer(written, delimiter=between, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows([("a", "b"), *cells])
    text = written.getvalue()
    there = [row for row in cells if any(map(str.strip, row))]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(forms, "ROWS_AT_ONCE", at_once)
        parts = list(read_rows(Source("t.csv", text.encode()), Reading(delimiter=between)))
    assert [row for part in parts for row in part.cells.rows()] == there
    lines = text.split("\n")
    for part in parts:
        for line, raw in part.found.rows():
            assert "\n".join(lines[line - 1 :]).startswith(raw)
