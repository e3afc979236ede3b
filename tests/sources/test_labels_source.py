"""Source files are read the same however they are stored, and never by half."""

import gzip
import hashlib

import pytest
import zstandard
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from workflow_scripts.sources.source import Source, SourceError
from workflow_scripts.sources.unpacking import BEGINS

PACK = {"": bytes, ".gz": gzip.compress, ".zst": zstandard.ZstdCompressor(write_checksum=True).compress}
TEXT = b"# made by hand\nfirst, 1\n\nthird \xc3\xa9, 3\n"


def written(folder, content, name="list.csv"):
    (folder / name).write_bytes(content)
    return Source.read(str(folder / name))


def lines(source):
    return source.lines().rows()


# --- lines ---


@pytest.mark.parametrize("suffix", PACK)
def test_lines_are_the_same_plain_or_compressed(tmp_path, suffix):
    source = written(tmp_path, PACK[suffix](TEXT), f"list.csv{suffix}")
    assert lines(source) == [(1, "# made by hand"), (2, "first, 1"), (3, ""), (4, "third é, 3")]
    assert source.text() == TEXT.decode()


def test_crlf_ends_a_line_as_lf_does(tmp_path):
    assert lines(written(tmp_path, b"a\r\n\r\nb\r\n")) == [(1, "a"), (2, ""), (3, "b")]


def test_mixed_ends_of_lines_are_all_ends(tmp_path):
    assert lines(written(tmp_path, b"a\nb\r\nc")) == [(1, "a"), (2, "b"), (3, "c")]


def test_lone_carriage_returns_end_lines(tmp_path):
    """A spreadsheet's "CSV (Macintosh)": taken as one line, all rows but the first would vanish inside it."""
    assert lines(written(tmp_path, b"a,1\rb,2\r")) == [(1, "a,1"), (2, "b,2")]


def test_last_line_counts_without_an_end(tmp_path):
    assert lines(written(tmp_path, b"a\nb")) == lines(written(tmp_path, b"a\nb\n")) == [(1, "a"), (2, "b")]


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf"])
def test_empty_file_has_no_lines(tmp_path, content):
    frame = written(tmp_path, content).lines()
    assert frame.columns == ["line", "raw"]
    assert len(frame) == 0


def test_byte_order_mark_is_no_part_of_the_first_line(tmp_path):
    source = written(tmp_path, b"\xef\xbb\xbfindex,mid\n")
    assert lines(source) == [(1, "index,mid")]
    assert source.text() == "index,mid\n"


def test_byte_order_mark_inside_a_compressed_file_is_no_part_of_the_first_line(tmp_path):
    assert lines(written(tmp_path, gzip.compress(b"\xef\xbb\xbfa\n"), "list.csv.gz")) == [(1, "a")]


def test_bytes_that_are_no_utf_8_spoil_their_own_line_only(tmp_path):
    source = written(tmp_path, b"caf\xe9\nna\xefve, 1\ngood\n")
    assert lines(source) == [(1, "caf�"), (2, "na�ve, 1"), (3, "good")]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_is_read_by_its_byte_order_mark(tmp_path, encoding):
    source = written(tmp_path, f"\ufeff{TEXT.decode()}".encode(encoding))
    assert lines(source) == lines(written(tmp_path, TEXT, "plain.csv"))
    assert source.text() == TEXT.decode()
    with pytest.raises(SourceError, match=r"list\.csv, line 4: not UTF-16-.E at byte "):
        written(tmp_path, f"\ufeff{TEXT.decode()}".encode(encoding)[:-1]).text()


def test_line_keeps_what_only_looks_like_an_end(tmp_path):
    text = "a\x0bb\x0cc\x1cd\x85e\u2028f"
    assert lines(written(tmp_path, f"{text}\nnext\n".encode())) == [(1, text), (2, "next")]


@settings(deadline=None)
@given(
    st.lists(st.text(st.characters(exclude_characters="\r\n\ufeff", codec="utf-8"))),
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
    st.sampled_from(sorted(PACK)),
)
def test_lines_written_are_the_lines_read(wanted, end, last_ends, suffix):
    text = end.join(wanted) + (end if last_ends and wanted else "")
    source = Source(f"list{suffix}", PACK[suffix](text.encode()))
    expected = text.split(end)
    if not expected[-1]:
        expected.pop()  # what follows the last end is no line
    assert lines(source) == list(enumerate(expected, start=1))


@settings(deadline=None)
@given(st.binary() | st.binary().map(b"\xff\xfe".__add__))
def test_no_bytes_are_too_odd_to_have_lines(content):
    content = content.replace(b"\r", b"")
    assume(not content.startswith(tuple(BEGINS)))  # these are unpacked
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    expected = content.decode(encoding, "replace").split("\n")
    if not expected[-1]:
        expected.pop()
    assert lines(Source("list.csv", content)) == list(enumerate(expected, start=1))


# --- what must not pass for whole ---


@pytest.mark.parametrize("suffix", [".gz", ".zst"])
def test_compressed_file_cut_anywhere_is_an_error_that_names_it(tmp_path, suffix):
    whole = PACK[suffix](TEXT)
    for length in range(1, len(whole)):
        source = written(tmp_path, whole[:length], f"list.csv{suffix}")
        with pytest.raises(SourceError, match=rf"list\.csv{suffix}: not a whole {suffix} file"):
            source.lines()


@pytest.mark.parametrize("suffix", [".gz", ".zst"])
def test_compressed_file_of_no_bytes_is_an_error_that_names_it(tmp_path, suffix):
    """An interrupted download; even nothing, once compressed, has a header."""
    source = written(tmp_path, b"", f"list.csv{suffix}")
    with pytest.raises(SourceError, match=rf"list\.csv{suffix}: not a whole {suffix} file"):
        source.lines()


@pytest.mark.parametrize("suffix", [".gz", ".zst"])
def test_compressed_file_of_an_empty_text_has_no_lines(tmp_path, suffix):
    assert lines(written(tmp_path, PACK[suffix](b""), f"list.csv{suffix}")) == []


@pytest.mark.parametrize("suffix", [".gz", ".zst"])
def test_plain_text_called_compressed_is_an_error_that_names_it(tmp_path, suffix):
    with pytest.raises(SourceError, match=rf"list\.csv{suffix}: not a whole"):
        written(tmp_path, TEXT, f"list.csv{suffix}").lines()


@pytest.mark.parametrize("suffix", [".gz", ".zst"])
def test_damaged_checksum_is_an_error_that_names_the_file(tmp_path, suffix):
    whole = bytearray(PACK[suffix](TEXT))
    whole[-5 if suffix == ".gz" else -1] ^= 1
    with pytest.raises(SourceError, match=rf"list\.csv{suffix}: not a whole"):
        written(tmp_path, bytes(whole), f"list.csv{suffix}").text()


@pytest.mark.parametrize("suffix", [".gz", ".zst"])
def test_parts_that_were_compressed_apart_are_read_on_end(tmp_path, suffix):
    content = PACK[suffix](b"a\nb") + PACK[suffix](b"c\n")
    assert lines(written(tmp_path, content, f"list.csv{suffix}")) == [(1, "a"), (2, "bc")]


def test_second_part_that_is_cut_is_an_error_too(tmp_path):
    part = PACK[".zst"](TEXT)
    with pytest.raises(SourceError, match="middle of a frame"):
        written(tmp_path, part + part[:-3], "list.csv.zst").lines()


def test_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(SourceError, match=r"gone\.csv: cannot be read: No such file"):
        Source.read(str(tmp_path / "gone.csv"))


def test_folder_in_place_of_a_file_is_named(tmp_path):
    with pytest.raises(SourceError, match=f"{tmp_path}: cannot be read"):
        Source.read(str(tmp_path))


def test_text_that_is_not_utf_8_names_the_byte(tmp_path):
    with pytest.raises(SourceError, match=r"list\.csv, line 1: not UTF-8 at byte 3"):
        written(tmp_path, b"caf\xe9\n").text()


def test_digest_is_that_of_the_bytes_on_disk(tmp_path):
    packed = gzip.compress(TEXT)
    assert written(tmp_path, packed, "list.csv.gz").sha256 == hashlib.sha256(packed).hexdigest()
