"""A pack of pairs: a tar, or a Parquet file; the same bytes whenever it is made of the same pairs."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from workflow_scripts.exports.audio.cutting import Failed, Row
from workflow_scripts.exports.audio.encoding import Encoded
from workflow_scripts.exports.audio.form import AudioForm
from workflow_scripts.exports.audio.making import make_clips
from workflow_scripts.exports.audio.turns import InTurn, in_order
from workflow_scripts.exports.formats import Packed
from workflow_scripts.exports.hub_files import read_hub_file_back, write_hub_file
from workflow_scripts.exports.opening import opens
from workflow_scripts.exports.pairs.choice import SAID
from workflow_scripts.exports.sums import sha256
from workflow_scripts.exports.tars import Tar
from workflow_scripts.media.content import file_content
from workflow_scripts.media.media import MediaError
from workflow_scripts.media.opened import as_it_is

PACK = "pack"
"""The file of a pack, of whichever form."""
TOLD = {
    "pairs": pl.Int64,
    "bytes": pl.Int64,
    PACK: pl.String,
    "overshoot": pl.Int64,
    "unlevelled": pl.Int64,
}
_TEXT = {"dtype": "string", "_type": "Value"}
_NUMBER = {"dtype": "float64", "_type": "Value"}
FEATURES: dict[str, Any] = {
    "audio": {"_type": "Audio"},
    "image": {"_type": "Image"},
    **{name: _NUMBER if name in ("km", "days", "start_s", "end_s", "duration_s") else _TEXT for name in SAID},
    "class_names": {"feature": _TEXT, "_type": "List"},
}
"""The columns as `datasets` knows them."""


class Both(NamedTuple):
    """A sound that was made, and an image.

    Attributes:
        content: the bytes of the sound, and behind them those of the image.
        sound_bytes: how many are the sound's.
        sound: what it is, without its bytes.
    """

    content: bytes
    sound_bytes: int
    sound: Encoded

    def without_content(self) -> "Both":
        """The same without its bytes."""
        return self._replace(content=b"")


def write_pairs(rows: pl.DataFrame, folder: Path) -> Packed:
    """Write the pairs of a plan's rows, in their order.

    Returns:
        How many pairs and bytes there are, the file's digest, how many sounds went beyond full scale, and how many have
        no loudness to bring them by; nothing where no pair could be made, and there is no file.
    """
    form, codec = rows["form"][0], AudioForm.read(rows["made_as"][0]).codec
    file = folder / PACK
    with in_order(rows, _made(rows), folder.parent) as (pairs, failed):
        if not pairs:
            return Packed(pl.DataFrame(schema=TOLD), failed)
        if form == "webdataset":
            _write_tar(file, pairs, codec)
        else:
            write_hub_file(file, FEATURES, _hub_rows(pairs, codec))
            read_hub_file_back(file, _hub_rows(pairs, codec), len(pairs), "pair_id")
    told = {
        "pairs": len(pairs),
        "bytes": file.stat().st_size,
        PACK: sha256(file),
        "overshoot": sum(pair.encoded.sound.overshoot > 0 for pair in pairs),
        "unlevelled": sum(pair.encoded.sound.unlevelled for pair in pairs),
    }
    return Packed(pl.DataFrame([told], schema=TOLD), failed)


def _made(rows: pl.DataFrame) -> Iterator[tuple[Row, Both] | Failed]:
    for one in make_clips(rows):
        if isinstance(one, Failed):
            yield one
            continue
        row, sound = one
        try:
            image = image_of(row)
        except (MediaError, OSError) as error:
            yield Failed.of(row, error if isinstance(error, MediaError) else MediaError("io_error", str(error)))
        else:
            yield row, Both(sound.content + image, len(sound.content), sound.without_content())


def image_of(row: Row) -> bytes:
    """The bytes of the image of a plan's row.

    Raises:
        MediaError: it cannot be read, or is no longer what was checked.
        OSError: it is not there.
    """
    with file_content(as_it_is(opens(row["image_folder"], row["image_path"]))) as content:
        if content.digest() != row["image_digest"]:
            raise content.failure or MediaError("changed", "the image is not the one that was checked")
        content.file.seek(0)
        return content.file.read()


def said_of(row: Row) -> dict[str, Any]:
    """SAID of a plan's row."""
    own = {"pair_id": row["clip_id"], "clip_id": row["of_clip"]}
    own |= {"start_s": row["said_start_s"], "end_s": row["said_end_s"]}
    return {name: own[name] if name in own else row[name] for name in SAID}


def _parts(pair: InTurn[Both]) -> tuple[bytes, bytes]:
    """The bytes of sound and image."""
    content, place = pair.stored.read_bytes(), pair.encoded.sound_bytes
    return content[:place], content[place:]


def _write_tar(file: Path, pairs: list[InTurn[Both]], codec: str) -> None:
    with Tar(file) as tar:
        for pair in pairs:
            sound, image = _parts(pair)
            key, made = pair.row["clip_id"], pair.encoded.sound
            form = {"sample_rate": made.sample_rate, "channels": made.channels}
            tar.add(f"{key}.{codec}", sound)
            tar.add(f"{key}.{pair.row['image_suffix']}", image)
            tar.add(f"{key}.json", json.dumps(said_of(pair.row) | form, ensure_ascii=False).encode())


def _hub_rows(pairs: list[InTurn[Both]], codec: str) -> Iterator[dict[str, Any]]:
    for pair in pairs:
        sound, image = _parts(pair)
        key = pair.row["clip_id"]
        yield {
            "audio": {"bytes": sound, "path": f"{key}.{codec}"},
            "image": {"bytes": image, "path": f"{key}.{pair.row['image_suffix']}"},
            **said_of(pair.row),
        }
