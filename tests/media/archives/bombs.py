"""Archives of a few bytes that ask who lists them for gigabytes or minutes, or end their process."""

import io
import struct
import tarfile
import zlib
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tests.media.archives.made_archives import write_parquet

LOCAL = struct.Struct("<4s5H3L2H")
ENTRY = struct.Struct("<4s6H3L5H2L")
END = struct.Struct("<4s4H2LH")


def parquet_of_one_long_name(path: Path, rows: int = 140_000) -> Path:
    """One name of as many letters as there are rows, and every row has it: what it takes is the square of that."""
    names = pa.DictionaryArray.from_arrays(pa.array([0] * rows, pa.int32()), pa.array(["n" * rows]))
    sounds = pa.array([b"RIFF"] * rows, pa.binary())
    table = pa.table({"path": names, "audio": sounds})
    pq.write_table(table, path, compression="none", row_group_size=rows, data_page_size=1 << 24)
    return path


def parquets_with_altered_footers(folder: Path) -> list[Path]:
    """One of a few hundred bytes, and of each byte of its footer another in which it is 0: some abort Arrow."""
    data = write_parquet(folder / "whole.parquet", [(f"{number}.wav", b"RIFF") for number in range(3)]).read_bytes()
    begin = len(data) - 8 - int.from_bytes(data[-8:-4], "little")
    files = []
    for place in range(begin, len(data) - 8):
        if data[place]:
            files.append(folder / f"{place:04d}.parquet")
            files[-1].write_bytes(data[:place] + b"\0" + data[place + 1 :])
    return files


def tar_of_one_long_name(path: Path, members: int = 5000) -> Path:
    """A header for all members to come says that they are called by a megabyte, and is followed by empty ones."""
    name = ("é" * 500_000 + ".wav").encode()
    record = b" path=" + name + b"\n"
    record = b"%d" % (len(record) + len(str(len(record) + 7))) + record
    shared = tarfile.TarInfo("pax")
    shared.type, shared.size = tarfile.XGLTYPE, len(record)
    with path.open("wb") as file:
        file.write(shared.tobuf() + record + bytes(-len(record) % 512))
        file.write(tarfile.TarInfo("x.wav").tobuf() * members)
        file.write(bytes(1024))
    return path


def zip_of_overlapping_names(path: Path, headers: int = 35_000) -> Path:
    """Headers that only the directory could tell the sizes of, each called by the 64 kB behind it; no directory.

    Each says `.wav` where its checksum is to be, and the name of each ends there in another.
    """
    name_bytes = 2183 * LOCAL.size + 18
    header = LOCAL.pack(b"PK\3\4", 20, 8, 8, 0, 0, int.from_bytes(b".wav", "little"), 0, 0, name_bytes, 0)
    path.write_bytes(header * headers)
    return path


def zip_of_many_ends(path: Path, entries: int = 20_000) -> Path:
    """A directory that is broken in its last entry, and three thousand records each of which says it is theirs."""
    entry = ENTRY.pack(b"PK\1\2", 20, 20, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0) + b"a.txt"
    directory = entry * entries
    with path.open("wb") as file:
        file.write(directory + b"broken")
        for number in range(65_000 // END.size):
            size = len(directory) + len(b"broken") + number * END.size
            file.write(END.pack(b"PK\5\6", 0, 0, 0, 0, size, 0, 0))
    return path


def zip_that_overlaps(path: Path, members: int = 250, kernel: int = 1 << 20) -> Path:
    """Every entry of the directory is of the one member there is, which unpacks to a thousand times its size."""
    held = io.BytesIO()
    deflater = zlib.compressobj(9, zlib.DEFLATED, -15)
    data = bytes(kernel)
    packed, crc = deflater.compress(data) + deflater.flush(), zlib.crc32(data)
    held.write(LOCAL.pack(b"PK\3\4", 20, 0, 8, 0, 0, crc, len(packed), len(data), 5, 0) + b"0.wav" + packed)
    at = held.tell()
    for number in range(members):
        name = b"%d.wav" % number
        numbers = (0, 0, 8, 0, 0, crc, len(packed), len(data), len(name), 0, 0, 0, 0, 0, 0)
        held.write(ENTRY.pack(b"PK\1\2", 20, 20, *numbers[1:]) + name)
    size = held.tell() - at
    held.write(END.pack(b"PK\5\6", 0, 0, members & 0xFFFF, members & 0xFFFF, size, at, 0))
    path.write_bytes(held.getvalue())
    return path
