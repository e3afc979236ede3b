"""Ways to store the fbanks of a pack so that any one of them can be read: writers, and what opens a reader of each."""

from collections.abc import Callable, Sequence
from pathlib import Path

import h5py
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import zstandard

LEVEL = 3
"""Of zstd, in all of them."""
Read = Callable[[int], np.ndarray]
"""Gives an fbank by its number."""
Store = Callable[[Sequence[np.ndarray], Path], Read]
"""Writes fbanks (frames, bins) float16 to a folder, and opens what it wrote."""


def frames_of_planes(fbanks: Sequence[np.ndarray], folder: Path) -> Read:
    """A frame of zstd each, the lower bytes of all values before the upper: what the export `features` writes."""

    def planes(fbank: np.ndarray) -> bytes:
        return fbank.view(np.uint8).reshape(-1, 2).T.tobytes()

    def values(content: bytes) -> np.ndarray:
        lower, upper = np.frombuffer(content, np.uint8).reshape(2, -1).astype(np.uint16)
        return (upper << 8 | lower).view(np.float16)

    return _frames(fbanks, folder, planes, values)


def frames_of_values(fbanks: Sequence[np.ndarray], folder: Path) -> Read:
    """A frame of zstd each, values as they are."""
    return _frames(fbanks, folder, np.ndarray.tobytes, lambda content: np.frombuffer(content, np.float16))


def _frames(
    fbanks: Sequence[np.ndarray],
    folder: Path,
    stored: Callable[[np.ndarray], bytes],
    values: Callable[[bytes], np.ndarray],
) -> Read:
    """Opened again for each read, as the dataset of the documentation does."""
    compressor = zstandard.ZstdCompressor(LEVEL, write_checksum=True)
    with (folder / "pack.zst").open("wb") as file:
        places = [(file.tell(), file.write(compressor.compress(stored(fbank)))) for fbank in fbanks]

    def read(number: int) -> np.ndarray:
        offset, size = places[number]
        with (folder / "pack.zst").open("rb") as file:
            file.seek(offset)
            return values(zstandard.decompress(file.read(size))).reshape(fbanks[number].shape)

    return read


def arrow_batches(fbanks: Sequence[np.ndarray], folder: Path) -> Read:
    """An Arrow file with a batch each, its buffers zstd; mapped into memory."""
    schema = pa.schema([("values", pa.float16())])
    options = pa.ipc.IpcWriteOptions(compression=pa.Codec("zstd", LEVEL))
    with pa.ipc.new_file(str(folder / "pack.arrow"), schema, options=options) as writer:
        for fbank in fbanks:
            writer.write_batch(pa.record_batch([pa.array(fbank.reshape(-1))], schema=schema))
    reader, shapes = pa.ipc.open_file(pa.memory_map(str(folder / "pack.arrow"))), [fbank.shape for fbank in fbanks]
    return lambda number: reader.get_batch(number)["values"].to_numpy().reshape(shapes[number])


def parquet_groups(fbanks: Sequence[np.ndarray], folder: Path) -> Read:
    """A Parquet file with a row group each, bytes split by their place and zstd; its footer is kept."""
    schema = pa.schema([("values", pa.float16())])
    how = {"compression": "zstd", "compression_level": LEVEL, "use_dictionary": False}
    with pq.ParquetWriter(folder / "pack.parquet", schema, **how, column_encoding="BYTE_STREAM_SPLIT") as writer:
        for fbank in fbanks:
            writer.write_table(pa.table([fbank.reshape(-1)], schema=schema))
    file, shapes = pq.ParquetFile(folder / "pack.parquet"), [fbank.shape for fbank in fbanks]
    return lambda number: file.read_row_group(number)["values"].to_numpy().reshape(shapes[number])


def hdf5_chunks(fbanks: Sequence[np.ndarray], folder: Path) -> Read:
    """An HDF5 file with a chunk each, shuffled and gzip 4, as it has no zstd by itself; kept open."""
    file = h5py.File(folder / "pack.hdf5", "w")
    for number, fbank in enumerate(fbanks):
        file.create_dataset(str(number), data=fbank, chunks=fbank.shape, shuffle=True, compression="gzip")
    file.flush()
    return lambda number: file[str(number)][()]


def numpy_files(fbanks: Sequence[np.ndarray], folder: Path) -> Read:
    """A file each, as np.save writes it: nothing packed, and as many files as clips."""
    for number, fbank in enumerate(fbanks):
        np.save(folder / f"{number}.npy", fbank)
    return lambda number: np.load(folder / f"{number}.npy")


STORES: dict[str, Store] = {
    "a frame of zstd each, lower and upper bytes apart (`features`)": frames_of_planes,
    "a frame of zstd each, values as they are": frames_of_values,
    "Arrow, a batch each, zstd": arrow_batches,
    "Parquet, a row group each, bytes split, zstd": parquet_groups,
    "HDF5, a chunk each, shuffled, gzip 4": hdf5_chunks,
    "a file of NumPy each": numpy_files,
}
