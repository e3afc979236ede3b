"""Rows of a Parquet file that hold the bytes of audio files: one column of bytes, or of bytes and path together."""

import itertools
import math
import os
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from workflow_scripts.media.archives import Damage, Listing, in_words, long_named
from workflow_scripts.media.content import PIECE, Content, not_read, refuse_too_large
from workflow_scripts.media.media import Media, MediaError
from workflow_scripts.media.names import to_text
from workflow_scripts.media.opened import Opened

NAMES = (
    *("path", "file_name", "filename", "file", "file_path", "filepath", "audio_path", "audio_file"),
    *("video_id", "ytid", "youtube_id", "yt_id", "clip_id", "audio_id", "segment_id", "name", "id", "key", "__key__"),
)
"""Columns that may name the rows, beside the path that comes with the bytes: the first is asked first."""
BATCH_BYTES = 8 << 20
"""About so much is decoded at once."""
MOST_ROWS_AT_ONCE = 1024
MOST_ROWS = 1 << 24
"""Rows of one file: what a footer says costs it nothing, but takes the memory of the scan."""


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where the bytes are, and the columns that may name them, the path that comes with the bytes first."""

    bytes: str
    names: tuple[str, ...]


def list_members(archive: Opened, path: str, mtime_ns: int) -> Listing:
    """Every row that may have bytes. The bytes are not read, so nobody knows how many there are."""
    file = _opened(archive)
    columns = _columns(file.schema_arrow)
    if columns is None:
        return Listing([], [Damage("no_audio_column", "has not one column of bytes; is no archive of audio")])
    rows = file.metadata.num_rows
    if not 0 <= rows <= min(archive.size(), MOST_ROWS):
        return Listing(
            [], [Damage("archive_damaged", f"says that it has {rows:,} rows; at most {MOST_ROWS:,} are read")]
        )
    names = _unique(_names(file, columns.names))
    medias, damages = [], []
    for first, stop, has_bytes in _stretches(file, columns.bytes):
        if has_bytes:
            for row in range(first, stop):
                name = to_text(names[row])
                if damage := long_named(name, row + 1):
                    damages.append(damage)
                else:
                    medias.append(Media(path, name, None, mtime_ns, row))
        elif first < stop:
            damages.append(Damage("rows_without_bytes", f"rows {first:,} to {stop - 1:,} have no bytes", first + 1))
    return Listing(medias, damages)


def open_members(archive: Opened, medias: Sequence[Media]) -> Iterator[Content | MediaError]:
    """The bytes of each row, or why they cannot be read; only the row groups that are asked for are."""
    try:
        file = _opened(archive)
        columns = _columns(file.schema_arrow)
        groups = row_groups(archive, medias)
        if columns is None:
            raise MediaError("corrupt", "its archive has no column of audio")
    except Exception as error:  # noqa: BLE001 - Arrow reads what anybody may have written
        yield from itertools.repeat(_as_media_error(error), len(medias))
        return
    ends = _ends(file)
    for members in groups:
        group = bisect_right(ends, members[0].offset or 0)
        rows = [media.offset or 0 for media in members]
        given = 0
        try:
            archive.expect(_spans(file, columns.bytes, group, rows[-1] + 1))
            for value in _values(file, columns.bytes, group, rows, ends):
                given += 1
                yield _content(value)
        except Exception as error:  # noqa: BLE001 - see above
            yield from itertools.repeat(_as_media_error(error), len(members) - given)


def row_groups(archive: Opened, medias: Sequence[Media]) -> list[list[Media]]:
    """The members by the row group that they lie in."""
    ends = _ends(_opened(archive))
    return [list(group) for _, group in itertools.groupby(medias, lambda media: bisect_right(ends, media.offset or 0))]


def _opened(archive: Opened) -> Any:
    """The file, to be read as little at a time as can be: without a buffer a whole column chunk is."""
    return pq.ParquetFile(archive.as_file(), pre_buffer=False, buffer_size=PIECE, page_checksum_verification=True)


def _ends(file: Any) -> list[int]:
    """The first row behind each row group."""
    counts = (file.metadata.row_group(group).num_rows for group in range(file.metadata.num_row_groups))
    return list(itertools.accumulate(counts))


def _columns(schema: Any) -> _Columns | None:
    beside = [name for name in NAMES if schema.names.count(name) == 1 and _may_name(schema.field(name).type)]
    structs = [field for field in schema if pa.types.is_struct(field.type) and _has_bytes(field.type)]
    plain = [field for field in schema if _is_binary(field.type)]
    for fields in (structs, plain):
        named = [field for field in fields if field.name == "audio"] if len(fields) > 1 else fields
        if len(named) != 1:
            continue
        [field] = named
        if fields is plain:
            return _Columns(field.name, tuple(beside))
        children = [child.name for child in field.type]
        own = [f"{field.name}.path"] if "path" in children and _is_text(field.type.field("path").type) else []
        return _Columns(f"{field.name}.bytes", (*own, *beside))
    return None


def _has_bytes(struct: Any) -> bool:
    return struct.get_field_index("bytes") >= 0 and _is_binary(struct.field("bytes").type)


def _plain(kind: Any) -> Any:
    return kind.value_type if pa.types.is_dictionary(kind) else kind


def _is_binary(kind: Any) -> bool:
    kind = _plain(kind)
    return pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_binary_view(kind)


def _is_text(kind: Any) -> bool:
    kind = _plain(kind)
    return pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)


def _may_name(kind: Any) -> bool:
    return _is_text(kind) or pa.types.is_integer(kind)


def _names(file: Any, columns: tuple[str, ...]) -> list[str]:
    """The name of each row as the file system would have it; `row 17` where it has none.

    Columns that tell every row apart come first, those of text before numbers, then those that repeat themselves; last
    those that say the same of every row, as a path does that its writer made up. Among equals the order given decides.
    A row that one column leaves open is named by the next.
    """
    said = sorted((_said(file, column) for column in columns), key=_rank)
    nothing = pa.nulls(file.metadata.num_rows, pa.large_binary())
    names = pc.coalesce(nothing, *(column.values for column in said)).to_pylist()
    return [f"row {row}" if name is None else os.fsdecode(name) for row, name in enumerate(names)]


@dataclass(frozen=True, slots=True)
class _Said:
    """What a column says of each row: bytes, null where it says nothing; and whether it holds numbers."""

    values: Any
    is_number: bool


def _said(file: Any, column: str) -> _Said:
    leaves = [_leaf(batch, column) for batch in file.iter_batches(1 << 16, columns=[column], use_threads=False)]
    texts = [leaf.cast(pa.large_string()).cast(pa.large_binary()) for leaf in leaves]
    values = pa.chunked_array(texts, pa.large_binary()).combine_chunks()
    is_number = any(pa.types.is_integer(leaf.type) for leaf in leaves)
    nothing = pa.scalar(None, pa.large_binary())
    return _Said(pc.if_else(pc.equal(pc.binary_length(values), 0), nothing, values), is_number)


def _rank(said: _Said) -> tuple[bool, bool, bool]:
    """Whether it says one thing of several rows, whether it says anything twice, whether it holds numbers."""
    named, different = len(said.values) - said.values.null_count, pc.count_distinct(said.values).as_py()
    return different <= 1 < len(said.values), different < named, said.is_number


def _leaf(batch: Any, column: str) -> Any:
    """The one column that was read; null where the struct around it is."""
    values = batch.column(0)
    return pc.struct_field(values, column.rpartition(".")[2]) if pa.types.is_struct(values.type) else values


def _unique(names: list[str]) -> list[str]:
    """Names with the number of the row behind those that stand there more than once.

    >>> _unique(["a.wav", "b.wav", "a.wav"])
    ['a.wav#0', 'b.wav', 'a.wav#2']
    """
    while len(count := Counter(names)) < len(names):
        names = [f"{name}#{row}" if count[name] > 1 else name for row, name in enumerate(names)]
    return names


def _stretches(file: Any, column: str) -> Iterator[tuple[int, int, bool]]:
    """First row, row behind the last, and whether any row has bytes as far as the statistics tell: a row group each."""
    first = 0
    for group in range(file.metadata.num_row_groups):
        about = file.metadata.row_group(group)
        leaves = (about.column(leaf) for leaf in range(about.num_columns))
        told = next((leaf.statistics for leaf in leaves if leaf.path_in_schema == column), None)
        has_none = told is not None and told.has_null_count and told.null_count == about.num_rows
        yield first, first + about.num_rows, not has_none
        first += about.num_rows


def _spans(file: Any, column: str, group: int, stop: int) -> Iterator[tuple[int, int]]:
    """About where the bytes of a column lie, of a row group's rows before one of the file."""
    about = file.metadata.row_group(group)
    share = 1 - (_ends(file)[group] - stop) / about.num_rows
    for leaf in (about.column(leaf) for leaf in range(about.num_columns)):
        if leaf.path_in_schema == column:
            start = leaf.dictionary_page_offset if leaf.has_dictionary_page else leaf.data_page_offset
            yield start, start + math.ceil(share * leaf.total_compressed_size)


def _values(file: Any, column: str, group: int, rows: list[int], ends: list[int]) -> Iterator[bytes | None]:
    """The bytes of some rows of a row group, in their order."""
    about = file.metadata.row_group(group)
    row = ends[group] - about.num_rows
    at_once = max(1, min(MOST_ROWS_AT_ONCE, BATCH_BYTES * about.num_rows // max(1, about.total_byte_size)))
    wanted = iter(rows)
    want = next(wanted, None)
    for batch in file.iter_batches(at_once, row_groups=[group], columns=[column], use_threads=False):
        values = _leaf(batch, column)
        while want is not None and want < row + len(values):
            yield values[want - row].as_py()
            want = next(wanted, None)
        if want is None:
            return
        row += len(values)
    raise MediaError("corrupt", "its row group has fewer rows than its file says")


def _content(value: bytes | None) -> Content | MediaError:
    if value is None:
        return MediaError("empty", "its row has no bytes")
    try:
        refuse_too_large(len(value))
    except MediaError as error:
        return error
    return Content.of(value)


def _as_media_error(error: Exception) -> MediaError:
    if isinstance(error, MediaError):
        return error
    if isinstance(error, OSError) and error.errno is not None:
        return not_read(error)
    if isinstance(error, MemoryError):
        return MediaError("too_large", "reading its part of the archive takes more memory than a worker may have")
    return MediaError("corrupt", f"its archive cannot be read: {in_words(error)}")
