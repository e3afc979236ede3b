"""Whatever a reader raises is told as the user's error, and no source is larger than a bound."""

import csv
import gzip
import io
import os
import tracemalloc
import zlib

import duckdb
import polars as pl
import pyarrow.parquet
import pytest
import yaml
import zstandard

from workflow_scripts.errors import SoundledgerError
from workflow_scripts.sources import faults
from workflow_scripts.sources.class_lists import read_class_index
from workflow_scripts.sources.faults import SourceError, as_source_error
from workflow_scripts.sources.ontology import read_ontology
from workflow_scripts.sources.rejects import without_long_rows
from workflow_scripts.sources.source import Source
from workflow_scripts.sources.unpacking import UNPACK, TooMuchError

READERS = {
    "YAML": lambda: yaml.safe_load("a: 1\nb: [1, 2\nc: 3\n"),
    "CSV": lambda: list(csv.reader(io.StringIO("x" * (csv.field_size_limit() + 1)))),
    "Parquet by pyarrow": lambda: pyarrow.parquet.read_table(io.BytesIO(b"PAR1 is not enough")),
    "Parquet by polars": lambda: pl.read_parquet(io.BytesIO(b"PAR1 is not enough")),
    "polars, where it panics": lambda: pl.select(pl.lit(b"\xff").implode().struct.json_encode()),
    "DuckDB": lambda: duckdb.sql("SELECT * FROM read_csv('/no/such/file.csv')"),
    "text": lambda: b"caf\xe9".decode(),
    "a number too long": lambda: int("1" * 5000),
    "memory": lambda: bytearray(2**62),
}


@pytest.mark.parametrize("reader", READERS)
def test_whatever_a_reader_raises_is_told_as_the_error_of_a_file_in_one_line(reader):
    words = pytest.raises(SourceError, match=r"^list\.x(, line \d+)?: not a list of clips: ..")
    with words as caught, as_source_error("list.x", "a list of clips"):
        READERS[reader]()
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400


def test_yaml_that_cannot_be_read_names_the_line():
    with (
        pytest.raises(SourceError, match=r"^list\.yaml, line 3: not a list of clips:"),
        as_source_error("list.yaml", "a list of clips"),
    ):
        READERS["YAML"]()


def test_error_that_is_told_already_stays_as_it_is():
    with pytest.raises(SoundledgerError, match=r"^told$"), as_source_error("list.x", "a list"):
        raise SoundledgerError("told")


# --- ontologies and class lists that readers choke on ---


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        r'[{"id": "/m/a", "name": "\ud800"}]',
        '[{"id": "/m/a", "name": "A"',
        "",
    ],
)
def test_json_that_cannot_be_read_is_the_error_of_its_file(text):
    with pytest.raises(SourceError, match=r"^ontology\.json(, line 1)?: not valid JSON: "):
        read_ontology(Source("ontology.json", text.encode()))


def test_number_beyond_all_numbers_costs_no_ontology():
    text = '[{"id": "/m/a", "name": "A", "note": ' + "1" * 5000 + "}]"
    assert [*read_ontology(Source("ontology.json", text.encode()))] == ["/m/a"]


def test_nan_in_json_is_nothing():
    assert Source("audio.json", b'{"a": NaN, "b": -Infinity}').json() == {"a": None, "b": None}


def test_class_list_with_a_field_beyond_all_bounds_names_the_line():
    source = Source("classes.csv", b"index,mid,display_name\n0,/m/a,A\n1,/m/b," + b"x" * (faults.LONGEST_ROW + 1))
    with pytest.raises(SourceError, match=r"^classes\.csv, line 3: not a comma-separated list: "):
        read_class_index(source)


# --- bounds ---

BOMBS = {".gz": gzip.compress, ".zst": zstandard.ZstdCompressor(level=19).compress}


@pytest.mark.parametrize("suffix", BOMBS)
def test_little_file_that_unpacks_to_more_than_any_source_is_refused(monkeypatch, suffix):
    monkeypatch.setattr(faults, "MOST_BYTES", 1_000_000)
    bomb = BOMBS[suffix](bytes(300_000_000))
    assert len(bomb) < 500_000
    with pytest.raises(SourceError, match=rf"^list\.csv{suffix}: unpacks to more than 1,000,000 bytes"):
        Source(f"list.csv{suffix}", bomb).lines()


@pytest.mark.parametrize("suffix", BOMBS)
def test_one_whose_name_does_not_say_that_it_is_packed_is_refused_too(monkeypatch, suffix):
    monkeypatch.setattr(faults, "MOST_BYTES", 1_000_000)
    assert Source("list.csv", BOMBS[suffix](b"a\nb\n")).lines()["raw"].to_list() == ["a", "b"]
    with pytest.raises(SourceError, match=r"^list\.csv: unpacks to more than 1,000,000 bytes"):
        Source("list.csv", BOMBS[suffix](bytes(30_000_000))).lines()


@pytest.mark.parametrize("pack", [zlib.compress, lambda text: gzip.compress(gzip.compress(text))])
def test_what_is_packed_in_other_ways_is_not_unpacked_behind_our_back(pack):
    packed = pack(b"a\n" * 100_000)
    assert len(b"\n".join(raw.encode() for raw in Source("list.csv", packed).lines()["raw"])) < 10_000


@pytest.mark.parametrize("kind", BOMBS)
def test_what_is_too_much_is_not_put_together_to_be_refused(kind):
    """Python counts what it holds: of 60 MB no more than was unpacked once."""
    bomb = BOMBS[kind](bytes(300_000_000))
    tracemalloc.start()
    with pytest.raises(TooMuchError):
        UNPACK[kind](bomb, 60_000_000)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 200_000_000


@pytest.mark.parametrize("kind", BOMBS)
def test_what_little_there_is_takes_little_to_be_unpacked(kind):
    """However much there may be: room for all of that was asked for at once, which a job may not have."""
    tracemalloc.start()
    assert UNPACK[kind](BOMBS[kind](b"a\nb\n"), faults.MOST_BYTES) == b"a\nb\n"
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20_000_000


def test_file_larger_than_any_source_is_not_read(tmp_path):
    path = tmp_path / "list.csv"
    with path.open("wb") as file:
        file.truncate(faults.MOST_BYTES + 1)
    with pytest.raises(SourceError, match=r"list\.csv: holds more than 2,147,483,648 bytes"):
        Source.read(str(path))


def test_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "list.csv")
    with pytest.raises(SourceError, match=r"list\.csv: cannot be read: it is no regular file"):
        Source.read(str(tmp_path / "list.csv"))


def test_line_longer_than_any_row_is_a_reject_of_bounded_length():
    content = b"a\n" + b"x" * (faults.LONGEST_ROW + 1) + b"\nb\n"
    rows, rejects = without_long_rows("list.csv", Source("list.csv", content).lines())
    assert rows.rows() == [(1, "a"), (3, "b")]
    assert rejects.select("source", "line", "scope", "reason").rows() == [("list.csv", 2, "row", "too_long_row")]
    assert len(rejects["raw"][0]) < 1_100


def test_text_whose_every_line_is_longer_than_any_row_is_refused():
    content = b"\n" + b"x" * (faults.LONGEST_ROW + 1) + b"\n \n"
    with pytest.raises(SourceError, match=r"^list\.csv, line 2: longer than 1,048,576 bytes"):
        without_long_rows("list.csv", Source("list.csv", content).lines())
