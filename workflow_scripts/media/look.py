"""One walk through a root: a digest of all that lies there, which tells of any change, and the list of it."""

import contextlib
import itertools
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import zstandard

from workflow_scripts.media.lookers import parts
from workflow_scripts.media.walk import ARCHIVE
from workflow_scripts.tables.files import aside, whole

if TYPE_CHECKING:
    import polars as pl

STATE_BITS = 128
CHOSEN = "chosen"
_FIELDS = ("name", "kind", "bytes", "mtime_ns")
PACKED_AT_ONCE = 1 << 20


def look(root: str, listing: Path | None, images: bool = False) -> str:
    """Look at all that lies below a root and write it down.

    Args:
        root: a folder or an archive.
        listing: is written, for `listed`; None if nobody will read it.
        images: pictures are looked for, and no audio.

    Returns:
        A digest of every path, size and time of last change, the same in whatever order they are found: the sum of
        what each file's line hashes to.

    Raises:
        OSError: a folder cannot be read, or the listing not be written.
    """
    if listing is None:
        return _state(sum(part.state for part in parts(root, images)))
    total = 0
    held = bytearray()
    pack = zstandard.ZstdCompressor(level=1).compress
    with listing.open("wb") as file:
        for part in itertools.chain(parts(root, images), [None]):
            if part:
                total += part.state
                held += part.text
            if held and (len(held) > PACKED_AT_ONCE or part is None):
                packed = pack(held)
                file.write(len(packed).to_bytes(4, "little") + packed)
                held.clear()
    return _state(total)


def _state(total: int) -> str:
    return f"{total % (1 << STATE_BITS):0{STATE_BITS // 4}x}"


def look_into(folder: Path | None, root: str, images: bool = False) -> str:
    """Look at a root, and keep the listing in a folder of listings, if there is one, called by its state.

    One that cannot be kept is made again by who needs it. What a killed look left there the next sweeps.
    """
    with contextlib.ExitStack() as stack:
        part = None
        if folder:
            with contextlib.suppress(OSError):
                part = stack.enter_context(aside(folder / "look")) / "listing"
        state = look(root, part, images)
        if folder and part and not (folder / state).exists():
            with contextlib.suppress(OSError), whole(folder / state) as kept:
                os.replace(part, kept)
    return state


def choose_listing(folder: Path, state: str) -> None:
    """Say which of the listings is that of the run that begins, and drop all others; none is if there is no state.

    Only who owns the results may: others, that merely ask what would be done, look too and keep what they see.
    """
    for name in os.listdir(folder) if folder.is_dir() else ():
        if name != state and not (folder / name).is_dir():  # a folder is of a look at work
            (folder / name).unlink(missing_ok=True)
    if state and (folder / state).exists():
        with whole(folder / CHOSEN) as part:
            part.write_text(state)


def chosen_listing(folder: Path) -> Path | None:
    """The listing of the run at work; None if there is none."""
    try:
        listing = folder / (folder / CHOSEN).read_text()
    except (FileNotFoundError, NotADirectoryError):
        return None
    return listing if listing.is_file() else None


def archives_in(listing: Path) -> int:
    """About how many archives a look found (a folder called `archive` counts too); 0 if there is no listing."""
    try:
        return sum(lines.count(f"\0{ARCHIVE}\0".encode()) for lines in _unpacked(listing))
    except FileNotFoundError:
        return 0


def listed(listing: Path) -> Iterator["pl.DataFrame"]:
    """What a look wrote down, some thousand rows at a time: `path` as tables have it, `kind`, `bytes`, `mtime_ns`."""
    return (_table(lines.decode()) for lines in _unpacked(listing))


def _unpacked(listing: Path) -> Iterator[bytes]:
    unpack = zstandard.ZstdDecompressor().decompress
    with listing.open("rb") as file:
        while length := file.read(4):
            yield unpack(file.read(int.from_bytes(length, "little")))


def _table(lines: str) -> "pl.DataFrame":
    import polars as pl  # not for a look

    fields = pl.Series([lines.removesuffix("\0")]).str.split("\0").explode()
    folder = pl.when(pl.col("name") == "").then("kind").forward_fill()
    below = pl.concat_str("folder", pl.lit("/"), "name")
    return (
        pl.DataFrame({name: fields.gather_every(len(_FIELDS), place) for place, name in enumerate(_FIELDS)})
        .with_columns(folder=folder)
        .filter(pl.col("name") != "")
        .select(
            pl.when(pl.col("folder") == "").then("name").otherwise(below).alias("path"),
            pl.col("kind"),
            pl.col("bytes", "mtime_ns").cast(pl.Int64),
        )
    )
