"""Lists of classes: what they hold, what they say twice, and the words for what is none."""

import csv

import polars as pl
import pytest

from workflow_scripts.sources.class_lists import read_class_index, read_display_names
from workflow_scripts.sources.ontology import class_table
from workflow_scripts.sources.source import Source, SourceError


def index_file(*rows, header="index,mid,display_name"):
    return Source("class_labels_indices.csv", "\n".join([header, *rows, ""]).encode())


def class_index(source):
    """Index, class and name of the rows that are kept."""
    return read_class_index(source).filter(pl.col("reason").is_null()).select("class_index", "class_id", "name").rows()


def display_names(source):
    return dict(read_display_names(source).filter(pl.col("reason").is_null()).select("class_id", "name").rows())


def rejected(rows):
    return rows.filter(rows["reason"].is_not_null()).select("line", "reason", "raw").rows()


# --- class_labels_indices.csv ---


def test_class_lists_with_an_old_macs_ends_of_lines_are_read():
    assert class_index(Source("classes.csv", b"index,mid,display_name\r0,/m/a,A\r1,/m/b,B\r")) == [
        (0, "/m/a", "A"),
        (1, "/m/b", "B"),
    ]
    assert display_names(Source("names.tsv", b"/m/a\tA\r/m/b\tB\r")) == {"/m/a": "A", "/m/b": "B"}


def test_only_the_end_of_a_line_ends_a_name():
    assert display_names(Source("names.tsv", "/m/a\tA\x1c\x0b\u2028a\r\n/m/b\tB".encode())) == {
        "/m/a": "A\x1c\x0b\u2028a",
        "/m/b": "B",
    }


def test_name_of_200_kilobytes_is_a_name():
    assert class_index(index_file("0,/m/a," + "x" * 200_000)) == [(0, "/m/a", "x" * 200_000)]


def test_class_index_reads_names_with_commas_and_quotes():
    source = index_file('0,/m/09x0r,"Speech"', '1,/m/05zppz,"Male speech, man speaking"', '2,/m/x,"a ""b"""')
    assert class_index(source) == [
        (0, "/m/09x0r", "Speech"),
        (1, "/m/05zppz", "Male speech, man speaking"),
        (2, "/m/x", 'a "b"'),
    ]


def test_class_index_may_have_its_columns_in_another_order_and_more_of_them():
    source = index_file("Speech,/m/09x0r,x,0", header="display_name,mid,note,index")
    assert class_index(source) == [(0, "/m/09x0r", "Speech")]


@pytest.mark.parametrize(
    ("rows", "line"),
    [
        (["0,/m/a,A", "one,/m/b,B"], 3),
        (["-1,/m/a,A"], 2),
        (["1.0,/m/a,A"], 2),
        ([",/m/a,A"], 2),
        (["0,/m/a,A", "1,,B"], 3),
        (["0,/m/a,A", "1,/m/b"], 3),
        (["0,/m/a,A", '1,/m/b,"B', 'b"', "2,/m/c"], 5),
        (["0,/m/a,"], 2),
        (["0,/m/a,A", "9" * 5000 + ",/m/b,B"], 3),
    ],
)
def test_row_of_the_class_index_that_is_none_names_its_line(rows, line):
    with pytest.raises(SourceError, match=rf"class_labels_indices\.csv, line {line}: expected index,mid,display_name"):
        class_index(index_file(*rows))


def test_name_with_a_comma_but_without_quotes_names_its_line():
    """75 of the 527 names hold a comma: without an error they would be cut there."""
    with pytest.raises(SourceError, match=r"class_labels_indices\.csv, line 3"):
        class_index(index_file("0,/m/09x0r,Speech", "1,/m/05zppz,Male speech, man speaking"))


def test_empty_fields_that_a_spreadsheet_adds_to_the_class_index_do_not_count():
    assert class_index(index_file("0,/m/09x0r,Speech,,")) == [(0, "/m/09x0r", "Speech")]


def test_index_too_large_for_a_class_names_its_line():
    with pytest.raises(SourceError, match=r"class_labels_indices\.csv, line 2"):
        class_table({}, class_index(index_file("99999999999,/m/a,A")), {})


def test_index_that_stands_twice_names_both_lines():
    with pytest.raises(SourceError, match=r"class_labels_indices\.csv, line 4: 0 stands in line 2 already"):
        class_index(index_file("0,/m/a,A", "1,/m/b,B", "0,/m/c,C"))


def test_class_that_stands_twice_names_both_lines():
    with pytest.raises(SourceError, match=r"class_labels_indices\.csv, line 4: /m/a stands in line 2 already"):
        class_index(index_file("0,/m/a,A", "1,/m/b,B", "2,/m/a,C"))


@pytest.mark.parametrize(
    ("header", "missing"),
    [("index,mid,name", "display_name"), ("0,/m/09x0r,Speech", "display_name, index, mid"), ("index;mid", "index")],
)
def test_missing_column_of_the_class_index_is_named(header, missing):
    with pytest.raises(SourceError, match=rf"class_labels_indices\.csv, line 1: no column .*{missing}"):
        class_index(index_file("0,/m/a,A", header=header))


def test_class_index_without_a_line_is_refused():
    with pytest.raises(SourceError, match=r"class_labels_indices\.csv, line 1: no column"):
        class_index(Source("class_labels_indices.csv", b""))


# --- mid_to_display_name.tsv ---


def test_display_names_are_read_to_the_tab():
    assert display_names(Source("names.tsv", b'/m/0fw86\tWaterfall, far\n/m/x\t"X"\n')) == {
        "/m/0fw86": "Waterfall, far",
        "/m/x": '"X"',
    }


@pytest.mark.parametrize("bad", ["/m/b B", "/m/b\tB\tC", "/m/b\t", "\tB"])
def test_display_name_that_is_none_names_its_line(bad):
    with pytest.raises(SourceError, match=r"names\.tsv, line 2: expected a class id, a tab and a name"):
        display_names(Source("names.tsv", f"/m/a\tA\n{bad}\n/m/c\tC\n".encode()))


def test_blank_lines_among_display_names_do_not_count():
    rows = read_display_names(Source("names.tsv", b"/m/a\tA\n\n/m/b\tB\n\n \n"))
    assert rows.select("line", "name").rows() == [(1, "A"), (3, "B")]


def test_class_with_two_display_names_is_refused():
    with pytest.raises(SourceError, match=r"names\.tsv, line 2"):
        display_names(Source("names.tsv", b"/m/a\tA\n/m/a\tB\n"))


# --- rows that say something again ---


def test_row_of_the_class_index_that_stands_there_again_is_a_reject():
    rows = read_class_index(index_file("0,/m/a,A", "1,/m/b,B", '0, /m/a,"A"'))
    assert rows["line"].to_list() == [2, 3, 4]
    assert rejected(rows) == [(4, "repeated_row", '0, /m/a,"A"')]


def test_display_name_that_stands_there_again_is_a_reject():
    rows = read_display_names(Source("names.tsv", b"/m/a\tA\n/m/b\tB\n/m/a\tA\n"))
    assert rejected(rows) == [(3, "repeated_row", "/m/a\tA")]
    assert rows["detail"].to_list() == [None, None, "line 1 says the same"]


# --- the real one ---


@pytest.mark.shared
def test_75_of_the_real_display_names_hold_a_comma_and_all_are_read_whole(shared):
    file = shared / "data/audioset/class_labels_indices.csv"
    rows = class_index(Source.read(str(file)))
    with file.open(newline="") as opened:
        assert [name for _, _, name in rows] == [row["display_name"] for row in csv.DictReader(opened)]
    assert sum("," in name for _, _, name in rows) == 75
