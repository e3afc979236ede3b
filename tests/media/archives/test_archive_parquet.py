"""Rows of a Parquet file as media."""

import contextlib
import os
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.media.archives.made_archives import listed, members, of, read, reasons, write_parquet
from workflow_scripts.media.archives import contents, parquet, split
from workflow_scripts.media.names import to_text

ROWS = st.lists(st.tuples(st.none() | st.text(max_size=4), st.binary(max_size=999)), max_size=9)


@settings(max_examples=40, deadline=None)
@given(ROWS, st.integers(1, 9))
def test_whatever_is_put_in_comes_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str | None, bytes]], row_group: int
) -> None:
    path = write_parquet(tmp_path_factory.mktemp("parquet") / "x.parquet", rows, row_group)
    medias, damages = listed(path)
    assert ([media.offset for media in medias], damages) == (list(range(len(rows))), [])
    assert len({media.member for media in medias}) == len(rows)
    assert [of(content) for _, content in contents(medias)] == [data for _, data in rows]
    names = [name for name, _ in rows]
    for media, name in zip(medias, names, strict=True):
        if name and names.count(name) == 1 and not any("#" in (other or "") for other in names):
            assert media.member == to_text(name)


def test_names_that_are_missing_or_not_unique_have_the_number_of_their_row(tmp_path: Path) -> None:
    rows = [(name, b"1") for name in ("a.wav", None, "b.wav", "a.wav", "", "row 1", "b.wav#2")]
    assert members(write_parquet(tmp_path / "x.parquet", rows)) == [
        "a.wav#0",
        "row 1#1",
        "b.wav",
        "a.wav#3",
        "row 4",
        "row 1#5",
        "b.wav#2",
    ]


def _written(path: Path, columns: dict[str, Any]) -> Path:
    pq.write_table(pa.table(columns), path)
    return path


@pytest.mark.parametrize("kind", [pa.binary(), pa.large_binary()])
@pytest.mark.parametrize("name", ["file_name", "id"])
def test_a_plain_column_is_named_by_the_one_beside_it(tmp_path: Path, kind: Any, name: str) -> None:
    columns = {name: ["a.wav", "b.wav"], "blob": pa.array([b"1", b"2"], kind), "title": ["x", "y"]}
    assert read(_written(tmp_path / "x.parquet", columns)) == {"a.wav": b"1", "b.wav": b"2"}


def _audio(paths: list[str | None]) -> Any:
    kind = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
    return pa.array([{"bytes": b"%d" % row, "path": path} for row, path in enumerate(paths)], kind)


@pytest.mark.parametrize("name", ["video_id", "ytid", "youtube_id", "id", "clip_id", "segment_id", "__key__"])
@pytest.mark.parametrize("path", [None, "", "audio.wav"])
def test_a_path_that_tells_no_rows_apart_does_not_win_over_an_id(tmp_path: Path, name: str, path: str | None) -> None:
    columns = {name: ["a", "b", "c"], "audio": _audio([path] * 3), "labels": [["x"], ["y"], []]}
    assert members(_written(tmp_path / "x.parquet", columns)) == ["a", "b", "c"]


def test_a_path_that_tells_rows_apart_wins_over_ids(tmp_path: Path) -> None:
    columns = {"video_id": ["a", "b"], "id": ["c", "d"], "audio": _audio(["a_0.wav", "a_10.wav"])}
    assert members(_written(tmp_path / "x.parquet", columns)) == ["a_0.wav", "a_10.wav"]


def test_a_column_that_repeats_itself_comes_behind_one_that_does_not(tmp_path: Path) -> None:
    columns = {"name": ["dog", "cat", "dog"], "id": [7, 8, 9], "audio": _audio([None] * 3)}
    assert members(_written(tmp_path / "x.parquet", columns)) == ["7", "8", "9"]


def test_text_names_rows_before_numbers_do(tmp_path: Path) -> None:
    columns = {"id": [0, 1], "key": ["a", "b"], "audio": _audio([None, None])}
    assert members(_written(tmp_path / "x.parquet", columns)) == ["a", "b"]


def test_a_row_that_one_column_leaves_open_is_named_by_the_next(tmp_path: Path) -> None:
    columns = {"ytid": ["a", None, "", "d"], "id": ["e", "f", None, "h"], "audio": _audio(["i", None, None, None])}
    assert members(_written(tmp_path / "x.parquet", columns)) == ["a", "f", "row 2", "d"]


def test_of_two_columns_that_may_name_rows_the_order_of_preference_decides(tmp_path: Path) -> None:
    columns = {"id": ["a"], "name": ["b"], "audio": pa.array([b"1"], pa.binary())}
    assert members(_written(tmp_path / "x.parquet", columns)) == ["b"]


def test_of_several_columns_of_bytes_the_one_called_audio_counts(tmp_path: Path) -> None:
    columns = {"image": pa.array([b"i"], pa.binary()), "audio": pa.array([b"a"], pa.binary()), "id": ["1"]}
    assert read(_written(tmp_path / "x.parquet", columns)) == {"1": b"a"}


def test_a_table_without_audio_is_told_once(tmp_path: Path) -> None:
    path = _written(tmp_path / "x.parquet", {"label": [1, 2], "text": ["a", "b"]})
    assert (members(path), reasons(path)) == ([], ["no_audio_column"])


def test_rows_without_bytes(tmp_path: Path) -> None:
    path = write_parquet(tmp_path / "x.parquet", [("a", b"1"), ("b", None), ("c", None), ("d", None)], 2)
    assert (read(path), reasons(path)) == ({"a": b"1", "b": "empty"}, ["rows_without_bytes"])


def test_a_struct_that_is_null_is_empty(tmp_path: Path) -> None:
    kind = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
    audio = pa.array([None, {"bytes": b"1", "path": "a"}], kind)
    assert read(_written(tmp_path / "x.parquet", {"audio": audio})) == {"row 0": "empty", "a": b"1"}


def test_only_the_rows_that_are_asked_for_come_and_in_their_order(tmp_path: Path) -> None:
    path = write_parquet(tmp_path / "x.parquet", [(f"{n}.wav", b"%d" % n) for n in range(20)], 6)
    some = [media for media in listed(path)[0] if media.offset in (1, 4, 5, 6, 19)]
    assert [of(content) for _, content in contents(some)] == [b"1", b"4", b"5", b"6", b"19"]


def test_batches_are_whole_row_groups(tmp_path: Path) -> None:
    path = write_parquet(tmp_path / "x.parquet", [(f"{n}.wav", b"1") for n in range(20)], 6)
    medias = listed(path)[0]
    assert [len(batch) for batch in split(medias, 4)] == [6, 6, 6, 2]
    assert [len(batch) for batch in split(medias, 12)] == [12, 8]
    assert [media for batch in split(medias[3:], 1) for media in batch] == medias[3:]


@pytest.mark.parametrize("keep", [0, 3, 100, -1, -9, -200])
def test_a_cut_file_is_damaged(tmp_path: Path, keep: int) -> None:
    path = write_parquet(tmp_path / "x.parquet", [("a.wav", b"1" * 999)])
    path.write_bytes(path.read_bytes()[:keep])
    assert (members(path), reasons(path)) == ([], ["archive_damaged"])


def test_a_damaged_row_group_does_not_take_the_others_with_it(tmp_path: Path) -> None:
    rows = [(f"{n}.wav", bytes((n * place) % 251 for place in range(5000))) for n in range(1, 5)]
    path = write_parquet(tmp_path / "x.parquet", rows, 2)
    data = bytearray(path.read_bytes())
    start = pq.ParquetFile(path).metadata.row_group(0).column(0).dictionary_page_offset
    data[start : start + 40] = b"\xff" * 40
    path.write_bytes(data)
    got = read(path)
    assert [got[f"{n}.wav"] for n in (1, 2)] == ["corrupt"] * 2
    assert [got[f"{n}.wav"] for n in (3, 4)] == [data for _, data in rows[2:]]


def test_more_rows_than_memory_are_damage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "MOST_ROWS", 1)
    assert reasons(write_parquet(tmp_path / "x.parquet", [("a", b"1"), ("b", b"2")])) == ["archive_damaged"]


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_changed_byte_raises_nothing(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    path = tmp_path_factory.mktemp("parquet") / "x.parquet"
    raw = bytearray(write_parquet(path, [(f"{n}.wav", b"%d" % n * 50) for n in range(6)]).read_bytes())
    for _ in range(data.draw(st.integers(1, 3))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(raw)
    child = os.fork()  # where Arrow aborts, it is the worker's process that ends, here too
    if not child:
        with contextlib.suppress(Exception):
            listed(path)
            read(path)
            os._exit(0)
        os._exit(1)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
